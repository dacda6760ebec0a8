//! Bad input, over every form and call: a clear refusal of the right shape, never a 5xx, and nothing changed.

use serde_json::Value;

use crate::support::browser::encoded;
use crate::support::{Answer, Browser, House, PASSWORD, wire};

/// An administrator in the base host, and what paths can be filled with.
struct Scene {
    house: House,
    wang: Browser,
    csrf: String,
    sid: String,
}

impl Scene {
    fn open() -> Self {
        let house = House::with(|config| {
            config.login_tries_per_name = 100_000;
            config.login_tries_per_address = 100_000;
        });
        let mut wang = house.browser();
        wang.logs_in("wang");
        let csrf = wang.csrf_of(&house.at("", "/u"));
        let sid = house.value("SELECT sid FROM sessions", []);
        Self { house, wang, csrf, sid }
    }

    /// Every form of the house: where it is posted, and its fields as they should be.
    fn forms(&self) -> Vec<(String, Vec<(&'static str, String)>)> {
        let (notes, user) = (self.house.application("notes").id, self.house.person("lilei").id);
        let text = |value: &str| value.to_owned();
        let user_fields = || {
            vec![
                ("username", text("lilei")),
                ("name", text("Li Lei")),
                ("email", text("lilei@example.com")),
                ("phone", text("+8613800000000")),
                ("password", text("")),
                ("status", text("activated")),
                ("role", text("person")),
                ("seen", text("1")),
            ]
        };
        let application_fields = || {
            vec![
                ("name", text("Notes")),
                ("identifier", text("notes")),
                ("redirect_uris", text("https://a.example/cb")),
                ("logout_redirect_uris", text("https://a.example/bye")),
                ("backchannel_logout_uri", text("")),
                ("frontchannel_logout_uri", text("")),
                ("token_endpoint_auth_method", text("client_secret")),
                ("id_token_signed_response_alg", text("RS256")),
                ("jwks", text("")),
                ("tokens_outlive_logout", text("")),
                ("default", text("")),
                ("seen", text("1")),
            ]
        };
        vec![
            (
                text("/login"),
                vec![
                    ("account", text("lilei")),
                    ("password", text(PASSWORD)),
                    ("next", text("/u")),
                    ("app_id", notes.to_string()),
                ],
            ),
            (
                text("/login/profile/logout"),
                vec![("redirect_uri", text("redirect_uri=https%3A%2F%2Fnotes.example%2Fbye"))],
            ),
            (text("/prefs"), vec![("lang", text("zh")), ("theme", text("dark")), ("next", text("/u"))]),
            (text("/u/logout"), vec![]),
            (text("/u/devices/end"), vec![("sid", text("ffffffffffffffffffffffff"))]),
            (text("/u/devices/end-others"), vec![]),
            (
                text("/u/profile"),
                vec![
                    ("name", text("Wang")),
                    ("username", text("wang")),
                    ("email", text("")),
                    ("phone", text("")),
                    ("seen", text("1")),
                ],
            ),
            (
                text("/u/security/password"),
                vec![("current", text("x")), ("new", text("y")), ("again", text("z")), ("end_others", text("1"))],
            ),
            (text("/console/applications/new"), application_fields()),
            (format!("/console/applications/{notes}"), application_fields()),
            (
                format!("/console/applications/{notes}/protocol"),
                vec![("grant_types", text("password")), ("jwks", text("x"))],
            ),
            (format!("/console/applications/{notes}/secret"), vec![]),
            (format!("/console/applications/{notes}/delete"), vec![("confirm", text("no"))]),
            (
                format!("/console/applications/{notes}/kick"),
                vec![("sid", self.sid.clone()), ("scope", text("cell")), ("all", text(""))],
            ),
            (
                text("/console/kick"),
                vec![
                    ("application", notes.to_string()),
                    ("sid", self.sid.clone()),
                    ("scope", text("cell")),
                    ("user", user.to_string()),
                    ("all", text("")),
                ],
            ),
            (text("/console/users/new"), user_fields()),
            (format!("/console/users/{user}"), user_fields()),
            (format!("/console/users/{user}/delete"), vec![("confirm", text("no"))]),
            (text("/console/keys"), vec![("label", text("robot"))]),
            (text("/console/keys/ffffffffffffffffffffffff/revoke"), vec![]),
        ]
    }

    fn posts(&mut self, path: &str, media: &str, body: &[u8]) -> Answer {
        let cookie = format!("exeunt={}", self.wang.secret("").unwrap());
        let headers = [("Cookie", cookie.as_str()), ("Content-Type", media), ("Sec-Fetch-Site", "same-origin")];
        self.house.ask(("POST", path), &headers, Some(body))
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// No fault, no entrails, and the shape of the wire it was asked on.
#[track_caller]
fn is_decent(path: &str, what: &str, answer: &Answer) {
    let shown: String = what.chars().take(100).collect();
    assert!((200..500).contains(&answer.status), "{path} {shown}: {} {}", answer.status, answer.text());
    let text = answer.text();
    for entrails in ["rusqlite", "SELECT ", "panicked", "constraint", "src/", "Err(", "argon2", "serde", "actix"] {
        assert!(!text.contains(entrails), "{path} {shown}: says {entrails}");
    }
    if answer.status < 400 || text.is_empty() {
        return;
    }
    let media = answer.header("content-type").unwrap_or_default();
    if path.starts_with("/api/v1") || path.ends_with("/live") {
        assert_eq!(media, "application/problem+json", "{path} {shown}");
        assert_eq!(answer.json()["status"], answer.status, "{path} {shown}");
    } else if path.starts_with("/api/") {
        assert_eq!(media, "application/json", "{path} {shown}");
        assert!(answer.json()["code"].is_number() && answer.json()["message"].is_string(), "{path} {shown}");
    } else {
        assert!(media.starts_with("text/html"), "{path} {shown}: {media}");
        assert!(text.contains("<!DOCTYPE html>"), "{path} {shown}");
    }
}

#[test]
fn what_is_no_form_is_refused_and_changes_nothing() {
    let mut scene = Scene::open();
    let before = scene.house.picture();
    for (path, fields) in scene.forms() {
        let good: Vec<(&str, &str)> = std::iter::once(("csrf", scene.csrf.as_str()))
            .chain(fields.iter().map(|(n, v)| (*n, v.as_str())))
            .collect();
        let body = encoded(&good);
        for media in [
            "text/plain",
            "application/json",
            "multipart/form-data; boundary=x",
            "",
            "application/x-www-form-urlencodedx",
        ] {
            let answer = scene.posts(&path, media, body.as_bytes());
            is_decent(&path, media, &answer);
            assert_eq!(answer.status, 415, "{path} {media}");
        }
        for (what, body) in [
            ("invalid UTF-8", format!("{body}&x=%ff%fe").into_bytes()),
            ("raw invalid UTF-8", [body.as_bytes(), b"&x=\xff\xfe"].concat()),
            ("NUL", format!("{body}&x=%00").into_bytes()),
            ("a doubled hidden value", format!("{body}&csrf={}", scene.csrf).into_bytes()),
        ] {
            let answer = scene.posts(&path, FORM, &body);
            is_decent(&path, what, &answer);
            assert!(path == "/prefs" || answer.status == 400, "{path} {what}: {}", answer.status);
        }
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "NONSENSE"] {
            let cookie = format!("exeunt={}", scene.wang.secret("").unwrap());
            let headers = [("Cookie", cookie.as_str()), ("Content-Type", FORM)];
            let answer = scene.house.ask((method, &path), &headers, Some(body.as_bytes()));
            is_decent(&path, method, &answer);
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.header("allow").is_some_and(|allow| allow.contains("POST")), "{method} {path}");
        }
        let cookie = scene.wang.secret("").unwrap();
        let declared = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: exeunt={cookie}\r\nContent-Type: {FORM}\r\nContent-Length: 70000\r\n\r\n",
            scene.house.host("")
        );
        let answer = wire::raw(scene.house.port, declared.as_bytes());
        is_decent(&path, "too large", &answer);
        assert_eq!(answer.status, 413, "{path}");
    }
    assert_eq!(before, scene.house.picture());
}

