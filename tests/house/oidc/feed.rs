//! The revocation feed, as an application reads it: pages, cursors, and the stream.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use exeunt::crypto::jws::Unverified;
use exeunt::crypto::random;
use exeunt::domain::application::Protocol;
use exeunt::domain::id::{ApplicationId, Sid};
use exeunt::domain::logout::{Actor, Cause, Origin, Selection};
use exeunt::domain::oauth::{GrantType, TokenAlg};
use exeunt::domain::secret::Secret;
use exeunt::domain::session::SessionId;
use exeunt::flow::applications::{self, ApplicationForm};
use exeunt::flow::error::Done;
use exeunt::flow::logout;
use exeunt::flow::state::State;
use exeunt::store::db::Act;
use exeunt::store::sessions::{self, NewSession};
use serde_json::{Value, json};

use crate::support::client::{Client, Tokens};
use crate::support::people::CLIENT_SECRET;
use crate::support::wire::{self, Answer, Line};
use crate::support::{Browser, House};

const PATH: &str = "/api/v1/revocations";
const SESSION_REVOKED: &str = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

/// Whoever reads a feed: where it asks, and what it shows.
struct Reader {
    port: u16,
    host: String,
    authorization: String,
}

fn basic(id: impl std::fmt::Display, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

impl Reader {
    fn of(house: &House, identifier: &'static str) -> Self {
        Self::showing(house, basic(house.application(identifier).id, CLIENT_SECRET))
    }

    fn showing(house: &House, authorization: impl Into<String>) -> Self {
        Self { port: house.port, host: house.host(""), authorization: authorization.into() }
    }

    fn asks(&self, query: &str) -> Answer {
        let headers = [("Authorization", self.authorization.as_str())];
        wire::request(self.port, &self.host, ("GET", &format!("{PATH}?{query}")), &headers, None)
    }

    #[track_caller]
    fn reads(&self, query: &str) -> Value {
        let answer = self.asks(query);
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer.json()
    }

    /// Everything after a cursor, page by page; and where that ends.
    #[track_caller]
    fn reads_on(&self, cursor: &str, limit: usize) -> (Vec<(String, Value)>, String) {
        let (mut all, mut cursor) = (Vec::new(), cursor.to_owned());
        loop {
            let page = self.reads(&format!("after={cursor}&limit={limit}"));
            let list = page["revocations"].as_array().unwrap();
            assert!(list.len() <= limit);
            all.extend(list.iter().map(|one| (text(&one["cursor"]), claims(&text(&one["token"])))));
            cursor = text(&page["next"]);
            if page["more"] == false {
                return (all, cursor);
            }
            assert_eq!(list.len(), limit, "a page that is not the last is full");
            assert_eq!(cursor, all.last().unwrap().0);
        }
    }

    /// The sessions after a cursor.
    #[track_caller]
    fn sids(&self, cursor: &str) -> Vec<String> {
        self.reads_on(cursor, 1_000).0.iter().map(|(_, claims)| sid_of(claims)).collect()
    }

    #[track_caller]
    fn end(&self) -> String {
        text(&self.reads("after=now")["next"])
    }

    fn opens(&self, query: &str, last: &str) -> (Line, Answer) {
        let mut line = Line::open(self.port);
        let last = if last.is_empty() { String::new() } else { format!("Last-Event-ID: {last}\r\n") };
        let head = format!(
            "GET {PATH}?{query} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nAccept: text/event-stream\r\n{last}\r\n",
            self.host, self.authorization
        );
        line.send(head.as_bytes());
        let answer = line.head().unwrap_or_default();
        (line, answer)
    }

    #[track_caller]
    fn listens(&self, query: &str, last: &str) -> Stream {
        let (line, answer) = self.opens(query, last);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
        let mut stream = Stream { line, waiting: Vec::new(), cursor: String::new() };
        let greeting = stream.line.chunk().expect("a greeting");
        assert!(greeting.starts_with("retry: "), "{greeting}");
        stream.takes(&greeting);
        stream
    }
}

/// An open stream.
struct Stream {
    line: Line,
    waiting: Vec<(String, Value)>,
    cursor: String,
}

impl Stream {
    /// As the standard of event streams has it: an id without data is remembered and dispatches nothing.
    fn takes(&mut self, chunk: &str) {
        for event in chunk.split("\n\n") {
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            if let Some(id) = field("id") {
                id.clone_into(&mut self.cursor);
            }
            if let Some(data) = field("data") {
                assert_eq!(field("event"), Some("revocation"));
                self.waiting.push((self.cursor.clone(), claims(data)));
            }
        }
    }

    /// The next event; `None` when the stream was closed.
    fn next(&mut self) -> Option<(String, Value)> {
        while self.waiting.is_empty() {
            let chunk = self.line.chunk()?;
            self.takes(&chunk);
        }
        Some(self.waiting.remove(0))
    }
}

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[track_caller]
fn part(token: &str, number: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(number).unwrap()).unwrap()).unwrap()
}

