//! The demo's applications at a real house: what they take for an answer, and what they refuse. (`tests/web` walks their
//! pages; `demo::token` holds the table of tokens that are not believed.)

use std::future::Future;
use std::sync::Arc;

use exeunt::crypto::{random, seal};
use exeunt::demo::memory::{Question, Way};
use exeunt::demo::party::{Answer, Ground, Kind, Party, Wish};
use exeunt::demo::provider::{Credentials, Provider, Trouble};
use url::Url;

use crate::support::browser::Started;
use crate::support::client::tampered;
use crate::support::people::CLIENT_SECRET;
use crate::support::{Browser, House, PASSWORD, RelyingParty};

fn now<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(act)
}

/// Notes, as the demo has it, at a house of the tests.
fn notes(house: &House) -> Party {
    let origin = house.at("", "");
    house.registers("notes", |form| form.redirect_uris.push(format!("{origin}/demo/notes/callback")));
    let ground = Ground {
        origins: vec![origin],
        clock: house.clock.clone(),
        chance: || seal::base64url(&random::octets::<32>()),
    };
    let client_id = house.application("notes").id.to_string();
    let credentials = Credentials { client_id, secret: CLIENT_SECRET.to_owned() };
    Party::new(Kind::Notes, ground, credentials, Arc::new(Provider::new().unwrap()))
}

/// What the house sends a browser back with, and the cookie that binds it.
fn leaves(notes: &Party, browser: &mut Browser, quiet: bool) -> (Answer, String) {
    let wish = Wish { origin: &notes.ground.origins[0], browser: None, quiet };
    let departure = now(notes.log_in(wish)).unwrap();
    let answer = browser.loads(&departure.to, Started::Here);
    let back = Url::parse(answer.location()).unwrap_or_else(|e| panic!("{e}: {}", answer.text()));
    assert!(back.path().ends_with("/demo/notes/callback"), "{back}");
    let param = |name: &str| back.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
    let answer =
        Answer { state: param("state").unwrap(), code: param("code"), error: param("error"), iss: param("iss") };
    (answer, departure.browser)
}

/// Lilei is in; the secret of the application's session.
fn enters(house: &House, notes: &Party) -> (Browser, String) {
    let mut browser = house.browser();
    browser.logs_in("lilei");
    let (answer, bound) = leaves(notes, &mut browser, false);
    let secret = now(notes.come_back(&answer, &bound, None)).unwrap();
    (browser, secret)
}

fn ended(notes: &Party, secret: &str) -> Option<Way> {
    notes.memory().session(secret, notes.now()).unwrap().ended.map(|(_, way)| way)
}

#[test]
fn a_log_in_is_taken_once_and_only_whole() {
    let house = House::open();
    let notes = notes(&house);
    let mut browser = house.browser();
    browser.logs_in("lilei");
    type Spoils = fn(Answer, String) -> (Answer, String);
    let spoilt: [(Spoils, &str); 5] = [
        (|answer, _| (answer, "another browser".into()), "state"),
        (|answer, bound| (Answer { state: "guessed".into(), ..answer }, bound), "state"),
        (|answer, bound| (Answer { iss: Some("http://evil.example/oidc".into()), ..answer }, bound), "iss"),
        (|answer, bound| (Answer { iss: None, ..answer }, bound), "iss"),
        (|answer, bound| (Answer { code: None, ..answer }, bound), "code"),
    ];
    for (spoil, part) in spoilt {
        let (answer, bound) = leaves(&notes, &mut browser, false);
        let (answer, bound) = spoil(answer, bound);
        assert_eq!(now(notes.come_back(&answer, &bound, None)).unwrap_err(), Trouble::Unsound(part));
    }
    let (answer, bound) = leaves(&notes, &mut browser, false);
    let secret = now(notes.come_back(&answer, &bound, None)).unwrap();
    assert_eq!(now(notes.come_back(&answer, &bound, None)).unwrap_err(), Trouble::Unsound("state"), "a second time");
    let session = notes.memory().session(&secret, notes.now()).cloned().unwrap();
    assert_eq!(session.sub, house.person("lilei").id.to_string());
    assert_eq!(session.name.as_deref(), Some("lilei of the house"));
    // Whoever enters anew in this browser has the old session no longer.
    let (answer, bound) = leaves(&notes, &mut browser, false);
    let again = now(notes.come_back(&answer, &bound, Some(&secret))).unwrap();
    assert!(again != secret && notes.memory().session(&secret, notes.now()).is_none());
}

#[test]
fn nobody_is_asked_for_anything_in_a_quiet_log_in() {
    let house = House::open();
    let notes = notes(&house);
    let mut stranger = house.browser();
    let (answer, bound) = leaves(&notes, &mut stranger, true);
    let refused = now(notes.come_back(&answer, &bound, None)).unwrap_err();
    assert_eq!(refused, Trouble::Refused("login_required".into()));
}

