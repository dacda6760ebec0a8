//! The settings of a pool: name, contact, colour, picture, lifetimes; who may change them, and what they do.

use crate::support::{Answer, Browser, House, PASSWORD, wire};

const PAGE: &str = "/console/settings";
/// One pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// The form as it stands, with some fields typed otherwise.
#[track_caller]
fn saves(house: &House, admin: &mut Browser, typed: &[(&str, &str)]) -> Answer {
    admin.opens(&house.at("", PAGE));
    fills_in(admin, typed)
}

/// The same on the page that is open.
#[track_caller]
fn fills_in(admin: &mut Browser, typed: &[(&str, &str)]) -> Answer {
    let page = admin.page.text();
    let value = |name: &str| {
        let tag = page.split("<input").skip(1).find(|tag| tag.contains(&format!(" name=\"{name}\"")))?;
        tag.split(" value=\"").nth(1)?.split('"').next().map(|text| text.replace("&amp;", "&"))
    };
    let mut all: Vec<(&str, String)> = ["name", "contact", "accent", "idle_hours", "absolute_hours"]
        .into_iter()
        .map(|name| (name, value(name).unwrap_or_default()))
        .collect();
    for (name, text) in typed {
        all.retain(|(n, _)| n != name);
        all.push((name, (*text).to_owned()));
    }
    let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (*n, v.as_str())).collect();
    admin.submits(PAGE, &all)
}

fn detail(house: &House) -> String {
    house.value("SELECT detail FROM audit WHERE act = 'settings_changed' ORDER BY id DESC LIMIT 1", [])
}

#[test]
fn name_contact_and_colour_reach_the_pages_that_people_meet() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let answer =
        saves(&house, &mut wang, &[("name", "Acme & Co"), ("contact", "reception 8001"), ("accent", "#0B5CAD")]);
    assert_eq!(answer.location(), "/console/settings", "{}", answer.text());
    assert_eq!(
        detail(&house),
        r##"{"accent":[null,"#0b5cad"],"contact":[null,"reception 8001"],"name":["Acme","Acme & Co"]}"##
    );
    let mut lilei = house.browser();
    lilei.opens(&house.at("notes", "/login"));
    let page = lilei.page.text();
    assert!(page.contains("Acme &amp; Co"), "{page}");
    let sheet =
        page.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.starts_with("/brand/"));
    let sheet = lilei.fetches(&house.at("notes", sheet.expect("a sheet")), &[]);
    assert_eq!((sheet.status, sheet.header("content-type")), (200, Some("text/css; charset=utf-8")));
    assert!(sheet.text().contains("--celadon:light-dark(#0b5cad,#"), "{}", sheet.text());
    assert!(sheet.header("cache-control").unwrap().contains("immutable"));
    // No style stands in the page itself.
    assert!(!page.contains("style="), "{page}");
    let refused = lilei.submits("/login", &[("account", "lilei"), ("password", "wrong")]);
    assert!(refused.text().contains("Whom to ask: reception 8001"), "{}", refused.text());
    // Whoever is forced out reads whom to ask.
    lilei.logs_in("lilei");
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    let lost = lilei.opens(&house.at("", "/no/such/page"));
    assert!(lost.text().contains("Ask an administrator: reception 8001"), "{}", lost.text());
    let farewell = lilei.opens(&house.at("", "/signed-out?reason=kicked"));
    assert!(farewell.text().contains("Ask an administrator: reception 8001"), "{}", farewell.text());
}

#[test]
fn a_faint_colour_is_refused_with_its_number_and_nothing_typed_is_lost() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    for (typed, sentence) in [
        ([("accent", "#ffd400"), ("contact", "kept <b>")], "only 1.2:1 and has to be 4.5:1"),
        ([("accent", "red"), ("contact", "kept <b>")], "Write a colour as #rrggbb"),
        ([("name", " "), ("contact", "kept <b>")], "This must not be empty"),
        ([("idle_hours", "0"), ("contact", "kept <b>")], "A whole number from 1 to 8760"),
        ([("idle_hours", "-1"), ("contact", "kept <b>")], "A whole number from 1 to 8760"),
        ([("name", &*"n".repeat(201)), ("contact", "kept <b>")], "At most 200 characters"),
    ] {
        let answer = saves(&house, &mut wang, &typed);
        assert_eq!(answer.status, 422, "{typed:?}");
        assert!(answer.text().contains(sentence), "{typed:?}: {}", answer.text());
        assert!(answer.text().contains("kept &lt;b&gt;"), "{typed:?}");
    }
    let longer = saves(&house, &mut wang, &[("idle_hours", "48"), ("absolute_hours", "24")]);
    assert!(longer.text().contains("cannot be longer than the lifetime in any case"), "{}", longer.text());
    assert_eq!(house.count("SELECT count(*) FROM pools WHERE accent IS NOT NULL OR contact <> ''"), 0);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE act = 'settings_changed'"), 0);
}

