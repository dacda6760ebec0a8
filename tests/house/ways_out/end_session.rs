//! `GET`, `POST /oidc/session/end`: an application sends the person out.

use exeunt::domain::oauth::TokenAlg;
use exeunt::flow::applications::{self, by_operator};
use exeunt::flow::keys;

use crate::support::client::{Client, Tokens, form};
use crate::support::{Browser, House};

const BYE: &str = "https://notes.example/bye";

fn someone_in(house: &House) -> (Browser, Client, Tokens) {
    let (mut browser, notes) = (house.browser(), Client::of(house, "notes"));
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    (browser, notes, tokens)
}

fn end(params: &[(&str, &str)]) -> String {
    format!("/oidc/session/end?{}", crate::support::browser::encoded(params))
}

#[test]
fn a_hint_of_the_person_ends_the_session_whole_and_leads_back_with_state() {
    let house = House::open();
    let (mut browser, notes, tokens) = someone_in(&house);
    let board = Client::of(&house, "board");
    let other = board.tokens(&mut browser);
    let state = "s".repeat(128);
    let url =
        house.at("", &end(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BYE), ("state", &state)]));
    let answer = browser.comes_from_elsewhere(&url);
    assert_eq!(answer.location(), format!("{BYE}?state={state}"));
    assert!(!browser.is_in(""));
    notes.is_out(&tokens);
    board.is_out(&other);
    assert_eq!(house.count("SELECT count(*) FROM endings WHERE cause = 'end_session'"), 1);
    assert_eq!(house.count("SELECT count(*) FROM notices"), 2, "both applications must be told");
}

#[test]
fn an_expired_hint_by_a_retired_key_still_counts() {
    let house = House::open();
    let (mut browser, _, tokens) = someone_in(&house);
    keys::rotate(&house.state, false, by_operator()).unwrap();
    house.clock.advance_ms(2 * 24 * 3_600_000);
    house.upkeep();
    let retired = keys::list(&house.state).unwrap().iter().any(|key| key.standing == keys::KeyStanding::Retired);
    assert!(retired, "its key signs no more");
    let answer = browser
        .comes_from_elsewhere(&house.at("", &end(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BYE)])));
    assert_eq!(answer.location(), BYE, "{}", answer.text());
    assert!(!browser.is_in(""));
}

#[test]
fn a_hint_signed_with_the_secret_of_its_application_counts() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    let (pool, id) = (house.pool, notes.id);
    let row = applications::find(&house.state, pool, id).unwrap();
    let mut form = applications::ApplicationForm::from(row);
    form.protocol.id_token_alg = TokenAlg::Hs256;
    let secret = house
        .state
        .write_now(move |act, state| {
            applications::edit(act, state, (pool, id), None, &form.clone().judge()?, &by_operator())
        })
        .unwrap()
        .expect("a secret that can sign");
    let mut notes = notes;
    notes.secret = Some(secret.reveal().to_owned());
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let answer = browser
        .comes_from_elsewhere(&house.at("", &end(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BYE)])));
    assert_eq!(answer.location(), BYE, "{}", answer.text());
}

#[test]
fn without_a_hint_the_person_is_asked_and_then_goes_where_the_named_application_may_send_them() {
    let house = House::open();
    let (mut browser, notes, tokens) = someone_in(&house);
    let id = notes.id.to_string();
    let page = browser.comes_from_elsewhere(
        &house.at("", &end(&[("client_id", &id), ("post_logout_redirect_uri", BYE), ("state", "x")])),
    );
    assert_eq!(page.status, 200);
    assert!(browser.is_in(""), "nothing has happened yet");
    let answer = browser.submits("/oidc/session/confirm", &[]);
    assert_eq!(answer.location(), format!("{BYE}?state=x"));
    assert!(!browser.is_in(""));
    notes.is_out(&tokens);
}

#[test]
fn the_question_also_offers_every_device() {
    let house = House::open();
    let (mut browser, notes, tokens) = someone_in(&house);
    let mut phone = house.lets_in("lilei");
    let id = notes.id.to_string();
    browser.comes_from_elsewhere(&house.at("", &end(&[("client_id", &id), ("post_logout_redirect_uri", BYE)])));
    let answer = browser.submits("/oidc/session/confirm", &[("everywhere", "1")]);
    assert_eq!(answer.location(), BYE);
    assert!(!browser.is_in("") && !phone.is_in(""));
    notes.is_out(&tokens);
}

#[test]
fn a_hint_of_somebody_else_is_no_leave() {
    let house = House::open();
    let (_, _, tokens) = someone_in(&house);
    let mut other = house.browser();
    other.logs_in("hanmeimei");
    let page = other
        .comes_from_elsewhere(&house.at("", &end(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BYE)])));
    assert_eq!((page.status, page.location()), (200, ""));
    assert!(other.is_in(""), "asked first");
}

#[test]
fn a_post_of_another_site_that_comes_without_the_cookie_is_no_log_out_that_lies() {
    let house = House::open();
    let (mut browser, _, tokens) = someone_in(&house);
    let fields = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BYE)];
    let headers = [
        ("Origin", "https://notes.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    let cookieless = form(house.port, &house.host(""), "/oidc/session/end", &fields, &headers);
    assert_eq!(cookieless.status, 303);
    assert_eq!(cookieless.all("set-cookie").count(), 0, "nothing is cleared");
    assert!(browser.is_in(""));
    let answer = browser.comes_from_elsewhere(cookieless.location());
    assert_eq!(answer.location(), BYE);
    assert!(!browser.is_in(""));
}

#[test]
fn applications_that_ask_for_it_are_told_by_frames_before_the_browser_goes_on() {
    let house = House::open();
    let (mut browser, notes, tokens) = someone_in(&house);
    house
        .rows()
        .execute(
            "UPDATE applications SET frontchannel_logout_uri = 'http://notes.example/front?x=1' WHERE id = ?1",
            [notes.id.as_str()],
        )
        .unwrap();
    house.state.write_now(exeunt::flow::directory::changed).unwrap();
    let sid = notes.reads(&tokens.id)["sid"].as_str().unwrap().to_owned();
    let page = browser.comes_from_elsewhere(
        &house.at("", &end(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BYE), ("state", "x")])),
    );
    assert_eq!(page.status, 200);
    let issuer = notes.issuer().replace(':', "%3A").replace('/', "%2F");
    assert!(
        page.text().contains(&format!("src=\"http://notes.example/front?x=1&amp;iss={issuer}&amp;sid={sid}\"")),
        "{}",
        page.text()
    );
    assert!(page.text().contains(&format!("href=\"{BYE}?state=x\"")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-src http://notes.example"), "{policy}");
    assert!(!page.header("clear-site-data").unwrap().contains("cookies"), "the frame needs its own");
    assert!(!browser.is_in(""));
}

#[test]
fn nothing_at_all_asks_and_then_says_that_it_is_done() {
    let house = House::open();
    let (mut browser, _, _) = someone_in(&house);
    let page = browser.comes_from_elsewhere(&house.at("", "/oidc/session/end"));
    assert_eq!(page.status, 200);
    let answer = browser.submits("/oidc/session/confirm", &[]);
    let page = browser.follows(answer, crate::support::browser::Started::Here);
    assert_eq!(page.status, 200);
    assert!(!browser.is_in(""));
    // Again, and the answer is the same.
    let page = browser.opens(&house.at("", "/oidc/session/end"));
    assert_eq!(page.status, 200);
}
