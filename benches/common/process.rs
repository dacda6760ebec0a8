//! Servers as processes on core 0, and what can be said of a process from outside.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Done, check};

/// A child that has said that it is ready; killed when dropped.
pub struct Running {
    child: Child,
    pub port: u16,
    /// From asking the system for a process until the line that it is ready.
    pub ready_after: Duration,
}

impl Running {
    /// Starts this program again, as the child that `args` name.
    pub fn start(args: &[&str]) -> Done<Self> {
        let mut command = pinned("0", &[]);
        command.arg(std::env::current_exe()?).arg("--child").args(args);
        Self::spawn(command)
    }

    /// Starts a program that says `ready` and a port, or an address with one, as its first line.
    pub fn spawn(mut command: Command) -> Done<Self> {
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let ready_after = begun.elapsed();
        let told = line.trim().rsplit_once("ready ").map(|(_, address)| address);
        let port = told.and_then(|told| told.rsplit(':').next()?.parse().ok());
        let Some(port) = port else {
            let _ = child.kill();
            return Err(format!("{command:?} did not start: {line}").into());
        };
        Ok(Self { child, port, ready_after })
    }

    /// Seconds of a processor that it has used, in all its threads, in hundredths.
    pub fn cpu_seconds(&self) -> Done<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold spaces; user and system time are the twelfth and thirteenth after it.
        let rest = stat.rsplit_once(')').ok_or("no stat")?.1;
        let ticks: Vec<f64> = rest.split_whitespace().skip(11).take(2).filter_map(|n| n.parse().ok()).collect();
        Ok(ticks.iter().sum::<f64>() / 100.0)
    }

    /// Resident memory in MiB.
    pub fn resident(&self) -> Done<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A command on one core, with `before` in front of it.
pub fn pinned(core: &str, before: &[&str]) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).args(before);
    command
}

/// Moves this process to core 1; wrk inherits that.
pub fn pin_self() -> Done<()> {
    if cores() < 2 {
        println!("one core only: servers and load share it, and the figures are worth little");
        return Ok(());
    }
    let done = Command::new("taskset").args(["-cp", "1", &std::process::id().to_string()]).output()?;
    check(done.status.success(), || "taskset refused".into())
}

/// Has the system write what it still holds, so that an act does not pay for the one before.
pub fn settle() -> Done<()> {
    let done = Command::new("sync").status()?;
    check(done.success(), || "sync failed".into())
}

pub fn free_port() -> Done<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