#[test]
fn a_preview_shows_and_saves_nothing() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let answer = saves(&house, &mut wang, &[("accent", "#8a1c5c"), ("preview", "1")]);
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("nothing is saved yet") && answer.text().contains("fill=\"#8a1c5c\""));
    assert_eq!(house.count("SELECT count(*) FROM pools WHERE accent IS NOT NULL"), 0);
    // What was previewed is saved from there.
    assert_eq!(fills_in(&mut wang, &[]).status, 303);
    assert_eq!(house.value::<String>("SELECT accent FROM pools WHERE accent IS NOT NULL", []), "#8a1c5c");
}

#[test]
fn of_two_who_edit_at_once_the_second_is_told_and_may_insist() {
    let house = House::open();
    let (mut wang, mut zhao) = (house.browser(), house.browser());
    wang.logs_in("wang");
    zhao.logs_in("zhao");
    zhao.opens(&house.at("", PAGE));
    assert_eq!(saves(&house, &mut wang, &[("contact", "wang")]).status, 303);
    let late = fills_in(&mut zhao, &[("name", "Zhao & Co")]);
    assert_eq!(late.status, 422);
    assert!(
        late.text().contains("Somebody was faster") && late.text().contains("Whom to ask is now: wang"),
        "{}",
        late.text()
    );
    assert!(late.text().contains("value=\"Zhao &amp; Co\""), "what was typed is lost");
    assert_eq!(house.value::<String>("SELECT name FROM pools ORDER BY position LIMIT 1", []), "Acme");
    assert_eq!(fills_in(&mut zhao, &[("contact", "wang")]).status, 303);
    let both: String = house.value("SELECT name || '|' || contact FROM pools ORDER BY position LIMIT 1", []);
    assert_eq!(both, "Zhao & Co|wang");
}

