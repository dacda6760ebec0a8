//! Tokens, codes and hints that are forged, foreign, old, or of another kind: nothing anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use exeunt::crypto::jws::{self, SigningKey};
use exeunt::domain::oauth::{AuthMethod, ResponseType, TokenAlg};
use serde_json::{Value, json};

use super::bad_input::refused;
use crate::support::browser::encoded;
use crate::support::client::{CHALLENGE, Client, Tokens, VERIFIER, tampered};
use crate::support::people::CLIENT_SECRET;
use crate::support::{House, Program, wire};

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// A token of this kind and these claims, signed by a key of nobody's that calls itself as the true one does.
fn by_a_stranger(token: &str, alg: TokenAlg, typ: &str) -> String {
    let kid = part(token, 0)["kid"].as_str().unwrap_or("k").to_owned();
    let key = SigningKey::parse(&kid, alg, &jws::generate(alg).unwrap()).unwrap();
    key.sign(typ, &part(token, 1)).unwrap()
}

/// Whatever can be made of a true token by somebody who has no key.
fn forgeries(house: &House, token: &str) -> Vec<(String, String)> {
    let typ = part(token, 0)["typ"].as_str().unwrap().to_owned();
    let jwks = house.ask(("GET", "/oidc/.well-known/jwks.json"), &[], None);
    let public = jwks.json()["keys"][0].clone();
    let hs = |secret: &str| jws::sign_hs256(secret, &typ, &part(token, 1)).unwrap();
    let with = |name: &str, value: Value| tampered(token, 0, |header| header[name] = value);
    let (head, payload, signature) = {
        let mut parts = token.split('.');
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    let pem = format!("{}{}", public["n"].as_str().unwrap(), public["e"].as_str().unwrap());
    let mut made = vec![
        (
            "alg none".to_owned(),
            format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(json!({"alg":"none","typ":typ}).to_string())),
        ),
        ("alg None".to_owned(), with("alg", "None".into())),
        ("alg HS256".to_owned(), with("alg", "HS256".into())),
        ("alg ES256".to_owned(), with("alg", "ES256".into())),
        ("alg PS256".to_owned(), with("alg", "PS256".into())),
        (
            "no alg".to_owned(),
            tampered(token, 0, |header| {
                header.as_object_mut().unwrap().remove("alg");
            }),
        ),
        ("another kid".to_owned(), with("kid", "x".into())),
        (
            "no kid".to_owned(),
            tampered(token, 0, |header| {
                header.as_object_mut().unwrap().remove("kid");
            }),
        ),
        ("kid of a path".to_owned(), with("kid", "../../../../dev/null".into())),
        ("kid of SQL".to_owned(), with("kid", "' UNION SELECT 1 --".into())),
        ("kid of a number".to_owned(), with("kid", 1.into())),
        ("crit".to_owned(), with("crit", json!(["exp"]))),
        ("jwk".to_owned(), with("jwk", public.clone())),
        ("jku".to_owned(), with("jku", "https://evil.example/jwks".into())),
        ("another typ".to_owned(), with("typ", "x".into())),
        ("logout token".to_owned(), with("typ", "logout+jwt".into())),
        ("by a stranger".to_owned(), by_a_stranger(token, TokenAlg::Rs256, &typ)),
        ("by a stranger, ES256".to_owned(), by_a_stranger(token, TokenAlg::Es256, &typ)),
        ("HS256 by the public key".to_owned(), hs(&public.to_string())),
        ("HS256 by the modulus".to_owned(), hs(&pem)),
        ("HS256 by nothing".to_owned(), hs("")),
        ("HS256 by the secret".to_owned(), hs(CLIENT_SECRET)),
        ("another subject".to_owned(), tampered(token, 1, |c| c["sub"] = house.person("wang").id.to_string().into())),
        ("longer life".to_owned(), tampered(token, 1, |c| c["exp"] = 9_999_999_999_i64.into())),
        ("no signature".to_owned(), format!("{head}.{payload}.")),
        ("two parts".to_owned(), format!("{head}.{payload}")),
        ("four parts".to_owned(), format!("{token}.{signature}")),
        ("truncated".to_owned(), token[..token.len() - 1].to_owned()),
        ("extended".to_owned(), format!("{token}A")),
        ("padded".to_owned(), format!("{token}==")),
        ("upper case".to_owned(), token.to_uppercase()),
        ("reversed".to_owned(), token.chars().rev().collect()),
        ("dots".to_owned(), "..".to_owned()),
        ("huge".to_owned(), format!("{head}.{}.{signature}", "A".repeat(15_500))),
        ("nothing in it".to_owned(), format!("{}.{}.", URL_SAFE_NO_PAD.encode("{}"), URL_SAFE_NO_PAD.encode("{}"))),
        ("a list".to_owned(), format!("{}.{}.", URL_SAFE_NO_PAD.encode("[]"), URL_SAFE_NO_PAD.encode("[]"))),
    ];
    made.retain(|(_, forged)| forged != token);
    made
}

