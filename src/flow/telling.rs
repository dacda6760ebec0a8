//! Telling the applications: the house as its sender sees it, and what administrators do by hand.

use std::sync::{Arc, Weak};

use super::error::{Done, FlowError};
use super::state::State;
use super::{applications, keys};
use crate::crypto::{jws, random};
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::delivery::Standing;
use crate::domain::id::{ApplicationId, EndingId, PoolId, Sid, UserId};
use crate::domain::logout::Origin;
use crate::domain::oauth::TokenAlg;
use crate::notify::backchannel::{self, House, LogoutToken};
use crate::store::audit::Event;
use crate::store::db::{Act, Store};
use crate::store::endings;
pub use crate::store::outbox::Again;
pub use crate::store::outbox::NoticeRow;
use crate::store::outbox::{self, Addressee};

impl House for State {
    fn store(&self) -> &Store {
        &self.store
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sign(&self, to: &Addressee, typ: &str, claims: &LogoutToken<'_>) -> Option<String> {
        if to.alg == TokenAlg::Hs256 {
            let secret = applications::opened_secret(self, to.secret_sealed.as_deref()?)?;
            return jws::sign_hs256(secret.reveal(), typ, claims);
        }
        keys::ring(self).and_then(|ring| ring.sign(to.alg, typ, claims)).ok()
    }

    fn settled(&self, pool: PoolId) {
        self.settled.notify_waiters();
        self.hub.poke_users(pool, &[]);
    }
}

/// Starts the sender.
pub fn start(state: &Arc<State>) -> std::io::Result<()> {
    let house: Weak<State> = Arc::downgrade(state);
    backchannel::start(house, state.outbox.clone(), state.config.deliver_to_private)
}

/// Which deliveries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them, before a number.
    All(i64),
    /// Those that wait.
    Waiting,
    /// Those that were given up.
    Lost,
}

/// Deliveries on one page.
const PAGE: u32 = 50;

/// A page of what the applications of a pool were told or are owed, and where the next one begins. Reads a page for each
/// application, so that no other pool's rows are passed over.
pub fn deliveries(state: &State, pool: PoolId, which: Which) -> Done<(Vec<NoticeRow>, Option<i64>)> {
    let size = PAGE as usize;
    let applications: Vec<ApplicationId> = state.directory().of_pool(pool).map(|a| a.id).collect();
    let mut rows = state.store.read(|conn| -> Done<Vec<NoticeRow>> {
        let mut rows = Vec::new();
        for id in applications {
            rows.extend(match which {
                Which::All(before) => outbox::of_application(conn, id, before, PAGE + 1)?,
                Which::Waiting => outbox::unsettled(conn, id, false, PAGE + 1)?,
                Which::Lost => outbox::unsettled(conn, id, true, PAGE + 1)?,
            });
        }
        Ok(rows)
    })?;
    match which {
        Which::All(_) => rows.sort_by_key(|row| std::cmp::Reverse(row.id)),
        Which::Waiting => rows.sort_by_key(|row| row.due_at),
        Which::Lost => rows.sort_by_key(|row| std::cmp::Reverse(row.at)),
    }
    let more = rows.len() > size && matches!(which, Which::All(_));
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// An administrator has what was not told of an ending tried at once. Answers how many notices that are.
pub fn again(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    which: (EndingId, Again),
    origin: &Origin,
) -> Done<usize> {
    let (ending, what) = which;
    endings::find(act.conn(), ending)?.filter(|row| row.pool == pool).ok_or(FlowError::Absent("receipt"))?;
    let count = outbox::retry(act, ending, what)?;
    if count > 0 {
        let act_word = audit::act::TOLD_AGAIN;
        let event = Event { pool, act: act_word, user: None, target: "", ending: Some(ending), origin, user_agent: "" };
        crate::store::audit::append(act, &event)?;
        ring(act, state);
    }
    Ok(count)
}

/// An administrator has an application sent a log-out token about nobody: made-up `sub` and `sid`, all else as in earnest.
/// Tried once; an application that hears it answers 200, or 400 if it minds not knowing them. `issuer` is for one that
/// has never known any.
pub fn send_test(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    which: (ApplicationId, &str),
    origin: &Origin,
) -> Done<i64> {
    let (application, issuer) = which;
    let known = state.directory().application(application).filter(|a| a.pool == pool).cloned();
    let known = known.ok_or(FlowError::Absent("application"))?;
    if known.protocol.backchannel_logout_uri.is_none() {
        return Err(FlowError::field("backchannel_logout_uri", "required"));
    }
    let (sub, sid) = (UserId::from_random(random::octets()), Sid::from_random(random::octets()));
    let known_by = outbox::issuer_of(act.conn(), application)?;
    let number = outbox::insert_test(act, application, sub, sid, known_by.as_deref().unwrap_or(issuer))?;
    let (what, target) = (audit::act::TEST_SENT, application.as_str());
    let event = Event { pool, act: what, user: None, target, ending: None, origin, user_agent: "" };
    crate::store::audit::append(act, &event)?;
    ring(act, state);
    Ok(number)
}

/// The last test of an application and what came of it.
pub fn last_test(state: &State, application: ApplicationId) -> Done<Option<NoticeRow>> {
    Ok(state.store.read(|conn| outbox::last_test(conn, application))?)
}

/// Whether a test has come to an end.
pub fn is_settled(state: &State, application: ApplicationId) -> Done<bool> {
    Ok(last_test(state, application)?.is_none_or(|row| row.standing != Standing::Waiting))
}

/// Wakes the sender once this act is on disk.
pub fn ring(act: &mut Act<'_>, state: &State) {
    let outbox = state.outbox.clone();
    act.after_commit(move || outbox.ring());
}