#[test]
fn a_form_without_its_hidden_value_or_with_a_forged_cookie_changes_nothing() {
    let mut scene = Scene::open();
    let forged = "A".repeat(43);
    let before = scene.house.picture();
    for (path, fields) in scene.forms() {
        if path == "/prefs" {
            continue; // says nothing about anybody
        }
        for csrf in [None, Some(""), Some("x"), Some(forged.as_str()), Some("<script>"), Some(&"y".repeat(30_000))] {
            let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            pairs.extend(csrf.map(|csrf| ("csrf", csrf)));
            let answer = scene.posts(&path, FORM, encoded(&pairs).as_bytes());
            is_decent(&path, "a wrong hidden value", &answer);
            assert_eq!(answer.status, 403, "{path} {csrf:?}");
        }
        if path == "/login" {
            continue;
        }
        let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        pairs.push(("csrf", &scene.csrf));
        let cookie = format!("exeunt={forged}");
        let headers = [("Cookie", cookie.as_str()), ("Content-Type", FORM)];
        let answer = scene.house.ask(("POST", &path), &headers, Some(encoded(&pairs).as_bytes()));
        is_decent(&path, "a forged cookie", &answer);
        assert!(matches!(answer.status, 303 | 200), "{path}: {}", answer.status);
        assert!(
            answer.status == 200
                || answer.location().starts_with("/login")
                || answer.location().starts_with("/signed-out")
                || answer.location().contains("notes.example"),
            "{path}: {}",
            answer.location()
        );
    }
    assert_eq!(before, scene.house.picture());
}

