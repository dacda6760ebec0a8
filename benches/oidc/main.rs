//! OpenID Connect: the product's own binary beside `oidc-provider` (npm) with two stores, in memory and in SQLite, and a bare
//! actix-web that only says hello.
//!
//! Run: `cargo bench --bench oidc`, or with names of cells behind `--`: `acts gate told leave`; `--rounds 5 --seconds 1` are
//! the defaults and give about fifteen minutes. Needs Linux, `taskset` (util-linux), node and npm for the peer; without them
//! the peer's columns are left out. Servers run on core 0, the load on core 1. `--beside PATH` measures another build of the
//! product in the same rounds: before and after a change.
//!
//! - `acts`: code flow with a living session (authorization request with `prompt=none`, exchange of the code), rotating
//!   refresh, userinfo, introspection, revocation of access tokens, RP-initiated log-out with a hint; RS256 and ES256, one
//!   connection and sixteen. One round asks every side for every act in turn, A B C A B C; the first round is dropped.
//!   Every answer is looked at, and of what was revoked or ended a sample is shown again and must be dead.
//! - `leave`: RP-initiated log-outs at 16 and 64 connections.
//! - `gate`: the last moment at which cookie, access token and refresh token of a kicked user work, at 5, 1,000 and 20,000
//!   sessions. `told`: from a kick to the application's hearing of it, also beside an application that never answers.
//!
//! What is unequal is so to the advantage of the peer: its access tokens are opaque (its default), so a code flow or a
//! refresh costs it one signature and the product two; its SQLite runs with synchronous=NORMAL and the product's with FULL;
//! its cookies are unsigned; it writes no log. Against it: its log-out is two requests, since it always asks.

#![allow(missing_docs, clippy::cast_precision_loss, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_truncation, clippy::disallowed_methods)]

#[path = "../common/mod.rs"]
mod common;

mod acts;
mod cells;
mod driver;
mod kicks;
mod sides;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use cells::{Column, Table};
use common::process::{self, Running};
use common::stock::{Size, Stock};
use common::{Done, Series, Target, Verdicts, machine};
use exeunt::crypto::jws::{self, SigningKey};
use exeunt::domain::oauth::TokenAlg;
use sides::{Kind, PRODUCT, Side};

/// Users of whom some have thousands of sessions, for the kicks.
const KICKED: Size = Size { users: 2_000, thousands: 10, twenty_thousands: 5 };

