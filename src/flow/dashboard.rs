//! What the console begins with: who is online, what happened just now, how this server is, and what is still to be done on
//! a fresh one. Reads only, and of everything a bounded part.

use super::backup;
use super::error::{Done, FlowError};
use super::keys;
use super::online::COUNTED;
use super::state::State;
use super::tally::{self, Logins};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, PoolId, UserId};
use crate::store::audit::{self, AuditRow};
use crate::store::{disk, numbers, online, outbox, users};

/// Events of the ticker.
const EVENTS: u32 = 20;
/// Events among which they are looked for.
const LOOKED_AT: u32 = 1_000;
/// A message that was given up is news for this long.
const LATELY_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 3_600_000;
/// The password of the demo, as its seed has it: everybody knows it.
const DEMO_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$52mZl3LmBePS5kuNCDecxQ$zniEmUx1ocJoP/Hh8gvgXvbyktrlyTQxLWX8ieQq8BU";

/// An application and what goes on in it.
#[derive(Debug, Clone)]
pub struct InApplication {
    /// Which.
    pub id: ApplicationId,
    /// People online, counted up to one more than the cap.
    pub people: u32,
    /// Log-ins of each of the last seven days, the oldest first.
    pub logins: [u32; 7],
}

/// The applications of a pool, oldest first.
pub fn applications(state: &State, pool: PoolId) -> Done<Vec<InApplication>> {
    let logins = tally::logins(state, pool)?;
    in_applications(state, pool, &logins)
}

fn in_applications(state: &State, pool: PoolId, logins: &Logins) -> Done<Vec<InApplication>> {
    let ids: Vec<ApplicationId> = state.directory().of_pool(pool).map(|a| a.id).collect();
    state.store.read(|conn| {
        let one = |id: ApplicationId| -> Done<InApplication> {
            let people = online::count_people(conn, id, COUNTED + 1)?;
            Ok(InApplication { id, people, logins: logins.by_application.get(&id).copied().unwrap_or_default() })
        };
        ids.into_iter().map(one).collect()
    })
}

/// What a fresh house still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstSteps {
    /// There is an application.
    pub application: bool,
    /// There is somebody beside whoever asks.
    pub people: bool,
    /// Somebody has logged in to an application.
    pub login: bool,
}

impl FirstSteps {
    /// Whether nothing is left to do.
    pub fn are_done(self) -> bool {
        self.application && self.people && self.login
    }
}

/// How this server is.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// When the last backup was made.
    pub backup: Option<Timestamp>,
    /// Octets left where the database lives, and of how many.
    pub disk: Option<(u64, u64)>,
    /// Days until the signing keys are replaced; none when they never are.
    pub key_days: Option<u32>,
    /// Whether somebody has a password that everybody knows.
    pub known_password: bool,
}

/// What the dashboard shows; counts stop at one more than the cap.
#[derive(Debug)]
pub struct Dashboard {
    /// People online in the pool.
    pub people: u32,
    /// Sessions.
    pub sessions: u32,
    /// The applications.
    pub applications: Vec<InApplication>,
    /// Log-in curves.
    pub logins: Logins,
    /// Log-out messages that wait, and that were given up lately.
    pub deliveries: (u32, u32),
    /// What happened last.
    pub events: Vec<AuditRow>,
    /// What is still to be done.
    pub steps: FirstSteps,
    /// How this server is.
    pub condition: Condition,
}

/// Reads it for an administrator.
pub fn read(state: &State, pool: PoolId, admin: UserId) -> Done<Dashboard> {
    let logins = tally::logins(state, pool)?;
    let applications = in_applications(state, pool, &logins)?;
    let lately = state.now().plus_ms(-LATELY_MS);
    let entered = !logins.by_application.is_empty() || applications.iter().any(|app| app.people > 0);
    state.store.read(|conn| {
        let (people, sessions) = online::count_pool(conn, pool, COUNTED + 1)?;
        let mut deliveries = (0u32, 0u32);
        for app in &applications {
            let (waiting, given_up) = outbox::count(conn, app.id, lately, COUNTED + 1)?;
            deliveries = (deliveries.0.saturating_add(waiting), deliveries.1.saturating_add(given_up));
        }
        let steps = FirstSteps {
            application: !applications.is_empty(),
            people: numbers::has_others(conn, pool, admin)?,
            login: entered || numbers::somebody_logged_in(conn, pool, admin)?,
        };
        let floor = audit::back_from(conn, pool, i64::MAX, LOOKED_AT)?.map_or(0, |(id, _)| id);
        Ok(Dashboard {
            people,
            sessions,
            logins,
            deliveries,
            events: audit::comings_and_goings(conn, pool, floor, EVENTS)?,
            steps,
            condition: condition(state, numbers::has_password(conn, pool, DEMO_HASH)?)?,
            applications,
        })
    })
}

fn condition(state: &State, known_password: bool) -> Done<Condition> {
    let days = i64::from(state.config.key_rotation_days);
    let newest = keys::list(state)?.iter().map(|key| key.created_at).max().filter(|_| days > 0);
    let left = |made: Timestamp| (made.plus_ms(days * DAY_MS).since_ms(state.now()) / DAY_MS).max(0);
    Ok(Condition {
        backup: backup::last(&state.config.data_dir),
        disk: disk::room(&state.config.data_dir),
        key_days: newest.and_then(|made| u32::try_from(left(made)).ok()),
        known_password,
    })
}

/// The one person of a pool whom a text finds; none when it finds nobody or several.
pub fn find_person(state: &State, pool: PoolId, text: &str) -> Done<Option<UserId>> {
    let found = state.store.read(|conn| users::search(conn, pool, text, 2)).map_err(FlowError::from)?;
    Ok(if let [one] = found.as_slice() { Some(one.id) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_password_is_the_one_of_the_demo() {
        assert!(include_str!("../cli/demo.toml").contains(DEMO_HASH));
    }
}
