//! The feed in pages: what a revocation says, and where a reader stands.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use exeunt::crypto::jws::Unverified;
use exeunt::domain::oauth::TokenAlg;
use exeunt::flow::telling;
use serde_json::json;

use super::*;
use crate::support::RelyingParty;

#[test]
fn a_kick_is_told_by_a_signed_token_that_names_session_and_person() {
    let house = House::open();
    let (mut browser, notes, reader) = (house.browser(), Client::of(&house, "notes"), Reader::of(&house, "notes"));
    browser.logs_in("lilei");
    let hers = notes.reads(&notes.tokens(&mut browser).id);
    let before = reader.end();
    house.clock.advance_ms(7_000);
    let receipt = house.program().kicks(notes.id, &[&house.person("lilei")])["receipt"].clone();
    house.upkeep();
    house.clock.advance_ms(2_000);

    let page = reader.reads(&format!("after={before}"));
    assert_eq!(page["revocations"].as_array().unwrap().len(), 1, "{page}");
    let token = text(&page["revocations"][0]["token"]);
    assert_eq!(part(&token, 0)["typ"], "secevent+jwt");
    let told = notes.reads(&token);
    let ended = hers["iat"].as_i64().unwrap() + 7;
    assert_eq!(
        told["sub_id"],
        json!({
            "format": "complex",
            "session": { "format": "opaque", "id": hers["sid"] },
            "user": { "format": "iss_sub", "iss": hers["iss"], "sub": hers["sub"] },
        })
    );
    assert_eq!(
        told["events"],
        json!({ SESSION_REVOKED: {
        "event_timestamp": ended, "initiating_entity": "admin", "reason_admin": { "en": "kicked" },
    } })
    );
    assert_eq!((&told["iss"], &told["aud"], &told["txn"]), (&hers["iss"], &hers["aud"], &receipt));
    assert_eq!((told["toe"].as_i64(), told["iat"].as_i64()), (Some(ended), Some(ended + 2)));
    assert!(told.get("sub").is_none() && told.get("exp").is_none() && told.get("nonce").is_none());

    let again = reader.reads("after=")["revocations"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(claims(&text(&again["token"]))["jti"], told["jti"], "the same event by the same name");
    assert_eq!(again["cursor"], page["revocations"][0]["cursor"]);
}

#[test]
fn who_began_it_is_told_in_caeps_words() {
    let house = House::open();
    let (notes, reader) = (house.application("notes").id, Reader::of(&house, "notes"));
    let entity = |cursor: &str| {
        house.upkeep();
        let (all, next) = reader.reads_on(cursor, 10);
        assert_eq!(all.len(), 1, "{all:?}");
        let event = all[0].1["events"][SESSION_REVOKED].clone();
        (text(&event["initiating_entity"]), text(&event["reason_admin"]["en"]), next)
    };
    let mut browser = house.browser();
    browser.logs_in("lilei");
    browser.logs_out();
    let (who, why, next) = entity("");
    assert_eq!((who.as_str(), why.as_str()), ("user", "personal center"));
    sessions_in(&house, "lilei", notes, 1);
    house.clock.advance_ms(15 * 24 * 3_600_000);
    let (who, why, _) = entity(&next);
    assert_eq!((who.as_str(), why.as_str()), ("policy", "expired"));
}

#[test]
fn a_revocation_is_useless_elsewhere() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    browser.logs_in("lilei");
    notes.tokens(&mut browser);
    ends(&house, sessions_in(&house, "lilei", notes.id, 1)[0].0);
    let set = text(&Reader::of(&house, "notes").reads("")["revocations"][0]["token"]);
    assert_eq!(notes.userinfo(&set).status, 401);
    assert_eq!(notes.introspects(&set), json!({ "active": false }));
    assert_eq!(notes.refreshes(&set).json()["error"], "invalid_grant");
    assert_eq!(notes.trades(&set).json()["error"], "invalid_grant");
    let program = house.program();
    let bearer = format!("Bearer {set}");
    let receipt = claims(&set)["txn"].clone();
    let path = format!("/api/v1/logouts/{}", text(&receipt));
    assert_eq!(program.gets(&path).status, 200);
    assert_eq!(house.ask(("GET", &path), &[("Authorization", &bearer)], None).status, 401);
    let asked = browser.opens(&house.at("", &format!("/oidc/session/end?id_token_hint={set}")));
    assert!(!(300..400).contains(&asked.status) && browser.is_in(""), "no hint: {}", asked.status);
}

