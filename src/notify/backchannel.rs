//! Back-channel log-out: drains the outbox, one POST for each application and session.
//!
//! 1. A thread of its own, so that no log-out waits for any application and no application's answer for a log-out.
//! 2. Rung after each commit that may owe something; it also looks by itself once a second, and when a retry is due.
//! 3. One lane for each application, [`LANE`] messages wide, one while it answers slowly or not at all. Those that do
//!    not answer share [`SLOW`] of the [`ALL`] messages in the air, so that they never take the place of one that does.
//! 4. Each try signs a fresh token, outside of any transaction. Its outcome is written down before its place in the lane
//!    is given to another, so that nothing is sent twice but what a crash cut off between the two.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};
use tokio::task::{Id, JoinError, JoinSet};

use super::post::Post;
use crate::crypto::{random, seal};
use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Attempt, Standing, Verdict, judge};
use crate::domain::id::{ApplicationId, PoolId, Sid, UserId};
use crate::store::db::{Rows, Store, StoreError};
use crate::store::outbox::{self, Addressee, Due, Outcome};

/// Messages to one application in the air at once.
const LANE: usize = 4;
/// Messages in the air at once.
const ALL: usize = 256;
/// Of these, messages to applications that are slow or silent.
const SLOW: usize = 128;
/// An application that takes longer is slow, in milliseconds.
const SLOW_MS: i64 = 1_000;
/// It looks this often without being rung for.
const POLL: Duration = Duration::from_secs(1);
/// Life of a logout token in seconds (OpenID Connect Back-Channel Logout 1.0 section 4: two minutes at most).
const TOKEN_SECONDS: i64 = 120;

/// Wakes the sender without waiting for it; rings that come together are one.
#[derive(Default)]
pub struct Bell(Notify);

impl Bell {
    /// Something may be owed.
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// What the sender asks of the house it works for.
pub trait House: Send + Sync + 'static {
    /// Its rows.
    fn store(&self) -> &Store;
    /// Its clock.
    fn now(&self) -> Timestamp;
    /// Signs a token of kind `typ` as the addressee wants it; `None` while there is no key.
    fn sign(&self, to: &Addressee, typ: &str, claims: &LogoutToken<'_>) -> Option<String>;
    /// The receipts of a pool say something new. Runs after a commit and must not block.
    fn settled(&self, pool: PoolId);
}

/// Claims of a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4). Never a nonce.
#[derive(Debug, Serialize)]
pub struct LogoutToken<'a> {
    iss: &'a str,
    aud: ApplicationId,
    iat: i64,
    exp: i64,
    jti: String,
    sub: UserId,
    sid: Sid,
    events: Value,
}

impl<'a> LogoutToken<'a> {
    fn fresh(due: &'a Due, now: Timestamp) -> Self {
        Self {
            iss: &due.issuer,
            aud: due.application,
            iat: now.seconds(),
            exp: now.seconds() + TOKEN_SECONDS,
            jti: seal::hex(&random::octets::<16>()),
            sub: due.user,
            sid: due.sid,
            events: json!({ "http://schemas.openid.net/event/backchannel-logout": {} }),
        }
    }
}

/// Starts the sender; it ends when the house is gone.
pub fn start(house: Weak<dyn House>, bell: Arc<Bell>, to_private: bool) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sender = Sender {
        house,
        post: Arc::new(Post::new(to_private)),
        lanes: HashMap::new(),
        air: JoinSet::new(),
        aloft: HashMap::new(),
        turn: 0,
        warm: false,
    };
    std::thread::Builder::new().name("sender".into()).spawn(move || {
        runtime.block_on(sender.run(&bell));
        // A name that is still being looked up holds a thread; nobody waits for it.
        runtime.shutdown_background();
    })?;
    Ok(())
}

#[derive(Default)]
struct Lane {
    aloft: HashSet<i64>,
    slow: bool,
}

impl Lane {
    fn width(&self) -> usize {
        if self.slow { 1 } else { LANE }
    }
}

struct Sender {
    house: Weak<dyn House>,
    post: Arc<Post>,
    lanes: HashMap<ApplicationId, Lane>,
    air: JoinSet<Pace>,
    aloft: HashMap<Id, (ApplicationId, i64)>,
    turn: usize,
    warm: bool,
}

