//! What the house does by itself: writes out what stands below barriers, ends what is overdue (through the door), writes
//! down when sessions were used, forgets what is old.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::error::Done;
use super::state::State;
use super::{keys, logout};
use crate::domain::id::PoolId;
use crate::domain::logout::{Actor, Cause, Origin, Selection};
use crate::domain::session::SessionId;
use crate::store::{ending, grants, pushed, sessions};

/// Rows written out in one act; others get their turn in between.
const BATCH: u32 = 256;
/// Ended sessions and receipts are kept for this long.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;
const RECEIPTS_KEPT_MS: i64 = 400 * 24 * 3_600_000;
/// A grant is kept a little longer than what it gave, so that a code or token that comes late is told apart from a forged one.
const GRANTS_KEPT_MS: i64 = 24 * 3_600_000;
/// The slow round.
const EVERY_MS: i64 = 30_000;

/// Wakes the upkeep without waiting for it; rings that come together are one.
pub struct Bell {
    ring: SyncSender<()>,
    heard: Mutex<Option<Receiver<()>>>,
}

impl Default for Bell {
    fn default() -> Self {
        let (ring, heard) = sync_channel(1);
        Self { ring, heard: Mutex::new(Some(heard)) }
    }
}

impl Bell {
    /// There is something to do.
    pub fn ring(&self) {
        let _ = self.ring.try_send(()); // full: it is ringing already
    }
}

/// Starts the upkeep thread; it ends when the last other holder of the state is gone.
pub fn start(state: &Arc<State>) -> std::io::Result<()> {
    let Some(bell) = state.bell.heard.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
    let state = Arc::downgrade(state);
    std::thread::Builder::new().name("upkeep".into()).spawn(move || {
        let mut slow_at = i64::MIN;
        loop {
            let woken = bell.recv_timeout(Duration::from_secs(1));
            let Some(state) = state.upgrade() else { return };
            if woken == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            let slow = state.now().0.saturating_sub(slow_at) >= EVERY_MS;
            if slow {
                slow_at = state.now().0;
            }
            // Whatever panics costs one round and never the upkeep.
            match catch_unwind(AssertUnwindSafe(|| round(&state, slow))) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "upkeep will try again"),
                Err(_) => tracing::error!("a round of the upkeep panicked"),
            }
        }
    })?;
    Ok(())
}

/// One round; `slow` adds what is done every half minute. Tests call it instead of waiting.
pub fn round(state: &Arc<State>, slow: bool) -> Done<()> {
    write_out(state)?;
    note_uses(state)?;
    if slow {
        end_overdue(state)?;
        forget(state)?;
        keys::keep(state)?;
        state.throttle.tidy();
        state.nonces.tidy(state.now());
    }
    Ok(())
}

/// Writes out every open ending, oldest first, in batches.
pub fn write_out(state: &Arc<State>) -> Done<()> {
    loop {
        let open = state.store.read(|conn| ending::open(conn, 16))?;
        if open.is_empty() {
            return Ok(());
        }
        for ending in open {
            let mut from = Some(0);
            while let Some(at) = from {
                let this = ending.clone();
                from = state.write_now(move |act, state| {
                    let outbox = state.outbox.clone();
                    act.after_commit(move || outbox.ring());
                    Ok(ending::expand(act, &this, at, BATCH)?)
                })?;
                state.feeds.ring();
            }
            state.hub.poke_users(ending.pool, ending.users.as_deref().unwrap_or_default());
        }
    }
}

fn note_uses(state: &Arc<State>) -> Done<()> {
    for uses in state.sessions.take_touches().chunks(1_000) {
        let uses = uses.to_vec();
        state.write_now(move |act, _| {
            for (id, at) in uses {
                sessions::touch(act, id, at)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn end_overdue(state: &Arc<State>) -> Done<()> {
    loop {
        let now = state.now();
        let overdue = state.store.read(|conn| sessions::overdue(conn, now, state.idle_rule(), BATCH))?;
        let more = overdue.len() >= BATCH as usize;
        let mut pools: Vec<PoolId> = overdue.iter().map(|(_, pool)| *pool).collect();
        pools.sort_unstable();
        pools.dedup();
        for pool in pools {
            let ids: Vec<SessionId> = overdue.iter().filter(|(_, p)| *p == pool).map(|(id, _)| *id).collect();
            state.write_now(move |act, state| {
                let origin = Origin { actor: Actor::House, ip: String::new(), request: String::new() };
                logout::end(act, state, pool, Selection::Leaving(ids), (Cause::Expired, origin)).map(|_| ())
            })?;
        }
        if !more {
            return Ok(());
        }
    }
}

fn forget(state: &Arc<State>) -> Done<()> {
    loop {
        let gone = state.write_now(|act, _| {
            let sessions = sessions::forget_ended(act, act.now.plus_ms(-KEPT_MS), BATCH)?;
            let receipts = ending::forget(act, act.now.plus_ms(-RECEIPTS_KEPT_MS), BATCH)?;
            let grants = grants::forget(act, act.now.plus_ms(-GRANTS_KEPT_MS), BATCH)?;
            let pushed = pushed::forget(act, BATCH)?;
            Ok(sessions + receipts + grants + pushed)
        })?;
        if gone == 0 {
            return Ok(());
        }
    }
}
