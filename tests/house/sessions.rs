//! Sessions and their cookies (security.md S1 to S20).

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::support::browser::{Form, encoded};
use crate::support::client::Client;
use crate::support::{Answer, Browser, House, PASSWORD, wire};

/// Logs in again over the present session, by a post with its hidden value.
#[track_caller]
fn logs_in_again(house: &House, browser: &mut Browser, name: &str) -> Answer {
    let csrf = browser.csrf_of(&house.at("", "/u"));
    let answer = browser.posts(&house.at("", "/login"), &[("csrf", &csrf), ("account", name), ("password", PASSWORD)]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer
}

#[test]
fn every_log_in_gives_a_secret_that_nobody_can_guess_from_others() {
    let house = House::open();
    let mut secrets = BTreeSet::new();
    for _ in 0..24 {
        let mut browser = house.browser();
        browser.logs_in("lilei");
        let secret = browser.secret("").unwrap();
        assert_eq!(secret.len(), 43, "256 bits in base64url");
        assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        secrets.insert(secret);
    }
    assert_eq!(secrets.len(), 24);
    let beginnings: BTreeSet<&str> = secrets.iter().map(|s| &s[..4]).collect();
    assert!(beginnings.len() >= 23, "{beginnings:?}");
}

#[test]
fn a_log_in_over_the_own_session_gives_a_new_secret_and_the_old_one_is_dead() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut thief = lilei.clone();
    logs_in_again(&house, &mut lilei, "lilei");
    assert_ne!(lilei.secret(""), thief.secret(""));
    assert!(lilei.is_in(""));
    assert!(!thief.is_in(""));
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 1, "it is the same session, renewed");
    assert_eq!(house.endings(), 0);
}

#[test]
fn a_secret_that_the_house_did_not_make_is_never_adopted() {
    let house = House::open();
    let planted = "A".repeat(43);
    let mut lilei = house.browser();
    let jar = lilei.jar.entry(house.host("")).or_default();
    jar.insert("exeunt".to_owned(), planted.clone());
    lilei.opens(&house.at("", &format!("/login?exeunt={planted}&sid={planted}")));
    lilei.types_in("lilei", PASSWORD);
    assert!(lilei.is_in(""));
    assert_ne!(lilei.secret("").unwrap(), planted);
    let cookie = format!("exeunt={planted}");
    assert_eq!(house.ask(("GET", "/api/v1/session"), &[("Cookie", &cookie)], None).status, 401);
    let genuine = lilei.secret("").unwrap();
    for header in ["Authorization", "X-Session", "exeunt"] {
        assert_eq!(house.ask(("GET", "/api/v1/session"), &[(header, &genuine)], None).status, 401, "{header}");
    }
    assert_eq!(house.ask(("GET", &format!("/api/v1/session?exeunt={genuine}")), &[], None).status, 401);
}

#[test]
fn a_secret_of_one_host_is_nothing_on_another() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    for host in ["notes", "board"] {
        lilei.opens(&house.at(host, "/u"));
    }
    let secrets: Vec<(&str, String)> = ["", "notes", "board"].map(|h| (h, lilei.secret(h).unwrap())).into();
    for (of, secret) in &secrets {
        for at in ["", "notes", "board", "wiki", "shop"] {
            let cookie = format!("exeunt={secret}");
            let answer =
                wire::request(house.port, &house.host(at), ("GET", "/api/v1/session"), &[("Cookie", &cookie)], None);
            assert_eq!(answer.status, if *of == at { 200 } else { 401 }, "the secret of {of:?} at {at:?}");
        }
    }
}

#[test]
fn the_cookie_is_for_this_host_and_no_script_and_no_other_site() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.opens("/login");
    let answer = lilei.submits("/login", &[("account", "lilei"), ("password", PASSWORD)]);
    let line = answer.set_cookie("exeunt").expect("a cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert!(!line.contains("Domain") && !line.contains("Secure"), "plain http on loopback: {line}");
    assert!(line.len() < 4096);
    let secret = lilei.secret("").unwrap();
    assert!(!answer.location().contains(&secret) && !answer.text().contains(&secret));
    for path in ["/u", "/u/devices", "/u/profile", "/u/security", "/api/v1/session", "/login"] {
        let page = lilei.opens(&house.at("", path));
        assert!(!page.text().contains(&secret), "{path}");
        assert!(page.headers.iter().all(|(_, value)| !value.contains(&secret)), "{path}");
    }
}