#[test]
fn a_forged_access_token_is_nothing_anywhere() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let tokens = notes.tokens(&mut browser);
    let before = house.picture();
    for (what, forged) in forgeries(&house, &tokens.access) {
        refused(&what, &notes.userinfo(&forged), 401, "invalid_token");
        assert_eq!(notes.introspects(&forged), json!({ "active": false }), "{what}");
        assert_eq!(notes.posts("/oidc/token/revocation", &[("token", &forged)]).status, 200, "{what}");
        refused(&what, &notes.refreshes(&forged), 400, "invalid_grant");
        refused(&what, &notes.trades(&forged), 400, "invalid_grant");
    }
    assert_eq!(before, house.picture());
    assert_eq!(notes.userinfo(&tokens.access).status, 200);
}

#[test]
fn a_forged_hint_vouches_for_nobody() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let tokens = notes.tokens(&mut browser);
    let before = house.picture();
    let bye = "https://notes.example/bye";
    let mut forged = forgeries(&house, &tokens.id);
    forged.extend([("empty".to_owned(), String::new()), ("an access token".to_owned(), tokens.access.clone())]);
    forged.push(("a refresh token".to_owned(), tokens.refresh.clone()));
    for (what, hint) in &forged {
        let id = notes.id.to_string();
        for more in [&[][..], &[("client_id", id.as_str())][..]] {
            let params = [&[("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", bye)], more].concat();
            let page = browser.comes_from_elsewhere(&house.at("", &format!("/oidc/session/end?{}", encoded(&params))));
            assert_eq!((page.status, page.location()), (200, ""), "{what}");
            assert!(page.text().contains("/oidc/session/confirm"), "{what}: asks first");
        }
        // At the authorization endpoint it says nothing of anybody, so it cannot choose the person.
        let reply = notes.asks(&mut browser.clone(), &[("prompt", "none"), ("id_token_hint", hint)]);
        assert!(reply.param("code").is_some() || reply.error() == "login_required", "{what}: {reply:?}");
    }
    let rows = |picture: Vec<String>| -> Vec<String> {
        picture.into_iter().filter(|line| !line.starts_with("grants")).collect()
    };
    assert_eq!(rows(before), rows(house.picture()));
    // And when the person says yes, a refused hint still leads nowhere.
    let params = [("id_token_hint", forged[0].1.as_str()), ("post_logout_redirect_uri", bye)];
    browser.comes_from_elsewhere(&house.at("", &format!("/oidc/session/end?{}", encoded(&params))));
    let answer = browser.submits("/oidc/session/confirm", &[]);
    assert_eq!((answer.status, answer.location()), (200, ""));
    assert!(!browser.is_in(""), "the log-out itself was theirs to ask for");
}

