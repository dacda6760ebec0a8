//! The ledger of an application: who is in it, as the console lists them.
//!
//! What a row is asked for is judged while reading backwards from the newest entrance. So that a page costs the same among
//! a hundred sessions and a hundred thousand, it reads no more than [`LOOKED_AT`] of them and says where it stopped.

use std::collections::HashMap;
use std::net::IpAddr;

use super::error::Done;
use super::state::State;
use crate::config::Cidr;
use crate::domain::clock::Timestamp;
use crate::domain::device::{Device, DeviceKind};
use crate::domain::id::{ApplicationId, PoolId, Sid, UserId};
use crate::domain::session::Seq;
pub use crate::store::online::OnlineRow;
use crate::store::online::{self, CAP};

/// People on one page.
const PEOPLE: u32 = 25;
/// Sessions of one person that a page shows.
const OF_ONE: u32 = 50;
/// Sessions on a page that is not by person, or of which something is asked.
const SESSIONS: usize = 50;
/// Sessions that are read at once.
const BATCH: u32 = 500;
/// Sessions that one page looks at, at most.
pub const LOOKED_AT: u32 = 5_000;

/// Which sessions are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// A name, a session id, an address or a network; empty: everybody.
    pub search: String,
    /// On this kind of device.
    pub kind: Option<DeviceKind>,
    /// Without a sign of life for longer than so many milliseconds.
    pub idle_ms: Option<i64>,
    /// Whether each session stands for itself instead of with its person.
    pub ungrouped: bool,
    /// Entered before this one.
    pub before: Option<Seq>,
}

/// A page of the ledger.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Sessions, those of a person together unless that was not wanted.
    pub rows: Vec<OnlineRow>,
    /// Where the next page begins.
    pub next: Option<Seq>,
    /// Whether this page ended because it had looked at enough.
    pub tired: bool,
    /// People in the application, counted up to one more than the cap.
    pub people_count: u32,
    /// Sessions, likewise.
    pub session_count: u32,
}

/// Reads a page of who is in `application`.
pub fn page(state: &State, application: ApplicationId, pool: PoolId, wanted: &Wanted) -> Done<Ledger> {
    let question = Question::of(wanted, state.now());
    let mut ledger = match &question.by {
        By::Name(name) => named(state, application, pool, name)?,
        By::Sid(sid) => {
            let one = state.store.read(|conn| online::by_sid(conn, application, *sid))?;
            Ledger { rows: one.into_iter().collect(), ..Ledger::default() }
        }
        By::Anything if question.is_plain() && !wanted.ungrouped => people(state, application, wanted.before)?,
        By::Anything | By::Network(_) => window(state, application, wanted.before, &question)?,
    };
    ledger.rows.retain(|row| question.fits(row));
    if wanted.ungrouped {
        ledger.rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
    } else {
        by_person(&mut ledger.rows);
    }
    (ledger.people_count, ledger.session_count) = state.store.read(|conn| -> Done<(u32, u32)> {
        Ok((online::count_people(conn, application, CAP + 1)?, online::count_sessions(conn, application, CAP + 1)?))
    })?;
    Ok(ledger)
}

/// How the text of a search is meant.
enum By {
    Anything,
    Name(String),
    Sid(Sid),
    Network(Cidr),
}

struct Question {
    by: By,
    kind: Option<DeviceKind>,
    /// Last seen before this.
    before: Option<Timestamp>,
}

impl Question {
    fn of(wanted: &Wanted, now: Timestamp) -> Self {
        let text = wanted.search.as_str();
        let by = match (Sid::parse(text), Cidr::parse(text)) {
            _ if text.is_empty() => By::Anything,
            (Ok(sid), _) => By::Sid(sid),
            (_, Ok(network)) => By::Network(network),
            _ => By::Name(text.to_owned()),
        };
        Self { by, kind: wanted.kind, before: wanted.idle_ms.map(|ms| now.plus_ms(-ms)) }
    }

    fn is_plain(&self) -> bool {
        matches!(self.by, By::Anything) && self.kind.is_none() && self.before.is_none()
    }

    fn fits(&self, row: &OnlineRow) -> bool {
        let there = |network: &Cidr| row.ip.parse::<IpAddr>().is_ok_and(|ip| network.contains(ip));
        self.before.is_none_or(|before| row.last_seen_at < before)
            && self.kind.is_none_or(|kind| Device::from_user_agent(&row.user_agent).kind == kind)
            && match &self.by {
                By::Network(network) => there(network),
                By::Anything | By::Name(_) | By::Sid(_) => true,
            }
    }
}

/// People, each with their sessions.
fn people(state: &State, application: ApplicationId, before: Option<Seq>) -> Done<Ledger> {
    state.store.read(|conn| {
        let mut firsts = online::people(conn, application, before.unwrap_or(Seq(i64::MAX)), PEOPLE + 1)?;
        let more = firsts.len() > PEOPLE as usize;
        firsts.truncate(PEOPLE as usize);
        let next = firsts.last().filter(|_| more).map(|row| row.seq);
        let mut rows = Vec::new();
        for first in firsts {
            rows.extend(online::of_user(conn, application, first.user, OF_ONE)?);
        }
        Ok(Ledger { rows, next, ..Ledger::default() })
    })
}

/// The sessions of people who are called so.
fn named(state: &State, application: ApplicationId, pool: PoolId, name: &str) -> Done<Ledger> {
    state.store.read(|conn| {
        let mut rows = Vec::new();
        for first in online::search(conn, application, pool, name, PEOPLE * 2)? {
            rows.extend(online::of_user(conn, application, first.user, OF_ONE)?);
        }
        Ok(Ledger { rows, ..Ledger::default() })
    })
}

/// Sessions that fit, from the newest entrance backwards, until a page is full or enough was looked at.
fn window(state: &State, application: ApplicationId, before: Option<Seq>, question: &Question) -> Done<Ledger> {
    let (mut ledger, mut from, mut looked) = (Ledger::default(), before.unwrap_or(Seq(i64::MAX)), 0);
    while looked < LOOKED_AT {
        let batch = state.store.read(|conn| online::entered_before(conn, application, from, BATCH))?;
        let last = batch.len() < BATCH as usize;
        for row in batch {
            if ledger.rows.len() == SESSIONS {
                ledger.next = Some(from);
                return Ok(ledger);
            }
            (from, looked) = (row.seq, looked + 1);
            if question.fits(&row) {
                ledger.rows.push(row);
            }
        }
        if last {
            return Ok(ledger);
        }
    }
    (ledger.next, ledger.tired) = (Some(from), true);
    Ok(ledger)
}

/// Brings the sessions of each person together, in the order in which people come first.
fn by_person(rows: &mut [OnlineRow]) {
    let mut places: HashMap<UserId, usize> = HashMap::new();
    for row in rows.iter() {
        let next = places.len();
        places.entry(row.user).or_insert(next);
    }
    rows.sort_by_key(|row| (places.get(&row.user).copied(), std::cmp::Reverse(row.seq)));
}