#[test]
fn over_https_the_cookie_is_secure_and_bound_to_its_host() {
    let house = House::with(|config| config.public_url = Some("https://id.example.com".parse().unwrap()));
    let ask = |what, headers: &[(&str, &str)], body: Option<&str>| {
        wire::request(house.port, "id.example.com", what, headers, body.map(str::as_bytes))
    };
    let page = ask(("GET", "/login"), &[], None);
    assert_eq!(page.status, 200);
    assert!(page.header("strict-transport-security").is_some_and(|v| v.contains("max-age=31536000")));
    let visitor = page.set_cookie("__Host-exeunt_visitor").expect("the visitor's cookie");
    assert!(visitor.contains("; Secure"));
    let visitor = visitor.split(';').next().unwrap().to_owned();
    let csrf = crate::support::browser::hidden(&page.text(), "csrf").unwrap();
    let body = encoded(&[("csrf", &csrf), ("account", "lilei"), ("password", PASSWORD)]);
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", visitor.as_str())];
    let answer = ask(("POST", "/login"), &headers, Some(&body));
    let line = answer.set_cookie("__Host-exeunt").expect("a session cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert!(!line.contains("Domain"));
    let cookie = line.split(';').next().unwrap();
    assert_eq!(ask(("GET", "/api/v1/session"), &[("Cookie", cookie)], None).status, 200);
    let without_prefix = cookie.trim_start_matches("__Host-");
    assert_eq!(ask(("GET", "/api/v1/session"), &[("Cookie", without_prefix)], None).status, 401, "{without_prefix}");
    let out = ask(("GET", "/login/profile/logout"), &[("Cookie", cookie)], None);
    let cleared = out.set_cookie("__Host-exeunt").expect("cleared").to_owned();
    assert!(cleared.starts_with("__Host-exeunt=;") && cleared.contains("; Secure") && cleared.contains("Max-Age=0"));
}

#[test]
fn strange_cookies_are_nobodys_and_break_nothing() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let mut friend = house.browser();
    friend.logs_in("hanmeimei");
    let (secret, theirs) = (lilei.secret("").unwrap(), friend.secret("").unwrap());
    let other = "B".repeat(43);
    let host = house.host("");
    let ask = |path: &str, cookies: &[&[u8]]| {
        let mut octets = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n").into_bytes();
        for cookie in cookies {
            octets.extend_from_slice(b"Cookie: ");
            octets.extend_from_slice(cookie);
            octets.extend_from_slice(b"\r\n");
        }
        octets.extend_from_slice(b"\r\n");
        wire::raw(house.port, &octets)
    };
    let hundred: String = (0..100).map(|n| format!("c{n}=v{n}; ")).collect();
    let good = format!("exeunt={secret}");
    let cases: Vec<(u16, Vec<Vec<u8>>)> = vec![
        (200, vec![good.clone().into()]),
        (200, vec![format!("{hundred}{good}").into()]),
        (200, vec![format!("{good}; {good}").into()]),
        (200, vec![b"a=b".to_vec(), good.clone().into()]),
        // A planted value that is nobody's hides nothing; two living ones are nobody's page.
        (200, vec![format!("{good}; exeunt={other}").into()]),
        (200, vec![format!("exeunt={other}; {good}").into()]),
        (200, vec![good.clone().into(), format!("exeunt={other}").into()]),
        (200, vec![format!("{good}; exeunt=").into()]),
        (401, vec![format!("{good}; exeunt={theirs}").into()]),
        (401, vec![format!("exeunt={theirs}; {good}").into()]),
        (401, vec![format!("Exeunt={secret}").into()]),
        (401, vec![format!("exeunt=\"{secret}\"").into()]),
        (401, vec![format!("exeunt={secret}x").into()]),
        (401, vec![format!("exeunt={}", &secret[..42]).into()]),
        (401, vec![format!("exeunt={}", secret.to_uppercase()).into()]),
        (401, vec![b"exeunt=\xff\xfe\xfd".to_vec()]),
        (401, vec![b"exeunt".to_vec()]),
        (401, vec![b"=;;;==;exeunt=;".to_vec()]),
        (401, vec![format!("exeunt={}", "x".repeat(7_000)).into()]),
    ];
    for (expected, cookies) in cases {
        let lines: Vec<&[u8]> = cookies.iter().map(Vec::as_slice).collect();
        let shown = String::from_utf8_lossy(lines[0]).chars().take(70).collect::<String>();
        assert_eq!(ask("/api/v1/session", &lines).status, expected, "{shown}");
        let page = ask("/u", &lines);
        assert!(page.status < 500, "{shown}");
        assert_eq!(page.text().contains("lilei"), expected == 200, "{shown}");
    }
}

#[test]
fn a_log_out_with_two_cookies_ends_both_sessions() {
    let house = House::open();
    let (mut lilei, mut friend) = (house.browser(), house.browser());
    lilei.logs_in("lilei");
    friend.logs_in("hanmeimei");
    let both = format!("exeunt={}; exeunt={}", lilei.secret("").unwrap(), friend.secret("").unwrap());
    let ask = format!(
        "GET /login/profile/logout HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {both}\r\n\r\n",
        house.host("")
    );
    assert_eq!(wire::raw(house.port, ask.as_bytes()).status, 303);
    assert!(!lilei.is_in("") && !friend.is_in(""));
}

