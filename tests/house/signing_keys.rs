//! Signing keys: a successor is published before it signs, what the old one signed can be verified for good, and its
//! private half is gone; unless it was stolen, then what it signed is nothing.

use exeunt::domain::oauth::TokenAlg;
use exeunt::flow::keys::{self, KeyStanding};
use serde_json::{Value, json};

use crate::support::House;
use crate::support::authing::Sdk;
use crate::support::client::{Client, Tokens};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The published key ids, those of one algorithm.
fn published(house: &House, alg: &str) -> Vec<String> {
    let answer = house.ask(("GET", "/oidc/.well-known/jwks.json"), &[], None);
    assert_eq!(answer.status, 200);
    let set = answer.json();
    let keys = set["keys"].as_array().unwrap().iter().filter(|key| key["alg"] == alg);
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The key that signs now.
fn signing(house: &House, alg: TokenAlg) -> String {
    let listed = keys::list(&house.state).unwrap();
    let mut found = listed.iter().filter(|key| key.alg == alg && key.standing == KeyStanding::Signing);
    let kid = found.next().expect("a key that signs").kid.clone();
    assert!(found.next().is_none(), "two keys sign: {listed:?}");
    kid
}

fn kid_of(token: &str) -> String {
    exeunt::crypto::jws::Unverified::parse(token).unwrap().header.kid.unwrap()
}

fn sign(house: &House, sub: &str) -> String {
    keys::ring(&house.state).unwrap().sign(TokenAlg::Rs256, "JWT", &json!({ "sub": sub })).unwrap()
}

fn reads(house: &House, token: &str) -> Option<String> {
    let claims: Value = keys::ring(&house.state).unwrap().read("JWT", token)?;
    Some(claims["sub"].as_str()?.to_owned())
}

/// How many keys have a private half.
fn private_halves(house: &House) -> i64 {
    house.count("SELECT count(*) FROM signing_keys WHERE sealed IS NOT NULL")
}

fn rotates(house: &House, call: &str, token: Option<&str>) -> u16 {
    let own = std::fs::read_to_string(house.state.config.data_dir.join("exeunt.run")).unwrap();
    let own: Value = serde_json::from_str(&own).unwrap();
    let bearer = format!("Bearer {}", token.unwrap_or(own["token"].as_str().unwrap()));
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    house.ask(("POST", "/api/v1/operator/keys/rotate"), &headers, Some(call.as_bytes())).status
}

#[test]
fn a_rotation_overlaps_and_leaves_no_private_half_behind() {
    let house = House::open();
    let (rsa, ec) = (signing(&house, TokenAlg::Rs256), signing(&house, TokenAlg::Es256));
    let old = sign(&house, "before");
    assert_eq!((kid_of(&old), private_halves(&house)), (rsa.clone(), 2));
    assert_eq!(published(&house, "RS256"), [rsa.as_str()]);

    assert_eq!(rotates(&house, "{}", None), 200);
    // Both are published, the one that signs first; the new one waits for its day.
    let both = published(&house, "RS256");
    assert_eq!((both.len(), &both[0]), (2, &rsa));
    assert_eq!(published(&house, "ES256")[0], ec);
    assert_eq!(kid_of(&sign(&house, "between")), rsa);
    house.clock.advance_ms(DAY - 1_000);
    house.upkeep();
    assert_eq!((kid_of(&sign(&house, "between")), private_halves(&house)), (rsa.clone(), 4));

    house.clock.advance_ms(1_000);
    house.upkeep();
    let new = sign(&house, "after");
    assert_eq!((kid_of(&new), signing(&house, TokenAlg::Rs256)), (both[1].clone(), both[1].clone()));
    assert_eq!(published(&house, "RS256"), [both[1].clone(), rsa.clone()], "the one that signs first");
    assert_eq!((reads(&house, &old).as_deref(), reads(&house, &new).as_deref()), (Some("before"), Some("after")));
    let gone: bool =
        house.value("SELECT sealed IS NULL AND retired_at IS NOT NULL FROM signing_keys WHERE kid = ?1", [&rsa]);
    assert!(gone && private_halves(&house) == 2, "the old private half is there still");

    // In the end it is published no longer, but a hint by it is known for good.
    house.clock.advance_ms(35 * DAY);
    house.upkeep();
    assert_eq!(published(&house, "RS256"), [both[1].clone()]);
    let house = house.restarts();
    assert_eq!(reads(&house, &old).as_deref(), Some("before"));
    assert_eq!(published(&house, "RS256"), [both[1].clone()]);
}

#[test]
fn stolen_keys_are_replaced_at_once_and_so_are_those_that_wait() {
    let house = House::open();
    let old = (signing(&house, TokenAlg::Rs256), sign(&house, "before"));
    assert_eq!(rotates(&house, "{}", None), 200);
    let waiting = published(&house, "RS256")[1].clone();
    house.clock.advance_ms(HOUR);
    assert_eq!(rotates(&house, r#"{"now":true}"#, None), 200);
    let new = signing(&house, TokenAlg::Rs256);
    assert!(new != old.0 && new != waiting);
    assert_eq!(kid_of(&sign(&house, "after")), new);
    assert_eq!(published(&house, "RS256"), [new.as_str()], "the old one is published no more");
    assert_eq!((private_halves(&house), reads(&house, &old.1).as_deref()), (2, None), "nor believed");
    house.clock.advance_ms(2 * DAY);
    house.upkeep();
    assert_eq!(signing(&house, TokenAlg::Rs256), new, "the one that waited has no day");
}

/// `exeunt keys …` on a data directory, as the operator types it; standard output.
fn types(dir: &std::path::Path, words: &[&str]) -> String {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_exeunt"))
        .arg("keys")
        .args(words)
        .arg("--data-dir")
        .arg(dir)
        .env_clear()
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn states(dir: &std::path::Path) -> Vec<String> {
    let listed: Value = serde_json::from_str(&types(dir, &["list", "--json"])).unwrap();
    let rsa = listed.as_array().unwrap().iter().filter(|key| key["alg"] == "RS256");
    rsa.map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_command_line_rotates_beside_a_running_server_and_without_one() {
    let house = House::open();
    let dir = &house.state.config.data_dir;
    assert_eq!(states(dir), ["signing"]);
    // The command's clock is another than this house's, so it says nothing here about who waits.
    assert_eq!(types(dir, &["rotate"]).lines().count(), 1 + 4);
    assert_eq!(published(&house, "RS256").len(), 2, "the server knows");
    let alone = tempfile::tempdir().unwrap();
    types(alone.path(), &["rotate"]);
    assert_eq!(states(alone.path()), ["signing"], "the first keys of a house need no day ahead");
    types(alone.path(), &["rotate"]);
    assert_eq!(states(alone.path()), ["signing", "waiting"]);
    types(alone.path(), &["rotate", "--now"]);
    assert_eq!(states(alone.path()), ["distrusted", "signing"]);
}

#[test]
fn only_whoever_owns_the_data_directory_rotates() {
    let house = House::open();
    let before = published(&house, "RS256");
    let forged = house.state.key.mark("operator", &["1"]);
    for token in ["", "x", forged.as_str()] {
        assert_eq!(rotates(&house, "{}", Some(token)), 401, "{token}");
    }
    assert_eq!(rotates(&house, r#"{"now":"yes"}"#, None), 400);
    assert_eq!(rotates(&house, "", None), 400);
    assert_eq!(published(&house, "RS256"), before);
}

#[test]
fn the_schedule_gives_old_keys_a_successor_once() {
    let house = House::with(|config| config.key_rotation_days = 10);
    let first = signing(&house, TokenAlg::Rs256);
    house.clock.advance_ms(10 * DAY - 1);
    house.upkeep();
    assert_eq!(published(&house, "RS256"), [first.as_str()]);
    house.clock.advance_ms(1);
    for _ in 0..3 {
        house.upkeep();
        assert_eq!(published(&house, "RS256").len(), 2);
    }
    assert_eq!(signing(&house, TokenAlg::Rs256), first);
    house.clock.advance_ms(DAY);
    house.upkeep();
    let second = signing(&house, TokenAlg::Rs256);
    assert_ne!(second, first);
    // The next one comes when the second is old.
    house.clock.advance_ms(8 * DAY);
    house.upkeep();
    assert_eq!((signing(&house, TokenAlg::Rs256), published(&house, "RS256").len()), (second, 2));
    let never = House::with(|config| config.key_rotation_days = 0);
    never.clock.advance_ms(4_000 * DAY);
    never.upkeep();
    assert_eq!(published(&never, "RS256").len(), 1);
}

#[test]
fn a_house_that_was_closed_on_the_day_retires_the_old_key_when_it_opens() {
    let house = House::open();
    let old = signing(&house, TokenAlg::Rs256);
    assert_eq!(rotates(&house, "{}", None), 200);
    house.clock.advance_ms(3 * DAY);
    let house = house.restarts();
    assert_ne!(kid_of(&sign(&house, "after")), old, "the successor signs from the first moment");
    house.upkeep();
    assert_eq!(private_halves(&house), 2);
}

#[test]
fn an_id_token_by_a_retired_key_still_says_who_it_was_for() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    assert_eq!(rotates(&house, "{}", None), 200);
    house.clock.advance_ms(DAY);
    house.upkeep();
    assert_ne!(kid_of(&tokens.id), signing(&house, TokenAlg::Rs256));
    let reply = notes.asks(&mut browser, &[("prompt", "none"), ("id_token_hint", &tokens.id)]);
    assert!(reply.param("code").is_some(), "{reply:?}");
    assert_eq!(kid_of(&notes.tokens(&mut browser).id), signing(&house, TokenAlg::Rs256));
}

/// What somebody who has the key of this ring can sign: a token of this kind that lasts, of the grant of a true one.
fn forged(ring: &keys::KeyRing, typ: &str, genuine: &str, years: i64) -> String {
    let mut claims: Value = exeunt::crypto::jws::Unverified::parse(genuine).unwrap().claims().unwrap();
    claims["exp"] = (claims["exp"].as_i64().unwrap() + years * 365 * 86_400).into();
    ring.sign(TokenAlg::Rs256, typ, &claims).unwrap()
}

#[test]
fn a_stolen_key_is_worth_nothing_from_the_moment_it_is_replaced() {
    let house = House::open();
    let (notes, mut sdk) = (Client::of(&house, "notes"), Sdk::of(&house, "notes"));
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let plain = notes.clone().plain().tokens(&mut browser);
    sdk.logs_in("lilei");
    let ring = keys::ring(&house.state).unwrap();
    let access = forged(&ring, "at+jwt", &tokens.access, 10);
    let hint = |id: &str| [("prompt", "none"), ("id_token_hint", id)].map(|(name, value)| (name, value.to_owned()));
    let silent = |browser: &mut crate::support::Browser, id: &str| {
        let fields = hint(id);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        notes.asks(browser, &fields)
    };
    let friend = {
        let mut claims: Value = exeunt::crypto::jws::Unverified::parse(&tokens.id).unwrap().claims().unwrap();
        claims["sub"] = json!(house.person("hanmeimei").id);
        ring.sign(TokenAlg::Rs256, "JWT", &claims).unwrap()
    };
    assert_eq!(notes.userinfo(&access).status, 200, "until then the thief is the house");
    assert_eq!(silent(&mut browser, &friend).error(), "login_required", "a hint about somebody else counts");
    sdk.is_in();

    assert_eq!(rotates(&house, r#"{"now":true}"#, None), 200);
    for restart in [false, true] {
        for token in [&tokens.access, &access] {
            assert_eq!(notes.userinfo(token).status, 401, "{restart}");
            assert_eq!(notes.introspects(token), json!({ "active": false }), "{restart}");
        }
        assert!(!sdk.checks().iter().any(|(check, says)| *check != "cas/session" && *says), "{:?}", sdk.checks());
        assert!(silent(&mut browser, &friend).param("code").is_some(), "the hint says nothing any more");
        if !restart {
            house.upkeep();
        }
    }
    assert_eq!(notes.clone().plain().userinfo(&plain.access).status, 200, "no key of these made it");
    let renewed = Tokens::of(&notes.refreshes(&tokens.refresh));
    assert_eq!(notes.userinfo(&renewed.access).status, 200, "the session stands, and gives new tokens");
    let ends = house.at("", &format!("/oidc/session/end?id_token_hint={}", tokens.id));
    assert_eq!(browser.comes_from_elsewhere(&ends).status, 200, "the person is asked");
    assert!(browser.is_in(""));
    let house = house.restarts();
    let notes = Client::of(&house, "notes");
    assert_eq!(notes.userinfo(&access).status, 401, "after a restart too");
    assert_eq!(notes.userinfo(&renewed.access).status, 200);
}

#[test]
fn a_retired_key_counts_for_access_only_as_long_as_a_token_of_its_own_could_live() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let ring = keys::ring(&house.state).unwrap();
    assert_eq!(rotates(&house, "{}", None), 200);
    house.clock.advance_ms(DAY - 1_000);
    let tokens = notes.tokens(&mut browser);
    let stolen = forged(&ring, "at+jwt", &tokens.access, 10);
    house.clock.advance_ms(1_000);
    house.upkeep();
    assert_ne!(kid_of(&tokens.access), signing(&house, TokenAlg::Rs256));
    house.clock.advance_ms(598_000);
    assert_eq!(notes.userinfo(&tokens.access).status, 200, "it lives its life");
    house.clock.advance_ms(2_000);
    assert_eq!(notes.userinfo(&tokens.access).status, 401, "and no longer");
    assert_eq!(notes.userinfo(&stolen).status, 401, "nor does anything that says it lasts");
    assert!(notes.asks(&mut browser, &[("prompt", "none"), ("id_token_hint", &tokens.id)]).param("code").is_some());
}

#[test]
fn each_pool_remembers_when_the_keys_were_changed_and_by_whom() {
    let house = House::with(|config| config.key_rotation_days = 10);
    let rows = |act: &str, actor: &str| {
        let sql = format!("SELECT count(*) FROM audit WHERE act = '{act}' AND actor_kind = '{actor}'");
        house.count(&sql)
    };
    let pools = house.count("SELECT count(*) FROM pools");
    assert_eq!(rotates(&house, "{}", None), 200);
    assert_eq!(rotates(&house, r#"{"now":true}"#, None), 200);
    house.clock.advance_ms(10 * DAY);
    house.upkeep();
    let found = (rows("keys_rotated", "operator"), rows("keys_replaced", "operator"), rows("keys_rotated", "house"));
    assert_eq!(found, (pools, pools, pools));
    let mut wang = house.browser();
    wang.logs_in("wang");
    let page = wang.opens(&house.at("", "/console/audit?view=admin")).text();
    assert!(page.contains("Replaced the signing keys at once; the old ones are believed no more"), "{page}");
}
