//! What may be registered of an application, and the form in which an administrator does it.

use exeunt::domain::application::Protocol;
use exeunt::domain::id::ApplicationId;
use exeunt::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use exeunt::flow::applications::{self, ApplicationForm};
use exeunt::flow::error::FlowError;

use crate::support::people::{CLIENT_SECRET, PASSWORD, POOL_SECRET};
use crate::support::{Browser, House};

const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"own","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn wiki(protocol: Protocol) -> ApplicationForm {
    ApplicationForm {
        name: "Archive".to_owned(),
        identifier: "archive".to_owned(),
        redirect_uris: vec!["https://archive.example/cb".to_owned(), "http://127.0.0.1/cb".to_owned()],
        protocol,
        ..ApplicationForm::default()
    }
}

/// Field and code of everything that is refused, by line where there are lines.
fn refused(form: ApplicationForm) -> Vec<String> {
    match form.judge() {
        Ok(_) => Vec::new(),
        Err(FlowError::Invalid(fields)) => fields
            .iter()
            .map(|f| format!("{} {}{}", f.field, f.code, f.line.map(|n| format!(" {n}")).unwrap_or_default()))
            .collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn names_and_lists_are_refused_line_by_line() {
    let long = format!("https://a.example/{}", "x".repeat(2_048));
    for (change, expected) in [
        (Box::new(|_: &mut ApplicationForm| {}) as Box<dyn Fn(&mut ApplicationForm)>, vec![]),
        (Box::new(|f| f.name = "  ".to_owned()), vec!["name required"]),
        (Box::new(|f| f.name = "x".repeat(101)), vec!["name name_unusable"]),
        (Box::new(|f| f.name = "a\u{7}".to_owned()), vec!["name name_unusable"]),
        (Box::new(|f| f.identifier = String::new()), vec!["identifier identifier_length"]),
        (Box::new(|f| f.identifier = "Not A Label".to_owned()), vec!["identifier identifier_character"]),
        (
            Box::new(|f| {
                f.redirect_uris =
                    ["", "https://ok.example/", "nonsense", "https://a.example/#x"].map(str::to_owned).to_vec()
            }),
            vec!["redirect_uris not_absolute 1", "redirect_uris fragment 2"],
        ),
        (
            Box::new(|f| f.logout_redirect_uris = ["ftp://a.example/", "https://*.com/"].map(str::to_owned).to_vec()),
            vec!["logout_redirect_uris scheme 0", "logout_redirect_uris public_suffix 1"],
        ),
        (Box::new(move |f| f.logout_redirect_uris = vec![long.clone()]), vec!["logout_redirect_uris too_long 0"]),
        (
            Box::new(|f| f.logout_redirect_uris = (0..101).map(|n| format!("https://a.example/{n}")).collect()),
            vec!["logout_redirect_uris too_many"],
        ),
    ] {
        let mut form = wiki(Protocol::default());
        change(&mut form);
        assert_eq!(refused(form), expected);
    }
}

#[test]
fn an_address_that_is_told_of_log_outs_is_whole_and_may_be_reached() {
    let back = |uri: &str| Protocol { backchannel_logout_uri: Some(uri.to_owned()), ..Protocol::default() };
    let long = format!("https://a.example/{}", "x".repeat(2_048));
    for (uri, code) in [
        ("https://archive.example/told", ""),
        ("  ", ""),
        ("http://10.0.0.7/told", ""),
        ("http://169.254.169.254/latest/meta-data", "never_delivered"),
        ("http://2852039166/", "never_delivered"),
        ("http://[::ffff:169.254.169.254]/", "never_delivered"),
        ("http://0.0.0.0/", "never_delivered"),
        ("https://*.archive.example/told", "wildcard"),
        ("https://archive.example/told/*", "wildcard"),
        ("https://archive.example/told?*", "wildcard"),
        ("gopher://archive.example/", "scheme"),
        ("https://user@archive.example/", "userinfo"),
        ("https://archive.example/#told", "fragment"),
        ("/told", "not_absolute"),
        ("https://archive.example\\told", "backslash"),
        (long.as_str(), "address_too_long"),
    ] {
        let expected: Vec<String> =
            Some(code).filter(|c| !c.is_empty()).map(|c| format!("backchannel_logout_uri {c}")).into_iter().collect();
        assert_eq!(refused(wiki(back(uri))), expected, "{uri}");
    }
}

#[test]
fn a_front_channel_address_stands_on_the_origin_of_a_callback() {
    let front = |uri: &str| Protocol { frontchannel_logout_uri: Some(uri.to_owned()), ..Protocol::default() };
    for (uri, code) in [
        ("https://archive.example/bye", None),
        ("https://archive.example:443/bye?x=1", None),
        ("http://127.0.0.1/bye", None),
        ("http://archive.example/bye", Some("origin_differs")),
        ("https://archive.example:8443/bye", Some("origin_differs")),
        ("https://www.archive.example/bye", Some("origin_differs")),
        ("https://archive.example.evil.example/bye", Some("origin_differs")),
        ("https://archive.example/*", Some("wildcard")),
        ("javascript:alert(1)", Some("scheme")),
    ] {
        let expected: Vec<String> = code.map(|c| format!("frontchannel_logout_uri {c}")).into_iter().collect();
        assert_eq!(refused(wiki(front(uri))), expected, "{uri}");
    }
}

#[test]
fn who_signs_for_itself_brings_public_keys_and_who_proves_nothing_gets_less() {
    let private = KEYS.replace(r#""kid""#, r#""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","kid""#);
    let padded = format!("{KEYS}{}", " ".repeat(8)).replace("own", &"k".repeat(17_000));
    let with = |auth_method, jwks: Option<&str>| Protocol {
        auth_method,
        jwks: jwks.map(str::to_owned),
        ..Protocol::default()
    };
    for (protocol, expected) in [
        (with(AuthMethod::PrivateKeyJwt, Some(KEYS)), vec![]),
        (with(AuthMethod::Secret, Some(KEYS)), vec![]),
        (with(AuthMethod::Secret, Some("  \n")), vec![]),
        (with(AuthMethod::PrivateKeyJwt, None), vec!["jwks no_keys"]),
        (with(AuthMethod::PrivateKeyJwt, Some("{}")), vec!["jwks no_keys"]),
        (with(AuthMethod::Secret, Some("not json")), vec!["jwks no_keys"]),
        (with(AuthMethod::PrivateKeyJwt, Some(&private)), vec!["jwks private_key"]),
        (with(AuthMethod::Secret, Some(r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#)), vec!["jwks private_key"]),
        (with(AuthMethod::Secret, Some(&padded)), vec!["jwks keys_too_long"]),
        (with(AuthMethod::None, None), vec![]),
        (
            Protocol {
                grant_types: vec![GrantType::ClientCredentials],
                id_token_alg: TokenAlg::Hs256,
                ..with(AuthMethod::None, None)
            },
            vec!["grant_types needs_proof", "id_token_signed_response_alg needs_proof"],
        ),
    ] {
        let what = format!("{protocol:?}");
        assert_eq!(refused(wiki(protocol)), expected, "{what}");
    }
}

/// A console of its own: the administrator stands before the page of an application, or of a new one.
fn before(house: &House, at: &str) -> Browser {
    let mut wang = house.browser();
    wang.logs_in("wang");
    wang.opens(&house.at("", at));
    wang
}

fn stored(house: &House, identifier: &str) -> applications::ApplicationRow {
    let id: String = house.value("SELECT id FROM applications WHERE identifier = ?1", [identifier]);
    let id = ApplicationId::parse(&id).unwrap();
    applications::find(&house.state, house.pool, id).unwrap()
}

const EVERYTHING: [(&str, &str); 19] = [
    ("name", "Archive"),
    ("identifier", "archive"),
    ("redirect_uris", "https://archive.example/cb"),
    ("logout_redirect_uris", "https://archive.example/bye"),
    ("backchannel_logout_uri", "https://archive.example/told"),
    ("backchannel_logout_session_required", "1"),
    ("frontchannel_logout_uri", "https://archive.example/frame"),
    ("frontchannel_logout_session_required", "1"),
    ("tokens_outlive_logout", "1"),
    ("self_registration", "1"),
    ("token_endpoint_auth_method", "private_key_jwt"),
    ("jwks", KEYS),
    ("grant_types", "authorization_code"),
    ("grant_types", "client_credentials"),
    ("grant_types", "password"),
    ("grant_types", "http://authing.cn/oidc/grant_type/authing_token"),
    ("grant_types", "cas"),
    ("response_types", "code id_token"),
    ("id_token_signed_response_alg", "ES256"),
];

#[test]
fn everything_in_the_form_is_registered_and_shown_again() {
    let house = House::open();
    let mut wang = before(&house, "/console/applications/new");
    let page = wang.submits("/console/applications/new", &EVERYTHING);
    assert_eq!(page.status, 200, "{}", page.text());
    let row = stored(&house, "archive");
    let expected = Protocol {
        backchannel_logout_uri: Some("https://archive.example/told".to_owned()),
        backchannel_session_required: true,
        frontchannel_logout_uri: Some("https://archive.example/frame".to_owned()),
        frontchannel_session_required: true,
        grant_types: vec![
            GrantType::AuthorizationCode,
            GrantType::ClientCredentials,
            GrantType::Password,
            GrantType::AuthingToken,
            GrantType::Cas,
            GrantType::Implicit,
        ],
        response_types: vec![ResponseType::Code, ResponseType::CodeIdToken],
        auth_method: AuthMethod::PrivateKeyJwt,
        id_token_alg: TokenAlg::Es256,
        jwks: Some(KEYS.to_owned()),
        tokens_outlive_logout: true,
        self_registration: true,
    };
    assert_eq!(row.protocol, expected);
    let at = format!("/console/applications/{}", row.id);
    let protocol_at = format!("{at}/protocol");
    let html = wang.opens(&house.at("", &at)).text() + &wang.opens(&house.at("", &protocol_at)).text();
    for shown in [
        r#"value="https://archive.example/told""#,
        r#"value="https://archive.example/frame""#,
        r#"name="backchannel_logout_session_required" value="1" checked"#,
        r#"name="frontchannel_logout_session_required" value="1" checked"#,
        r#"name="tokens_outlive_logout" value="1" checked"#,
        r#"name="self_registration" value="1" checked"#,
        r#"<option value="private_key_jwt" selected"#,
        r#"<option value="ES256" selected"#,
        r#"value="client_credentials" checked"#,
        r#"value="password" checked"#,
        r#"value="http://authing.cn/oidc/grant_type/authing_token" checked"#,
        r#"value="cas" checked"#,
        r#"value="code id_token" checked"#,
        "&quot;kid&quot;:&quot;own&quot;",
        "/oidc/.well-known/openid-configuration</code>",
        "/oidc/session/end</code>",
    ] {
        assert!(html.contains(shown), "{shown}\n{html}");
    }
    assert!(!html.contains(r#"value="refresh_token" checked"#), "{html}");
    // Saved as they stand, nothing changes: each form holds all there is of its part, and leaves the other part alone.
    let chosen = ["jwks", "token_endpoint_auth_method", "id_token_signed_response_alg"];
    let typed = |protocol: bool| -> Vec<(&str, &str)> {
        let of_protocol = |name: &str| chosen.contains(&name);
        let text = |name: &str| of_protocol(name) || ["name", "identifier"].contains(&name) || name.contains("uri");
        EVERYTHING.into_iter().filter(|(name, _)| text(name) && of_protocol(name) == protocol).collect()
    };
    for (at, protocol) in [(&at, false), (&protocol_at, true)] {
        wang.opens(&house.at("", at));
        assert_eq!(wang.submits(at, &typed(protocol)).status, 303);
        assert_eq!(stored(&house, "archive").protocol, expected);
    }
    // Every box of a page cleared is every switch of that page off.
    let csrf = wang.csrf_of(&house.at("", &at));
    let bare = [("csrf", csrf.as_str()), ("name", "Archive"), ("identifier", "archive")];
    assert_eq!(wang.posts(&house.at("", &at), &bare).status, 303);
    let off = Protocol {
        backchannel_logout_uri: None,
        backchannel_session_required: false,
        frontchannel_logout_uri: None,
        frontchannel_session_required: false,
        tokens_outlive_logout: false,
        self_registration: false,
        ..expected
    };
    assert_eq!(stored(&house, "archive").protocol, off);
    assert_eq!(wang.posts(&house.at("", &protocol_at), &bare).status, 303);
    assert_eq!(stored(&house, "archive").protocol, Protocol { grant_types: vec![], ..Protocol::default() });
}

#[test]
fn a_refused_form_keeps_every_word_and_says_why_beside_each_field() {
    let house = House::open();
    let mut wang = before(&house, "/console/applications/new");
    let before = house.picture();
    let typed = [
        ("name", "Archive"),
        ("identifier", "archive"),
        ("redirect_uris", "https://archive.example/cb"),
        ("backchannel_logout_uri", "http://169.254.169.254/"),
        ("frontchannel_logout_uri", "https://elsewhere.example/frame"),
        ("tokens_outlive_logout", "1"),
        ("token_endpoint_auth_method", "none"),
        ("jwks", "typed keys"),
        ("grant_types", "client_credentials"),
        ("response_types", "id_token token"),
        ("id_token_signed_response_alg", "HS256"),
        ("default", "1"),
    ];
    let page = wang.submits("/console/applications/new", &typed);
    assert_eq!(page.status, 422);
    assert_eq!(house.picture(), before);
    let html = page.text();
    for shown in [
        r#"value="http://169.254.169.254/" "#,
        r#"value="https://elsewhere.example/frame" "#,
        r#"name="tokens_outlive_logout" value="1" checked"#,
        r#"<option value="none" selected"#,
        "typed keys</textarea>",
        r#"value="client_credentials" checked"#,
        r#"value="id_token token" checked"#,
        r#"<option value="HS256" selected"#,
        r#"name="default" value="1" checked"#,
        r##"<a href="#backchannel_logout_uri">Back-channel log-out address: Messages may not be sent to this address."##,
        r##"<a href="#frontchannel_logout_uri">"##,
        r##"<a href="#jwks">"##,
        r##"<a href="#grant_types">"##,
        r##"<a href="#id_token_signed_response_alg">"##,
        r#"id="frontchannel_logout_uri-why">Scheme, host and port"#,
        r#"id="jwks-why">It holds no public key"#,
    ] {
        assert!(html.contains(shown), "{shown}\n{html}");
    }
    for (name, strange) in
        [("token_endpoint_auth_method", "magic"), ("id_token_signed_response_alg", "none"), ("grant_types", "magic")]
    {
        let csrf = wang.csrf();
        let fields = [("csrf", csrf.as_str()), ("name", "A"), ("identifier", "archive"), (name, strange)];
        assert_eq!(wang.posts(&house.at("", "/console/applications/new"), &fields).status, 400, "{name}={strange}");
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn a_secret_that_begins_to_sign_is_new_and_shown_once() {
    let house = House::open();
    let at = format!("/console/applications/{}/protocol", house.application("notes").id);
    let mut wang = before(&house, &at);
    let fields = [("id_token_signed_response_alg", "RS256")];
    let old = stored(&house, "notes").secret;
    let hs256 = [("id_token_signed_response_alg", "HS256")];
    let page = wang.submits(&at, &hs256);
    assert_eq!(page.status, 200);
    let html = page.text();
    let secret = html.split("id=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a secret");
    let row = stored(&house, "notes");
    assert!(row.secret != old && row.secret_sealed.is_some() && row.is_default);
    let signing = applications::signing_secret(&house.state, house.state.directory().application(row.id).unwrap());
    assert_eq!(signing.map(|s| s.reveal().to_owned()).as_deref(), Some(secret));
    // Saved once more it stays; another signature forgets it.
    wang.opens(&house.at("", &at));
    assert_eq!(wang.submits(&at, &hs256).status, 303);
    assert_eq!(stored(&house, "notes").secret, row.secret);
    wang.opens(&house.at("", &at));
    assert_eq!(wang.submits(&at, &fields).status, 303);
    assert!(stored(&house, "notes").secret_sealed.is_none());
}

#[test]
fn a_form_opened_before_another_change_says_what_is_stored_now_and_loses_nothing() {
    let house = House::open();
    let at = format!("/console/applications/{}", house.application("notes").id);
    let (mut slow, mut quick) = (before(&house, &at), before(&house, &at));
    let theirs = [
        ("name", "THEIRS <b>"),
        ("identifier", "notes"),
        ("redirect_uris", "https://theirs.example/cb\nhttps://second.example/cb"),
        ("self_registration", "1"),
    ];
    let mine = [("name", "MINE"), ("identifier", "notes"), ("redirect_uris", "https://mine.example/cb")];
    house.clock.advance_ms(1_000);
    assert_eq!(quick.submits(&at, &theirs).status, 303);
    let answer = slow.submits(&at, &mine);
    assert_eq!((answer.status, stored(&house, "notes").name.as_str()), (409, "THEIRS <b>"));
    let html = answer.text();
    for shown in [
        "Not saved: somebody changed it first",
        r#"value="MINE""#,
        ">https://mine.example/cb</textarea>",
        "<bdi>THEIRS &lt;b&gt;</bdi>",
        "<bdi>https://second.example/cb</bdi>",
        r##"<a href="#self_registration">People may register themselves</a></dt><dd>on</dd>"##,
    ] {
        assert!(html.contains(shown), "{shown}\n{html}");
    }
    assert!(!html.contains(r##"<a href="#identifier">"##), "what does not differ is not listed");
    // Who has seen it may save, now on top of the other.
    house.clock.advance_ms(1_000);
    assert_eq!(slow.submits(&at, &mine).status, 303);
    assert_eq!(stored(&house, "notes").redirect_uris, ["https://mine.example/cb"]);
}

#[test]
fn a_form_that_is_sent_twice_is_saved_once_and_said_to_be() {
    let house = House::open();
    let at = format!("/console/applications/{}", house.application("notes").id);
    let mut wang = before(&house, &at);
    let twice = wang.clone().page;
    let fields = [("name", "Twice"), ("identifier", "notes")];
    house.clock.advance_ms(1_000);
    assert_eq!(wang.submits(&at, &fields).status, 303);
    let changed = stored(&house, "notes").updated_at;
    wang.page = twice;
    house.clock.advance_ms(1_000);
    let again = wang.submits(&at, &fields);
    assert_eq!((again.status, again.location()), (303, at.as_str()));
    assert_eq!(stored(&house, "notes").updated_at, changed);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE act = 'application_changed'"), 1);
}

#[test]
fn the_default_is_handed_on_never_given_up() {
    let house = House::open();
    let at = |identifier| format!("/console/applications/{}", house.application(identifier).id);
    let mut wang = before(&house, &at("notes"));
    assert!(wang.page.text().contains("This is the default application"));
    assert_eq!(wang.submits(&at("notes"), &[("name", "NOTES"), ("identifier", "notes")]).status, 303);
    assert!(stored(&house, "notes").is_default, "no box was ticked, and it stays");
    wang.opens(&house.at("", &at("board")));
    let fields = [("name", "BOARD"), ("identifier", "board"), ("default", "1")];
    assert_eq!(wang.submits(&at("board"), &fields).status, 303);
    assert_eq!((stored(&house, "notes").is_default, stored(&house, "board").is_default), (false, true));
}

#[test]
fn checking_a_form_judges_every_line_and_saves_nothing() {
    let house = House::open();
    let at = format!("/console/applications/{}", house.application("notes").id);
    let typed = [
        ("name", "  "),
        ("identifier", "notes"),
        ("redirect_uris", "https://fine.example/cb\nhttps://*.com/"),
        ("logout_redirect_uris", "HTTPS://Fine.example:443/bye"),
        ("check", "1"),
    ];
    for at in [at.as_str(), "/console/applications/new"] {
        let mut wang = before(&house, at);
        let picture = house.picture();
        let answer = wang.submits(at, &typed);
        assert_eq!(answer.status, 200, "{at}");
        assert_eq!(house.picture(), picture);
        let html = answer.text();
        for shown in [
            "Checked, not saved yet",
            r#"title="accepted">OK</span><span><code class="id">https://fine.example/cb"#,
            r#"title="refused">NO</span><span><code class="id">https://*.com/</code>"#,
            "registered as https://fine.example/bye",
            r#"value="  ""#,
        ] {
            assert!(html.contains(shown), "{at}: {shown}\n{html}");
        }
    }
    let mut wang = before(&house, &at);
    wang.page = house.browser().page;
    let forged = [("csrf", "x"), ("check", "1"), ("name", "x")];
    assert_eq!(wang.posts(&house.at("", &at), &forged).status, 403, "a check proves where it came from, too");
}

#[test]
fn an_address_is_tried_on_the_lists_as_they_are_typed() {
    let house = House::open();
    let at = format!("/console/applications/{}", house.application("notes").id);
    let lists = [
        ("name", "NOTES"),
        ("identifier", "notes"),
        ("redirect_uris", "https://in.example/cb"),
        ("logout_redirect_uris", "https://out.example/bye\nhttps://*.out.example/x/*"),
        ("check", "1"),
    ];
    for (list, url, shown) in [
        ("logout", "https://out.example/bye", vec!["Allowed, by this entry", "<bdi>https://out.example/bye</bdi>"]),
        ("logout", "https://a.out.example/x/y", vec!["<bdi>https://*.out.example/x/*</bdi>"]),
        ("logout", "HTTPS://out.example:443/bye", vec!["Allowed, by this entry", "written exactly as registered"]),
        ("login", "https://in.example/cb", vec!["Allowed, by this entry"]),
        ("login", "https://out.example/bye", vec!["Its host is not registered.", "They differ from character 9 on"]),
        ("logout", "https://out.example/by", vec!["Its path differs", "They differ from character 23 on"]),
        ("logout", "https://out.example.evil.example/bye", vec!["Its host is not registered.", "<mark>.evil"]),
        ("logout", "javascript:alert(1)", vec!["Only http and https addresses are accepted."]),
        ("logout", "https://out.example/bye#x", vec!["An address must not have a part after #."]),
    ] {
        let mut wang = before(&house, &at);
        let typed: Vec<_> = lists.into_iter().chain([("try_list", list), ("try_url", url)]).collect();
        let answer = wang.submits(&at, &typed);
        assert_eq!(answer.status, 200);
        let html = answer.text();
        assert!(html.contains(&format!(r#"value="{url}""#)), "{url}");
        for shown in shown {
            assert!(html.contains(shown), "{url}: {shown}\n{html}");
        }
    }
}

#[test]
fn quick_start_and_env_hold_the_real_ids_and_never_a_secret() {
    let house = House::open();
    let (id, mut wang) = (house.application("notes").id, before(&house, "/console"));
    let origin = house.at("notes", "");
    let page = wang.opens(&house.at("", &format!("/console/applications/{id}/quick-start"))).text();
    let env = wang.fetches(&house.at("", &format!("/console/applications/{id}/env")), &[]);
    assert_eq!(env.header("content-disposition"), Some("attachment; filename=\"notes.env\""));
    assert!(env.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    let env = env.text();
    for (what, text, shown) in [
        ("page", &page, format!("curl -s {origin}/oidc/.well-known/openid-configuration")),
        ("page", &page, format!("appId: '{id}'")),
        ("page", &page, format!("domain: '{origin}'")),
        ("page", &page, format!("{origin}/login/profile/logout?redirect_uri=https%3A%2F%2Fnotes.example%2Fbye")),
        ("page", &page, format!("/api/v2/applications/{id}/kick-active-users")),
        ("env", &env, format!("AUTHING_APP_ID={id}\n")),
        ("env", &env, format!("OIDC_ISSUER={origin}/oidc\n")),
        ("env", &env, "OIDC_CLIENT_SECRET=\n".to_owned()),
        ("env", &env, "OIDC_REDIRECT_URI=http://notes.example/callback\n".to_owned()),
        ("env", &env, "OIDC_POST_LOGOUT_REDIRECT_URI=https://notes.example/bye\n".to_owned()),
    ] {
        assert!(text.contains(&shown), "{what}: {shown}\n{text}");
    }
    for secret in [CLIENT_SECRET, POOL_SECRET] {
        assert!(!page.contains(secret) && !env.contains(secret));
    }
    // The log-out line does what it says.
    let link = page.split("id=\"leave-lines\"").nth(1).and_then(|rest| rest.split('>').nth(1)).unwrap();
    let link = link.split('<').next().unwrap().to_owned();
    let mut lilei = house.browser();
    lilei.logs_in_at(&origin, "lilei", PASSWORD);
    assert_eq!(lilei.opens(&link).location(), "https://notes.example/bye");
    assert!(!lilei.is_in("notes"));
    // Another pool's is absent, like one that never was.
    let shop = house.application("shop").id;
    for path in ["quick-start", "protocol", "env"] {
        let url = house.at("", &format!("/console/applications/{shop}/{path}"));
        assert_eq!(wang.fetches(&url, &[]).status, 404, "{path}");
    }
}

#[test]
fn the_list_shows_who_is_in_and_a_week_of_log_ins_and_misses_no_callback() {
    let house = House::open();
    let mut wang = before(&house, "/console/applications");
    house.clock.advance_ms(3 * 24 * 3_600_000);
    for name in ["lilei", "hanmeimei"] {
        house.browser().logs_in(name);
    }
    wang.logs_in("wang");
    let (notes_id, board_id) = (house.application("notes").id, house.application("board").id);
    let row = |html: &str, id: ApplicationId| -> String {
        html.split("<tr").find(|row| row.contains(&format!("/{id}/sessions"))).expect("a row").to_owned()
    };
    let html = wang.opens(&house.at("", "/console/applications")).text();
    let notes = row(&html, notes_id);
    assert!(notes.contains("4 log-ins in 7 days") && notes.contains("3 people"), "{notes}");
    assert_eq!(notes.matches("<rect").count(), 2, "three days ago, and today: {notes}");
    assert!(notes.contains("default") && notes.contains("complete") && notes.contains("With a server"), "{notes}");
    assert!(row(&html, board_id).contains("0 log-ins in 7 days"));
    // What is asked again counts what happened since, and forgets what is too long ago.
    house.clock.advance_ms(5 * 24 * 3_600_000);
    let forms = [("name", "BOARD"), ("identifier", "board"), ("logout_redirect_uris", "")];
    wang.logs_in("wang");
    let at = format!("/console/applications/{board_id}");
    wang.opens(&house.at("", &at));
    assert_eq!(wang.submits(&at, &forms).status, 303);
    let html = wang.opens(&house.at("", "/console/applications")).text();
    assert!(row(&html, notes_id).contains("4 log-ins in 7 days"), "one is forgotten, one is new: {html}");
    assert!(row(&html, board_id).contains("login missing"));
}

#[test]
fn each_application_lists_what_it_was_told_and_no_other() {
    let house = House::open();
    let (notes, board) = (house.application("notes").id, house.application("board").id);
    let made = |n: i64, id: &ApplicationId| {
        let sql = "INSERT INTO notices (application_id, session_id, user_id, sid, issuer, at, state, due_at, status)
                   VALUES (?1, ?2, ?4, ?4, 'http://x', ?3, 'acked', 0, 200)";
        let nobody = "ffffffffffffffffffffffff";
        house.rows().execute(sql, (id.as_str(), n, house.state.now().0, nobody)).unwrap();
    };
    (0..60).for_each(|n| made(n, &notes));
    made(99, &board);
    let mut wang = before(&house, "/console");
    let mut rows = |path: &str| {
        let page = wang.opens(&house.at("", &format!("/console/applications/{path}")));
        assert_eq!(page.status, 200, "{path}");
        let text = page.text();
        (text.matches("ACK</span>").count(), text.split("rel=\"next\"").next().map(str::to_owned))
    };
    let (first, page) = rows(&format!("{notes}/deliveries"));
    let next = page.unwrap().rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(first, 50);
    assert_eq!(rows(next.strip_prefix("/console/applications/").unwrap()).0, 10);
    assert_eq!(rows(&format!("{board}/deliveries")).0, 1);
    let shop = house.application("shop").id;
    let url = house.at("", &format!("/console/applications/{shop}/deliveries"));
    assert_eq!(wang.fetches(&url, &[]).status, 404);
}

#[test]
fn a_hostile_name_is_text_on_every_page_that_shows_it() {
    let house = House::open();
    let mut wang = before(&house, "/console/applications/new");
    let name = "<img src=x onerror=alert(1)>\u{202e}\u{200b}🧨 عمر \"'&";
    let long = name.to_owned() + &"長".repeat(100 - name.chars().count());
    let fields = [
        ("name", long.as_str()),
        ("identifier", "odd"),
        ("redirect_uris", "https://odd.example/'\"><img src=x>?q='%3C"),
        ("grant_types", "authorization_code"),
        ("token_endpoint_auth_method", "client_secret"),
        ("id_token_signed_response_alg", "RS256"),
    ];
    let made = wang.submits("/console/applications/new", &fields);
    assert_eq!(made.status, 200, "{}", made.text());
    let id = stored(&house, "odd").id;
    house.browser().logs_in_at(&house.at("odd", ""), "lilei", PASSWORD);
    let home = format!("/console/applications/{id}");
    let below = ["", "/quick-start", "/protocol", "/sessions", "/deliveries"].map(|page| format!("{home}{page}"));
    let pages = ["/console".to_owned(), "/console/applications".to_owned()].into_iter().chain(below);
    for path in pages {
        let html = wang.opens(&house.at("", &path)).text();
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{path}: {html}");
        assert!(!html.contains("<img"), "{path}");
        let outside = html.split(" value=\"").map(|rest| rest.split_once('"').map_or(rest, |(_, after)| after));
        assert!(!outside.collect::<String>().contains('\u{202e}'), "{path}: a mark turns what stands beside the name");
    }
    let env = wang.fetches(&house.at("", &format!("{home}/env")), &[]).text();
    assert_eq!(env.lines().filter(|line| !line.starts_with('#') && !line.contains('=')).count(), 0, "{env}");
    assert!(env.contains("OIDC_REDIRECT_URI='https://odd.example/%27"), "{env}");
    // One character more is refused in words, and kept.
    let too_long = long.clone() + "長";
    wang.opens(&house.at("", &home));
    let answer = wang.submits(&home, &[("name", &too_long), ("identifier", "odd")]);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("長長"), "{}", answer.text());
}