fn claims(token: &str) -> Value {
    part(token, 1)
}

#[track_caller]
fn sid_of(claims: &Value) -> String {
    text(&claims["sub_id"]["session"]["id"])
}

/// An application settles how it speaks; a new secret, if that takes one.
fn settles(house: &House, identifier: &'static str, change: impl FnOnce(&mut Protocol)) -> Option<Secret> {
    let id = house.application(identifier).id;
    let row = applications::find(&house.state, house.pool, id).expect("an application");
    let mut form = ApplicationForm {
        name: row.name,
        identifier: row.identifier,
        redirect_uris: row.redirect_uris,
        logout_redirect_uris: row.logout_redirect_uris,
        protocol: row.protocol,
        is_default: row.is_default,
    };
    change(&mut form.protocol);
    let (valid, pool, origin) = (form.judge().expect("a form"), house.pool, applications::by_operator());
    house
        .state
        .write_now(move |act, state| applications::edit(act, state, (pool, id), None, &valid, &origin))
        .expect("an application that speaks otherwise")
}

/// An access token of the application's own.
#[track_caller]
fn own_token(house: &House, client: &Client) -> String {
    settles(house, "notes", |protocol| protocol.grant_types.push(GrantType::ClientCredentials));
    Tokens::of(&client.posts("/oidc/token", &[("grant_type", "client_credentials")])).access
}

/// Sessions without browsers, in one application.
fn sessions_in(house: &House, name: &str, application: ApplicationId, count: usize) -> Vec<(SessionId, String)> {
    let user = house.person(name).id;
    let begin = move |act: &mut Act<'_>, state: &Arc<State>| -> Done<Vec<(SessionId, String)>> {
        let mut made = Vec::new();
        for _ in 0..count {
            let sid = Sid::from_random(random::octets());
            let expires_at = act.now.plus_ms(state.lifetimes().absolute_ms);
            let id = sessions::begin(act, &NewSession { sid, user, expires_at, ip: "192.0.2.1", user_agent: "x" })?;
            sessions::join(act, id, user, application, "http://localhost/oidc")?;
            made.push((id, sid.to_string()));
        }
        Ok(made)
    };
    house.state.write_now(begin).unwrap()
}

fn ends(house: &House, session: SessionId) {
    let (pool, origin) = (house.pool, Origin { actor: Actor::Operator, ip: String::new(), request: String::new() });
    let why = (Cause::Kicked, origin);
    house
        .state
        .write_now(move |act, state| logout::end(act, state, pool, Selection::Sessions(vec![session]), why))
        .unwrap();
}

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
fn an_application_reads_its_own_revocations_and_no_others() {
    let house = House::open();
    let mut browser = house.browser();
    let (notes, board) = (Client::of(&house, "notes"), Client::of(&house, "board"));
    browser.logs_in("lilei");
    let sid = text(&notes.reads(&notes.tokens(&mut browser).id)["sid"]);
    board.tokens(&mut browser);
    let feeds = ["notes", "board", "wiki", "shop"].map(|identifier| Reader::of(&house, identifier));
    let starts: Vec<String> = feeds.iter().map(Reader::end).collect();
    let told = || -> Vec<Vec<String>> {
        house.upkeep();
        feeds.iter().zip(&starts).map(|(feed, start)| feed.sids(start)).collect()
    };
    house.program().kicks(board.id, &[&house.person("lilei")]);
    assert_eq!(told(), [vec![], vec![sid.clone()], vec![], vec![]]);
    browser.logs_out();
    assert_eq!(told(), [vec![sid.clone()], vec![sid], vec![], vec![]]);
    let jti = |feed: &Reader| feed.reads_on("", 10).0.last().map(|(_, claims)| text(&claims["jti"])).unwrap();
    assert_ne!(jti(&feeds[0]), jti(&feeds[1]));
}

#[test]
fn the_application_and_programs_of_its_pool_are_admitted() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    ends(&house, sessions_in(&house, "lilei", notes.id, 1)[0].0);
    let told = Reader::of(&house, "notes").reads("")["next"].clone();
    let bearer = Reader::showing(&house, format!("Bearer {}", own_token(&house, &notes)));
    assert_eq!(bearer.reads("")["next"], told);
    assert_eq!(bearer.reads(&format!("app_id={}", notes.id))["revocations"].as_array().unwrap().len(), 1);
    let program = Reader::showing(&house, format!("Bearer {}", house.program().token));
    assert_eq!(program.reads(&format!("app_id={}", notes.id))["next"], told);
    let own_host = Reader { host: house.host("notes"), ..Reader::of(&house, "notes") };
    assert_eq!(own_host.reads("")["next"], told);
}