#[test]
fn no_value_of_any_field_breaks_anything() {
    let mut scene = Scene::open();
    let long = "长".repeat(7_000);
    let values = [
        "",
        " ",
        "*",
        "null",
        "-1",
        "99999999999999999999",
        "\u{1}\u{7f}",
        "\r\nSet-Cookie: x=y",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\u{202e}gnp",
        "\u{feff}",
        "ffffffffffffffffffffffff",
        "FFFFFFFFFFFFFFFFFFFFFFFF",
        "../../etc/passwd",
        "https://*/",
        "javascript:1",
        "http://[::1",
        "%00",
        "a@b@c",
        "𝕏",
        long.as_str(),
    ];
    for (path, fields) in scene.forms() {
        if path == "/u/logout" || path == "/login/profile/logout" || path == "/u/security/password" {
            continue; // their values are tried where they are at home; a good one ends the session here
        }
        for (changed, _) in &fields {
            if path == "/login" && *changed != "account" && *changed != "password" {
                continue; // with a right password the session here would be replaced
            }
            for value in values {
                // Never both a good confirmation and a good value: what is kept is not destroyed under our feet.
                let pairs: Vec<(&str, &str)> = std::iter::once(("csrf", scene.csrf.as_str()))
                    .chain(fields.iter().map(|(n, v)| (*n, if n == changed { value } else { v.as_str() })))
                    .collect();
                if path == "/console/kick" && *changed != "user" && *changed != "application" && *changed != "scope" {
                    continue;
                }
                let answer = scene.posts(&path, FORM, encoded(&pairs).as_bytes());
                is_decent(&path, &format!("{changed}={value}"), &answer);
                let text = answer.text();
                assert!(!text.contains("<script>alert"), "{path} {changed}: not escaped");
                assert!(answer.set_cookie("x").is_none(), "{path} {changed}: a header was split");
            }
        }
    }
    assert!(scene.wang.is_in(""));
    let verdict: String = scene.house.value("PRAGMA integrity_check", []);
    assert_eq!(verdict, "ok");
}

