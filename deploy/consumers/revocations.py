"""Ends the sessions of an application as soon as exeunt says so, by the event stream. Python 3.8, nothing to install.

    python3 revocations.py https://id.example.com APP_ID APP_SECRET cursor.txt

In the place of `print`, end all your sessions with this `sid` that began before `toe` (seconds). The cursor is written
down after each, so a restart goes on where it was; the first start hears of all that is still kept. What it hears is
believed because it asked the house itself, over TLS or on this machine; revocations.mjs checks signatures, too.
"""
import base64, json, os, pathlib, sys, time, urllib.request as http

house, app, secret, file = sys.argv[1:5]
basic = base64.b64encode(f"{app}:{secret}".encode()).decode()
headers = {"Authorization": f"Basic {basic}", "Accept": "text/event-stream"}
while True:
    try:
        headers["Last-Event-ID"] = open(file).read() if os.path.exists(file) else ""
        for line in http.urlopen(http.Request(house + "/api/v1/revocations", headers=headers), timeout=60):
            field, _, value = line.decode().rstrip().partition(": ")
            if field == "data":
                claims = json.loads(base64.urlsafe_b64decode(value.split(".")[1] + "=="))
                print("end session", claims["sub_id"]["session"]["id"], flush=True)
            elif field == "id":
                pathlib.Path(file + ".new").write_text(value)
                os.replace(file + ".new", file)  # whole or not at all
    except Exception as error:
        if getattr(error, "code", 0) == 410:
            os.remove(file)  # away for too long: end what is in doubt, start anew
        print(error, file=sys.stderr)
        time.sleep(1)
