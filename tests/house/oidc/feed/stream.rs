//! The feed as a stream of events.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::*;
use crate::support::Browser;

/// Sooner than a heartbeat would bring it.
const AT_ONCE: Duration = Duration::from_secs(7);

#[test]
fn a_stream_tells_at_once_and_goes_on_where_it_was_cut() {
    let house = House::open();
    let (mut browser, notes, reader) = (house.browser(), Client::of(&house, "notes"), Reader::of(&house, "notes"));
    browser.logs_in("lilei");
    let sid = text(&notes.reads(&notes.tokens(&mut browser).id)["sid"]);
    let mut stream = reader.listens("after=now", "");
    let mut others = Reader::of(&house, "wiki").listens("after=now", "");
    assert_eq!(stream.cursor, reader.end(), "where it stands, before anything happened");
    let (program, lilei, began) = (house.program(), house.person("lilei"), Instant::now());
    program.kicks(notes.id, &[&lilei]);
    let (cursor, told) = stream.next().expect("told");
    assert_eq!(sid_of(&told), sid);
    assert_eq!(reader.reads("")["revocations"].as_array().unwrap().last().unwrap()["cursor"], cursor.as_str());
    drop(stream);

    let away = sessions_in(&house, "lilei", notes.id, 3);
    away.iter().for_each(|(id, _)| ends(&house, *id));
    // The address of the first request comes again; where it was cut counts.
    let mut stream = reader.listens("after=now", &cursor);
    for (_, sid) in &away {
        assert_eq!(sid_of(&stream.next().expect("what was missed").1), *sid);
    }
    let late = sessions_in(&house, "lilei", notes.id, 1).remove(0);
    ends(&house, late.0);
    assert_eq!(sid_of(&stream.next().expect("and what comes").1), late.1);
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());

    // Had anything of notes been told to wiki, it would have come before its own.
    let own = sessions_in(&house, "lilei", house.application("wiki").id, 1).remove(0);
    ends(&house, own.0);
    assert_eq!(sid_of(&others.next().expect("its own").1), own.1);
}

#[test]
fn a_stream_tells_a_long_history_in_order_and_holds_no_rows() {
    let house = House::open();
    let (reader, notes) = (Reader::of(&house, "notes"), house.application("notes").id);
    let sessions = sessions_in(&house, "lilei", notes, 150);
    house.program().kicks(notes, &[&house.person("lilei")]);
    house.upkeep();
    let mut stream = reader.listens("", "");
    let told: BTreeSet<String> = (0..150).map(|_| sid_of(&stream.next().unwrap().1)).collect();
    assert_eq!(told, sessions.into_iter().map(|(_, sid)| sid).collect());
    let busy = "PRAGMA wal_checkpoint(TRUNCATE)";
    let folded = |rows: &rusqlite::Connection| rows.query_row(busy, [], |row| row.get::<_, i64>(0)).unwrap() == 0;
    let rows = house.rows();
    rows.busy_timeout(wire::PATIENCE).unwrap();
    assert!(folded(&rows), "an open stream keeps the log from being folded in");
    drop(stream);
}

#[test]
fn a_stream_ends_with_what_admitted_it() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let by_token = Reader::showing(&house, format!("Bearer {}", own_token(&house, &notes)));
    let by_secret = Reader::of(&house, "notes");
    let program = Reader::showing(&house, format!("Bearer {}", house.program().token));
    let of_program = format!("after=now&app_id={}", notes.id);

    let (mut first, mut second) = (by_secret.listens("after=now", ""), by_token.listens("after=now", ""));
    let mut third = program.listens(&of_program, "");
    let (pool, id) = (house.pool, notes.id);
    gives_secret(&house, id, "another secret");
    assert_eq!(first.next(), None, "the secret is another");
    let late = sessions_in(&house, "lilei", notes.id, 1).remove(0);
    ends(&house, late.0);
    assert_eq!(sid_of(&second.next().unwrap().1), late.1, "a token of its own goes on");
    assert_eq!(sid_of(&third.next().unwrap().1), late.1, "and so does a program");

    let mut fourth = Reader::of(&house, "board").listens("after=now", "");
    house
        .state
        .write_now(move |act, state| applications::delete(act, state, pool, id, &applications::by_operator()))
        .unwrap();
    assert_eq!((second.next(), third.next()), (None, None), "the application is no more");
    house.state.close();
    assert_eq!(fourth.next(), None, "the house closes");
}

#[test]
fn a_stream_by_token_ends_when_the_token_does() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    let token = own_token(&house, &notes);
    let reader = Reader::showing(&house, format!("Bearer {token}"));
    let mut stream = reader.listens("after=now", "");
    assert_eq!(notes.posts("/oidc/token/revocation", &[("token", &token)]).status, 200);
    ends(&house, sessions_in(&house, "lilei", notes.id, 1)[0].0);
    assert_eq!(stream.next(), None);
    assert_eq!(reader.asks("").status, 401);
}

#[test]
fn streams_of_one_application_are_bounded() {
    let house = House::open();
    let reader = Reader::of(&house, "notes");
    let _open: Vec<Stream> = (0..16).map(|_| reader.listens("after=now", "")).collect();
    let (_, refused) = reader.opens("after=now", "");
    assert_eq!((refused.status, refused.header("retry-after").is_some()), (503, true));
    assert_eq!(reader.reads("after=now")["more"], false, "pages are still read");
    Reader::of(&house, "board").listens("after=now", "");
    assert!(Browser::new(house.port).opens(&house.at("", "/login")).status == 200);
}
