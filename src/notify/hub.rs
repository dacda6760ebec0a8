//! Live pages: a poke, never a message.
//!
//! A stream that is poked asks the house again whether its own session lives and says so to its own page. So nothing of
//! one user can reach another, and a lost or doubled poke does no harm. Streams are bounded in number, for each user and
//! in all, and hold no rows open (security.md W4, Q8). A page that was left is noticed only at a later write, so at the
//! limit of a user the oldest stream goes and the page that is being looked at is heard.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::domain::id::{PoolId, UserId};

#[derive(Default)]
struct Table {
    next: u64,
    by_user: HashMap<UserId, Vec<Listener>>,
    watchers: HashMap<PoolId, Vec<Listener>>,
    total: usize,
}

struct Listener {
    id: u64,
    pool: PoolId,
    line: Arc<Line>,
}

#[derive(Default)]
struct Line {
    poke: Notify,
    given_up: AtomicBool,
}

impl Table {
    /// Takes a listener out, if it is still in.
    fn remove(&mut self, user: UserId, id: u64) -> Option<Arc<Line>> {
        let listeners = self.by_user.get_mut(&user)?;
        let removed = listeners.remove(listeners.iter().position(|l| l.id == id)?);
        if listeners.is_empty() {
            self.by_user.remove(&user);
        }
        if let Some(watchers) = self.watchers.get_mut(&removed.pool) {
            watchers.retain(|l| l.id != id);
        }
        self.total = self.total.saturating_sub(1);
        Some(removed.line)
    }
}

/// Open streams, by user and, for administrators who watch a list, by pool.
pub struct Hub {
    table: Mutex<Table>,
    limit: usize,
    limit_per_user: usize,
}

/// What a stream wants to hear of besides its own user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// Nothing: a personal center.
    Self_,
    /// All comings and goings of the pool: a console page.
    Pool,
}

impl Hub {
    /// A hub with at most `limit` streams, `limit_per_user` for each user.
    pub fn new(limit: usize, limit_per_user: usize) -> Arc<Self> {
        Arc::new(Self { table: Mutex::default(), limit, limit_per_user })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream, in place of the user's oldest when they have too many; `None` when there are too many in all.
    pub fn listen(self: &Arc<Self>, user: UserId, pool: PoolId, watching: Watching) -> Option<Ear> {
        let mut table = self.table();
        let own = table.by_user.get(&user).filter(|l| l.len() >= self.limit_per_user);
        if let Some(oldest) = own.and_then(|l| l.first()).map(|l| l.id)
            && let Some(line) = table.remove(user, oldest)
        {
            line.given_up.store(true, Ordering::Release);
            line.poke.notify_one();
        }
        if table.total >= self.limit {
            return None;
        }
        table.next += 1;
        table.total += 1;
        let (id, line) = (table.next, Arc::new(Line::default()));
        let listener = || Listener { id, pool, line: line.clone() };
        table.by_user.entry(user).or_default().push(listener());
        if watching == Watching::Pool {
            table.watchers.entry(pool).or_default().push(listener());
        }
        drop(table);
        Some(Ear { hub: self.clone(), id, user, line })
    }

    /// Pokes the streams of these users, and whoever watches the pool. Answers how many streams that were.
    pub fn poke_users(&self, pool: PoolId, users: &[UserId]) -> usize {
        let table = self.table();
        let of_users = users.iter().filter_map(|user| table.by_user.get(user)).flatten();
        let mut count = 0;
        for listener in of_users.chain(table.watchers.get(&pool).into_iter().flatten()) {
            listener.line.poke.notify_one();
            count += 1;
        }
        count
    }

    /// Pokes every stream of a pool: everybody in an application was meant.
    pub fn poke_pool(&self, pool: PoolId) {
        for listener in self.table().by_user.values().flatten().filter(|l| l.pool == pool) {
            listener.line.poke.notify_one();
        }
    }

    /// Pokes everybody: the house closes.
    pub fn poke_all(&self) {
        for listener in self.table().by_user.values().flatten() {
            listener.line.poke.notify_one();
        }
    }

    /// Open streams.
    pub fn count(&self) -> usize {
        self.table().total
    }
}

/// One open stream; closing it is dropping it.
pub struct Ear {
    hub: Arc<Hub>,
    id: u64,
    user: UserId,
    line: Arc<Line>,
}

impl Ear {
    /// Waits for a poke. Pokes that came since the last wait are one.
    pub async fn poked(&self) {
        self.line.poke.notified().await;
    }

    /// Whether a newer stream of the user took its place.
    pub fn is_given_up(&self) -> bool {
        self.line.given_up.load(Ordering::Acquire)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.hub.table().remove(self.user, self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (PoolId, UserId, UserId) {
        let user = |d| UserId::from_random([d; 12]);
        (PoolId::from_random([1; 12]), user(2), user(3))
    }

    #[tokio::test]
    async fn a_poke_reaches_the_user_and_the_watchers_of_the_pool_and_nobody_else() {
        let hub = Hub::new(10, 10);
        let (pool, ada, bob) = ids();
        let admin = UserId::from_random([4; 12]);
        let ada = (ada, hub.listen(ada, pool, Watching::Self_).unwrap());
        let bob = hub.listen(bob, pool, Watching::Self_).unwrap();
        let admin = hub.listen(admin, pool, Watching::Pool).unwrap();
        assert_eq!(hub.poke_users(pool, &[ada.0]), 2);
        ada.1.poked().await;
        admin.poked().await;
        let silence = tokio::select! { biased; () = bob.poked() => false, () = std::future::ready(()) => true };
        assert!(silence);
    }

    #[tokio::test]
    async fn at_the_limit_of_a_user_the_oldest_goes_and_in_all_the_newest_waits() {
        let hub = Hub::new(3, 2);
        let (pool, ada, bob) = ids();
        let first = hub.listen(ada, pool, Watching::Pool).unwrap();
        let second = hub.listen(ada, pool, Watching::Self_).unwrap();
        let third = hub.listen(ada, pool, Watching::Self_).unwrap();
        first.poked().await;
        assert!(first.is_given_up() && !second.is_given_up() && !third.is_given_up());
        assert_eq!((hub.count(), hub.poke_users(pool, &[ada])), (2, 2));
        drop(first);
        assert_eq!(hub.count(), 2);
        let _fourth = hub.listen(bob, pool, Watching::Pool).unwrap();
        assert!(hub.listen(bob, pool, Watching::Pool).is_none());
        drop(second);
        assert!(hub.listen(bob, pool, Watching::Pool).is_some());
    }
}