#[test]
fn a_log_out_finds_the_living_session_among_many_dead_cookies_or_is_refused() {
    let house = House::open();
    let mut lilei = house.browser();
    for dead in [8, 100] {
        lilei.logs_in("lilei");
        let mut cookies: Vec<String> = (0..dead).map(|n| format!("exeunt={:A>43}", n)).collect();
        cookies.push(format!("exeunt={}", lilei.secret("").unwrap()));
        let ask = |cookies: &[String]| {
            let line = format!(
                "GET /login/profile/logout HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\r\n",
                house.host(""),
                cookies.join("; ")
            );
            wire::raw(house.port, line.as_bytes()).status
        };
        let more: Vec<String> = (0..300).map(|n| format!("exeunt={:B>43}", n)).chain(cookies.clone()).collect();
        assert_eq!(ask(&more), 400, "what is not looked at is not called ended");
        assert!(lilei.is_in(""));
        assert_eq!(ask(&cookies), 303);
        assert!(!lilei.is_in(""), "{dead}");
    }
}

/// OpenID Connect Session Management 3.2: what frames compare changes with the log-in, not only with the log-out.
#[test]
fn what_frames_of_applications_compare_is_of_the_present_log_in() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let mut browser = house.browser();
    browser.logs_in("lilei");
    notes.code(&mut browser);
    let mark = |browser: &Browser| browser.jar[&house.host("")].get("exeunt_state").cloned().unwrap_or_default();
    let of_lilei = mark(&browser);
    assert!(!of_lilei.is_empty());
    browser.opens(&house.at("", "/login?again=1"));
    browser.types_in("hanmeimei", PASSWORD);
    assert_ne!(mark(&browser), of_lilei, "somebody else");
    notes.code(&mut browser);
    let of_her = mark(&browser);
    assert!(!of_her.is_empty() && of_her != of_lilei);
    // A mark that is left of an earlier log-in goes when a frame is loaded, or a page finds the session over.
    browser.jar.get_mut(&house.host("")).unwrap().insert("exeunt_state".into(), of_lilei);
    browser.fetches(&house.at("", "/oidc/session/check"), &[]);
    assert_eq!(mark(&browser), "");
    notes.code(&mut browser);
    house.program().posts("/api/v2/users/kick", &json!({ "userIds": [house.person("hanmeimei").id] }));
    browser.opens(&house.at("", "/u"));
    assert_eq!(mark(&browser), "");
}

#[test]
fn everything_but_assets_says_no_store_and_wears_the_headers_of_the_house() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let notes = house.application("notes").id;
    let paths = [
        "/",
        "/login",
        "/u",
        "/u/devices",
        "/u/profile",
        "/u/security",
        "/signed-out",
        "/console",
        "/console/users",
        "/console/applications",
        "/console/audit",
        "/console/keys",
        "/api/v1/session",
        "/api/v1/logouts/x",
        "/nowhere",
        "/healthz",
        "/readyz",
        "/metrics",
        "/robots.txt",
        "/crossing/give",
        "/api/v2/nowhere",
        "/login?next=%ff",
        "/u?x=%00",
    ];
    let sessions = format!("/console/applications/{notes}/sessions");
    for path in paths.into_iter().chain([sessions.as_str()]) {
        let answer = wang.fetches(&house.at("", path), &[]);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        let csp = answer.header("content-security-policy").unwrap_or_default();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"] {
            assert!(csp.contains(part), "{path} {csp}");
        }
        assert!(!csp.contains("unsafe"), "{path} {csp}");
        assert!(answer.header("x-request-id").is_some_and(|id| id.starts_with("req_")), "{path}");
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none(), "{path}");
        assert!(answer.header("access-control-allow-origin").is_none(), "{path}");
        assert!(answer.header("strict-transport-security").is_none(), "plain http: {path}");
    }
    let html = wang.opens(&house.at("", "/u")).text();
    let css =
        html.split("href=\"").map(|p| p.split('"').next().unwrap()).find(|p| p.ends_with(".css")).unwrap().to_owned();
    let asset = house.browser().fetches(&house.at("", &css), &[]);
    assert!(asset.header("cache-control").is_some_and(|v| v.contains("immutable")));
}