/// How an application answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Quick,
    Slow,
    /// It was not asked.
    Unknown,
}

impl Sender {
    async fn run(mut self, bell: &Bell) {
        loop {
            let Some(house) = self.house.upgrade() else { return };
            let wait = self.round(&*house).unwrap_or_else(|error| {
                tracing::warn!(%error, "the outbox cannot be read");
                POLL
            });
            drop(house);
            tokio::select! {
                () = bell.0.notified() => {},
                () = tokio::time::sleep(wait) => self.warm_up().await,
                Some(landed) = self.air.join_next_with_id() => self.land(landed),
            }
            while let Some(landed) = self.air.try_join_next_with_id() {
                self.land(landed);
            }
        }
    }

    /// In a quiet moment, once: the first message should not wait for certificates to be read, nor should the start.
    async fn warm_up(&mut self) {
        if self.warm {
            return;
        }
        let listened = self.house.upgrade().map(|house| house.store().read(outbox::anyone_listens));
        if matches!(listened, Some(Ok(true))) {
            self.warm = true;
            self.post.warm().await;
        }
    }

    /// Sends off what is due and has a place; answers how long until something else is.
    fn round(&mut self, house: &dyn House) -> Rows<Duration> {
        let now = house.now();
        let mut owed = house.store().read(outbox::waiting)?;
        // Whoever came last in this round comes earlier in the next.
        self.turn = self.turn.wrapping_add(1);
        let turn = self.turn.checked_rem(owed.len()).unwrap_or(0);
        owed.rotate_left(turn);
        let mut wait = POLL;
        for (application, due_at) in owed {
            if due_at > now {
                let ms = u64::try_from(due_at.since_ms(now)).unwrap_or(u64::MAX);
                wait = wait.min(Duration::from_millis(ms));
                continue;
            }
            let lane = self.lanes.entry(application).or_default();
            let free = lane.width().saturating_sub(lane.aloft.len()).min(self.places(application));
            if free > 0 {
                let aloft = self.lanes.get(&application).map_or(0, |lane| lane.aloft.len());
                let due = house.store().read(|conn| outbox::due(conn, application, now, free + aloft))?;
                self.send(application, due, free);
            }
        }
        Ok(wait)
    }

    /// Messages that may still go into the air for an application like this one.
    fn places(&self, application: ApplicationId) -> usize {
        let slow = self.lanes.get(&application).is_some_and(|lane| lane.slow);
        let of_slow = || self.lanes.values().filter(|lane| lane.slow).map(|lane| lane.aloft.len()).sum::<usize>();
        let left = ALL.saturating_sub(self.air.len());
        if slow { left.min(SLOW.saturating_sub(of_slow())) } else { left }
    }

    fn send(&mut self, application: ApplicationId, due: Vec<Due>, free: usize) {
        let lane = self.lanes.entry(application).or_default();
        let fresh: Vec<Due> = due.into_iter().filter(|due| !lane.aloft.contains(&due.id)).take(free).collect();
        for due in fresh {
            lane.aloft.insert(due.id);
            let number = due.id;
            let task = self.air.spawn(tell(self.house.clone(), self.post.clone(), due));
            self.aloft.insert(task.id(), (application, number));
        }
    }

    fn land(&mut self, landed: Result<(Id, Pace), JoinError>) {
        let (id, pace) = match landed {
            Ok(landed) => landed,
            Err(error) => {
                tracing::error!(%error, "a log-out message broke");
                (error.id(), Pace::Unknown)
            }
        };
        let Some((application, number)) = self.aloft.remove(&id) else { return };
        let Some(lane) = self.lanes.get_mut(&application) else { return };
        lane.aloft.remove(&number);
        match pace {
            Pace::Quick => lane.slow = false,
            Pace::Slow => lane.slow = true,
            Pace::Unknown => {}
        }
        if lane.aloft.is_empty() && !lane.slow {
            self.lanes.remove(&application);
        }
    }
}

/// What can be said before a message goes out.
enum Ready {
    Send { pool: PoolId, uri: String, token: String },
    NoAddress { pool: PoolId },
    NotYet,
}

