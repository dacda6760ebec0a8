//! Log-ins by quarter of an hour, for the curves of the console.
//!
//! They are counted from the audit log once and kept in memory: a page that asks again reads only what happened since. The
//! first look goes back [`BACK`] events at most, so that no log is too long for it; from then on nothing is left out.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::error::Done;
use super::state::State;
use crate::domain::audit::act;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, PoolId};
use crate::store::numbers;

/// A quarter of an hour in milliseconds.
const SLOT: i64 = 15 * 60 * 1_000;
const OF_HOUR: i64 = 4;
const OF_DAY: i64 = 24 * OF_HOUR;
/// Slots that are kept: seven days.
const KEPT: i64 = 7 * OF_DAY;
/// Events that the first look goes back.
const BACK: i64 = 200_000;
/// Events read at once.
const CHUNK: u32 = 10_000;

/// Log-ins as curves.
#[derive(Debug, Clone, Default)]
pub struct Logins {
    /// In each of the last 24 hours, the oldest first.
    pub ok: [u32; 24],
    /// Those that were refused.
    pub refused: [u32; 24],
    /// By application, in each of the last seven days, the oldest first.
    pub by_application: HashMap<ApplicationId, [u32; 7]>,
    /// From when on was counted, if that is less than seven days ago.
    pub since: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Slot {
    ok: u32,
    refused: u32,
    by_application: HashMap<ApplicationId, u32>,
}

#[derive(Debug, Default)]
struct Tally {
    read_to: Option<i64>,
    since: Option<Timestamp>,
    slots: BTreeMap<i64, Slot>,
}

/// What has been counted, by pool.
#[derive(Debug, Default)]
pub struct Tallies(Mutex<HashMap<PoolId, Tally>>);

/// Log-ins of a pool until now.
pub fn logins(state: &State, pool: PoolId) -> Done<Logins> {
    let mut all = state.tallies.0.lock().unwrap_or_else(PoisonError::into_inner);
    let tally = all.entry(pool).or_default();
    tally.catch_up(state, pool)?;
    Ok(tally.curves(state.now()))
}

impl Tally {
    fn catch_up(&mut self, state: &State, pool: PoolId) -> Done<()> {
        let oldest = slot(state.now()) - KEPT;
        let mut read_to = match self.read_to {
            Some(read_to) => read_to,
            None => state.store.read(numbers::last_event)?.saturating_sub(BACK).max(0),
        };
        let begins_late = self.read_to.is_none() && read_to > 0;
        loop {
            let events = state.store.read(|conn| numbers::events_after(conn, pool, read_to, CHUNK))?;
            let Some(last) = events.last() else { break };
            read_to = last.id;
            if begins_late && self.since.is_none() {
                self.since = events.first().map(|event| event.at);
            }
            let whole = events.len() == CHUNK as usize;
            events.iter().filter(|event| slot(event.at) > oldest).for_each(|event| self.count(event));
            if !whole {
                break;
            }
        }
        self.read_to = Some(read_to);
        self.slots.retain(|slot, _| *slot > oldest);
        Ok(())
    }

    fn count(&mut self, event: &numbers::EventRow) {
        let refused = match event.act.as_str() {
            act::LOGIN => false,
            act::LOGIN_REFUSED => true,
            _ => return,
        };
        let slot = self.slots.entry(slot(event.at)).or_default();
        if refused {
            slot.refused += 1;
            return;
        }
        slot.ok += 1;
        if let Ok(application) = ApplicationId::parse(&event.target) {
            *slot.by_application.entry(application).or_default() += 1;
        }
    }

    fn curves(&self, now: Timestamp) -> Logins {
        let present = slot(now);
        let week_ago = now.plus_ms(-KEPT * SLOT);
        let mut logins = Logins { since: self.since.filter(|since| *since > week_ago), ..Logins::default() };
        for (at, slot) in &self.slots {
            // A clock that was set back puts events into a future that has not come.
            let back = (present - at).max(0);
            if let Some(hour) = place(back, OF_HOUR, 24) {
                logins.ok[hour] += slot.ok;
                logins.refused[hour] += slot.refused;
            }
            if let Some(day) = place(back, OF_DAY, 7) {
                for (application, n) in &slot.by_application {
                    logins.by_application.entry(*application).or_default()[day] += n;
                }
            }
        }
        logins
    }
}

/// Where a slot stands in a row of `of` stretches, each `long` slots, that ends now.
fn place(back: i64, long: i64, of: usize) -> Option<usize> {
    usize::try_from(back / long).ok().and_then(|stretch| (of - 1).checked_sub(stretch))
}

fn slot(at: Timestamp) -> i64 {
    at.0.div_euclid(SLOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stretch_ends_now_and_the_first_is_left_behind() {
        assert_eq!(place(0, OF_HOUR, 24), Some(23));
        assert_eq!(place(3, OF_HOUR, 24), Some(23));
        assert_eq!(place(4, OF_HOUR, 24), Some(22));
        assert_eq!(place(95, OF_HOUR, 24), Some(0));
        assert_eq!(place(96, OF_HOUR, 24), None);
        assert_eq!(place(KEPT - 1, OF_DAY, 7), Some(0));
    }
}