#[test]
fn nobody_else_is() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    let (board, shop) = (house.application("board").id, house.application("shop").id);
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let own = own_token(&house, &notes);
    ends(&house, sessions_in(&house, "lilei", notes.id, 1)[0].0);
    let set = text(&Reader::of(&house, "notes").reads("")["revocations"][0]["token"]);
    let (pool, foreign) = (house.program().token, house.foreign_program().token);
    let (right, own_id) = (basic(notes.id, CLIENT_SECRET), format!("app_id={}", notes.id));
    for (what, shown, query, status) in [
        ("nothing", String::new(), "", 401),
        ("a wrong secret", basic(notes.id, "x"), "", 401),
        ("no secret", basic(notes.id, ""), "", 401),
        ("a stranger", basic("60aa00000000000000000fff", CLIENT_SECRET), "", 401),
        ("half a header", "Basic x".to_owned(), "", 401),
        (
            "a secret in the address",
            String::new(),
            &format!("client_id={}&client_secret={CLIENT_SECRET}", notes.id),
            401,
        ),
        ("a token in the address", String::new(), &format!("access_token={own}"), 401),
        ("an ID token", format!("Bearer {}", tokens.id), &own_id, 401),
        ("a refresh token", format!("Bearer {}", tokens.refresh), &own_id, 401),
        ("a revocation", format!("Bearer {set}"), &own_id, 401),
        ("a token cut short", format!("Bearer {}", &own[..own.len() - 1]), "", 401),
        ("a person's access token", format!("Bearer {}", tokens.access), "", 403),
        ("another application, by secret", right, &format!("app_id={board}"), 403),
        ("another application, by token", format!("Bearer {own}"), &format!("app_id={board}"), 403),
        ("no application", format!("Bearer {pool}"), "", 400),
        ("no such application", format!("Bearer {pool}"), "app_id=x", 404),
        ("an application of another pool", format!("Bearer {pool}"), &format!("app_id={shop}"), 404),
        ("another pool's program", format!("Bearer {foreign}"), &own_id, 404),
    ] {
        let reader = Reader::showing(&house, shown);
        for answer in [reader.asks(query), reader.opens(query, "").1] {
            assert_eq!(answer.status, status, "{what}: {}", answer.text());
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
            assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{what}");
        }
    }
    let elsewhere = Reader { host: house.host("board"), ..Reader::of(&house, "notes") };
    assert_eq!(elsewhere.asks("").status, 401, "another application's host");
    let header = [("x-authing-app-id", notes.id.to_string())].map(|(n, v)| (n, v));
    let headers: Vec<(&str, &str)> = header.iter().map(|(n, v)| (*n, v.as_str())).collect();
    settles(&house, "notes", |protocol| protocol.auth_method = exeunt::domain::oauth::AuthMethod::None);
    assert_eq!(house.ask(("GET", PATH), &headers, None).status, 401, "an application without a secret, by its name");
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
    settles(&house, "notes", |protocol| protocol.id_token_alg = TokenAlg::Es256);
    let token = text(&Reader::of(&house, "notes").reads("")["revocations"][0]["token"]);
    assert_eq!(part(&token, 0)["alg"], "ES256");
    client.reads(&token);
    let secret = settles(&house, "notes", |protocol| protocol.id_token_alg = TokenAlg::Hs256).expect("a new secret");
    let reader = Reader::showing(&house, basic(notes, secret.reveal()));
    let token = text(&reader.reads("")["revocations"][0]["token"]);
    let read: Option<Value> = Unverified::parse(&token).unwrap().by_secret(secret.reveal());
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
fn a_stream_tells_at_once_and_goes_on_where_it_was_cut() {
    let house = House::open();
    let (mut browser, notes, reader) = (house.browser(), Client::of(&house, "notes"), Reader::of(&house, "notes"));
    browser.logs_in("lilei");
    let sid = text(&notes.reads(&notes.tokens(&mut browser).id)["sid"]);
    let mut stream = reader.listens("after=now", "");
    let mut others = Reader::of(&house, "wiki").listens("after=now", "");
    assert_eq!(stream.cursor, reader.end(), "where it stands, before anything happened");
    house.program().kicks(notes.id, &[&house.person("lilei")]);
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
    let secret = Some(Secret::new("another secret".to_owned()));
    house
        .state
        .write_now(move |act, state| {
            applications::set_secret(act, state, (pool, id), secret, &applications::by_operator())
        })
        .unwrap();
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
