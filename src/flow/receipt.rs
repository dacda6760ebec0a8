//! Receipts, read back: proof that an ending is true, and who was told.

use super::error::{Done, FlowError};
use super::state::State;
use crate::domain::audit::{LEFT_BEFORE, REASON};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId, PoolId, UserId};
use crate::domain::logout::Receipt;
use crate::notify::frontchannel;
use crate::store::endings::{self, EndedSessionRow, EndingRow};
pub use crate::store::outbox::{NoticeRow, Tally};
use crate::store::{applications, audit, outbox, users};

/// Rows of a receipt that a page lists.
const LISTED: u32 = 200;
/// People whom it names.
const NAMED: usize = 20;

/// A receipt as people read it.
#[derive(Debug)]
pub struct Reading {
    /// The ending.
    pub ending: EndingRow,
    /// Sessions that lost a part.
    pub sessions_touched: i64,
    /// Sessions that ended whole.
    pub sessions_ended: i64,
    /// Applications that held a piece of them, and how telling each stands.
    pub applications: Vec<Concerned>,
    /// The same of all of them together.
    pub tally: Tally,
    /// Telling, one by one, a first few: what needs a hand first.
    pub notices: Vec<NoticeRow>,
    /// The sessions, a first few.
    pub sessions: Vec<EndedSessionRow>,
    /// Names of the people concerned, a first few.
    pub people: Vec<String>,
    /// How many people were concerned.
    pub people_count: u32,
    /// The name of the one person it was about, if it was one.
    pub person: Option<(UserId, String)>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
    /// Chosen sessions that had left before.
    pub left_before: u32,
}

/// An application that an ending concerned.
#[derive(Debug)]
pub struct Concerned {
    /// Id.
    pub id: ApplicationId,
    /// Name.
    pub name: String,
    /// How telling it stands, a notice for each session.
    pub tally: Tally,
}

/// Reads a receipt of a pool.
pub fn read(state: &State, pool: PoolId, id: EndingId) -> Done<Reading> {
    state.store.read(|conn| {
        let ending = endings::find(conn, id)?.filter(|e| e.pool == pool).ok_or(FlowError::Absent("receipt"))?;
        let (sessions_touched, sessions_ended) = endings::count_sessions(conn, id)?;
        let (mut concerned, mut all) = (Vec::new(), Tally::default());
        for (application, tally) in outbox::tallies(conn, id)? {
            let name = applications::name(conn, application)?.unwrap_or_else(|| application.to_string());
            concerned.push(Concerned { id: application, name, tally });
            all += tally;
        }
        let person = match ending.users.as_deref() {
            Some([user]) => users::find(conn, *user)?.map(|u| (*user, u.display_name().to_owned())),
            Some(_) | None => None,
        };
        let sessions = endings::sessions(conn, id, LISTED)?;
        let (mut people, mut people_count) = (Vec::new(), 0);
        match &ending.users {
            Some(named) => {
                people_count = named.len();
                for user in named.iter().take(NAMED) {
                    people.extend(users::find(conn, *user)?.map(|u| u.display_name().to_owned()));
                }
            }
            None => people_count = people_count.max(endings::count_people(conn, id)?),
        }
        let people_count = u32::try_from(people_count).unwrap_or(u32::MAX);
        let remark = audit::remark_of(conn, id, ending.cause.as_str())?;
        let left_before = remark.said(LEFT_BEFORE).and_then(|n| n.parse().ok()).unwrap_or(0);
        Ok(Reading {
            ending,
            sessions_touched,
            sessions_ended,
            applications: concerned,
            tally: all,
            notices: outbox::of_ending(conn, id, LISTED)?,
            sessions,
            people,
            people_count,
            person,
            reason: remark.said(REASON).map(str::to_owned),
            left_before,
        })
    })
}

/// Frames that one page loads at most.
const FRAMES: u32 = 32;

/// Addresses that the browser which is leaving must load, so that its applications hear of it there (front channel), and
/// their origins.
pub fn frames(state: &State, id: EndingId) -> Done<(Vec<String>, Vec<String>)> {
    let directory = state.directory();
    if directory.applications().all(|application| application.protocol.frontchannel_logout_uri.is_none()) {
        return Ok((Vec::new(), Vec::new()));
    }
    let parts = state.store.read(|conn| endings::parts(conn, id, FRAMES))?;
    let address = |(application, issuer, sid): &(ApplicationId, String, String)| {
        let uri = directory.application(*application)?.protocol.frontchannel_logout_uri.as_deref()?;
        frontchannel::address(uri, issuer, sid)
    };
    let addresses: Vec<String> = parts.iter().filter_map(address).collect();
    let origins = frontchannel::origins(&addresses);
    Ok((addresses, origins))
}

/// Writes down, without waiting, that an open page has been told of its ending.
pub fn page_told(state: &State, id: EndingId) {
    drop(state.store.write(move |act| -> Done<()> { Ok(endings::page_told(act, id)?) }));
}

/// The receipt of an ending that has just been committed.
pub fn of(state: &State, receipt: &Receipt) -> Done<Option<Reading>> {
    read(state, receipt.pool, receipt.id).map(Some)
}

/// How long a farewell link says more than that somebody logged out: afterwards a shared computer must not tell whom.
const FAREWELL_MS: i64 = 10 * 60_000;

/// A link value that lets the browser of the one who left read their own receipt for a few minutes.
pub fn farewell_mark(state: &State, id: EndingId, at: Timestamp) -> String {
    let until = at.plus_ms(FAREWELL_MS).to_string();
    format!("{id}.{until}.{}", state.key.mark("farewell", &[id.as_str(), &until]))
}

/// What a farewell page may say, if its link is the house's own and fresh.
pub fn farewell(state: &State, mark: &str) -> Done<Option<Reading>> {
    let mut parts = mark.splitn(3, '.');
    let (Some(id), Some(until), Some(seal)) = (parts.next(), parts.next(), parts.next()) else { return Ok(None) };
    let fresh = until.parse::<i64>().is_ok_and(|until| state.now().0 < until);
    if !fresh || !state.key.recognises("farewell", &[id, until], seal) {
        return Ok(None);
    }
    let Ok(id) = EndingId::parse(id) else { return Ok(None) };
    let Some(ending) = state.store.read(|conn| endings::find(conn, id))? else { return Ok(None) };
    read(state, ending.pool, id).map(Some)
}
