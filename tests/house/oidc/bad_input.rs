//! Bad input at the calls of programs: the refusal that the RFC names, in its shape, and nothing changed.

use exeunt::domain::oauth::GrantType;

use crate::support::browser::encoded;
use crate::support::client::{CHALLENGE, Client, VERIFIER};
use crate::support::people::CLIENT_SECRET;
use crate::support::{Answer, House, wire};

pub const FORM: &str = "application/x-www-form-urlencoded";

/// A refusal in the words of OAuth: status, `error`, and all that has to stand around them (RFC 6749 5.2).
#[track_caller]
pub fn refused(what: &str, answer: &Answer, status: u16, error: &str) {
    let shown: String = what.chars().take(100).collect();
    assert_eq!(answer.status, status, "{shown}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"), "{shown}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{shown}");
    assert_eq!(answer.json()["error"], error, "{shown}: {}", answer.text());
    let description = answer.json()["error_description"].as_str().unwrap().to_owned();
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ';
    assert!(description.chars().all(plain), "{shown}: {description}");
    if error == "invalid_client" {
        assert!(answer.header("www-authenticate").is_some_and(|v| v.starts_with("Basic ")), "{shown}");
    } else if status == 401 {
        assert!(answer.header("www-authenticate").is_some_and(|v| v.starts_with("Bearer ")), "{shown}");
    }
    is_calm(&shown, answer);
}

/// No fault, no entrails, no header that the request wrote.
#[track_caller]
pub fn is_calm(what: &str, answer: &Answer) {
    assert!((200..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
    assert!(answer.header("x-split").is_none() && answer.set_cookie("split").is_none(), "{what}: a header was split");
    let text = answer.text();
    for entrails in ["rusqlite", "SELECT ", "panicked", "constraint", "src/", "Err(", "serde", "actix", "<script>alert"]
    {
        assert!(!text.contains(entrails), "{what}: says {entrails}");
    }
}

/// Whatever stands in a parameter.
fn odd_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "*",
        "null",
        "undefined",
        "-1",
        "../../etc/passwd",
        "\r\nX-Split: y",
        "\r\nSet-Cookie: split=y",
        "\\",
        "\u{1}\u{7f}",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "ffffffffffffffffffffffff",
        "%00",
        "𝕏\u{202e}",
        "a.b.c",
        "..",
        "{}",
    ]
    .map(str::to_owned)
    .into();
    values.push("长".repeat(5_000));
    values.push("A".repeat(40_000));
    values
}

