//! Hosts: which house a request came to, and whom it believes about that.

use serde_json::json;

use crate::support::people::json_post;
use crate::support::relying_party::RelyingParty;
use crate::support::{House, wire};

fn get(house: &House, lines: &str, target: &str) -> wire::Answer {
    wire::raw(house.port, format!("GET {target} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n").as_bytes())
}

#[test]
fn an_unknown_host_is_refused_and_never_served_a_default() {
    let house = House::open();
    let port = house.port;
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("unknown.localhost:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("notes.localhost.evil.example:{port}"),
        format!("a.notes.localhost:{port}"),
        format!(".localhost:{port}"),
        format!("notes..localhost:{port}"),
        format!("notlocalhost:{port}"),
        format!("127.0.0.2:{port}"),
        format!("[::2]:{port}"),
        "0".to_owned(),
        "*".to_owned(),
    ] {
        for path in
            ["/", "/login", "/u", "/login/profile/logout", "/api/v1/session", "/console", "/signed-out", "/u/live"]
        {
            let answer = get(&house, &format!("Host: {host}\r\n"), path);
            assert!(matches!(answer.status, 421 | 400), "{host} {path}: {}", answer.status);
            assert!(answer.header("set-cookie").is_none(), "{host} {path}");
            assert!(answer.header("location").is_none(), "{host} {path}");
        }
    }
}

#[test]
fn programs_are_refused_at_an_unknown_host_too() {
    let house = House::open();
    let program = house.program();
    let body = json!({ "userIds": [house.person("lilei").id] }).to_string();
    let authorization = format!("Bearer {}", program.token);
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let before = house.picture();
    let path = format!("/api/v2/applications/{}/kick-active-users", house.application("notes").id);
    let answer = wire::request(house.port, "evil.example", ("POST", &path), &headers, Some(body.as_bytes()));
    assert_eq!(answer.status, 421, "{}", answer.text());
    assert_eq!(before, house.picture());
    for path in ["/api/v2/userpools/access-token", "/api/v3/get-management-token"] {
        let answer = wire::request(house.port, "evil.example", ("POST", path), &headers, Some(b"{}"));
        assert_eq!(answer.status, 421, "{path}");
    }
}

#[test]
fn exactly_one_host_in_whatever_spelling() {
    let house = House::open();
    let (base, notes) = (house.host(""), house.host("notes"));
    let status = |lines: &str, target: &str| get(&house, lines, target).status;
    assert_eq!(status(&format!("Host: {base}\r\n"), "/login"), 200);
    assert_eq!(status(&format!("Host: {}\r\n", base.to_uppercase()), "/login"), 200);
    assert_eq!(status(&format!("Host: localhost.:{}\r\n", house.port), "/login"), 200);
    assert_eq!(status(&format!("Host: 127.0.0.1:{}\r\n", house.port), "/login"), 200);
    assert_eq!(status(&format!("Host: {base}\r\nHost: {base}\r\n"), "/login"), 400);
    assert_eq!(status(&format!("Host: {base}\r\nHost: evil.example\r\n"), "/login"), 400);
    assert_eq!(status(&format!("Host: evil.example\r\nHost: {base}\r\n"), "/login"), 400);
    assert_eq!(status("", "/login"), 400);
    assert_eq!(status("Host: \r\n", "/login"), 421);
    // The absolute form is the host, whatever the header says (RFC 9112 section 3.2.2).
    assert_eq!(status("Host: evil.example\r\n", &format!("http://{notes}/login?crossed=1")), 200);
    assert_eq!(status(&format!("Host: {base}\r\n"), "http://evil.example/login"), 421);
}

