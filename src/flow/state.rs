//! The state of a running house: what every act may ask.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::{Notify, oneshot};

use super::directory::Directory;
use super::error::{Done, FlowError};
use super::hashing::Hashing;
use super::keys::Keys;
use super::nonces::Nonces;
use super::password_key::PasswordKey;
use super::session::Sessions;
use super::tally::Tallies;
use super::throttle::Throttle;
use super::upkeep::Bell;
use crate::config::Config;
use crate::crypto::seal::MasterKey;
use crate::domain::clock::{Clock, Timestamp};
use crate::domain::id::PoolId;
use crate::domain::session::{IdleRule, Lifetimes};
use crate::notify::backchannel;
use crate::notify::feeds::Feeds;
use crate::notify::hub::Hub;
use crate::store::backup;
use crate::store::db::{Act, Store};
use crate::store::open::{self, OpenError};

/// Connections that read.
const READERS: u32 = 8;
/// Name of the key file inside the data directory.
pub const KEY: &str = "exeunt.key";

/// See the head of this file. Shared by every worker.
pub struct State {
    /// What the operator decided.
    pub config: Config,
    /// Rows.
    pub store: Arc<Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Open pages.
    pub hub: Arc<Hub>,
    /// Applications that listen for revocations.
    pub feeds: Arc<Feeds>,
    /// The house's own key.
    pub key: MasterKey,
    /// Signing keys.
    pub keys: Keys,
    /// The key under which passwords travel.
    pub password_key: PasswordKey,
    /// Session checks.
    pub sessions: Sessions,
    /// Failed log-ins.
    pub throttle: Throttle,
    /// Log-ins as counted so far.
    pub tallies: Tallies,
    /// Nonces of signed calls.
    pub nonces: Nonces,
    /// Threads that hash passwords.
    pub hashing: Hashing,
    /// Wakes the upkeep.
    pub bell: Bell,
    /// Wakes the sender of log-out messages.
    pub outbox: Arc<backchannel::Bell>,
    /// Tells whoever waits that a message was settled, one way or another.
    pub settled: Notify,
    /// When this run of the house began.
    pub since: Timestamp,
    directory: ArcSwap<Directory>,
    closing: AtomicBool,
    /// Held as long as the house runs; dropped last.
    _lock: Option<File>,
}

impl State {
    /// Opens the house in the configured data directory.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        let held = open::open(&config.data_dir, READERS, clock.clone())?;
        Self::of(config, clock, held.store, Some(held.lock))
    }

    /// Looks into a house that another process runs: everything can be read, nothing written.
    pub fn look(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        let store = Arc::new(backup::look(&config.data_dir, clock.clone())?);
        Self::of(config, clock, store, None)
    }

    fn of(
        config: Config,
        clock: Arc<dyn Clock>,
        store: Arc<Store>,
        lock: Option<File>,
    ) -> Result<Arc<Self>, OpenError> {
        let path = config.data_dir.join(KEY);
        let io = |path: &Path, source| OpenError::Io { path: path.to_owned(), source };
        let key = MasterKey::load(&path).map_err(|source| io(&path, source))?;
        let directory = Directory::read(&store)
            .map_err(|e| OpenError::Damaged { path: config.data_dir.join(open::DATABASE), detail: e.to_string() })?;
        Ok(Arc::new(Self {
            hub: Hub::new(config.max_streams, config.max_streams_per_user),
            feeds: Feeds::new(config.max_streams, config.workers.div_ceil(2)),
            keys: Keys::default(),
            password_key: PasswordKey::default(),
            sessions: Sessions::default(),
            throttle: Throttle::new(&config, clock.clone()),
            tallies: Tallies::default(),
            nonces: Nonces::default(),
            hashing: Hashing::start(config.hash_threads, config.hash_queue)
                .map_err(|source| io(&config.data_dir, source))?,
            bell: Bell::default(),
            outbox: Arc::default(),
            settled: Notify::new(),
            since: clock.now(),
            directory: ArcSwap::from_pointee(directory),
            closing: AtomicBool::new(false),
            store,
            clock,
            key,
            config,
            _lock: lock,
        }))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The house is about to stop: open pages are told to come again.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.hub.poke_all();
        self.feeds.poke_all();
    }

    /// Whether the house is about to stop.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Pools and applications.
    pub fn directory(&self) -> arc_swap::Guard<Arc<Directory>> {
        self.directory.load()
    }

    /// Replaces the directory; for `flow::directory` after a commit.
    pub(super) fn set_directory(&self, directory: Directory) {
        self.directory.store(Arc::new(directory));
    }

    /// Lifetimes of sessions where no pool has settled others.
    pub fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle_ms: i64::from(self.config.session_idle_seconds) * 1_000,
            absolute_ms: i64::from(self.config.session_absolute_seconds) * 1_000,
        }
    }

    /// Those of a pool: what the operator stated, else what the pool settled, else the default.
    pub fn lifetimes_of(&self, pool: PoolId) -> Lifetimes {
        let (config, default) = (&self.config, self.lifetimes());
        let directory = self.directory();
        let (idle, absolute) =
            directory.pool(pool).map_or((None, None), |pool| (pool.idle_seconds, pool.absolute_seconds));
        let ms = |settled: Option<u32>, stated: bool, default| match settled {
            Some(seconds) if !stated => i64::from(seconds) * 1_000,
            _ => default,
        };
        Lifetimes {
            idle_ms: ms(idle, config.session_idle_stated.is_some(), default.idle_ms),
            absolute_ms: ms(absolute, config.session_absolute_stated.is_some(), default.absolute_ms),
        }
    }

    /// The same for rows of any pool, as far as idling goes.
    pub fn idle_rule(&self) -> IdleRule {
        let ms = self.lifetimes().idle_ms;
        if self.config.session_idle_stated.is_some() {
            return IdleRule { ms, least_ms: ms, by_pool: false };
        }
        let directory = self.directory();
        let settled = directory.pools().iter().filter_map(|pool| pool.idle_seconds);
        let least_ms = settled.clone().map(|seconds| i64::from(seconds) * 1_000).min();
        IdleRule { ms, least_ms: least_ms.unwrap_or(ms).min(ms), by_pool: least_ms.is_some() }
    }

    /// The longest that a session of any pool can last.
    pub fn longest_session_ms(&self) -> i64 {
        let pools = self.directory();
        let longest = pools.pools().iter().map(|pool| self.lifetimes_of(pool.id).absolute_ms).max();
        longest.unwrap_or(0).max(self.lifetimes().absolute_ms)
    }

    /// Runs an act on the writer thread; the future answers once it is on disk.
    pub async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Act<'_>, &Arc<Self>) -> Done<T> + Send + 'static,
    ) -> Done<T> {
        heard(self.queue(act).await)
    }

    /// The same for threads that may block: hashing, the command line, tests.
    pub fn write_now<T: Send + 'static>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Act<'_>, &Arc<Self>) -> Done<T> + Send + 'static,
    ) -> Done<T> {
        heard(self.queue(act).blocking_recv())
    }

    fn queue<T: Send + 'static>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Act<'_>, &Arc<Self>) -> Done<T> + Send + 'static,
    ) -> oneshot::Receiver<Done<T>> {
        let state = self.clone();
        self.store.write(move |tx| act(tx, &state))
    }
}

/// A closed channel says that the act was never begun.
fn heard<T>(outcome: Result<Done<T>, oneshot::error::RecvError>) -> Done<T> {
    outcome.unwrap_or(Err(FlowError::Busy))
}
