//! The revocation feed, as an application reads it.

mod admission;
mod pages;
mod stream;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use exeunt::crypto::random;
use exeunt::domain::id::{ApplicationId, Sid};
use exeunt::domain::logout::{Actor, Cause, Origin, Selection};
use exeunt::domain::oauth::GrantType;
use exeunt::domain::secret::Secret;
use exeunt::domain::session::SessionId;
use exeunt::flow::error::Done;
use exeunt::flow::state::State;
use exeunt::flow::{applications, logout};
use exeunt::store::db::Act;
use exeunt::store::sessions::{self, NewSession};
use serde_json::Value;

use crate::support::House;
use crate::support::client::{Client, Tokens};
use crate::support::people::CLIENT_SECRET;
use crate::support::wire::{self, Answer, Line};

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

/// An access token of the application's own.
#[track_caller]
fn own_token(house: &House, client: &Client) -> String {
    house.settles("notes", |protocol| protocol.grant_types.push(GrantType::ClientCredentials));
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

/// An application is given another secret.
fn gives_secret(house: &House, application: ApplicationId, secret: &str) {
    let (pool, secret) = (house.pool, Some(Secret::new(secret.to_owned())));
    house
        .state
        .write_now(move |act, state| {
            applications::set_secret(act, state, (pool, application), secret, &applications::by_operator())
        })
        .unwrap();
}