#[test]
fn every_cursor_goes_on_where_it_stands() {
    let house = House::open();
    let (reader, notes) = (Reader::of(&house, "notes"), house.application("notes").id);
    let sessions = sessions_in(&house, "lilei", notes, 7);
    assert_eq!(reader.reads(""), reader.reads("after="));
    for (id, _) in &sessions {
        ends(&house, *id);
    }
    let sids: Vec<String> = sessions.into_iter().map(|(_, sid)| sid).collect();
    let (all, end) = reader.reads_on("", 3);
    assert_eq!(all.iter().map(|(_, claims)| sid_of(claims)).collect::<Vec<_>>(), sids);
    for (at, (cursor, _)) in all.iter().enumerate() {
        assert_eq!(reader.sids(cursor), sids[at + 1..], "after number {at}");
    }
    assert_eq!(reader.reads_on("", 7).0.len(), 7, "exactly full, and no more");
    assert!(reader.sids(&end).is_empty() && reader.sids("now").is_empty());
    assert_eq!(reader.end(), end);
    let cursors: BTreeSet<&String> = all.iter().map(|(cursor, _)| cursor).collect();
    assert_eq!(cursors.len(), 7);

    let house = house.restarts();
    let reader = Reader::of(&house, "notes");
    assert_eq!(reader.sids(&all[2].0), sids[3..], "after a restart");
}

#[test]
fn what_is_no_cursor_is_refused_in_words() {
    let house = House::open();
    let (reader, notes) = (Reader::of(&house, "notes"), house.application("notes").id);
    ends(&house, sessions_in(&house, "lilei", notes, 1)[0].0);
    let own = reader.end();
    let foreign = Reader::of(&house, "board").end();
    let mut tampered = own.clone();
    tampered.replace_range(9..10, if &own[9..10] == "A" { "B" } else { "A" });
    for query in [
        "after=1".to_owned(),
        "after=%00".to_owned(),
        format!("after={}", &own[1..]),
        format!("after={own}="),
        format!("after={tampered}"),
        format!("after={foreign}"),
        format!("after={own}&after={own}"),
        "limit=0".to_owned(),
        "limit=1001".to_owned(),
        "limit=-1".to_owned(),
        "limit=x".to_owned(),
        "limit=".to_owned(),
        "limit=1&limit=1".to_owned(),
    ] {
        let answer = reader.asks(&query);
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(
            answer.json()["detail"].as_str().is_some_and(|detail| detail.starts_with("the request is malformed: "))
        );
    }
    assert_eq!(reader.opens("", &foreign).1.status, 400, "by Last-Event-ID");
    assert_eq!(reader.reads(&format!("after={own}&limit=1000&unknown=1"))["more"], false);
    let post = wire::request(house.port, &house.host(""), ("POST", PATH), &[], Some(b""));
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
}

#[test]
fn whose_cursor_is_older_than_what_is_kept_is_told_to_start_anew() {
    const YEAR: i64 = 366 * 24 * 3_600_000;
    let house = House::open();
    let (reader, notes) = (Reader::of(&house, "notes"), house.application("notes").id);
    let idle = Reader::of(&house, "board");
    let (absent, polling) = (reader.end(), idle.end());
    let sessions = sessions_in(&house, "lilei", notes, 3);
    ends(&house, sessions[0].0);
    ends(&house, sessions[1].0);
    let read = reader.end();
    let polling = idle.reads_on(&polling, 10).1;
    house.clock.advance_ms(2 * YEAR);
    house.upkeep();
    // What was over for long is gone; the third session, overdue by now, ended just before.
    assert_eq!(reader.sids(""), [sessions[2].1.clone()]);
    let answer = reader.asks(&format!("after={absent}"));
    assert_eq!(answer.status, 410, "{}", answer.text());
    assert!(answer.json()["detail"].as_str().unwrap().contains("start anew"), "{}", answer.text());
    assert_eq!(reader.opens("", &absent).1.status, 410);
    assert_eq!(reader.sids(&read), [sessions[2].1.clone()], "who has read all that is gone misses nothing");
    assert!(idle.sids(&polling).is_empty(), "a quiet application that reads does not grow old");
    // Once more, until nothing at all is left: a number is never given twice.
    let read = reader.end();
    house.clock.advance_ms(2 * YEAR);
    house.upkeep();
    assert_eq!(house.count("SELECT count(*) FROM notices"), 0);
    let late = sessions_in(&house, "lilei", notes, 1).remove(0);
    ends(&house, late.0);
    assert_eq!(reader.sids(&read), [late.1]);
}