/// How long and how often.
#[derive(Debug, Clone, Copy)]
struct Pace {
    rounds: usize,
    seconds: f64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let done = if args.first().is_some_and(|arg| arg == "--child") {
        child(&args[1..]).map(|()| ExitCode::SUCCESS)
    } else {
        run(&args).map(Verdicts::end)
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn run(args: &[String]) -> Done<Verdicts> {
    let number = |name: &str, default: f64| -> f64 {
        let at = args.iter().position(|arg| arg == name);
        at.and_then(|at| args.get(at + 1)).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let pace = Pace { rounds: (number("--rounds", 5.0) as usize).max(2), seconds: number("--seconds", 1.0).max(0.1) };
    let cells: Vec<&String> = args.iter().filter(|arg| arg.bytes().all(|b| b.is_ascii_lowercase())).collect();
    let wants = |cell: &str| cells.is_empty() || cells.iter().any(|name| *name == cell);
    let beside = args.iter().position(|arg| arg == "--beside").and_then(|at| args.get(at + 1));
    let mut verdicts = Verdicts::default();
    println!("{}", machine());
    process::pin_self()?;
    if wants("acts") {
        acts_cell(pace, beside.map(String::as_str), &mut verdicts)?;
    }
    if wants("leave") {
        leave_cell(pace, &mut verdicts)?;
    }
    if wants("gate") || wants("told") {
        let port = process::free_port()?;
        let stock = Stock::make(KICKED, &format!("127.0.0.1:{port}"))?;
        if wants("gate") {
            println!("\ngate: {}", machine());
            kicks::gate(&stock, port, &mut verdicts)?;
        }
        if wants("told") {
            println!("\ntold: {}", machine());
            kicks::told(&stock, port, &mut verdicts)?;
        }
    }
    println!("\n{}", machine());
    Ok(verdicts)
}

/// A build of the product on a stock of so many sessions, which must outlive it.
fn product(kind: Kind, binary: &str, sessions: f64) -> Done<(Stock, Side)> {
    let port = process::free_port()?;
    let size = Size { users: (sessions / 5.0) as u64 + 200, thousands: 0, twenty_thousands: 0 };
    let stock = Stock::make(size, &format!("127.0.0.1:{port}"))?;
    let side = Side::build(kind, binary, (&stock, port), &sides::seed(&[]))?;
    Ok((stock, side))
}

const BINARY: &str = env!("CARGO_BIN_EXE_exeunt");

fn acts_cell(pace: Pace, beside: Option<&str>, verdicts: &mut Verdicts) -> Done<()> {
    let columns = [(sides::RS256, "RS256", 1), (sides::RS256, "RS256", 16), (sides::ES256, "ES256", 1)];
    let columns = columns.into_iter().chain([(sides::ES256, "ES256", 16)]);
    let columns =
        columns.map(|(application, alg, connections)| Column { application, alg, connections, ..pace.column() });
    let sessions = 11_200.0 * pace.seconds * pace.rounds as f64;
    let (_stock, ours) = product(PRODUCT, BINARY, sessions)?;
    let mut sides = vec![ours];
    let other =
        beside.map(|binary| product(Kind { name: "the other build", ..PRODUCT }, binary, sessions)).transpose()?;
    let (_stock, other) = other.unzip();
    sides.extend(other);
    for (name, store) in [("oidc-provider, SQLite", "sqlite"), ("oidc-provider, memory", "memory")] {
        let sessions = 2_600.0 * pace.seconds.max(0.25) * pace.rounds as f64;
        match Side::peer(name, store, sessions as u64 + 400)? {
            Some(side) => sides.push(side),
            None => println!("{name}: left out, node or its packages are missing"),
        }
    }
    sides.iter_mut().for_each(|side| side.fresh = cells::LIVING);
    let hello = Running::start(&["hello"])?;
    sides.iter().try_for_each(|side| cells::warm(side, pace.column()))?;
    for column in columns {
        let (mut table, mut cap) = (Table::default(), Series::default());
        for round in 0..pace.rounds {
            cap.push(signatures_per_second(column.alg)?);
            let mut dropped = Table::default();
            let kept = if round == 0 { &mut dropped } else { &mut table };
            cells::round(&mut sides, &hello, column, kept)?;
        }
        println!("\n{}", machine());
        cells::report(column, &table, verdicts);
        println!("{} signatures of the same core: {}", column.alg, cap.shown("/s"));
    }
    Ok(())
}

impl Pace {
    fn column(self) -> Column {
        Column { application: sides::RS256, alg: "RS256", connections: 1, seconds: self.seconds }
    }
}

/// G6: log-outs that applications begin.
fn leave_cell(pace: Pace, verdicts: &mut Verdicts) -> Done<()> {
    let (_stock, mut side) = product(PRODUCT, BINARY, 8_000.0 * pace.seconds * pace.rounds as f64)?;
    println!("\nleave: {}", machine());
    for (connections, target) in [(16, Target::Least(3_852.0)), (64, Target::None)] {
        let column = Column { connections, ..pace.column() };
        let (mut rates, mut p99) = (Series::default(), Series::default());
        for round in 0..pace.rounds {
            let found = cells::end_sessions(&mut side, column, (4_000.0 * pace.seconds) as u64)?;
            if round > 0 {
                rates.push(found.per_second);
                p99.push(found.p99_ms);
            }
        }
        let what = format!("end_session c={connections} (4x rauthy's 963/s: 3,852)");
        verdicts.bar("G6", &what, (&rates, "/s"), target);
        verdicts.bar("G6", "the same, p99", (&p99, " ms"), Target::None);
    }
    Ok(())
}

fn child(args: &[String]) -> Done<()> {
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["hello"] => hello(),
        ["signatures", alg] => signatures(alg),
        other => Err(format!("no such child: {other:?}").into()),
    }
}

/// What signing alone allows on core 0: a code flow of the product takes two.
fn signatures_per_second(alg: &str) -> Done<f64> {
    let mut command = process::pinned("0", &[]);
    command.arg(std::env::current_exe()?).args(["--child", "signatures", alg]);
    Ok(String::from_utf8(command.output()?.stdout)?.trim().parse()?)
}

fn signatures(alg: &str) -> Done<()> {
    let alg = TokenAlg::parse(alg).ok_or("no such algorithm")?;
    let key = SigningKey::parse("bench", alg, &jws::generate(alg)?)?;
    let claims = serde_json::json!({ "iss": "http://127.0.0.1:9010/oidc", "sub": "60aa0000000000000000000a" });
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_millis(500) {
        key.sign("JWT", &claims).ok_or("no signature")?;
        count += 1;
    }
    println!("{}", f64::from(count) / begun.elapsed().as_secs_f64());
    Ok(())
}

/// The child that only says hello.
fn hello() -> Done<()> {
    actix_web::rt::System::new().block_on(async {
        let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
        println!("ready {}", socket.local_addr()?.port());
        let app = || App::new().route("/api/v1/session", web::get().to(|| async { HttpResponse::Ok().body("hello") }));
        Ok(HttpServer::new(app).workers(1).listen(socket)?.run().await?)
    })
}