#[test]
fn no_address_breaks_anything() {
    let mut scene = Scene::open();
    let notes = scene.house.application("notes").id;
    let long = "x".repeat(5_000);
    let ids = [
        "*",
        "%00",
        "%ff",
        "..%2f..%2f",
        "null",
        "%27%20OR%201=1--",
        "FFFFFFFFFFFFFFFFFFFFFFFF",
        "ffffffffffffffffffffffff",
        "%F0%9F%98%80",
        &long,
        "-1",
        "%0d%0aX:y",
    ];
    let templates = [
        "/console/users/{}",
        "/console/users/{}/kick",
        "/console/applications/{}",
        "/console/applications/{}/quick-start",
        "/console/applications/{}/protocol",
        "/console/applications/{}/env",
        "/console/applications/{}/deliveries",
        "/console/applications/{}/sessions",
        "/console/applications/{}/kick",
        "/console/receipts/{}",
        "/api/v1/logouts/{}",
        "/api/v2/applications/{}/active-users",
        "/assets/{}",
        "/_dev/gallery/zh/{}",
        "/_dev/gallery/{}/x",
        "/{}",
        "/u/{}",
        "/api/{}",
    ];
    let before = scene.house.picture();
    for template in templates {
        for id in ids {
            let path = template.replace("{}", id);
            let answer = scene.wang.fetches(&scene.house.at("", &path), &[]);
            is_decent(template.split('{').next().unwrap(), id, &answer);
            let refused =
                if path.starts_with("/api/v2/") { answer.json()["code"] != 200 } else { answer.status != 200 };
            assert!(refused, "{path}");
        }
    }
    let queries = [
        "q=%ff",
        "q=%00",
        "q=a&q=b",
        "after=x",
        "after=1_x",
        "after=-1",
        "after=99999999999999999999",
        "after=1_ffffffffffffffffffffffff",
        "before=x",
        "before=-1",
        "kind=x",
        "sid=x",
        "sid=ffffffffffffffffffffffff",
        "scope=x",
        "all=1&sid=x",
        "page=0",
        "page=x",
        "limit=-1",
        "page=4294967295&limit=200",
        "lang=x",
        "lang=zh&lang=en",
        "reason=x",
        "r=x",
        "r=a.b.c",
        "r=..",
        "code=x",
        "state=x",
        "to=x",
        "next=//x",
        "saved=1&saved=2",
        "app_id=x",
        "app_id=*",
        "client_id=ffffffffffffffffffffffff",
        "redirect_uri=%ff",
        "redirect_uri=",
        "redirect_uri",
        "=",
        "&&&",
        "%",
        "%%%",
    ];
    let pages = [
        "/login".to_owned(),
        "/signed-out".to_owned(),
        "/u/devices".to_owned(),
        "/u/profile".to_owned(),
        "/console".to_owned(),
        "/console/users".to_owned(),
        "/console/audit".to_owned(),
        "/console/find".to_owned(),
        format!("/console/applications/{notes}/sessions"),
        format!("/console/applications/{notes}/deliveries"),
        format!("/console/applications/{notes}/kick"),
        "/crossing/give".to_owned(),
        "/crossing/take".to_owned(),
        "/crossing/ask".to_owned(),
        "/crossing/onward".to_owned(),
        "/api/v1/session".to_owned(),
    ];
    for page in &pages {
        for query in queries {
            let answer = scene.wang.fetches(&scene.house.at("", &format!("{page}?{query}")), &[]);
            is_decent(page, query, &answer);
        }
    }
    let rows = |picture: Vec<String>| -> Vec<String> {
        picture.into_iter().filter(|line| !line.starts_with("session_secrets")).collect()
    };
    assert_eq!(rows(before), rows(scene.house.picture()));
    for query in queries {
        let mut lilei = scene.house.browser();
        let answer = lilei.fetches(&scene.house.at("", &format!("/login/profile/logout?{query}")), &[]);
        is_decent("/login/profile/logout", query, &answer);
        let program = scene.house.program();
        let answer = program.gets(&format!("/api/v2/applications/{notes}/active-users?{query}"));
        is_decent("/api/v2/", query, &answer);
    }
}

