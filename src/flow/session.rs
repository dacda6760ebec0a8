//! Whose session is this, and is it alive? The question every request asks.
//!
//! Rows answer it in a few microseconds, inline on the worker. A bounded cache answers it in less, and is never wrong:
//! an answer is kept with the number of endings that had happened before its rows were read, and counts only while no
//! later ending touched its user. An ending raises that number after its commit and before its caller is answered, so a
//! reader that was slow can put an old answer back, but nobody will believe it (performance.md section 4, point 5).

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use quick_cache::sync::Cache;

use super::error::Done;
use super::state::State;
use crate::crypto::seal;
use crate::domain::clock::Timestamp;
use crate::domain::id::{EndingId, UserId};
use crate::domain::logout::Cause;
use crate::domain::secret::SecretHash;
use crate::domain::session::{Session, SessionId, TOUCH_EVERY_MS};
use crate::store::db::Act;
use crate::store::sessions;

/// Answers that are kept.
const KEPT: usize = 16_384;
const FENCES: usize = 4_096;
/// Uses that wait to be written down; more than this are forgotten, which only ends an idle time a little early.
const TOUCHES: usize = 65_536;

struct Answer {
    session: Arc<Session>,
    as_of: u64,
    seen: AtomicI64,
}

/// The cache of answers, the fences that outdate them, and the uses to be written down.
pub struct Sessions {
    answers: Cache<SecretHash, Arc<Answer>>,
    endings: AtomicU64,
    everybody: AtomicU64,
    fences: Box<[AtomicU64]>,
    touches: Mutex<Vec<(SessionId, Timestamp)>>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            answers: Cache::new(KEPT),
            endings: AtomicU64::new(0),
            everybody: AtomicU64::new(0),
            fences: (0..FENCES).map(|_| AtomicU64::new(0)).collect(),
            touches: Mutex::default(),
        }
    }
}

impl Sessions {
    fn fence(&self, user: UserId) -> &AtomicU64 {
        let hash = user.as_str().bytes().fold(0usize, |h, b| h.wrapping_mul(31).wrapping_add(usize::from(b)));
        &self.fences[hash % FENCES]
    }

    /// Outdates what is remembered of these users. Call after the commit, before the answer.
    pub fn outdate(&self, users: &[UserId]) {
        let number = self.endings.fetch_add(1, Ordering::SeqCst) + 1;
        for user in users {
            self.fence(*user).fetch_max(number, Ordering::SeqCst);
        }
    }

    /// Outdates everything that is remembered.
    pub fn outdate_everybody(&self) {
        let number = self.endings.fetch_add(1, Ordering::SeqCst) + 1;
        self.everybody.fetch_max(number, Ordering::SeqCst);
    }

    fn believed(&self, answer: &Answer) -> bool {
        self.everybody.load(Ordering::SeqCst) <= answer.as_of
            && self.fence(answer.session.user).load(Ordering::SeqCst) <= answer.as_of
    }

    /// Takes the uses that wait to be written down.
    pub fn take_touches(&self) -> Vec<(SessionId, Timestamp)> {
        self.touches.lock().map(|mut touches| std::mem::take(&mut *touches)).unwrap_or_default()
    }

    /// A session was used by a token of it.
    pub(super) fn used(&self, session: &Session, now: Timestamp) {
        if now.since_ms(session.last_seen_at) >= TOUCH_EVERY_MS {
            self.touch(session.id, now);
        }
    }

    fn touch(&self, id: SessionId, at: Timestamp) {
        if let Ok(mut touches) = self.touches.lock()
            && touches.len() < TOUCHES
        {
            touches.push((id, at));
        }
    }
}

/// Who is behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The person: the idle time begins anew.
    ByThePerson,
    /// An open page, which refreshes itself: it does not.
    ByItself,
}

/// The living session that `secret` stands for on `host`.
///
/// 1. What is remembered, if no ending has outdated it; else the rows.
/// 2. A secret of another host is nothing here (security.md S20).
/// 3. Idle and absolute lifetimes, and whether any application is left in it.
/// 4. That it was used is written down, at most once a minute and later (S5).
pub fn resume(state: &State, secret: &str, host: &str, used: Use) -> Done<Option<Arc<Session>>> {
    let hash = seal::hash(secret);
    let now = state.now();
    // One that looks idle is read again: the session may have been used on another host.
    let awake = |answer: &Arc<Answer>| {
        let idle_ms = state.lifetimes_of(answer.session.pool).idle_ms;
        now.since_ms(Timestamp(answer.seen.load(Ordering::Relaxed))) < idle_ms
    };
    let remembered = state.sessions.answers.get(&hash).filter(|a| state.sessions.believed(a) && awake(a));
    let answer = match remembered {
        Some(answer) => answer,
        None => match read(state, &hash)? {
            Some(answer) => answer,
            None => return Ok(None),
        },
    };
    let session = &answer.session;
    if session.host != host {
        return Ok(None);
    }
    if now >= session.expires_at || !awake(&answer) || !session.has_someone_to_serve() {
        return Ok(None);
    }
    let seen = Timestamp(answer.seen.load(Ordering::Relaxed));
    if used == Use::ByThePerson
        && now.since_ms(seen) >= TOUCH_EVERY_MS
        && answer.seen.compare_exchange(seen.0, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    {
        state.sessions.touch(session.id, now);
    }
    Ok(Some(session.clone()))
}

fn read(state: &State, hash: &SecretHash) -> Done<Option<Arc<Answer>>> {
    // The number first: an ending that commits after it makes this answer unbelievable, whatever the rows said.
    let as_of = state.sessions.endings.load(Ordering::SeqCst);
    let Some(session) = state.store.read(|conn| sessions::by_secret(conn, hash))? else { return Ok(None) };
    let seen = AtomicI64::new(session.last_seen_at.0);
    let answer = Arc::new(Answer { session: Arc::new(session), as_of, seen });
    state.sessions.answers.insert(*hash, answer.clone());
    Ok(Some(answer))
}

/// Whether a session still lives: what an open stream asks when it is poked. Reads rows.
pub fn lives(state: &State, id: SessionId) -> Done<Option<Session>> {
    let now = state.now();
    let found = state.store.read(|conn| sessions::by_id(conn, id))?;
    // A stream is itself a use of the session, so only the absolute lifetime counts here.
    Ok(found.filter(|s| now < s.expires_at && s.has_someone_to_serve()))
}

/// Why the session behind a dead cookie ended, and its receipt.
pub fn how_it_ended(state: &State, secret: &str) -> Done<Option<(Cause, EndingId)>> {
    let hash = seal::hash(secret);
    Ok(state.store.read(|conn| sessions::how_it_ended(conn, &hash))?)
}

/// Outdates what is remembered of a user once this act is on disk: after a log-in or a changed profile.
pub fn remember_anew(act: &mut Act<'_>, state: &Arc<State>, user: UserId) {
    let state = state.clone();
    act.after_commit(move || state.sessions.outdate(&[user]));
}