#[test]
fn spellings_of_one_host_hold_one_session() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let cookie = format!("exeunt={}", lilei.secret("").unwrap());
    for host in [house.host("").to_uppercase(), format!("LocalHost.:{}", house.port)] {
        let answer = wire::request(house.port, &host, ("GET", "/api/v1/session"), &[("Cookie", &cookie)], None);
        assert_eq!(answer.status, 200, "{host}");
    }
    let ip = format!("127.0.0.1:{}", house.port);
    let answer = wire::request(house.port, &ip, ("GET", "/api/v1/session"), &[("Cookie", &cookie)], None);
    assert_eq!(answer.status, 401, "another host");
}

#[test]
fn forwarding_headers_of_strangers_say_nothing() {
    let house = House::open();
    let headers = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("Forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
        ("X-Original-URL", "/console"),
        ("X-Rewrite-URL", "/console"),
        ("X-Real-IP", "203.0.113.9"),
        ("X-HTTP-Method-Override", "POST"),
    ];
    for (path, begins) in [("/", "/u"), ("/u", "/login?"), ("/login/profile/logout", "/signed-out")] {
        let answer = house.ask(("GET", path), &headers, None);
        assert!(answer.location().starts_with(begins), "{path} {}", answer.location());
        assert!(!format!("{:?}", answer.headers).contains("evil"), "{path}");
    }
    let page = house.ask(("GET", "/login"), &headers, None);
    assert!(!page.text().contains("evil.example"));
    assert!(page.set_cookie("__Host-exeunt_visitor").is_none());
    let mut lilei = house.browser();
    lilei.opens("/login");
    let csrf = lilei.csrf();
    let body = crate::support::browser::encoded(&[
        ("csrf", &csrf),
        ("account", "lilei"),
        ("password", crate::support::PASSWORD),
    ]);
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(&headers);
    assert_eq!(lilei.sends("POST", &house.at("", "/login"), &all, Some(&body)).status, 303);
    assert_eq!(house.value::<String>("SELECT ip FROM sessions", []), "127.0.0.1");
}

#[test]
fn a_configured_proxy_is_believed_about_the_address_and_nothing_else() {
    let house = House::with(|config| {
        config.trusted_proxies =
            vec!["127.0.0.0/8", "10.0.0.0/8"].into_iter().map(|n| exeunt::config::Cidr::parse(n).unwrap()).collect();
    });
    for (forwarded, expected) in [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("nonsense", "127.0.0.1"),
        ("203.0.113.9, nonsense", "127.0.0.1"),
    ] {
        let mut lilei = house.browser();
        lilei.opens("/login");
        let csrf = lilei.csrf();
        let body = crate::support::browser::encoded(&[
            ("csrf", &csrf),
            ("account", "lilei"),
            ("password", crate::support::PASSWORD),
        ]);
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Forwarded-For", forwarded),
            ("X-Forwarded-Host", "evil.example"),
        ];
        let answer = lilei.sends("POST", &house.at("", "/login"), &headers, Some(&body));
        assert_eq!(answer.status, 303, "{forwarded}");
        assert!(!answer.location().contains("evil"));
        let ip: String = house.value("SELECT ip FROM sessions ORDER BY id DESC LIMIT 1", []);
        assert_eq!(ip, expected, "{forwarded}");
    }
}

#[test]
fn a_redirect_is_never_made_of_the_path_that_was_asked() {
    let house = House::open();
    let host = house.host("");
    for target in [
        "//evil.example/..",
        "//evil.example",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "///u",
        "/u//",
        "/u/../..//evil.example",
    ] {
        let answer = get(&house, &format!("Host: {host}\r\n"), target);
        assert!(answer.status < 500, "{target}");
        let to = answer.location();
        assert!(!to.starts_with("//") && !to.contains("evil.example/.."), "{target} leads to {to}");
    }
}