#[test]
fn a_way_out_is_on_every_page_of_whoever_is_in() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let (notes, lilei) = (house.application("notes").id, house.person("lilei").id);
    for path in [
        "/u".to_owned(),
        "/u/devices".to_owned(),
        "/u/profile".to_owned(),
        "/u/security".to_owned(),
        "/console".to_owned(),
        "/console/users".to_owned(),
        "/console/users/new".to_owned(),
        format!("/console/users/{lilei}"),
        "/console/applications".to_owned(),
        "/console/applications/new".to_owned(),
        format!("/console/applications/{notes}"),
        format!("/console/applications/{notes}/sessions"),
        "/console/audit".to_owned(),
        "/console/keys".to_owned(),
        "/nowhere".to_owned(),
    ] {
        let page = wang.opens(&house.at("", &path)).text();
        let form = Form::find(&page, "/u/logout").unwrap_or_else(|| panic!("no way out of {path}"));
        assert!(form.fields.iter().any(|(name, value)| name == "csrf" && !value.is_empty()), "{path}");
    }
}

#[test]
fn nobody_can_be_logged_in_by_another_site() {
    let house = House::open();
    let credentials = [("account", "lilei"), ("password", PASSWORD)];
    let mut victim = house.browser();
    victim.opens("/login");
    let own = victim.csrf();
    let mut attacker = house.browser();
    attacker.opens("/login");
    let foreign = attacker.csrf();
    for csrf in ["", "AAAA", foreign.as_str()] {
        let mut fields = credentials.to_vec();
        fields.push(("csrf", csrf));
        let answer = victim.posts(&house.at("", "/login"), &fields);
        assert_eq!(answer.status, 403, "{csrf}");
        assert!(answer.set_cookie("exeunt").is_none());
    }
    let mut fields = credentials.to_vec();
    fields.push(("csrf", own.as_str()));
    let body = encoded(&fields);
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Origin", "https://evil.example"),
    ];
    let answer = victim.sends("POST", &house.at("", "/login"), &headers, Some(&body));
    assert_eq!(answer.status, 403);
    assert!(answer.set_cookie("exeunt").is_none());
    let mut without_cookie = house.browser();
    assert_eq!(without_cookie.posts(&house.at("", "/login"), &fields).status, 403, "the value without its cookie");
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 0);
}

#[test]
fn a_hidden_value_ends_with_its_session() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let old = lilei.csrf_of(&house.at("", "/u"));
    logs_in_again(&house, &mut lilei, "lilei");
    assert_eq!(lilei.posts(&house.at("", "/u/logout"), &[("csrf", &old)]).status, 403);
    assert!(lilei.is_in(""));
}

#[test]
fn where_a_log_in_leads_is_a_place_of_this_site() {
    let house = House::open();
    for (next, to) in [
        ("/u/devices", "/u/devices"),
        ("", "/u"),
        ("https://evil.example/", "/u"),
        ("//evil.example", "/u"),
        ("/\\evil.example", "/u"),
        ("/\t/evil.example", "/u"),
        ("/.//evil.example", "/u"),
        ("/%2e%2e//evil.example", "/u"),
        ("javascript:alert(1)", "/u"),
        ("u", "/u"),
        ("/login", "/u"),
    ] {
        let mut lilei = house.browser();
        lilei.opens("/login");
        let answer = lilei.submits("/login", &[("account", "lilei"), ("password", PASSWORD), ("next", next)]);
        let target = answer.location().to_owned();
        assert_eq!(answer.status, 303, "{next}");
        let url = url::Url::parse(&house.at("", "/")).unwrap().join(&target).unwrap();
        assert_eq!(url.host_str(), Some("localhost"), "{next} leads to {target}");
        assert!(target == to || (url.path() == target && !target.starts_with("//")), "{next} leads to {target}");
    }
}

#[test]
fn a_stolen_file_opens_no_session() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let program = house.program();
    let mut secrets = vec![lilei.secret("").unwrap(), PASSWORD.to_owned(), program.token.clone()];
    secrets.push(crate::support::POOL_SECRET.to_owned());
    for entry in std::fs::read_dir(&house.state.config.data_dir).unwrap() {
        let path = entry.unwrap().path();
        let octets = std::fs::read(&path).unwrap();
        for secret in &secrets {
            let found = octets.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret lies in {}", path.display());
        }
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
    let mode = std::fs::metadata(&house.state.config.data_dir).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
}

#[test]
fn the_password_is_hashed_at_the_full_cost_and_a_cheaper_hash_is_replaced_at_log_in() {
    let house = House::open();
    let stored =
        |house: &House| -> String { house.value("SELECT password_hash FROM users WHERE username = 'lilei'", []) };
    assert!(stored(&house).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    let cheap = {
        use argon2::password_hash::PasswordHasher as _;
        let params = argon2::Params::new(64, 1, 1, Some(32)).unwrap();
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        argon.hash_password_with_salt(PASSWORD.as_bytes(), &[7u8; 16]).unwrap().to_string()
    };
    house.rows().execute("UPDATE users SET password_hash = ?1 WHERE username = 'lilei'", [&cheap]).unwrap();
    house.browser().logs_in("lilei");
    assert!(stored(&house).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "hashed again");
    house.browser().logs_in("lilei");
}
