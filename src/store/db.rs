//! The store: one writer thread that groups commits, and a pool of readers.
//!
//! `write` hands an act to the writer and answers when its transaction is on disk, never before. Each act of a group has
//! a savepoint of its own: one that fails undoes only itself. What must follow a commit (turning open pages, raising
//! fences) is queued by the act and runs after the commit and before the answer; a crash between the two loses nothing,
//! because nothing durable depends on it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use tokio::sync::oneshot;

use crate::domain::clock::{Clock, Timestamp};
use crate::domain::session::Seq;

/// Longest that anybody waits for the storage before hearing 503 (security.md Q3).
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Acts that may wait for the writer.
const QUEUE: usize = 1_024;
/// Acts in one commit at most.
const GROUP: usize = 128;

/// What storage can answer instead of rows.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else holds the file, or too many wait; try again.
    #[error("the storage is busy")]
    Busy,
    /// Nothing can be written: full disk, read-only file, input/output error.
    #[error("the storage cannot write: {0}")]
    CannotWrite(String),
    /// A unique or foreign key rule refused the row.
    #[error("a row conflicts with another: {0}")]
    Conflict(String),
    /// The file is damaged.
    #[error("the database file is damaged: {0}")]
    Damaged(String),
    /// A fault of ours.
    #[error("storage fault: {0}")]
    Fault(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
                Self::CannotWrite(text)
            }
            Some(ErrorCode::ConstraintViolation) => Self::Conflict(text),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(text),
            _ => Self::Fault(text),
        }
    }
}

impl From<r2d2::Error> for StoreError {
    fn from(_: r2d2::Error) -> Self {
        Self::Busy
    }
}

/// Rows or why not.
pub type Rows<T> = Result<T, StoreError>;

type Afterwards = Box<dyn FnOnce() + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Job = Box<dyn FnOnce(&mut Act<'_>) -> Answer + Send>;

/// One act in progress: a transaction, the time it happens at, and what must follow its commit.
pub struct Act<'a> {
    conn: &'a Connection,
    /// When this act happens.
    pub now: Timestamp,
    afterwards: Vec<Afterwards>,
    /// An act could not be undone alone: then nothing of its group may be kept.
    poisoned: bool,
}

impl Act<'_> {
    /// The connection, inside the transaction.
    pub fn conn(&self) -> &Connection {
        self.conn
    }

    /// The next number in the one order of the house.
    pub fn next_seq(&self) -> Rows<Seq> {
        let sql = "UPDATE house SET seq = seq + 1 WHERE id = 1 RETURNING seq";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).map(Seq)?)
    }

    /// Runs `what` once this act is on disk, before its caller hears of it. Must not block.
    pub fn after_commit(&mut self, what: impl FnOnce() + Send + 'static) {
        self.afterwards.push(Box::new(what));
    }

    fn in_savepoint<T, E: From<StoreError>>(&mut self, job: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.run("SAVEPOINT act")?;
        let mark = self.afterwards.len();
        let outcome = match catch_unwind(AssertUnwindSafe(|| job(self))) {
            Ok(Ok(value)) => self.run("RELEASE act").map(|()| value).map_err(E::from),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(StoreError::Fault("an act panicked".into()).into()),
        };
        if outcome.is_err() {
            self.afterwards.truncate(mark);
            // A full disk may have undone the whole transaction already; then there is no savepoint to go back to.
            let undone =
                self.conn.is_autocommit() || self.run("ROLLBACK TO act").and_then(|()| self.run("RELEASE act")).is_ok();
            self.poisoned |= !undone;
        }
        outcome
    }

    fn run(&self, sql: &str) -> Rows<()> {
        Ok(self.conn.prepare_cached(sql)?.execute([]).map(|_| ())?)
    }
}

struct Queued {
    job: Job,
    since: Instant,
}

/// The database: see the head of this file.
pub struct Store {
    readers: r2d2::Pool<SqliteConnectionManager>,
    queue: Option<SyncSender<Queued>>,
    writer: Option<JoinHandle<()>>,
}

impl Store {
    /// Takes an open writer connection and starts the writer thread.
    pub fn start(
        writer: Connection,
        readers: r2d2::Pool<SqliteConnectionManager>,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let writer =
            std::thread::Builder::new().name("writer".into()).spawn(move || write_all(writer, &jobs, &*clock))?;
        Ok(Self { readers, queue: Some(queue), writer: Some(writer) })
    }

    /// Reads, inline on this thread. Point reads only on an HTTP worker.
    pub fn read<T, E: From<StoreError>>(&self, rows: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let conn = self.readers.get().map_err(StoreError::from)?;
        rows(&conn)
    }