#[test]
fn a_doubled_slash_in_front_is_one_where_sdks_write_it_and_nowhere_else() {
    let house = House::open();
    let host = house.host("");
    let asks = |target: &str| get(&house, &format!("Host: {host}\r\n"), target);
    // Sdks that were given `http://host/` ask for these.
    for (target, status) in [
        ("//oidc/.well-known/openid-configuration", 200),
        ("//oidc/auth?client_id=x", 400),
        ("//oidc/me", 401),
        ("//api/v2/users/me", 200),
        ("//api/v3/system", 200),
        ("//cas/session", 200),
        ("//logout", 200),
        ("//login/profile/logout?redirect_uri=//evil.example/x", 200),
        ("//cas-idp/logout?url=//evil.example/x", 303),
    ] {
        let (doubled, single) = (asks(target), asks(&target[1..]));
        assert_eq!((doubled.status, single.status), (status, status), "{target}");
        assert_eq!(doubled.location(), single.location(), "{target}");
        assert!(!doubled.text().contains("\"//login") && !doubled.text().contains("href=\"//"), "{target}");
    }
    // C# ends its paths with a slash.
    for (target, status) in [
        ("/api/v2/logout/?app_id=undefined", 200),
        ("/api/v2/users/me/", 200),
        ("//api/v3/system/", 200),
        ("/oidc/me/", 401),
        ("/login/profile/logout/?redirect_uri=//evil.example/x", 200),
        ("/cas-idp/logout/?url=//evil.example/x", 303),
    ] {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (ended, plain) = (asks(target), asks(&format!("{}?{query}", path.trim_end_matches('/'))));
        assert_eq!((ended.status, plain.status), (status, status), "{target}");
        assert_eq!(ended.location(), plain.location(), "{target}");
    }
    // What a proxy may guard by its path has one path only, and a host is never made of one.
    for target in [
        "/metrics/",
        "/console/",
        "/u/",
        "/api/v1/session/",
        "/api/v2/logout//",
        "/api/v2/logout/%2f",
        "/api/v2/logout/;x=1",
        "//metrics",
        "//console",
        "//u",
        "//setup",
        "//assets/house.css",
        "//api/v1/session",
        "//apiv2/x",
        "//oidcx/me",
        "///oidc/me",
        "//evil.example/oidc/me",
        "//oidc.evil.example/me",
        "//login",
    ] {
        let answer = asks(target);
        assert_eq!((answer.status, answer.location()), (404, ""), "{target}");
    }
}

#[test]
fn with_a_public_url_only_its_hosts_are_served() {
    let house = House::with(|config| config.public_url = Some("http://id.example.com:8080".parse().unwrap()));
    let status = |host: &str| wire::request(house.port, host, ("GET", "/login?crossed=1"), &[], None).status;
    assert_eq!(status("id.example.com:8080"), 200);
    assert_eq!(status("notes.id.example.com:8080"), 200);
    for host in [
        "id.example.com",
        "id.example.com:80",
        "localhost",
        "127.0.0.1",
        "x.id.example.com:8080",
        "evilid.example.com:8080",
        "notes.localhost",
    ] {
        assert_eq!(status(host), 421, "{host}");
    }
    let body = json!({ "userPoolId": house.pool, "secret": crate::support::POOL_SECRET });
    assert_eq!(json_post(house.port, "/api/v2/userpools/access-token", &body, &[]).status, 421);
}

#[test]
fn a_house_answers_at_every_address_that_it_listens_on() {
    let second = RelyingParty::nowhere();
    let house = House::with(|config| config.listen.push(([127, 0, 0, 1], second).into()));
    for port in [house.port, second] {
        let host = format!("127.0.0.1:{port}");
        let answer = wire::request(port, &host, ("GET", "/oidc/.well-known/openid-configuration"), &[], None);
        assert_eq!(answer.json()["issuer"], format!("http://{host}/oidc"));
        // A browser leaves the port away where it is 80, and so do the addresses that it is given.
        let bare = wire::request(port, "127.0.0.1", ("GET", "/oidc/.well-known/openid-configuration"), &[], None);
        assert_eq!(bare.json()["issuer"], "http://127.0.0.1/oidc");
    }
}
