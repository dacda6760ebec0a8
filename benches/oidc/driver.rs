//! Load: one thread a connection, each asking again as soon as it has its answer, for a while or until the work is used up.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::client::Client;
use crate::common::process::Running;
use crate::common::{Done, Series, micros};

/// What a while of load found.
#[derive(Debug, Default, Clone)]
pub struct Found {
    pub per_second: f64,
    pub p99_ms: f64,
    /// Microseconds of a processor that the server spent on one.
    pub cpu_us: f64,
}

/// Whether there was something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Done,
    UsedUp,
}

/// Carries out `act` on a connection to a side, by name, for each of `workers` at once. An answer other than the
/// expected one ends the run.
pub fn run<W: Send>(
    (what, server): (&str, &Running),
    workers: &mut [W],
    time: Duration,
    act: impl Fn(&mut Client, &mut W) -> Done<Step> + Sync,
) -> Done<Found> {
    let (stop, latencies) = (AtomicBool::new(false), Mutex::new((Series::default(), 0)));
    let clients = workers.iter().map(|_| Client::to(server.port)).collect::<Done<Vec<_>>>()?;
    let (begun, before) = (Instant::now(), server.cpu_seconds()?);
    let one = |mut client: Client, worker: &mut W| -> Done<()> {
        let mut taken = Vec::new();
        while !stop.load(Ordering::Relaxed) && begun.elapsed() < time {
            let asked = Instant::now();
            match act(&mut client, worker) {
                Ok(Step::Done) => taken.push(micros(asked.elapsed()) / 1e3),
                Ok(Step::UsedUp) => stop.store(true, Ordering::Relaxed),
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(format!("{what}: {error}").into());
                }
            }
        }
        let mut all = latencies.lock().map_err(|_| "a worker panicked")?;
        all.1 += taken.len();
        for ms in taken {
            all.0.push(ms);
        }
        Ok(())
    };
    std::thread::scope(|scope| -> Done<()> {
        let running: Vec<_> = clients.into_iter().zip(workers).map(|(c, w)| scope.spawn(|| one(c, w))).collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a worker panicked")?)
    })?;
    let (elapsed, cpu) = (begun.elapsed().as_secs_f64(), server.cpu_seconds()? - before);
    let (taken, count) = latencies.into_inner().map_err(|_| "a worker panicked")?;
    let count = count as f64;
    Ok(Found { per_second: count / elapsed, p99_ms: taken.quantile(0.99), cpu_us: cpu * 1e6 / count })
}