#[test]
fn a_token_is_of_one_kind_only() {
    let house = House::open();
    let hashed = house.adds("hashed", |protocol| protocol.id_token_alg = TokenAlg::Hs256);
    let (mut browser, notes, hashed_app) =
        (house.lets_in("lilei"), Client::of(&house, "notes"), Client::of(&house, "hashed"));
    assert_eq!(hashed_app.id, hashed);
    let (tokens, theirs) = (notes.tokens(&mut browser), hashed_app.tokens(&mut browser));
    let code = notes.code(&mut browser);
    let logout_token = {
        let claims = json!({
            "iss": notes.issuer(), "aud": hashed, "sub": house.person("lilei").id, "sid": house.sid_of(&browser).to_string(),
            "iat": house.state.now().seconds(), "exp": house.state.now().seconds() + 120, "jti": "x",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        jws::sign_hs256(CLIENT_SECRET, "logout+jwt", &claims).unwrap()
    };
    let management = house.program().token;
    for (what, token) in [
        ("an ID token", &tokens.id),
        ("an ID token by secret", &theirs.id),
        ("a logout token", &logout_token),
        ("a code", &code),
        ("a refresh token", &tokens.refresh),
        ("a management token", &management),
    ] {
        refused(what, &notes.userinfo(token), 401, "invalid_token");
        if what != "a refresh token" {
            assert_eq!(notes.introspects(token), json!({ "active": false }), "{what}");
            refused(what, &notes.refreshes(token), 400, "invalid_grant");
        }
        if what != "a code" {
            refused(what, &notes.trades(token), 400, "invalid_grant");
        }
    }
    refused("an access token as refresh token", &notes.refreshes(&tokens.access), 400, "invalid_grant");
    // A logout token is no hint: whoever was told of a log-out cannot cause one.
    let url = house.at("", &format!("/oidc/session/end?{}", encoded(&[("id_token_hint", &logout_token)])));
    let page = browser.comes_from_elsewhere(&url);
    assert!(page.text().contains("/oidc/session/confirm") && browser.is_in(""), "asks first");
    // None of them administers anything.
    let person = house.person("hanmeimei");
    for token in [&tokens.id, &tokens.access, &tokens.refresh, &theirs.id, &logout_token, &code] {
        let program = Program { token: token.clone(), ..house.program() };
        let answer = program.tries_to_kick(notes.id, &json!([person.id]));
        assert_ne!(answer.json()["code"], 200, "{token}");
    }
    assert_eq!(notes.trades(&code).status, 200, "the code still works once");
}

#[test]
fn a_token_is_dead_at_its_end_and_alive_before_it() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let tokens = notes.tokens(&mut browser);
    let life = i64::from(house.state.config.access_token_seconds) * 1_000;
    house.clock.advance_ms(life - 1);
    assert_eq!(notes.userinfo(&tokens.access).status, 200);
    let code = notes.code(&mut browser);
    house.clock.advance_ms(1);
    refused("expired", &notes.userinfo(&tokens.access), 401, "invalid_token");
    assert_eq!(notes.introspects(&tokens.access), json!({ "active": false }));
    house.clock.advance_ms(59_998);
    assert_eq!(notes.trades(&code).status, 200, "a code in its last millisecond");
    let code = notes.code(&mut browser);
    house.clock.advance_ms(60_000);
    refused("an old code", &notes.trades(&code), 400, "invalid_grant");
}

#[test]
fn codes_and_refresh_tokens_are_of_one_application_pool_and_host() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let (board, shop) = (Client::of(&house, "board"), Client::of(&house, "shop"));
    let (code, tokens) = (notes.code(&mut browser), notes.tokens(&mut browser));
    for other in [&board, &shop] {
        let mut other = other.clone();
        for callback in [other.callback.clone(), notes.callback.clone()] {
            other.callback = callback;
            refused("code", &other.trades(&code), 400, "invalid_grant");
        }
        refused("refresh", &other.refreshes(&tokens.refresh), 400, "invalid_grant");
        for token in [&tokens.access, &tokens.refresh] {
            assert_eq!(other.introspects(token), json!({ "active": false }));
            assert_eq!(other.posts("/oidc/token/revocation", &[("token", token)]).status, 200);
        }
    }
    // At the host of another application it is nobody.
    let mut elsewhere = notes.clone();
    elsewhere.host = house.host("board");
    refused("another host", &elsewhere.trades(&code), 401, "invalid_client");
    refused("another host", &elsewhere.refreshes(&tokens.refresh), 401, "invalid_client");
    refused("another host", &elsewhere.userinfo(&tokens.access), 401, "invalid_token");
    assert_eq!(Tokens::of(&notes.trades(&code)).refresh.len(), tokens.refresh.len(), "its own application still may");
    assert_eq!(notes.refreshes(&tokens.refresh).status, 200);
}

#[test]
fn a_code_goes_with_its_address_and_its_verifier() {
    let house = House::open();
    house.adds("plain", |_| {});
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "plain"));
    let trade = |code: &str, redirect: &str, verifier: &str| {
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect)];
        if !verifier.is_empty() {
            fields.push(("code_verifier", verifier));
        }
        notes.posts("/oidc/token", &fields)
    };
    let (with, without) = (
        notes.code(&mut browser),
        notes
            .asks(&mut browser, &[("code_challenge", ""), ("code_challenge_method", "")])
            .param("code")
            .expect("PKCE is free to whoever holds a secret"),
    );
    let at = notes.callback.as_str();
    for (what, code, redirect, verifier) in [
        ("no verifier", &with, at, ""),
        ("another verifier", &with, at, "x".repeat(43).as_str()),
        ("the challenge itself", &with, at, CHALLENGE),
        ("a verifier nobody asked for", &without, at, VERIFIER),
        ("another address", &with, "http://plain.example/callback/", VERIFIER),
        ("the same address, written otherwise", &with, "http://PLAIN.example/callback", VERIFIER),
        ("no address", &with, "", VERIFIER),
    ] {
        refused(what, &trade(code, redirect, verifier), 400, "invalid_grant");
    }
    assert_eq!(trade(&with, at, VERIFIER).status, 200);
    assert_eq!(trade(&without, at, "").status, 200);
}

