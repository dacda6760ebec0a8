"""The protocol of driver.mjs, for SDKs in Python: `python driver.py py4`, with the version's own interpreter."""

import importlib
import json
import sys


def say(value):
    sys.stdout.write('@' + json.dumps(value) + '\n')
    sys.stdout.flush()


def main():
    sdk, calls = None, None
    for line in sys.stdin:
        asked = json.loads(line)
        if 'open' in asked:
            sdk, calls = importlib.import_module(sys.argv[1]).opened(asked['open'])
            shown = {c: {n: {k: v for k, v in call.items() if k != 'run'} for n, call in each.items()} for c, each in calls.items()}
            say({'sdk': sdk, 'calls': shown})
            continue
        capability, name = asked['call']
        try:
            say({'answer': calls[capability][name]['run'](asked.get('with', {}))})
        except Exception as error:  # whatever the SDK throws is its refusal
            say({'refused': '%s: %s' % (type(error).__name__, error)})


main()
