//! The rules as tables, from both sides, and one property.

use super::*;
use url::Url;

fn list(entries: &[&str]) -> RedirectList {
    RedirectList::new(entries.iter().map(|e| RedirectEntry::parse(e).unwrap()).collect())
}

fn own() -> Url {
    Url::parse("http://127.0.0.1:9010/").unwrap()
}

/// What a list says to an address: the URL that would be sent, or the code of the refusing rule.
fn verdict(entry: &str, asked: &str) -> String {
    match list(&[entry]).allow(asked) {
        Ok(registered) => registered.as_str().to_owned(),
        Err(refusal) => refusal.code().to_owned(),
    }
}

const REGISTRATION: &[(&str, &str)] = &[
    ("https://a.com/cb", "https://a.com/cb"),
    ("https://a.com", "https://a.com/"),
    ("HTTPS://A.Com:443/CB", "https://a.com/CB"),
    ("http://a.com:80/", "http://a.com/"),
    ("http://127.0.0.1:9101/*", "http://127.0.0.1:9101/*"),
    ("http://0x7f.1/cb", "http://127.0.0.1/cb"),
    ("http://[0:0::1]:3000/cb", "http://[::1]:3000/cb"),
    ("https://bücher.example/cb", "https://xn--bcher-kva.example/cb"),
    ("  https://a.com/cb ", "https://a.com/cb"),
    ("https://a.com/app/*", "https://a.com/app/*"),
    ("https://a.com/x/../app/*", "https://a.com/app/*"),
    ("https://a.com/cb?*", "https://a.com/cb?*"),
    ("https://a.com/app/*?*", "https://a.com/app/*?*"),
    ("https://a.com?*", "https://a.com/?*"),
    ("https://a.com/cb?x=%2A", "https://a.com/cb?x=%2A"),
    ("https://*.example.com/cb", "https://*.example.com/cb"),
    ("https://*.shop.github.io/cb", "https://*.shop.github.io/cb"),
    ("https://a.com./cb", "https://a.com./cb"),
    ("", "empty"),
    ("   ", "empty"),
    ("/cb", "not_absolute"),
    ("//a.com/cb", "not_absolute"),
    ("a.com/cb", "not_absolute"),
    ("https:a.com/cb", "not_absolute"),
    ("https:/a.com/cb", "not_absolute"),
    ("https:///a.com/cb", "not_absolute"),
    ("javascript:alert(1)", "scheme"),
    ("data:text/html,hi", "scheme"),
    ("ftp://a.com/", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("com.example.app:/cb", "scheme"),
    ("myapp://cb", "scheme"),
    ("https://", "unparsable"),
    ("https://a b.com/", "unparsable"),
    ("https://a.com:99999/", "unparsable"),
    ("https://a.com:*/", "unparsable"),
    ("https://1.2.3.4.5/", "unparsable"),
    ("https://*.0.0.1/", "unparsable"),
    ("https://u@a.com/", "userinfo"),
    ("https://u:p@a.com/", "userinfo"),
    ("https://@a.com/", "userinfo"),
    ("https://:@a.com/", "userinfo"),
    ("https://a.com/#x", "fragment"),
    ("https://a.com/#", "fragment"),
    ("https://a.com/\tcb", "control_character"),
    ("https://a.com/cb\r\nX: y", "control_character"),
    ("https://a.com/\u{7f}", "control_character"),
    ("https://a.com\\cb", "backslash"),
    ("https://*/", "host_star"),
    ("https://a*.example.com/", "host_star"),
    ("https://*a.example.com/", "host_star"),
    ("https://a.*.example.com/", "host_star"),
    ("https://*.*.example.com/", "host_star"),
    ("https://example.*/", "host_star"),
    ("https://%2a.example.com/", "host_star"),
    ("https://＊.example.com/", "host_star"),
    ("https://*..example.com/", "host_star"),
    ("https://*.com/", "public_suffix"),
    ("https://*.co.uk/", "public_suffix"),
    ("https://*.com.cn/", "public_suffix"),
    ("https://*.公司.cn/", "public_suffix"),
    ("https://*.github.io/", "public_suffix"),
    ("https://*.ck/", "public_suffix"),
    ("https://*.compute.amazonaws.com/", "public_suffix"),
    ("http://*.localhost/", "public_suffix"),
    ("https://*.internal/", "public_suffix"),
    ("https://a.com/app*", "path_star"),
    ("https://a.com/*/cb", "path_star"),
    ("https://a.com/a*b", "path_star"),
    ("https://a.com/**", "path_star"),
    ("https://a.com/*/*", "path_star"),
    ("https://a.com/cb?x=*", "query_star"),
    ("https://a.com/cb?x=1&*", "query_star"),
    ("https://a.com/cb?**", "query_star"),
    ("https://a.com/..;/*", "traversal"),
    ("https://a.com/%252e%252e/*", "traversal"),
    ("https://a.com/%5c/*", "traversal"),
];

#[test]
fn an_entry_is_shown_in_its_normal_form_or_refused_with_a_reason() {
    for (text, expected) in REGISTRATION {
        let got = RedirectEntry::parse(text).map_or_else(|r| r.code().to_owned(), |e| e.as_str().to_owned());
        assert_eq!(&got, expected, "{text:?}");
    }
    let long = format!("https://a.com/{}", "x".repeat(MAX_LENGTH));
    assert_eq!(RedirectEntry::parse(&long).unwrap_err().code(), "too_long");
}

const MATCHING: &[(&str, &str, &str)] = &[
    // Equal after parsing, and sent as it was serialised.
    ("https://a.com/cb", "https://a.com/cb", "https://a.com/cb"),
    ("https://a.com/cb", "HTTPS://A.COM:443/cb", "https://a.com/cb"),
    ("https://a.com/cb", "https://a.com/x/../cb", "https://a.com/cb"),
    ("https://a.com/cb", "https://a.com/./cb", "https://a.com/cb"),
    ("https://a.com/cb", "https://%61.com/cb", "https://a.com/cb"),
    ("https://a.com/cb", "https:a.com/cb", "https://a.com/cb"),
    ("https://a.com/cb", "https:////a.com/cb", "https://a.com/cb"),
    ("https://a.com/", "https://a.com", "https://a.com/"),
    ("https://a.com/c b", "https://a.com/c%20b", "https://a.com/c%20b"),
    ("https://bücher.example/cb", "https://xn--bcher-kva.example/cb", "https://xn--bcher-kva.example/cb"),
    ("https://a.com/cb", "https://ａ.com/cb", "https://a.com/cb"),
    ("https://a.com/cb", "https://a。com/cb", "https://a.com/cb"),
    // Nothing else is normalised.
    ("https://a.com/cb", "https://a.com/CB", "path_differs"),
    ("https://a.com/cb", "https://a.com/cb/", "path_differs"),
    ("https://a.com/cb", "https://a.com/cbx", "path_differs"),
    ("https://a.com/cb", "https://a.com/cb/evil", "path_differs"),
    ("https://a.com/cb", "https://a.com/c%62", "path_differs"),
    ("https://a.com/cb", "https://a.com//cb", "path_differs"),
    ("https://a.com/cb", "https://a.com/cb;x", "path_differs"),
    ("https://a.com/cb", "https://a.com/cb%00", "path_differs"),
    ("https://a.com/%7Ea", "https://a.com/%7ea", "path_differs"),
    ("https://a.com/cb", "https://a.com", "path_differs"),
    ("https://a.com/cb", "https://a.com/cb?", "query_differs"),
    ("https://a.com/cb", "https://a.com/cb?x=1", "query_differs"),
    ("https://a.com/cb?x=1", "https://a.com/cb", "query_differs"),
    ("https://a.com/cb?x=1", "https://a.com/cb?X=1", "query_differs"),
    ("https://a.com/cb?x=1", "https://a.com/cb?x=1&y=2", "query_differs"),
    ("https://a.com/cb?x=1", "https://a.com/cb?x=1", "https://a.com/cb?x=1"),
    ("https://a.com/cb", "http://a.com/cb", "scheme_differs"),
    ("http://a.com/cb", "https://a.com/cb", "scheme_differs"),
    ("https://a.com/cb", "https://a.com:8443/cb", "port_differs"),
    ("https://a.com/cb", "https://a.com:80/cb", "port_differs"),
    ("https://a.com:8443/cb", "https://a.com/cb", "port_differs"),
    ("http://a.com/cb", "http://a.com:80/cb", "http://a.com/cb"),
    // Hosts that only look like it.
    ("https://a.com/cb", "https://a.com.evil.org/cb", "host_differs"),
    ("https://a.com/cb", "https://evil.org/https://a.com/cb", "host_differs"),
    ("https://a.com/cb", "https://xa.com/cb", "host_differs"),
    ("https://a.com/cb", "https://b.a.com/cb", "host_differs"),
    ("https://app.example.com/cb", "https://appXexample.com/cb", "host_differs"),
    ("https://a.com/cb", "https://a.com./cb", "host_differs"),
    ("https://a.com./cb", "https://a.com/cb", "host_differs"),
    ("https://a.com/cb", "https://аa.com/cb", "host_differs"),
    ("https://a.com/cb", "https://evil.org?https://a.com/cb", "host_differs"),
    ("https://a.com/cb", "https://a.com%2eevil.org/cb", "host_differs"),
    ("https://a.com/cb", "https://a.com%2f.evil.org/cb", "unparsable"),
    ("https://a.com/cb", "https://a.com%00.evil.org/cb", "unparsable"),
    ("https://a.com/cb", "https://a.com /cb", "unparsable"),
    // Unsafe before anything is compared.
    ("https://a.com/cb", "", "empty"),
    ("https://a.com/cb", "a.com/cb", "not_absolute"),
    ("https://a.com/cb", "//a.com/cb", "not_absolute"),
    ("https://a.com/cb", "///evil.org", "not_absolute"),
    ("https://a.com/cb", "javascript:alert(1)", "scheme"),
    ("https://a.com/cb", "JaVaScRiPt://a.com/cb%0aalert(1)", "scheme"),
    ("https://a.com/cb", "data:text/html,https://a.com/cb", "scheme"),
    ("https://a.com/cb", "blob:https://a.com/cb", "scheme"),
    ("https://a.com/cb", "view-source:https://a.com/cb", "scheme"),
    ("https://a.com/cb", "java\nscript:alert(1)", "control_character"),
    ("https://a.com/cb", "https://a.com/c\tb", "control_character"),
    ("https://a.com/cb", "\u{1}https://a.com/cb", "control_character"),
    ("https://a.com/cb", "https://a.com/cb\u{0}", "control_character"),
    ("https://a.com/cb", "https://a.com/cb\u{7f}", "control_character"),
    ("https://a.com/cb", "https://a.com/cb\r\nSet-Cookie: a=b", "control_character"),
    ("https://a.com/cb", "https://a.com\\cb", "backslash"),
    ("https://a.com/cb", "https://evil.org\\@a.com/cb", "backslash"),
    ("https://a.com/cb", "https:\\\\a.com/cb", "backslash"),
    ("https://a.com/cb", "https://a.com@evil.org/cb", "userinfo"),
    ("https://a.com/cb", "https://evil@a.com/cb", "userinfo"),
    ("https://a.com/cb", "https://@a.com/cb", "userinfo"),
    ("https://a.com/cb", "https://a.com:443@evil.org/cb", "userinfo"),
    ("https://a.com/cb", "https://a.com/cb#", "fragment"),
    ("https://a.com/cb", "https://a.com/cb#@evil.org", "fragment"),
    // A wildcard is exactly one label.
    ("https://*.example.com/cb", "https://a.example.com/cb", "https://a.example.com/cb"),
    ("https://*.example.com/cb", "https://A-1.EXAMPLE.com/cb", "https://a-1.example.com/cb"),
    ("https://*.example.com/cb", "https://bücher.example.com/cb", "https://xn--bcher-kva.example.com/cb"),
    ("https://*.example.com:8443/cb", "https://a.example.com:8443/cb", "https://a.example.com:8443/cb"),
    ("https://*.example.com/cb", "https://example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://.example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://a.b.example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://*.example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://a*.example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://a.example.com./cb", "host_differs"),
    ("https://*.example.com/cb", "https://evilexample.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://a.example.com.evil.org/cb", "host_differs"),
    ("https://*.example.com/cb", "https://evil.org/.example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://evil.org?.example.com/cb", "host_differs"),
    ("https://*.example.com/cb", "https://a.example.com/cbx", "path_differs"),
    ("https://*.example.com/cb", "https://a.example.com:8443/cb", "port_differs"),
    ("https://*.example.com/cb", "http://a.example.com/cb", "scheme_differs"),
    ("https://*.amazonaws.com/cb", "https://s3.amazonaws.com/cb", "public_suffix"),
    // A trailing star is everything below.
    ("https://a.com/app/*", "https://a.com/app/", "https://a.com/app/"),
    ("https://a.com/app/*", "https://a.com/app/x/y", "https://a.com/app/x/y"),
    ("https://a.com/app/*", "https://a.com/app/x/../y", "https://a.com/app/y"),
    ("https://a.com/app/*", "https://a.com/app//x", "https://a.com/app//x"),
    ("https://a.com/app/*", "https://a.com/app/a..b", "https://a.com/app/a..b"),
    ("https://a.com/app/*", "https://a.com/app/...", "https://a.com/app/..."),
    ("https://a.com/app/*", "https://a.com/app/100%25", "https://a.com/app/100%25"),
    ("https://a.com/app/*", "https://a.com/app/100%2525", "https://a.com/app/100%2525"),
    ("https://a.com/app/*", "https://a.com/app/a%2Fb", "https://a.com/app/a%2Fb"),
    ("https://a.com/app/*", "https://a.com/app/%E9%80%80", "https://a.com/app/%E9%80%80"),
    ("https://a.com/app/*", "https://a.com/app/v;x=1", "https://a.com/app/v;x=1"),
    ("https://a.com/*", "https://a.com", "https://a.com/"),
    ("https://a.com/app/*", "https://a.com/app", "path_differs"),
    ("https://a.com/app/*", "https://a.com/appx", "path_differs"),
    ("https://a.com/app/*", "https://a.com/APP/x", "path_differs"),
    ("https://a.com/app/*", "https://a.com/", "path_differs"),
    ("https://a.com/app/*", "https://a.com/app/../evil", "path_differs"),
    ("https://a.com/app/*", "https://a.com/app/%2e%2e/evil", "path_differs"),
    ("https://a.com/app/*", "https://a.com/app/.%2E/evil", "path_differs"),
    ("https://a.com/app/*", "https://a.com/app/x/%2e%2e/y", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%2e/y", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..%2fevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..%2Fevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%2e%2e%2fevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/x%2f..%2fevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%252e%252e/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%252e%252e%252fevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..%252fevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%25252e%25252e/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%252525252525252e", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..;/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..;x=1/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/.;/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%2e%2e;/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..%3b/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/..%5cevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%5cevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%255cevil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%00", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%0d%0aX:y", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%c0%ae%c0%ae/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/%u002e%u002e/evil", "traversal"),
    ("https://a.com/app/*", "https://a.com/app/x?y=1", "query_differs"),
    ("https://a.com/app/*", "https://evil.org/app/x", "host_differs"),
    ("https://*.example.com/*", "https://a.example.com/x/y", "https://a.example.com/x/y"),
    ("https://*.example.com/app/*?*", "https://a.example.com/app/x?y", "https://a.example.com/app/x?y"),
    // A free query.
    ("https://a.com/cb?*", "https://a.com/cb", "https://a.com/cb"),
    ("https://a.com/cb?*", "https://a.com/cb?", "https://a.com/cb?"),
    ("https://a.com/cb?*", "https://a.com/cb?x=1&y=/../", "https://a.com/cb?x=1&y=/../"),
    ("https://a.com/cb?*", "https://a.com/cb?u=https://evil.org", "https://a.com/cb?u=https://evil.org"),
    ("https://a.com/cb?*", "https://a.com/cb/x?x=1", "path_differs"),
    ("https://a.com/cb?*", "https://a.com/cb?x#y", "fragment"),
    ("https://a.com/app/*?*", "https://a.com/app/..%2fx?y=1", "traversal"),
    // Loopback: host equality first, then any port.
    ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", "http://127.0.0.1:51234/cb"),
    ("http://127.0.0.1:3000/cb", "http://127.0.0.1/cb", "http://127.0.0.1/cb"),
    ("http://127.0.0.1:3000/cb", "http://127.0.0.1:80/cb", "http://127.0.0.1/cb"),
    ("http://localhost:3000/cb", "http://LOCALHOST:4000/cb", "http://localhost:4000/cb"),
    ("http://[::1]:3000/cb", "http://[0:0:0:0:0:0:0:1]:4000/cb", "http://[::1]:4000/cb"),
    ("http://127.0.0.1/cb", "http://0x7f.1:4000/cb", "http://127.0.0.1:4000/cb"),
    ("http://127.0.0.1/cb", "http://2130706433/cb", "http://127.0.0.1/cb"),
    ("http://127.0.0.1/cb", "http://0177.0.0.01/cb", "http://127.0.0.1/cb"),
    ("http://127.0.0.1/*", "http://127.0.0.1:4000/x/y", "http://127.0.0.1:4000/x/y"),
    ("http://127.0.0.1/cb", "http://localhost/cb", "host_differs"),
    ("http://localhost/cb", "http://127.0.0.1/cb", "host_differs"),
    ("http://127.0.0.1/cb", "http://127.0.0.2/cb", "host_differs"),
    ("http://127.0.0.1/cb", "http://[::1]/cb", "host_differs"),
    ("http://[::1]/cb", "http://[::2]/cb", "host_differs"),
    ("http://127.0.0.1/cb", "http://[::ffff:127.0.0.1]/cb", "host_differs"),
    ("http://127.0.0.1/cb", "http://127.0.0.1.evil.org/cb", "host_differs"),
    ("http://localhost/cb", "http://localhost.evil.org/cb", "host_differs"),
    ("http://localhost/cb", "http://localhost./cb", "host_differs"),
    ("http://localhost/cb", "http://localhost@evil.org/cb", "userinfo"),
    ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.org/cb", "userinfo"),
    ("http://127.0.0.1/cb", "http://127.0.0.1:80/x", "path_differs"),
    ("http://127.0.0.1/cb", "https://127.0.0.1/cb", "scheme_differs"),
    ("https://127.0.0.1/cb", "https://127.0.0.1:4000/cb", "port_differs"),
    ("http://127.0.0.2/cb", "http://127.0.0.2:4000/cb", "port_differs"),
    ("http://app.localhost:3000/cb", "http://app.localhost:4000/cb", "port_differs"),
    ("http://10.0.0.1/cb", "http://10.0.0.1:4000/cb", "port_differs"),
];

#[test]
fn an_address_is_allowed_in_its_checked_form_or_refused_by_one_rule() {
    for (entry, asked, expected) in MATCHING {
        assert_eq!(&verdict(entry, asked), expected, "{asked:?} against {entry}");
    }
}

#[test]
fn any_entry_may_allow_and_an_empty_list_allows_nothing() {
    let two = list(&["https://a.com/cb", "https://b.com/cb"]);
    assert_eq!(two.allow("https://b.com/cb").unwrap().origin(), "https://b.com");
    assert_eq!(RedirectList::default().allow("https://a.com/cb").unwrap_err().rule, Rule::NothingRegistered);
    assert_eq!(RedirectList::default().allow("javascript:alert(1)").unwrap_err().code(), "scheme");
}

#[test]
fn a_refusal_names_the_nearest_entry_and_where_it_differs() {
    let list = list(&["https://b.org/", "https://a.com/callback", "https://a.com/cab"]);
    let refusal = list.allow("https://a.com/callbacks").unwrap_err();
    assert_eq!(refusal.rule, Rule::Differs(Differs::Path));
    assert_eq!(refusal.closest, Some(Closest { entry: "https://a.com/callback".into(), differs_at: 22 }));
    assert!(!refusal.to_string().contains("callbacks"), "a sentence repeats no input");
}

#[test]
fn the_destination_of_an_end_session_is_compared_as_text() {
    let rows: &[(&str, &str, &str)] = &[
        ("https://a.com/cb", "https://a.com/cb", "https://a.com/cb"),
        ("https://a.com", "https://a.com", "https://a.com/"),
        ("https://A.com/cb", "https://A.com/cb", "https://a.com/cb"),
        ("https://A.com/cb", "https://a.com/cb", "text_differs"),
        ("https://a.com", "https://a.com/", "text_differs"),
        ("https://a.com/cb", "https://a.com:443/cb", "text_differs"),
        ("https://a.com/cb", " https://a.com/cb", "text_differs"),
        ("https://a.com/cb", "https://a.com/x/../cb", "text_differs"),
        ("https://a.com/cb", "https://a.com/cbx", "path_differs"),
        ("https://a.com/cb", "https://a.com/cb#x", "fragment"),
        ("https://a.com/*", "https://a.com/bye", "https://a.com/bye"),
        ("https://a.com/*", "https://a.com", "https://a.com/"),
        ("https://a.com/*", "https://a.com/x/../bye", "text_differs"),
        ("https://a.com/*", "https://a.com/..%2fbye", "traversal"),
        ("https://*.example.com/cb", "https://x.example.com/cb", "https://x.example.com/cb"),
        ("https://*.example.com/cb", "https://*.example.com/cb", "host_differs"),
        ("https://*.example.com/cb", "https://X.example.com/cb", "text_differs"),
        ("http://127.0.0.1:9101/bye", "http://127.0.0.1:9102/bye", "http://127.0.0.1:9102/bye"),
        ("http://127.0.0.1:9101/bye", "http://0x7f.1:9102/bye", "text_differs"),
        ("http://127.0.0.1:9101/bye", "http://0x7f.1:9101/bye", "text_differs"),
    ];
    for (entry, asked, expected) in rows {
        let got = list(&[entry]).allow_text(asked).map_or_else(|r| r.code().into(), |r| r.as_str().to_owned());
        assert_eq!(&got, expected, "{asked:?} against {entry}");
    }
}

#[test]
fn a_relative_target_stays_on_the_own_site() {
    let rows: &[(&str, &str)] = &[
        ("/", "/"),
        ("/u", "/u"),
        ("/u?tab=2&x=//evil.org", "/u?tab=2&x=//evil.org"),
        ("/u#frag", "/u"),
        ("/a/../u", "/u"),
        ("/a/./b", "/a/b"),
        ("/a//b", "/a//b"),
        ("/u?x=%0d%0a", "/u?x=%0d%0a"),
        ("/退", "/%E9%80%80"),
        ("/u@evil.org", "/u@evil.org"),
        ("/:80", "/:80"),
        ("/http://evil.org", "/http://evil.org"),
        ("", "empty"),
        ("u", "one_slash"),
        (" /u", "one_slash"),
        ("?x", "one_slash"),
        ("./u", "one_slash"),
        ("//evil.org", "one_slash"),
        ("///evil.org", "one_slash"),
        ("////evil.org", "one_slash"),
        ("http://127.0.0.1:9010/u", "one_slash"),
        ("/\\evil.org", "backslash"),
        ("\\\\evil.org", "backslash"),
        ("/a\\b", "backslash"),
        ("/\t/evil.org", "control_character"),
        ("/\n/evil.org", "control_character"),
        ("\t//evil.org", "control_character"),
        ("/u\r\nSet-Cookie: a=b", "control_character"),
        ("/.//evil.org", "double_slash"),
        ("/..//evil.org", "double_slash"),
        ("/x/..//evil.org", "double_slash"),
        ("/%2e//evil.org", "double_slash"),
        ("/%2E%2e//evil.org", "double_slash"),
        ("/%2f/evil.org", "double_slash"),
        ("/%2fevil.org", "double_slash"),
        ("/%09/evil.org", "hidden_character"),
        ("/%5Cevil.org", "hidden_character"),
        ("/%5c%5cevil.org", "hidden_character"),
        ("/%0d%0aX:y", "hidden_character"),
    ];
    for (text, expected) in rows {
        let got = LocalPath::parse(text, &own()).map_or_else(|r| r.code().into(), |p| p.as_str().to_owned());
        assert_eq!(&got, expected, "{text:?}");
    }
}

#[test]
fn a_destination_knows_its_location() {
    assert_eq!(Next::PersonalCenter.location(), "/u");
    assert_eq!(Next::Console.location(), "/console");
    assert_eq!(Next::Path(LocalPath::parse("/u?x=1", &own()).unwrap()).location(), "/u?x=1");
    let registered = list(&["https://a.com/cb?x=1"]).allow("https://A.com/cb?x=1").unwrap();
    assert_eq!(registered.with_params(&[("state", "a&b c")]), "https://a.com/cb?x=1&state=a%26b+c");
    assert_eq!(registered.with_params(&[]), "https://a.com/cb?x=1");
    assert_eq!(Next::Registered(registered).location(), "https://a.com/cb?x=1");
}

#[test]
fn a_parameter_is_found_once_and_decoded_once() {
    let once = |short: &str, long| RawValue::Once { short: short.into(), long };
    let rows: &[(&str, RawValue)] = &[
        ("", RawValue::Absent),
        ("x=1", RawValue::Absent),
        ("redirect_uri", RawValue::Absent),
        ("redirect_uri=", RawValue::Absent),
        ("post_redirect_uri=/x", RawValue::Absent),
        ("x=redirect_uri=/x", RawValue::Absent),
        ("redirect_uri=/u", once("/u", None)),
        ("redirect%5Furi=/u", once("/u", None)),
        ("redirect_uri=%2Fu%3Fx%3D%2525", once("/u?x=%25", None)),
        ("redirect_uri=a+b%2Bc", once("a b+c", None)),
        ("redirect_uri=100%", once("100%", None)),
        ("app_id=1&redirect_uri=http%3A%2F%2Fa&y=2", once("http://a", None)),
        ("app_id=1&redirect_uri=http://a?x=1&y=2", once("http://a?x=1", Some("http://a?x=1&y=2"))),
        ("redirect_uri=HTTPS://a/b=c", once("HTTPS://a/b=c", Some("HTTPS://a/b=c"))),
        ("redirect_uri=http://a?redirect_uri=x", once("http://a?redirect_uri=x", Some("http://a?redirect_uri=x"))),
        ("redirect_uri=%ff", RawValue::NotUtf8("%ff")),
        ("redirect_uri=a&redirect_uri=a", RawValue::Doubled),
        ("redirect_uri=a&redirect_uri", RawValue::Doubled),
        ("redirect_uri=a&x=1&redirect%5furi=b", RawValue::Doubled),
        ("redirect_uri=http://a?x=1&redirect_uri=b", RawValue::Doubled),
    ];
    for (query, expected) in rows {
        assert_eq!(&raw_query_value(query, "redirect_uri"), expected, "{query:?}");
    }
}

/// What a log-out's query leads to: a location, `absent`, or the code of the rule and the text that is shown.
fn chosen(entries: &[&str], query: &str) -> String {
    match choose(&list(entries), query, &own()) {
        Choice::Absent => "absent".into(),
        Choice::Allowed(next) => next.location(),
        Choice::Refused(refusal, shown) => format!("{} {shown}", refusal.code()),
    }
}

#[test]
fn a_log_out_query_is_read_as_the_sdks_send_it() {
    let rows: &[(&[&str], &str, &str)] = &[
        (&[], "", "absent"),
        (&[], "redirect_uri=", "absent"),
        (&[], "redirect_uri=/u", "/u"),
        (&[], "redirect_uri=%2F.%2F%2Fevil.org", "double_slash /.//evil.org"),
        (&[], "redirect_uri=/%09/evil.org", "control_character /\u{fffd}/evil.org"),
        (&[], "redirect_uri=/%2509/evil.org", "hidden_character /%09/evil.org"),
        (&[], "redirect_uri=/%5Cevil.org", "backslash /\\evil.org"),
        (&[], "redirect_uri=//evil.org", "one_slash //evil.org"),
        (&[], "redirect_uri=http://rp/bye", "nothing_registered http://rp/bye"),
        (&["http://rp/bye"], "redirect_uri=http://rp/bye", "http://rp/bye"),
        (&["http://rp/bye"], "redirect_uri=http%3A%2F%2Frp%2Fbye", "http://rp/bye"),
        (&["http://rp/bye"], "redirect_uri=http%253A%252F%252Frp%252Fbye", "not_absolute http%3A%2F%2Frp%2Fbye"),
        (&["http://rp/bye"], "app_id=6099&redirect_uri=http://rp/bye", "http://rp/bye"),
        (&["http://rp/bye"], "redirect_uri=http://rp/bye&app_id=6099", "http://rp/bye"),
        (&["http://rp/bye?x=1"], "redirect_uri=http://rp/bye?x=1&app_id=6099", "http://rp/bye?x=1"),
        (&["http://rp/bye?x=1&y=2"], "redirect_uri=http://rp/bye?x=1&y=2", "http://rp/bye?x=1&y=2"),
        (&["http://rp/bye?x=1&y=2"], "app_id=6&redirect_uri=http://rp/bye?x=1&y=2", "http://rp/bye?x=1&y=2"),
        (&["http://rp/bye?x=1&y=2"], "redirect_uri=http://rp/bye?x=1&y=2&app_id=6", "http://rp/bye?x=1&y=2"),
        (
            &["http://rp/bye?x=1&y=2"],
            "redirect_uri=http://rp/bye?x=1&y=2&app_id=6&client_id=7",
            "http://rp/bye?x=1&y=2",
        ),
        (&["http://rp/bye?x=1&app_id=6"], "redirect_uri=http://rp/bye?x=1&app_id=6", "http://rp/bye?x=1&app_id=6"),
        (
            &["http://rp/bye?x=1&y=2"],
            "redirect_uri=http://rp/bye?x=1&y=2&z=3",
            "query_differs http://rp/bye?x=1&y=2&z=3",
        ),
        (
            &["http://rp/bye?x=1&y=2"],
            "redirect_uri=http%3A%2F%2Frp%2Fbye%3Fx%3D1&y=2",
            "query_differs http://rp/bye?x=1",
        ),
        (&["http://rp/bye?q=a+b"], "redirect_uri=http://rp/bye?q=a+b", "http://rp/bye?q=a+b"),
        (&["http://rp/a%2Fb"], "redirect_uri=http://rp/a%2Fb", "http://rp/a%2Fb"),
        (&["http://rp/a%2Fb"], "redirect_uri=http%3A%2F%2Frp%2Fa%252Fb", "http://rp/a%2Fb"),
        (&["http://rp/*"], "redirect_uri=http://rp/..%2fx", "http://rp/x"),
        (&["http://rp/app/*"], "redirect_uri=http://rp/app/%2e%2e%2fx", "traversal http://rp/app/%2e%2e%2fx"),
        (&["http://rp/bye?*"], "redirect_uri=http://rp/bye?x=1&y=2", "http://rp/bye?x=1"),
        (&["http://rp/bye"], "redirect_uri=http://rp/bye&redirect_uri=http://rp/bye", "doubled "),
        (&["http://rp/bye"], "redirect_uri=http://rp/bye&redirect_uri=http://evil.org", "doubled "),
        (
            &["http://rp/bye"],
            "redirect_uri=http://evil.org?http://rp/bye",
            "host_differs http://evil.org?http://rp/bye",
        ),
        (&["http://rp/bye"], "redirect_uri=%ff", "encoding %ff"),
        (&["http://rp/bye"], "redirect_uri=http://rp/bye%0d%0aX:y", "path_differs http://rp/bye%0d%0aX:y"),
        (&["http://rp/bye"], "redirect_uri=javascript:alert(1)", "scheme javascript:alert(1)"),
        (&["http://rp/bye"], "redirect_uri=%E2%80%AEhttp://rp/bye", "not_absolute \u{fffd}http://rp/bye"),
        (&["http://rp/bye"], "redirect_uri=undefined", "not_absolute undefined"),
    ];
    for (entries, query, expected) in rows {
        assert_eq!(&chosen(entries, query), expected, "{query:?} against {entries:?}");
    }
    let long = format!("redirect_uri=https://a.com/{}", "x".repeat(600));
    let Choice::Refused(_, shown) = choose(&list(&[]), &long, &own()) else { panic!("allowed") };
    assert_eq!(shown.chars().count(), 513);
}

#[test]
fn an_end_session_query_knows_its_own_parameters() {
    let list = list(&["http://rp/bye?x=1&y=2"]);
    for query in [
        "id_token_hint=a.b.c&post_logout_redirect_uri=http://rp/bye?x=1&y=2",
        "post_logout_redirect_uri=http://rp/bye?x=1&y=2&state=s&client_id=c",
        "post_logout_redirect_uri=http%3A%2F%2Frp%2Fbye%3Fx%3D1%26y%3D2&state=s",
    ] {
        let choice = choose_post_logout(&list, query);
        assert_eq!(choice.registered().map(Registered::as_str), Some("http://rp/bye?x=1&y=2"), "{query}");
    }
    let relative = choose_post_logout(&list, "post_logout_redirect_uri=/u");
    assert!(matches!(relative, Choice::Refused(refusal, _) if refusal.code() == "not_absolute"));
}

mod property {
    use super::*;
    use proptest::prelude::*;

    const ENTRIES: &[&str] = &[
        "https://a.com/cb",
        "https://a.com/app/*",
        "https://*.example.com/cb?*",
        "https://*.example.com/x/*",
        "http://127.0.0.1:3000/cb",
        "http://[::1]/*",
        "http://localhost/cb?x=1",
    ];

    fn piece() -> impl Strategy<Value = String> {
        let pieces = "https:~http:~HTTP:~javascript:~//~/~\\~@~:~:80~:3000~a.com~A.COM~evil.org~x.example.com~a.b.example.com~\
            *.example.com~.example.com~127.0.0.1~0x7f.1~[::1]~localhost~localhost.~/cb~/app/~/x/~..~%2e%2e~%252e~..;~%2f~%5c~\
            %00~;~?~?x=1~#~*~\t~ ~é~。~y";
        prop::sample::select(pieces.split('~').map(str::to_owned).collect::<Vec<_>>())
    }

    fn address() -> impl Strategy<Value = String> {
        let near = (prop::sample::select(ENTRIES), prop::collection::vec(piece(), 0..3)).prop_map(|(entry, tail)| {
            let head = entry.replace("*.", "x.").replace("?*", "").replace('*', "");
            head + &tail.concat()
        });
        prop_oneof![near, prop::collection::vec(piece(), 1..8).prop_map(|pieces| pieces.concat()), any::<String>()]
    }

    fn is_within(url: &Url, entry: &str) -> bool {
        let own = Url::parse(&entry.replace("*.", "any.")).unwrap();
        let labels = |u: &Url| u.host_str().unwrap().splitn(2, '.').map(str::to_owned).collect::<Vec<_>>();
        let host = if entry.contains("*.") {
            labels(url).get(1) == labels(&own).get(1)
        } else {
            url.host_str() == own.host_str()
        };
        let path =
            own.path().strip_suffix('*').map_or(url.path() == own.path(), |prefix| url.path().starts_with(prefix));
        url.scheme() == own.scheme() && host && path
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_allowed_is_stable_and_registered(text in address()) {
            if let Ok(registered) = list(ENTRIES).allow(&text) {
                let url = Url::parse(registered.as_str()).unwrap();
                prop_assert_eq!(url.as_str(), registered.as_str());
                prop_assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
                prop_assert!(ENTRIES.iter().any(|entry| is_within(&url, entry)), "{}", url);
                prop_assert!(list(ENTRIES).allow(registered.as_str()).is_ok());
            }
        }

        #[test]
        fn a_local_path_never_leaves(text in prop_oneof![address(), address().prop_map(|a| format!("/{a}"))]) {
            if let Ok(path) = LocalPath::parse(&text, &own()) {
                prop_assert!(path.as_str().starts_with('/') && !path.as_str().starts_with("//"));
                let url = own().join(path.as_str()).unwrap();
                prop_assert_eq!(url.origin(), own().origin());
                prop_assert_eq!(&url[url::Position::BeforePath..], path.as_str());
            }
        }
    }
}