/// A call with every parameter as it should be, and what it says when one is missing or odd.
struct Call {
    path: &'static str,
    /// Name, value; `error` when it is missing, when it is odd. No error: the answer is 200 all the same.
    params: Vec<(&'static str, String, &'static str, &'static str)>,
}

fn calls(notes: &Client, code: &str, refresh: &str) -> Vec<Call> {
    let text = str::to_owned;
    let of = |params: Vec<(&'static str, String, &'static str, &'static str)>| {
        let id = ("client_id", notes.id.to_string(), "invalid_client", "invalid_client");
        let secret = ("client_secret", text(CLIENT_SECRET), "invalid_client", "invalid_client");
        [vec![id, secret], params].concat()
    };
    let grant_type = |value| ("grant_type", text(value), "invalid_request", "unsupported_grant_type");
    let grant = |name, value: &str| (name, text(value), "invalid_request", "invalid_grant");
    vec![
        Call {
            path: "/oidc/token",
            params: of(vec![
                grant_type("authorization_code"),
                grant("code", code),
                ("redirect_uri", notes.callback.clone(), "invalid_grant", "invalid_grant"),
                ("code_verifier", text(VERIFIER), "invalid_grant", "invalid_grant"),
            ]),
        },
        Call {
            path: "/oidc/token",
            params: of(vec![
                grant_type("refresh_token"),
                grant("refresh_token", refresh),
                ("scope", text("openid"), "", "invalid_scope"),
            ]),
        },
        Call { path: "/oidc/token/introspection", params: of(vec![("token", text(refresh), "invalid_request", "")]) },
        Call { path: "/oidc/token/revocation", params: of(vec![("token", text("x"), "", "")]) },
        Call {
            path: "/oidc/request",
            params: of(vec![
                ("redirect_uri", notes.callback.clone(), "invalid_request", "invalid_request"),
                ("response_type", text("code"), "invalid_request", "unsupported_response_type"),
                ("response_mode", text("query"), "", "invalid_request"),
                ("code_challenge", text(CHALLENGE), "invalid_request", "invalid_request"),
                ("code_challenge_method", text("S256"), "invalid_request", "invalid_request"),
                ("prompt", text("none"), "", "invalid_request"),
                ("max_age", text("10"), "", "invalid_request"),
            ]),
        },
    ]
}

/// A call that would do what it asks for, and so is not sent as it is.
fn is_left_alone(call: &Call, name: &str, error: &str) -> bool {
    error.is_empty() && (call.path == "/oidc/token" || call.path == "/oidc/request") && name != "token"
}

fn sends(house: &House, path: &str, body: &[u8]) -> Answer {
    house.ask(("POST", path), &[("Content-Type", FORM)], Some(body))
}

fn pairs(call: &Call, changed: impl Fn(&str) -> Option<String>) -> String {
    let all: Vec<(&str, String)> =
        call.params.iter().map(|(name, value, ..)| (*name, changed(name).unwrap_or_else(|| value.clone()))).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    encoded(&all)
}

#[test]
fn every_parameter_of_every_call_is_judged_and_a_refusal_changes_nothing() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let (code, tokens) = (notes.code(&mut browser), notes.tokens(&mut browser));
    let before = house.picture();
    for call in calls(&notes, &code, &tokens.refresh) {
        let good = pairs(&call, |_| None);
        for (name, value, missing, odd) in &call.params {
            let what = |how: &str| format!("{} {name} {how}", call.path);
            let twice = format!("{good}&{}", encoded(&[(*name, value.as_str())]));
            refused(&what("twice"), &sends(&house, call.path, twice.as_bytes()), 400, "invalid_request");
            for octets in ["%ff", "%00", "a%c0%af"] {
                let body = format!("{}&{name}={octets}", good.replace(&encoded(&[(*name, value.as_str())]), "z=z"));
                let answer = sends(&house, call.path, body.as_bytes());
                refused(&what(octets), &answer, 400, "invalid_request");
            }
            let status = |error: &str| if error == "invalid_client" { 401 } else { 400 };
            for (how, body) in [
                ("missing", good.replace(&encoded(&[(*name, value.as_str())]), "z=z")),
                ("empty", pairs(&call, |other| (other == *name).then(String::new))),
            ] {
                if is_left_alone(&call, name, missing) {
                    continue;
                }
                let answer = sends(&house, call.path, body.as_bytes());
                if how == "missing" && call.path == "/oidc/token/revocation" && *name == "token" {
                    refused(&what(how), &answer, 400, "invalid_request");
                } else if missing.is_empty() {
                    assert_eq!(answer.status, 200, "{}", what(how));
                } else {
                    refused(&what(how), &answer, status(missing), missing);
                }
            }
            for odd_value in odd_values() {
                let body = pairs(&call, |other| (other == *name).then(|| odd_value.clone()));
                let answer = sends(&house, call.path, body.as_bytes());
                if body.len() > 64 * 1024 {
                    assert_eq!(answer.status, 413, "{}", what(&odd_value));
                } else if !odd.is_empty() {
                    refused(&what(&odd_value), &answer, status(odd), odd);
                } else if call.path.ends_with("introspection") {
                    assert_eq!(answer.json(), serde_json::json!({ "active": false }), "{}", what(&odd_value));
                } else {
                    assert_eq!((answer.status, answer.text().as_str()), (200, ""), "{}", what(&odd_value));
                }
            }
        }
    }
    assert_eq!(before, house.picture());
    assert_eq!(notes.trades(&code).status, 200, "the code is still good");
    assert_eq!(notes.refreshes(&tokens.refresh).status, 200, "and so is the refresh token");
}

#[test]
fn what_is_no_form_is_refused_in_the_words_of_oauth() {
    let house = House::with(|config| config.registration_token = Some("initial".to_owned()));
    let before = house.picture();
    let body = format!("grant_type=client_credentials&client_secret={CLIENT_SECRET}");
    for path in ["/oidc/token", "/oidc/token/introspection", "/oidc/token/revocation", "/oidc/request"] {
        for media in ["", "text/plain", "application/json", "multipart/form-data; boundary=x", "application/jwt"] {
            let answer = house.ask(("POST", path), &[("Content-Type", media)], Some(body.as_bytes()));
            refused(&format!("{path} {media}"), &answer, 400, "invalid_request");
        }
        refused(path, &house.ask(("POST", path), &[], None), 400, "invalid_request");
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"] {
            let answer = house.ask((method, path), &[("Content-Type", FORM)], None);
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method} {path}");
            is_calm(path, &answer);
        }
        let declared = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {FORM}\r\nContent-Length: 70000\r\n\r\n",
            house.host("")
        );
        assert_eq!(wire::raw(house.port, declared.as_bytes()).status, 413, "{path}");
    }
    for path in ["/oidc/auth", "/oidc/session/end"] {
        for method in ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let answer = house.ask((method, path), &[], None);
            assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")), "{method} {path}");
        }
        for media in ["", "text/plain", "application/json"] {
            let answer = house.ask(("POST", path), &[("Content-Type", media)], Some(b"client_id=x"));
            assert_eq!((answer.status, answer.location()), (415, ""), "{path} {media}");
        }
    }
    for (path, allow) in [
        ("/oidc/me", "GET, HEAD, POST"),
        ("/oidc/session/check", "GET, HEAD"),
        ("/oidc/auth/answer", "POST"),
        ("/oidc/session/confirm", "POST"),
        ("/oidc/register", "POST"),
        ("/oidc/.well-known/jwks.json", "GET, HEAD"),
        ("/.well-known/openid-configuration", "GET, HEAD"),
    ] {
        for method in ["PUT", "DELETE", "PATCH"] {
            let answer = house.ask((method, path), &[], None);
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
        }
    }
    assert_eq!(before, house.picture());
}