fn posts_a_picture(house: &House, admin: &mut Browser, octets: &[u8]) -> Answer {
    let csrf = admin.csrf_of(&house.at("", PAGE));
    let mut body =
        format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b\r\n").into_bytes();
    body.extend_from_slice(
        b"Content-Disposition: form-data; name=\"logo\"; filename=\"logo.svg\"\r\nContent-Type: image/svg+xml\r\n\r\n",
    );
    body.extend_from_slice(octets);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let cookie = format!("exeunt={}", admin.secret("").unwrap());
    let headers = [
        ("Cookie", cookie.as_str()),
        ("Content-Type", "multipart/form-data; boundary=b"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Accept-Language", "en"),
    ];
    let answer = wire::request(house.port, &house.host(""), ("POST", "/console/settings/logo"), &headers, Some(&body));
    admin.at = house.at("", "/console/settings/logo");
    admin.page = answer.clone();
    answer
}

fn logo(page: &str) -> Option<String> {
    page.split("src=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|src| src.starts_with("/brand/"))
        .map(str::to_owned)
}

#[test]
fn a_picture_is_judged_by_its_octets_and_is_no_page() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let large = [PNG, &vec![0; 64 * 1024]].concat();
    for (octets, sentence) in [
        (
            &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"[..],
            "This is no PNG, JPEG or WebP",
        ),
        (b"GIF89a", "This is no PNG, JPEG or WebP"),
        (b"", "This must not be empty"),
        (&large, "at most 64 KB"),
    ] {
        let answer = posts_a_picture(&house, &mut wang, octets);
        assert_eq!(answer.status, 422, "{sentence}: {}", answer.text());
        assert!(answer.text().contains(sentence), "{sentence}: {}", answer.text());
    }
    let answer = posts_a_picture(&house, &mut wang, PNG);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let mut stranger = house.browser();
    let src = logo(&stranger.opens(&house.at("", "/login")).text()).expect("a logo on the log-in page");
    let shown = stranger.fetches(&house.at("", &src), &[]);
    assert_eq!((shown.status, &shown.body[..], shown.header("content-type")), (200, PNG, Some("image/png")));
    assert_eq!(shown.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    for path in [src.replace(".png", ".svg"), src.replace("/brand/", "/brand/../"), format!("{src}x")] {
        assert_eq!(stranger.fetches(&house.at("", &path), &[]).status, 404, "{path}");
    }
    assert!(detail(&house).contains("image/png"), "{}", detail(&house));
    let csrf = wang.csrf_of(&house.at("", PAGE));
    assert_eq!(wang.posts(&house.at("", "/console/settings/logo/remove"), &[("csrf", &csrf)]).status, 303);
    assert_eq!(logo(&stranger.opens(&house.at("", "/login")).text()), None);
    assert_eq!(stranger.fetches(&house.at("", &src), &[]).status, 404);
}

#[test]
fn a_picture_waits_while_the_password_is_asked() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    house.lets_pass(11 * 60_000);
    let asked = posts_a_picture(&house, &mut wang, PNG);
    assert!(asked.text().contains("Confirm it is you"), "{}", asked.text());
    assert_eq!(house.count("SELECT count(*) FROM pools WHERE logo IS NOT NULL"), 0);
    let done = wang.submits("/console/settings/logo", &[("own_password", PASSWORD)]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(house.value::<Vec<u8>>("SELECT logo FROM pools WHERE logo IS NOT NULL", []), PNG);
}

#[test]
fn a_shorter_lifetime_holds_at_once_and_only_in_its_pool() {
    const HOUR: i64 = 3_600_000;
    let house = House::open();
    let (mut wang, mut lilei, mut polly) = (house.browser(), house.browser(), house.browser());
    lilei.logs_in_at(&house.at("notes", ""), "lilei", PASSWORD);
    polly.logs_in_at(&house.at("shop", ""), "polly", PASSWORD);
    house.lets_pass(5 * HOUR);
    assert!(lilei.is_in("notes") && polly.is_in("shop"));
    wang.logs_in("wang");
    assert_eq!(saves(&house, &mut wang, &[("absolute_hours", "4")]).status, 303);
    assert!(!lilei.is_in("notes"), "the log-in is five hours old");
    assert!(polly.is_in("shop"), "another pool settled nothing");
    assert!(wang.is_in(""));
    house.upkeep();
    let cause: String = house.value("SELECT cause FROM endings ORDER BY seq DESC LIMIT 1", []);
    assert_eq!(cause, "expired", "it ended through the door");
    // Without use.
    assert_eq!(saves(&house, &mut wang, &[("absolute_hours", ""), ("idle_hours", "2")]).status, 303);
    house.lets_pass(3 * HOUR);
    assert!(!wang.is_in("") && polly.is_in("shop"));
    house.upkeep();
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 1);
    assert!(polly.is_in("shop"));
}

#[test]
fn what_the_operator_states_is_shown_and_not_changed() {
    let house = House::with(|config| {
        config.session_idle_seconds = 3_600;
        config.session_idle_stated = Some(exeunt::config::Origin::Environment("EXEUNT_SESSION_IDLE_SECONDS".into()));
    });
    let mut wang = house.browser();
    wang.logs_in("wang");
    let page = wang.opens(&house.at("", PAGE)).text();
    assert!(page.contains("<code>EXEUNT_SESSION_IDLE_SECONDS</code>"), "{page}");
    assert!(!page.contains("name=\"idle_hours\""), "{page}");
    assert_eq!(saves(&house, &mut wang, &[("idle_hours", "500"), ("contact", "x")]).status, 303);
    assert_eq!(house.count("SELECT count(*) FROM pools WHERE idle_seconds IS NOT NULL"), 0);
}

#[test]
fn the_diagnostics_hold_no_secret_and_a_strange_proxy_is_named() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let page =
        wang.sends("GET", &house.at("", PAGE), &[("X-Forwarded-For", "203.0.113.7"), ("Accept-Language", "en")], None);
    let page = page.text();
    assert!(
        page.contains("schema: 3") && page.contains("carries X-Forwarded-For, but came from no trusted proxy"),
        "{page}"
    );
    assert!(!page.contains("203.0.113.7"), "an address that nobody vouches for is shown as the reader's");
    let facts = page.split("id=\"diagnostics\"").nth(1).unwrap().split("</pre>").next().unwrap();
    for secret in
        [crate::support::POOL_SECRET, &wang.secret("").unwrap(), &*house.state.config.data_dir.to_string_lossy()]
    {
        assert!(!facts.contains(secret), "{facts}");
    }
}