#[test]
fn a_cursor_of_a_future_that_was_undone_is_not_believed() {
    let house = House::open();
    let (reader, notes) = (Reader::of(&house, "notes"), house.application("notes").id);
    for (id, _) in sessions_in(&house, "lilei", notes, 2) {
        ends(&house, id);
    }
    let cursor = reader.end();
    // As if an old copy of the file had been put back by hand.
    let undone = "DELETE FROM notices WHERE id = (SELECT max(id) FROM notices);
                  UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM notices) WHERE name = 'notices'";
    house.rows().execute_batch(undone).unwrap();
    assert_eq!(reader.asks(&format!("after={cursor}")).status, 410);
    assert_eq!(reader.sids("").len(), 1);
}

#[test]
fn tokens_are_signed_as_the_application_has_its_tokens_signed() {
    let house = House::open();
    let (notes, client) = (house.application("notes").id, Client::of(&house, "notes"));
    ends(&house, sessions_in(&house, "lilei", notes, 1)[0].0);
    house.settles("notes", |protocol| protocol.id_token_alg = TokenAlg::Es256);
    let token = text(&Reader::of(&house, "notes").reads("")["revocations"][0]["token"]);
    assert_eq!(part(&token, 0)["alg"], "ES256");
    client.reads(&token);
    house.settles("notes", |protocol| protocol.id_token_alg = TokenAlg::Hs256);
    gives_secret(&house, notes, "a secret that signs");
    let reader = Reader::showing(&house, basic(notes, "a secret that signs"));
    let token = text(&reader.reads("")["revocations"][0]["token"]);
    let read: Option<Value> = Unverified::parse(&token).unwrap().by_secret("a secret that signs");
    assert_eq!((read.is_some(), &part(&token, 0)["typ"]), (true, &json!("secevent+jwt")));
}

#[test]
fn nobody_is_missed_and_nobody_told_twice_while_others_write() {
    let house = House::open();
    let (reader, notes) = (Reader::of(&house, "notes"), house.application("notes").id);
    let alone = sessions_in(&house, "lilei", notes, 120);
    let kicked = sessions_in(&house, "hanmeimei", notes, 600);
    let over = AtomicBool::new(false);
    let heard = std::thread::scope(|scope| {
        let listening = scope.spawn(|| {
            let (mut heard, mut cursor) = (Vec::new(), String::new());
            loop {
                let last = over.load(Ordering::SeqCst);
                let (found, next) = reader.reads_on(&cursor, 7);
                heard.extend(found.iter().map(|(_, claims)| sid_of(claims)));
                cursor = next;
                if last {
                    return heard;
                }
            }
        });
        let house = &house;
        let writers: Vec<_> = alone
            .chunks(30)
            .map(|sessions| scope.spawn(move || sessions.iter().for_each(|(id, _)| ends(house, *id))))
            .collect();
        house.program().kicks(notes, &[&house.person("hanmeimei")]);
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        house.upkeep();
        over.store(true, Ordering::SeqCst);
        listening.join().unwrap()
    });
    let expected: BTreeSet<String> = alone.into_iter().chain(kicked).map(|(_, sid)| sid).collect();
    assert_eq!(heard.len(), expected.len(), "some twice, or some missed");
    assert_eq!(heard.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn a_test_that_an_administrator_sends_is_no_revocation() {
    let house = House::open();
    let (reader, notes, pool) = (Reader::of(&house, "notes"), house.application("notes").id, house.pool);
    let nowhere = format!("http://127.0.0.1:{}/bye", RelyingParty::nowhere());
    house.tells("notes", &nowhere);
    house
        .state
        .write_now(move |act, state| {
            telling::send_test(act, state, pool, (notes, "http://localhost/oidc"), &applications::by_operator())
        })
        .unwrap();
    assert_eq!(house.count("SELECT count(*) FROM notices"), 1);
    let before = reader.end();
    assert!(reader.sids("").is_empty());
    let real = sessions_in(&house, "lilei", notes, 1).remove(0);
    ends(&house, real.0);
    assert_eq!(reader.sids(&before), [real.1]);
}