#[test]
fn a_real_logout_token_works_once_for_one_application_and_for_a_while() {
    let (house, told) = (House::open(), RelyingParty::open());
    let notes = notes(&house);
    house.tells("notes", &told.uri());
    let (mut browser, secret) = enters(&house, &notes);
    // The same person on another device, in another session.
    let (_, other) = enters(&house, &notes);
    browser.logs_out();
    let token = told.hears(1)[0].token().to_owned();
    assert_eq!(ended(&notes, &secret), None, "not told yet");
    let forged = tampered(&token, 1, |claims| claims["sub"] = "somebody".into());
    assert_eq!(now(notes.hear(&forged)).1.unwrap_err(), Trouble::Unsound("signature"));
    let elsewhere = tampered(&token, 1, |claims| claims["iss"] = "http://evil.example/oidc".into());
    assert_eq!(now(notes.hear(&elsewhere)).1.unwrap_err(), Trouble::Unsound("iss"));
    assert_eq!(now(notes.hear(&token)).1, Ok(1));
    assert_eq!((ended(&notes, &secret), ended(&notes, &other)), (Some(Way::BackChannel), None));
    assert_eq!(now(notes.hear(&token)).1.unwrap_err(), Trouble::Unsound("jti"), "a second time");
    house.clock.advance_ms(3_600_000);
    assert_eq!(now(notes.hear(&token)).1.unwrap_err(), Trouble::Unsound("exp"));
    // An application that is not meant does not believe it.
    let client_id = house.application("board").id.to_string();
    let credentials = Credentials { client_id, secret: CLIENT_SECRET.to_owned() };
    let board = Party::new(Kind::Mail, notes.ground.clone(), credentials, Arc::new(Provider::new().unwrap()));
    assert_eq!(now(board.hear(&token)).1.unwrap_err(), Trouble::Unsound("aud"));
}

#[test]
fn a_log_out_at_the_host_of_the_application_is_believed_too() {
    let (house, told) = (House::open(), RelyingParty::open());
    let notes = notes(&house);
    house.tells("notes", &told.uri());
    let mut browser = house.browser();
    browser.logs_in_at(&house.at("notes", ""), "lilei", PASSWORD);
    browser.at = house.at("notes", "/u");
    browser.logs_out();
    let token = told.hears(1)[0].token().to_owned();
    assert_eq!(told.hears(1)[0].parts().1["iss"], house.at("notes", "/oidc"), "the issuer where one entered");
    // Nobody had entered by OpenID Connect, so nothing ends; but it is well-meant.
    assert_eq!(now(notes.hear(&token)).1, Ok(0));
    assert!(!notes.trusts(&house.at("board", "/oidc")) && !notes.trusts(&house.at("", "/oidc/")));
}

#[test]
fn a_kick_is_seen_by_whoever_asks() {
    let house = House::open();
    let notes = notes(&house);
    let (_, secret) = enters(&house, &notes);
    let asks = |what| {
        now(notes.ask(&secret, what));
        notes.memory().session(&secret, notes.now()).unwrap().asked.clone().unwrap().refused
    };
    assert_eq!((asks(Question::Userinfo), asks(Question::Renew), asks(Question::Userinfo)), (None, None, None));
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    assert_eq!(asks(Question::Userinfo).as_deref(), Some("invalid_token"));
    assert_eq!(asks(Question::Renew).as_deref(), Some("invalid_grant"));
}

#[test]
fn logging_out_here_leads_to_the_house_and_back() {
    let house = House::open();
    let notes = notes(&house);
    let origin = notes.ground.origins[0].clone();
    let back = format!("{origin}/demo/notes/signed-out");
    house.registers("notes", |form| form.logout_redirect_uris.push(back.clone()));
    let (mut browser, secret) = enters(&house, &notes);
    let to = now(notes.log_out(&secret, &origin)).unwrap();
    assert_eq!(ended(&notes, &secret), Some(Way::Here));
    assert!(now(notes.log_out(&secret, &origin)).is_none(), "nothing is left to end");
    let answer = browser.loads(&to, Started::Here);
    let state = answer.location().strip_prefix(&format!("{back}?state=")).map(str::to_owned);
    let state = state.unwrap_or_else(|| panic!("{} {}", answer.status, answer.location()));
    assert!(!browser.is_in(""));
    assert!(notes.is_back("guessed").is_none());
    assert!(notes.is_back(&state).is_some());
    assert!(notes.memory().session(&secret, notes.now()).unwrap().is_back);
}

#[test]
fn a_house_that_does_not_answer_lets_nobody_in() {
    let house = House::open();
    let mut notes = notes(&house);
    notes.ground.origins = vec![format!("http://127.0.0.1:{}", RelyingParty::nowhere())];
    let origin = notes.ground.origins[0].clone();
    let wish = Wish { origin: &origin, browser: None, quiet: false };
    assert_eq!(now(notes.log_in(wish)).err(), Some(Trouble::Unreachable));
}
