//! The threads that hash passwords: about as many as cores, with a bounded queue and memory that is used again.
//!
//! They run at low priority, so that a storm of log-ins slows log-ins and not the requests of people who are in, nor a
//! kick (security.md W1). A full queue is answered at once with 503.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::error::{Done, FlowError};
use crate::crypto::password::Memory;

/// Unix niceness of a hashing thread.
const NICE: i32 = 10;

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// See the head of this file.
pub struct Hashing {
    queue: SyncSender<Job>,
}

impl Hashing {
    /// Starts `threads` threads for at most `waiting` jobs; they end when the house does.
    pub fn start(threads: usize, waiting: usize) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(waiting);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads.max(1) {
            let jobs = jobs.clone();
            std::thread::Builder::new().name(format!("hashing-{number}")).spawn(move || work(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// Runs `job` on a hashing thread; it may block there. `Busy` when too many wait.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce(&mut Memory) -> Done<T> + Send + 'static) -> Done<T> {
        let (tell, hear) = oneshot::channel();
        let job: Job = Box::new(move |memory| drop(tell.send(job(memory))));
        self.queue.try_send(job).map_err(|_| FlowError::Busy)?;
        hear.await.unwrap_or(Err(FlowError::Busy))
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    // On Linux the priority of "this process" is that of the calling thread.
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "hashing runs at normal priority");
    }
    let mut memory = Memory::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let run = std::panic::AssertUnwindSafe(|| job(&mut memory));
        if std::panic::catch_unwind(run).is_err() {
            tracing::error!("a hashing job panicked");
        }
    }
}