#[test]
fn whoever_holds_no_secret_must_prove_who_asked() {
    let house = House::open();
    house.adds("native", |protocol| protocol.auth_method = AuthMethod::None);
    let (mut browser, mut native) = (house.lets_in("lilei"), Client::of(&house, "native"));
    native.secret = None;
    let reply = native.asks(&mut browser, &[("code_challenge", ""), ("code_challenge_method", "")]);
    assert_eq!(reply.error(), "invalid_request");
    let code = native.code(&mut browser);
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", &native.callback)];
    refused("without a verifier", &native.posts("/oidc/token", &fields), 400, "invalid_grant");
    let mut liar = native.clone();
    liar.secret = Some(CLIENT_SECRET.to_owned());
    refused("with a secret all the same", &liar.trades(&code), 401, "invalid_client");
    assert_eq!(native.trades(&code).status, 200);
}

#[test]
fn an_access_token_comes_in_one_way_only() {
    let house = House::open();
    let (mut browser, notes) = (house.lets_in("lilei"), Client::of(&house, "notes"));
    let token = notes.tokens(&mut browser).access;
    let bearer = format!("Bearer {token}");
    let form = format!("access_token={token}");
    let ask = |path: &str, headers: &[(&str, &str)], body: Option<&str>| {
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut all = headers.to_vec();
        all.extend(body.map(|_| ("Content-Type", super::bad_input::FORM)));
        wire::request(house.port, &house.host(""), (method, path), &all, body.map(str::as_bytes))
    };
    let by_query = format!("/oidc/me?{form}");
    for (what, path, headers, body) in [
        ("header and query", by_query.as_str(), &[("Authorization", bearer.as_str())][..], None),
        ("header and form", "/oidc/me", &[("Authorization", bearer.as_str())], Some(form.as_str())),
        ("query and form", &by_query, &[], Some(&form)),
        ("two headers", "/oidc/me", &[("Authorization", &bearer), ("Authorization", &bearer)], None),
        ("twice in the query", &format!("{by_query}&{form}"), &[], None),
        ("twice in the form", "/oidc/me", &[], Some(&format!("{form}&{form}"))),
    ] {
        refused(what, &ask(path, headers, body), 400, "invalid_request");
    }
    for (what, value) in
        [("nothing", ""), ("a scheme alone", "Bearer "), ("Basic", "Basic eDp5"), ("odd", "Bearer \u{e9}")]
    {
        let answer = ask("/oidc/me", &[("Authorization", value)], None);
        assert_eq!(answer.status, 401, "{what}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer realm="), "{what}");
    }
    assert_eq!(ask("/oidc/me", &[("Authorization", &format!("bEARER {token}"))], None).status, 200);
    assert_eq!(ask("/oidc/me", &[], Some(&form)).status, 200);
}

#[test]
fn tokens_from_the_authorization_endpoint_are_no_weaker() {
    let house = House::open();
    house.adds("single", |protocol| {
        protocol.response_types = vec![ResponseType::Code, ResponseType::IdTokenToken, ResponseType::CodeIdTokenToken];
        protocol.id_token_alg = TokenAlg::Es256;
    });
    let (mut browser, single) = (house.lets_in("lilei"), Client::of(&house, "single"));
    for kind in ["id_token token", "code id_token token"] {
        let reply = single.asks(&mut browser, &[("response_type", kind)]);
        let access = reply.param("access_token").unwrap();
        assert!(reply.location.contains('#') && !reply.location.contains('?'), "{kind}: never in a query");
        assert_eq!(single.userinfo(&access).status, 200);
        for mode in ["query", "x"] {
            let reply = single.asks(&mut browser, &[("response_type", kind), ("response_mode", mode)]);
            assert_eq!(reply.error(), "invalid_request", "{kind} {mode}");
            assert!(reply.location.contains('#'), "{kind} {mode}");
        }
        if let Some(code) = reply.param("code") {
            // What the code gave dies with its second use, and so does what came beside it.
            assert_eq!(single.trades(&code).status, 200);
            refused("twice", &single.trades(&code), 400, "invalid_grant");
            refused("beside it", &single.userinfo(&access), 401, "invalid_token");
        }
    }
}