    /// Queues an act; the receiver hears its outcome once it is on disk. An act that is dropped unrun, because too many
    /// wait or the storage is held by somebody else, closes the channel: read that as [`StoreError::Busy`].
    pub fn write<T, E>(
        &self,
        job: impl FnOnce(&mut Act<'_>) -> Result<T, E> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tell, hear) = oneshot::channel();
        let job: Job = Box::new(move |act| match act.in_savepoint(job) {
            Ok(value) => Box::new(move |commit| drop(tell.send(commit.map(|()| value).map_err(E::from)))),
            Err(error) => Box::new(move |_| drop(tell.send(Err(error)))),
        });
        if let Some(queue) = &self.queue
            && queue.try_send(Queued { job, since: Instant::now() }).is_err()
        {
            tracing::warn!("too many writes wait");
        }
        hear
    }

    /// The same for callers that may block: hashing threads, the command line, tests.
    pub fn write_now<T, E>(&self, job: impl FnOnce(&mut Act<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write(job).blocking_recv().unwrap_or_else(|_| Err(StoreError::Busy.into()))
    }
}

impl Drop for Store {
    /// Lets the writer finish what waits and close the file.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write_all(conn: Connection, jobs: &Receiver<Queued>, clock: &dyn Clock) {
    while let Ok(first) = jobs.recv() {
        // Whatever panics in here costs one group and never the writer: without it nobody could be logged out any more.
        let group = AssertUnwindSafe(|| write_group(&conn, first, jobs, clock));
        if catch_unwind(group).is_err() && !conn.is_autocommit() {
            let _ = conn.execute_batch("ROLLBACK");
        }
    }
    // The log is folded into the file so that a copy of the closed database is one file.
    let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    let _ = conn.execute_batch("PRAGMA optimize");
}

fn write_group(conn: &Connection, first: Queued, jobs: &Receiver<Queued>, clock: &dyn Clock) {
    let begun = conn.prepare_cached("BEGIN IMMEDIATE").and_then(|mut sql| sql.execute([])).map(|_| ());
    let mut answers: Vec<Answer> = Vec::new();
    let mut act = Act { conn, now: clock.now(), afterwards: Vec::new(), poisoned: false };
    let mut outcome = begun.map_err(StoreError::from);
    let mut next = Some(first);
    while let Some(Queued { job, since }) = next {
        if outcome.is_err() || since.elapsed() > PATIENCE * 2 {
            answers.push(refusal(job));
        } else {
            // Each at its own time: a group that takes long must not date back whoever joined it late.
            act.now = clock.now();
            answers.push(job(&mut act));
            if conn.is_autocommit() || act.poisoned {
                outcome = Err(StoreError::CannotWrite("the transaction was undone".into()));
            }
        }
        next = if answers.len() < GROUP { another(jobs) } else { None };
    }
    if outcome.is_ok() {
        outcome =
            conn.prepare_cached("COMMIT").and_then(|mut sql| sql.execute([])).map(|_| ()).map_err(StoreError::from);
    }
    if outcome.is_err() && !conn.is_autocommit() {
        let _ = conn.execute_batch("ROLLBACK");
    }
    match &outcome {
        // Each by itself: one that panics must not keep another's fence from being raised.
        Ok(()) => act.afterwards.into_iter().for_each(|follow| drop(catch_unwind(AssertUnwindSafe(follow)))),
        Err(error) => tracing::warn!(%error, acts = answers.len(), "a group of writes was not committed"),
    }
    for answer in answers {
        answer(outcome.as_ref().copied().map_err(again));
    }
}

fn another(jobs: &Receiver<Queued>) -> Option<Queued> {
    jobs.try_recv().ok()
}

/// An act that is not even begun: dropping it closes its channel.
fn refusal(job: Job) -> Answer {
    drop(job);
    Box::new(|_| ())
}

/// The same error for each act of a group.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::CannotWrite(text) => StoreError::CannotWrite(text.clone()),
        StoreError::Conflict(text) => StoreError::Conflict(text.clone()),
        StoreError::Damaged(text) => StoreError::Damaged(text.clone()),
        StoreError::Fault(text) => StoreError::Fault(text.clone()),
    }
}

/// A row or nothing.
pub trait Maybe<T> {
    /// `None` where there is no row.
    fn maybe(self) -> Rows<Option<T>>;
}

impl<T> Maybe<T> for rusqlite::Result<T> {
    fn maybe(self) -> Rows<Option<T>> {
        Ok(self.optional()?)
    }
}
