//! Requests: the server, asked over HTTP, beside a bare actix-web that only says hello.
//!
//! Run: `cargo bench --bench requests`, or with names of cells behind `--`: `check unseen told gate kick logout storm
//! login start`; `--rounds 5 --seconds 3` are the defaults and give about fifteen minutes. Needs Linux, `taskset`
//! (util-linux) and `wrk` (Debian package of that name). Servers run on core 0, the load on core 1; with a single core
//! they share it and the figures are worth little.
//!
//! Both sides of a ratio are asked in turn, A B A B; the first round is dropped. Each line: goal, what, median (min-max)
//! over the rounds, the baseline likewise, their ratio, the target, and `ok`, `near` (missed by less than the baseline's
//! own spread) or `FAIL`, which ends the run with status 1. Answers other than the expected ones end the run at once.
//!
//! Servers are this program again, as child processes: `--child product` is the product with all it has, on a million
//! sessions; `hello` is the baseline of reads; `blocking` is the baseline of durable log-outs, the same statements
//! through `web::block` and a pool of connections, one transaction each.

#![allow(missing_docs, clippy::cast_precision_loss, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_truncation, clippy::disallowed_methods)]

#[path = "../common/mod.rs"]
mod common;

mod acts;
mod reads;
mod servers;
mod wrk;

use std::process::{Command, ExitCode};

use common::process::{self, Running};
use common::stock::{Size, Stock};
use common::{Done, Verdicts, machine};

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    rounds: usize,
    seconds: u64,
}

/// What the cells share: the stock, and which of its sessions are still unused.
pub struct Bench {
    stock: Stock,
    pace: Pace,
    port: u16,
    taken: u64,
}

/// Ordinary users from this number on are kicked; the sessions of those before are used up by log-outs.
const KICKED_FROM: u64 = 190_000;

impl Bench {
    /// Starts the product on the stock.
    fn product(&self) -> Done<Running> {
        Running::start(&["product", &self.stock.dir().to_string_lossy(), &self.port.to_string()])
    }

    /// Numbers of `count` sessions in a row that nobody has logged out.
    fn unused(&mut self, count: u64) -> Done<u64> {
        let users = self.stock.size.users;
        if self.taken % users + count > KICKED_FROM {
            self.taken = (self.taken / users + 1) * users;
        }
        let from = self.taken;
        self.taken += count;
        if self.taken > self.stock.size.ordinary() { Err("out of sessions".into()) } else { Ok(from) }
    }
}

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == "--child") {
        return match servers::child(&args.split_off(1)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&*error),
        };
    }
    match run(&args) {
        Ok(verdicts) => verdicts.end(),
        Err(error) => fail(&*error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

type Cell = fn(&mut Bench, &mut Verdicts) -> Done<()>;

fn run(args: &[String]) -> Done<Verdicts> {
    let number = |name: &str, default: u64| -> u64 {
        let at = args.iter().position(|arg| arg == name);
        at.and_then(|at| args.get(at + 1)).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let pace = Pace { rounds: number("--rounds", 5).max(2) as usize, seconds: number("--seconds", 3).max(1) };
    let cells: Vec<&String> = args.iter().filter(|arg| arg.bytes().all(|b| b.is_ascii_lowercase())).collect();
    let wants = |cell: &str| cells.is_empty() || cells.iter().any(|name| *name == cell);
    for (tool, package) in [("wrk", "wrk"), ("taskset", "util-linux")] {
        if Command::new(tool).arg("--version").output().is_err() {
            return Err(format!("{tool} is missing: apt-get install {package}").into());
        }
    }
    println!("{}", machine());
    let mut verdicts = Verdicts::default();
    if wants("start") {
        servers::start_cell(&mut verdicts)?;
    }
    let port = process::free_port()?;
    let mut bench = Bench { stock: Stock::make(Size::MILLION, &format!("127.0.0.1:{port}"))?, pace, port, taken: 0 };
    process::pin_self()?;
    let all: [(&str, Cell); 8] = [
        ("check", reads::check),
        ("unseen", reads::unseen),
        ("told", acts::told),
        ("gate", acts::gate),
        ("kick", acts::kick),
        ("logout", acts::log_out),
        ("storm", acts::storm),
        ("login", acts::log_in),
    ];
    for (name, cell) in all {
        if wants(name) {
            println!("\n{name}: {}", machine());
            cell(&mut bench, &mut verdicts)?;
        }
    }
    println!("\n{}", machine());
    Ok(verdicts)
}