#[test]
fn no_call_of_a_program_breaks_anything() {
    let scene = Scene::open();
    let authorization = format!("Bearer {}", scene.house.program().token);
    let before = scene.house.picture();
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"1".to_vec(),
        b"\"x\"".to_vec(),
        b"{".to_vec(),
        b"{\"a\":".to_vec(),
        "[".repeat(200_000).into_bytes(),
        "{\"a\":".repeat(50_000).into_bytes(),
        b"\xff\xfe".to_vec(),
        b"{\"userPoolId\":\"\xff\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"userPoolId\":1,\"secret\":2}".to_vec(),
        b"{\"userPoolId\":\"x\",\"secret\":\"y\"}".to_vec(),
        b"{\"userPoolId\":\"x\",\"userPoolId\":\"x\",\"secret\":\"y\"}".to_vec(),
        b"{\"accessKeyId\":\"\\u0000\",\"accessKeySecret\":\"\\ud800\"}".to_vec(),
        format!("{{\"accessKeyId\":\"{}\",\"accessKeySecret\":\"y\"}}", "x".repeat(100_000)).into_bytes(),
        b"{\"users\":[],\"application\":1}".to_vec(),
        b"{\"users\":[\"*\"]}".to_vec(),
        b"{\"users\":[]}".to_vec(),
    ];
    for path in ["/api/v2/userpools/access-token", "/api/v3/get-management-token", "/api/v1/operator/kick"] {
        for body in &bodies {
            for authorization in [None, Some(authorization.as_str()), Some("Bearer "), Some("\u{7f}")] {
                let mut headers = vec![("Content-Type", "application/json")];
                headers.extend(authorization.map(|value| ("Authorization", value)));
                let answer = scene.house.ask(("POST", path), &headers, Some(body));
                is_decent(path, &String::from_utf8_lossy(body), &answer);
                if path.starts_with("/api/v1") {
                    assert!(matches!(answer.status, 400 | 401), "{path}: {}", answer.status);
                } else if answer.status == 200 {
                    assert_ne!(answer.json()["code"], Value::from(200), "{path}");
                }
            }
        }
        for media in ["text/plain", FORM, "application/jsonp", ""] {
            let answer = scene.house.ask(("POST", path), &[("Content-Type", media)], Some(b"{}"));
            is_decent(path, media, &answer);
            assert!(matches!(answer.status, 415 | 401), "{path} {media}: {}", answer.status);
        }
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let answer = scene.house.ask((method, path), &[], None);
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method} {path}");
        }
    }
    assert_eq!(before, scene.house.picture());
}

#[test]
fn octets_that_are_no_http_harm_nobody() {
    let mut scene = Scene::open();
    let host = scene.house.host("");
    for octets in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\0\0\0\0\r\n\r\n".to_vec(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n", "y".repeat(200_000)).into_bytes(),
        format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "y".repeat(200_000)).into_bytes(),
        format!("POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n").into_bytes(),
        format!("POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")
            .into_bytes(),
        format!(
            "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        .into_bytes(),
        format!(
            "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        )
        .into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost : x\r\n\r\n").into_bytes(),
    ] {
        let answer = wire::raw(scene.house.port, &octets);
        assert!(answer.status < 500, "{} {}", answer.status, String::from_utf8_lossy(&octets[..octets.len().min(60)]));
    }
    assert!(scene.wang.is_in(""));
}