fn prepare(house: &dyn House, due: &Due) -> Rows<Ready> {
    let to = house.store().read(|conn| outbox::addressee(conn, due.application))?;
    let to = to.ok_or_else(|| StoreError::Fault("a notice to an application that never was".into()))?;
    let Some(uri) = to.uri.clone() else { return Ok(Ready::NoAddress { pool: to.pool }) };
    let claims = LogoutToken::fresh(due, house.now());
    Ok(match house.sign(&to, "logout+jwt", &claims) {
        Some(token) => Ready::Send { pool: to.pool, uri, token },
        None => Ready::NotYet,
    })
}

/// One try, from the token to the row that says what became of it.
async fn tell(house: Weak<dyn House>, post: Arc<Post>, due: Due) -> Pace {
    let Some((ready, began)) = house.upgrade().map(|house| (prepare(&*house, &due), house.now())) else {
        return Pace::Unknown;
    };
    let (pool, attempt) = match ready {
        Ok(Ready::Send { pool, uri, token }) => (pool, Some(post.send(&uri, &token, began).await)),
        Ok(Ready::NoAddress { pool }) => (pool, None),
        not_yet @ (Ok(Ready::NotYet) | Err(_)) => {
            if let Err(error) = not_yet {
                tracing::warn!(%error, "a log-out message is put off");
            }
            tokio::time::sleep(POLL).await;
            return Pace::Unknown;
        }
    };
    let Some(now) = house.upgrade().map(|house| house.now()) else { return Pace::Unknown };
    let outcome = outcome(&due, attempt.as_ref(), now);
    log(&due, &outcome);
    // A disk that is full for a while must not make us say the same again and again.
    while let Some(written) = house.upgrade().map(|here| write(&*here, &house, (&due, pool), &outcome)) {
        match written.await {
            Ok(Ok(())) => break,
            Ok(Err(_)) | Err(_) => tokio::time::sleep(POLL).await,
        }
    }
    match attempt {
        Some(Attempt::Failed { trouble, .. }) if trouble.is_silence() => Pace::Slow,
        Some(_) if now.since_ms(began) > SLOW_MS => Pace::Slow,
        Some(_) => Pace::Quick,
        None => Pace::Unknown,
    }
}

fn write(
    house: &dyn House,
    later: &Weak<dyn House>,
    (due, pool): (&Due, PoolId),
    outcome: &Outcome,
) -> oneshot::Receiver<Rows<()>> {
    let (outcome, later, due) = (outcome.clone(), later.clone(), due.clone());
    house.store().write(move |act| {
        outbox::note(act, &due, pool, &outcome)?;
        act.after_commit(move || {
            if let Some(house) = later.upgrade() {
                house.settled(pool);
            }
        });
        Ok(())
    })
}

/// What follows from an attempt; none was made where the application has taken its address back.
fn outcome(due: &Due, attempt: Option<&Attempt>, now: Timestamp) -> Outcome {
    let mut tries = due.tries.clone();
    let (mut standing, mut due_at, mut status, mut trouble) = (Standing::Unreachable, now, None, None);
    if let Some(attempt) = attempt {
        tries.push(u32::try_from(now.since_ms(due.at).max(0)).unwrap_or(u32::MAX));
        let [chance] = random::octets();
        (standing, due_at) = match judge(attempt, tries.len(), chance) {
            Verdict::Acked => (Standing::Acked, now),
            Verdict::Again { in_ms } if due.ending.is_some() => (Standing::Waiting, now.plus_ms(in_ms)),
            Verdict::Again { .. } | Verdict::GaveUp => (Standing::GaveUp, now),
        };
        (status, trouble) = match attempt {
            Attempt::Confirmed(status) => (Some(*status), None),
            Attempt::Failed { trouble, .. } => (trouble.status(), Some(*trouble)),
        };
    }
    Outcome { standing, due_at, tries, status, trouble }
}

fn log(due: &Due, outcome: &Outcome) {
    let (application, tries) = (due.application, outcome.tries.len());
    match (outcome.standing, outcome.trouble) {
        (Standing::Waiting, Some(trouble)) => {
            tracing::info!(application.id = %application, tries, trouble = trouble.as_str(), "an application was not told and will be");
        }
        (Standing::GaveUp, Some(trouble)) => {
            tracing::warn!(application.id = %application, tries, trouble = trouble.as_str(), status = outcome.status, "an application was not told and is given up");
        }
        _ => tracing::debug!(application.id = %application, tries, "an application was told"),
    }
}