#[test]
fn a_scope_that_is_too_wide_leaves_the_refresh_token_as_it_was() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let tokens = notes.tokens(&mut browser);
    let asks = |scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh), ("scope", scope)];
        notes.posts("/oidc/token", &fields)
    };
    for scope in ["openid phone", "weather", "openid weather", "OPENID"] {
        refused(scope, &asks(scope), 400, "invalid_scope");
    }
    house.clock.advance_ms(31_000);
    let answer = asks("email openid");
    assert_eq!((answer.status, answer.json()["scope"].as_str()), (200, Some("email openid")));
    let access = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert!(notes.userinfo(&access).json()["name"].is_null(), "profile was not asked for");
}

#[test]
fn a_grant_that_is_off_or_makes_no_sense_is_refused() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    for (grant, error) in [
        ("client_credentials", "unauthorized_client"),
        ("implicit", "unsupported_grant_type"),
        ("password", "unauthorized_client"),
        ("http://authing.cn/oidc/grant_type/authing_token", "unauthorized_client"),
        ("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type"),
        ("urn:ietf:params:oauth:grant-type:token-exchange", "unsupported_grant_type"),
        ("AUTHORIZATION_CODE", "unsupported_grant_type"),
    ] {
        refused(grant, &notes.posts("/oidc/token", &[("grant_type", grant)]), 400, error);
    }
    // An application that proves nothing gets no tokens of its own; forms refuse the pair, a row may hold it all the same.
    let public = house.adds("open", |protocol| {
        protocol.grant_types = vec![exeunt::domain::oauth::GrantType::ClientCredentials];
    });
    let text = "UPDATE applications SET auth_method = 'none' WHERE id = ?1";
    house.rows().execute(text, [public.as_str()]).unwrap();
    house.state.write_now(exeunt::flow::directory::changed).unwrap();
    let body = format!("grant_type=client_credentials&client_id={public}");
    refused("nobody's own", &sends(&house, "/oidc/token", body.as_bytes()), 400, "unauthorized_client");
}

#[test]
fn a_revocation_that_cannot_be_written_is_no_revocation() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let tokens = notes.tokens(&mut browser);
    let answer =
        house.while_nothing_can_be_written(|| notes.posts("/oidc/token/revocation", &[("token", &tokens.refresh)]));
    assert_eq!((answer.status, answer.json()["error"].as_str()), (503, Some("temporarily_unavailable")));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(notes.introspects(&tokens.refresh)["active"], true);
    assert_eq!(notes.posts("/oidc/token/revocation", &[("token", &tokens.refresh)]).status, 200);
    notes.is_out(&tokens);
}

/// RFC 8707 section 2: whoever names a resource is not given a token for something else. RFC 6749 3.2: nothing comes twice,
/// read or not.
#[test]
fn a_resource_and_a_doubled_parameter_are_refused_at_the_token_endpoint() {
    let house = House::open();
    house.settles("notes", |protocol| protocol.grant_types.push(GrantType::ClientCredentials));
    let notes = Client::of(&house, "notes");
    let asks = |more: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", "client_credentials")];
        fields.extend_from_slice(more);
        notes.posts("/oidc/token", &fields)
    };
    assert_eq!(asks(&[]).status, 200);
    refused("a resource", &asks(&[("resource", "https://api.example/")]), 400, "invalid_target");
    let two = [("resource", "https://api.example/"), ("resource", "https://b.example/")];
    refused("two resources", &asks(&two), 400, "invalid_target");
    refused("two scopes", &asks(&[("scope", "a"), ("scope", "b")]), 400, "invalid_request");
    refused("two unknown ones", &asks(&[("x", "a"), ("x", "a")]), 400, "invalid_request");
}
