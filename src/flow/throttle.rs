//! Failed log-ins are throttled, for each account and for each address (security.md P3).
//!
//! Only failures count, so people who know their password are never slowed by their own use; a living session, a
//! log-out and a kick are never throttled (W6). Accounts are counted by their normalised name, whether they exist or not.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use quick_cache::sync::Cache;

use crate::config::Config;
use crate::domain::clock::{Clock, Timestamp};

/// The house's clock, as the limiter wants it.
#[derive(Clone)]
struct HouseClock(Arc<dyn Clock>);

impl GovernorClock for HouseClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let ms = u64::try_from(self.0.now().0).unwrap_or(0);
        Nanos::new(ms.saturating_mul(1_000_000))
    }
}

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, HouseClock, StateInformationMiddleware>;

/// Blocked keys that are remembered.
const KEPT: usize = 65_536;

/// See the head of this file.
pub struct Throttle {
    accounts: Limiter,
    addresses: Limiter,
    registrations: Limiter,
    blocked: Cache<String, Timestamp>,
    clock: HouseClock,
}

impl Throttle {
    /// Limits from the configuration.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Self {
        let clock = HouseClock(clock);
        let limiter = |tries: u32| {
            let tries = NonZeroU32::new(tries).unwrap_or(NonZeroU32::MIN);
            let window = Duration::from_secs(config.login_window_seconds.max(1).into());
            let quota = Quota::with_period(window / tries.get()).unwrap_or(Quota::per_minute(tries)).allow_burst(tries);
            RateLimiter::dashmap_with_clock(quota, clock.clone()).with_middleware::<StateInformationMiddleware>()
        };
        Self {
            accounts: limiter(config.login_tries_per_name),
            addresses: limiter(config.login_tries_per_address),
            registrations: limiter(config.login_tries_per_address),
            blocked: Cache::new(KEPT),
            clock,
        }
    }

    /// Seconds that this account or address still has to wait, if any.
    pub fn wait(&self, account: &str, address: &str) -> Option<u64> {
        self.longest(&[account_key(account), address_key(address)])
    }

    /// The same for credentials of programs, which nobody can guess: by address only, or a stranger who knows a public
    /// id could keep its owner from ever getting a token, and so from kicking.
    pub fn wait_address(&self, address: &str) -> Option<u64> {
        self.longest(&[address_key(address)])
    }

    /// The same for one-time links, apart from everything else: any page can make a browser open one, and nobody may be
    /// kept from logging in by that.
    pub fn wait_link(&self, address: &str) -> Option<u64> {
        self.longest(&[link_key(address)])
    }

    /// Counts a link that opens nothing.
    pub fn failed_link(&self, address: &str) {
        self.count(&self.addresses, link_key(address));
    }

    /// Counts a wrong credential of a program.
    pub fn failed_address(&self, address: &str) {
        self.count(&self.addresses, address_key(address));
    }

    /// Counts a registration from an address; seconds to wait when there were too many. Those that work count too: nobody
    /// may fill the pool, or ask name by name who is in it. Log-ins from there are not concerned.
    pub fn registering(&self, address: &str) -> Option<u64> {
        let key = format!("r {}", address_key(address));
        if let Some(seconds) = self.longest(std::slice::from_ref(&key)) {
            return Some(seconds);
        }
        match self.registrations.check_key(&key) {
            Ok(_) => None,
            Err(_) => {
                self.count(&self.registrations, key.clone());
                self.longest(&[key])
            }
        }
    }

    fn longest(&self, keys: &[String]) -> Option<u64> {
        let now = self.clock.0.now();
        keys.iter()
            .filter_map(|key| self.blocked.get(key))
            .map(|until| until.since_ms(now))
            .filter(|ms| *ms > 0)
            .max()
            .map(|ms| u64::try_from(ms).unwrap_or(0).div_ceil(1_000))
    }

    /// Counts a failure; answers how many tries this account has left before it must wait.
    pub fn failed(&self, account: &str, address: &str) -> u32 {
        let left = self.count(&self.accounts, account_key(account));
        self.count(&self.addresses, address_key(address));
        left
    }

    fn count(&self, limiter: &Limiter, key: String) -> u32 {
        match limiter.check_key(&key) {
            Ok(snapshot) => {
                let left = snapshot.remaining_burst_capacity();
                if left == 0 {
                    self.block(key, snapshot.quota().replenish_interval());
                }
                left
            }
            Err(until) => {
                let wait = until.earliest_possible().duration_since(self.clock.now());
                self.block(key, wait.into());
                0
            }
        }
    }

    fn block(&self, key: String, wait: Duration) {
        let ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.blocked.insert(key, self.clock.0.now().plus_ms(ms.max(1_000)));
    }

    /// Forgets keys that are as good as new; called by the upkeep so that memory stays bounded.
    pub fn tidy(&self) {
        self.accounts.retain_recent();
        self.addresses.retain_recent();
        self.registrations.retain_recent();
    }
}

fn account_key(account: &str) -> String {
    format!("a {account}")
}

fn link_key(address: &str) -> String {
    format!("l {}", address_key(address))
}

/// An IPv6 customer has a whole /64 to choose from, so that is one address here.
fn address_key(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("i {a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(std::net::IpAddr::V4(_)) | Err(_) => format!("i {address}"),
    }
}
