//! The revocation feed: what an application lost, in order, for those that cannot be reached or were away.
//!
//! 1. A reader stands at a cursor: the number up to which it has read, veiled, so that it tells nothing, fits no other
//!    application and cannot be made up.
//! 2. It is given what came after, and a cursor to go on from; at the end of the feed that is the last number of the
//!    house, whose one writer lets no later number commit earlier. So nobody misses anything, however they interleave.
//! 3. Whose cursor lies before what is kept, or behind what was ever given (an old copy was put back by hand), is told to
//!    start anew instead of being left to believe that nothing happened.
//! 4. Tokens are signed when they are read, with keys that are parsed once, and are the same event by the same `jti`.

use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::error::{Done, FlowError};
use super::state::State;
use super::{keys, management, token};
use crate::crypto::seal;
use crate::domain::application::Application;
use crate::domain::id::{ApplicationId, PoolId};
use crate::domain::revocation::{self, Revocation};
use crate::domain::secret::SecretHash;
pub use crate::notify::feeds::Ear;
use crate::store::feed;

/// What cursors are veiled for.
const CURSOR: &str = "feed cursor";
/// What makes the names of events.
const EVENT: &str = "revocation";
/// Notices that the thread looks at in one go.
const NEWS: u32 = 4_096;
/// It also looks by itself this often, should it have been unable to read when it was rung for.
const POLL: Duration = Duration::from_secs(15);

/// How somebody was admitted to a feed. It is asked again for as long as a stream is open.
#[derive(Clone)]
pub enum Admission {
    /// The application, by the secret that has this hash.
    Secret(SecretHash),
    /// The application, by an access token of its own.
    Token(String),
    /// A program of its pool, by a management token.
    Management(String, PoolId),
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admission(…)")
    }
}

/// Whether an admission to the feed of `application` still holds.
pub fn holds(state: &State, application: ApplicationId, admission: &Admission) -> Done<bool> {
    let Some(known) = state.directory().application(application).cloned() else { return Ok(false) };
    match admission {
        Admission::Secret(hash) => Ok(seal::same(hash, &known.secret)),
        Admission::Token(text) => Ok(token::holder(state, text)? == Some((application, None))),
        Admission::Management(text, pool) => match management::authorise(state, text, None) {
            Ok(caller) => Ok(caller.pool == *pool && known.pool == *pool),
            Err(FlowError::Unauthenticated | FlowError::Forbidden) => Ok(false),
            Err(other) => Err(other),
        },
    }
}

/// Where a reader stands, by its cursor: nothing is the oldest that is kept, `now` is the end. `None`: no cursor of this
/// application.
pub fn place(state: &State, application: ApplicationId, cursor: &str) -> Done<Option<i64>> {
    match cursor {
        "" => Ok(Some(START)),
        "now" => Ok(Some(state.store.read(feed::last)?)),
        text => {
            let number = state.key.unveil(CURSOR, application.as_str(), text);
            Ok(number.and_then(|number| i64::try_from(number).ok()))
        }
    }
}

/// Before everything that is kept.
const START: i64 = -1;

/// The cursor of a place.
pub fn cursor(state: &State, application: ApplicationId, number: i64) -> String {
    state.key.veil(CURSOR, application.as_str(), u64::try_from(number).unwrap_or(0))
}

/// A stretch of a feed, unsigned.
#[derive(Debug)]
pub struct Page {
    /// What was revoked, in order.
    pub rows: Vec<Revocation>,
    /// Where to go on.
    pub next: i64,
    /// Whether there was more at that moment.
    pub more: bool,
}

/// At most `limit` revocations after a place.
pub fn read(state: &State, application: ApplicationId, after: i64, limit: usize) -> Done<Page> {
    let feed::Page { mut rows, bounds } =
        state.store.read(|conn| feed::after(conn, application, after, limit.saturating_add(1)))?;
    if after != START && (after < bounds.forgotten || after > bounds.last) {
        return Err(FlowError::Gone(
            "what follows this cursor; end all sessions that are in doubt and start anew without it",
        ));
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let end = rows.last().map_or(after, |row| row.number);
    Ok(Page { next: if more { end } else { bounds.last }, rows, more })
}

/// A revocation on its way out.
#[derive(Debug)]
pub struct Signed {
    /// Where it stands.
    pub cursor: String,
    /// The token.
    pub token: String,
}

/// Signs revocations of an application as it wants its tokens signed.
pub fn sign(state: &State, application: &Application, rows: &[Revocation]) -> Done<Vec<Signed>> {
    let (ring, now) = (keys::ring(state)?, state.now());
    rows.iter()
        .map(|row| {
            let jti =
                state.key.mark(EVENT, &[row.ending.as_str(), row.application.as_str(), row.sid.as_str(), &row.issuer]);
            let claims = row.claims(&jti, now);
            let token = token::sign_for(state, &ring, application, revocation::TYP, &claims)?;
            Ok(Signed { cursor: cursor(state, row.application, row.number), token })
        })
        .collect()
}

/// Opens a stream; refused when there are too many.
pub fn listen(state: &State, application: ApplicationId) -> Done<Ear> {
    state.feeds.listen(application).ok_or(FlowError::Busy)
}

/// Starts the thread that pokes streams whose feed has grown; it ends when the last other holder of the state is gone.
pub fn start(state: &Arc<State>) -> Done<()> {
    let Some(bell) = state.feeds.bell() else { return Ok(()) };
    let mut seen = state.store.read(feed::last)?;
    let state = Arc::downgrade(state);
    let spawned = std::thread::Builder::new().name("feed".into()).spawn(move || {
        loop {
            let woken = bell.recv_timeout(POLL);
            let Some(state) = state.upgrade() else { return };
            if woken == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            match poke(&state, seen) {
                Ok(last) => seen = last,
                Err(error) => tracing::warn!(%error, "listeners of revocations will be woken later"),
            }
        }
    });
    spawned.map(|_| ()).map_err(|_| FlowError::Busy)
}

fn poke(state: &State, mut seen: i64) -> Done<i64> {
    loop {
        let (applications, last) = state.store.read(|conn| feed::news(conn, seen, NEWS))?;
        if last == seen {
            return Ok(seen);
        }
        state.feeds.poke(&applications);
        seen = last;
    }
}
