//! Functions: what a session check, a kick, a list page and a password comparison cost inside the process.
//!
//! Run: `cargo bench --bench functions`, or with names of cells behind `--` (`check kick many list password prepare`).
//! It makes a data directory with a million sessions in the temporary directory (TMPDIR; keep it on a disk) and takes two
//! minutes. Each line: goal, what, median (min-max) over the rounds, the baseline likewise, their ratio, the target, and
//! `ok`, `near` or `FAIL`. `FAIL` ends the run with status 1. Every timed write is read back, outside the clock.
//!
//! The baseline of a kick is the smallest durable write there is: one UPDATE of a session row by its key, in a
//! transaction of its own, `synchronous=FULL`, on the same file, by a connection set like the product's.

#![allow(missing_docs, clippy::cast_precision_loss, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_truncation)]

mod common;

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use common::stock::{self, Size, Stock};
use common::{Done, Series, Target, Verdicts, check, figure, machine, micros, timed};
use exeunt::crypto::{password, seal};
use exeunt::domain::clock::SystemClock;
use exeunt::domain::id::UserId;
use exeunt::domain::logout::{Actor, Cause, Origin, Receipt};
use exeunt::domain::secret::SecretHash;
use exeunt::flow::state::State;
use exeunt::flow::{ledger, logout, session};
use exeunt::store::sessions;
use rusqlite::{Connection, StatementStatus};

const HOST: &str = "bench.test";
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    match run() {
        Ok(verdicts) => verdicts.end(),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Done<Verdicts> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wants = |cell: &str| wanted.is_empty() || wanted.iter().any(|name| name == cell);
    let mut verdicts = Verdicts::default();
    println!("{}", machine());
    if wants("password") {
        passwords(&mut verdicts);
    }
    let (large, small, tiny) = (House::make(Size::MILLION)?, House::make(Size::THOUSAND)?, House::make(Size::HUNDRED)?);
    println!();
    if wants("prepare") {
        prepares(&mut verdicts, &large)?;
    }
    if wants("check") {
        checks(&mut verdicts, &large, &small)?;
    }
    if wants("list") {
        lists(&mut verdicts, &large, &tiny)?;
    }
    if wants("kick") {
        kicks(&mut verdicts, &large, &small)?;
    }
    if wants("many") {
        many(&mut verdicts, &large)?;
    }
    println!("{}", machine());
    Ok(verdicts)
}

/// A stock, and the house that serves it, without its upkeep: nothing else writes.
struct House {
    state: Arc<State>,
    plain: Connection,
    stock: Stock,
}

impl House {
    fn make(size: Size) -> Done<Self> {
        let stock = Stock::make(size, HOST)?;
        let state = State::open(stock.config(0)?, Arc::new(SystemClock))?;
        Ok(Self { state, plain: stock.connection()?, stock })
    }

    fn kick(&self, users: Vec<UserId>) -> Done<Receipt> {
        let (pool, application) = (stock::pool()?, stock::application()?);
        let origin = Origin { actor: Actor::Pool(pool), ip: "192.0.2.7".into(), request: "req_bench".into() };
        let whom = (users, Some(application));
        Ok(self.state.write_now(move |act, state| logout::kick(act, state, pool, whom, (Cause::Kicked, origin)))?)
    }

    /// The baseline: one row by its key.
    fn update(&self, row: u64, text: &str) -> Done<f64> {
        let (time, changed) = timed(|| {
            self.plain.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            let sql = "UPDATE sessions SET user_agent = ?2 WHERE id = ?1";
            let changed = self.plain.prepare_cached(sql)?.execute(rusqlite::params![row as i64, text])?;
            self.plain.prepare_cached("COMMIT")?.execute([])?;
            Ok(changed)
        })?;
        check(changed == 1, || format!("row {row} was not updated"))?;
        Ok(time)
    }

    /// Kicks users one by one; each is read back: the barrier stands, and a cookie of theirs is dead.
    fn kicks(&self, users: impl Iterator<Item = u64>) -> Done<Series> {
        let mut times = Series::default();
        for n in users {
            let user = stock::user(n)?;
            let (time, receipt) = timed(|| self.kick(vec![user]))?;
            times.push(time);
            let sql = "SELECT barrier_seq FROM kicks WHERE user_id = ?1 AND application_id = ?2";
            let barrier: i64 = self
                .plain
                .prepare_cached(sql)?
                .query_row(rusqlite::params![user.as_str(), stock::APPLICATION], |row| row.get(0))?;
            let told: i64 = self
                .plain
                .prepare_cached("SELECT count(*) FROM endings WHERE id = ?1 AND open = 1")?
                .query_row([receipt.id.as_str()], |row| row.get(0))?;
            let secret = stock::secret(self.stock.size.session_of(n));
            let alive = session::resume(&self.state, &secret, HOST, session::Use::ByThePerson)?.is_some();
            check(receipt.known == 1 && barrier == receipt.seq.0 && told == 1 && !alive, || format!("kick of {n}"))?;
        }
        Ok(times)
    }

    fn updates(&self, rows: impl Iterator<Item = u64>, round: usize) -> Done<Series> {
        rows.map(|row| self.update(row + 1, &format!("round {round} row {row}"))).collect()
    }
}

/// G4, G13: one user, whatever they have.
fn kicks(verdicts: &mut Verdicts, large: &House, small: &House) -> Done<()> {
    const EACH: u64 = 120;
    let size = large.stock.size;
    let kinds = [5, 1_000, 20_000];
    let (mut base, mut small_times) = (Series::default(), Series::default());
    let mut times = [Series::default(), Series::default(), Series::default()];
    for round in 0..ROUNDS {
        let from = round as u64 * EACH * 7;
        let rows = (0..EACH).map(|n| (from + n * 1_613 + 77) % size.ordinary());
        let point = large.updates(rows, round)?;
        let few = small.kicks((0..EACH).map(|n| n % small.stock.size.users))?;
        for (kind, series) in kinds.iter().zip(&mut times) {
            let users =
                (0..EACH).map(|n| if *kind == 5 { (from + n * 769) % size.users } else { size.user_with(*kind, n) });
            let found = large.kicks(users)?;
            if round > 0 {
                series.push(found.median());
            }
        }
        if round > 0 {
            base.push(point.median());
            small_times.push(few.median());
        }
    }
    for (kind, series) in kinds.iter().zip(&times) {
        let what = format!("kick a user with {} of 1,140,000", figure(f64::from(*kind as u32)));
        verdicts.ratio("G4", &what, (series, " us"), (&base, " us"), Target::Most(2.0));
    }
    verdicts.ratio(
        "G4",
        "kick: 20,000 sessions / 5 sessions",
        (&times[2], " us"),
        (&times[0], " us"),
        Target::Most(1.3),
    );
    verdicts.ratio(
        "G13",
        "kick: 1,000,000 / 1,000 in the file",
        (&times[0], " us"),
        (&small_times, " us"),
        Target::Most(1.3),
    );
    Ok(())
}

/// G5: a thousand users in one call, nowhere near each other.
fn many(verdicts: &mut Verdicts, large: &House) -> Done<()> {
    let (mut base, mut times) = (Series::default(), Series::default());
    let size = large.stock.size;
    for round in 0..ROUNDS {
        let point = large.updates((0..200).map(|n| (n * 4_999 + round as u64) % size.ordinary()), round + 100)?;
        let numbers: Vec<u64> = (0..1_000).map(|n| (n * 197 + 50_000 + round as u64) % size.users).collect();
        let users = numbers.iter().map(|n| stock::user(*n)).collect::<Done<Vec<_>>>()?;
        let (time, receipt) = timed(|| large.kick(users))?;
        let sql = "SELECT count(*) FROM kicks WHERE barrier_seq = ?1";
        let raised: i64 = large.plain.query_row(sql, [receipt.seq.0], |row| row.get(0))?;
        check(receipt.known == 1_000 && raised == 1_000, || format!("{raised} barriers of 1,000"))?;
        if round > 0 {
            base.push(point.median());
            times.push(time);
        }
    }
    verdicts.ratio("G5", "kick 1,000 users in one call", (&times, " us"), (&base, " us"), Target::Most(50.0));
    Ok(())
}

/// Microseconds a call of `ask`, the mean of `count` calls.
fn mean(count: u64, mut ask: impl FnMut(u64) -> Done<()>) -> Done<f64> {
    let begun = Instant::now();
    for n in 0..count {
        ask(n)?;
    }
    Ok(micros(begun.elapsed()) / count as f64)
}

fn by_rows(house: &House, hashes: &[SecretHash]) -> Done<f64> {
    mean(hashes.len() as u64, |n| {
        let found = house.state.store.read(|conn| sessions::by_secret(conn, &hashes[n as usize]))?;
        check(black_box(found).is_some_and(|s| s.participants.len() == 1), || "a living session was not found".into())
    })
}

fn by_cache(house: &House, secrets: &[String]) -> Done<f64> {
    mean(secrets.len() as u64 * 10, |n| {
        let secret = &secrets[n as usize % secrets.len()];
        let found = session::resume(&house.state, secret, HOST, session::Use::ByThePerson)?;
        check(black_box(found).is_some(), || "a living session was not found".into())
    })
}

/// G13 and what a check costs: through rows, through the cache, one session again and again or any of a million.
fn checks(verdicts: &mut Verdicts, large: &House, small: &House) -> Done<()> {
    let pick = |house: &House, round: u64, count: u64, among: u64| -> Vec<String> {
        let stride = house.stock.size.ordinary() / among;
        (0..count).map(|n| stock::secret((n * 7_919 + round * 31) % among * stride)).collect()
    };
    let hashes = |secrets: &[String]| -> Vec<SecretHash> { secrets.iter().map(|s| seal::hash(s)).collect() };
    // By rows: small, a warm thousand, any; by cache: small, large.
    let mut series: [Series; 5] = std::array::from_fn(|_| Series::default());
    for round in 0..ROUNDS as u64 {
        let (few, many) = (pick(small, 0, 1_000, 1_000), pick(large, 0, 1_000, 1_000));
        by_cache(small, &few)?;
        by_cache(large, &many)?;
        let times = [
            by_rows(small, &hashes(&pick(small, round, 5_000, 1_000)))?,
            by_rows(large, &hashes(&pick(large, round, 5_000, 1_000)))?,
            by_rows(large, &hashes(&pick(large, round, 5_000, 1_000_000)))?,
            by_cache(small, &few)?,
            by_cache(large, &many)?,
        ];
        if round > 0 {
            series.iter_mut().zip(times).for_each(|(series, time)| series.push(time));
        }
    }
    let [rows_small, rows_warm, rows_any, hit_small, hit] = series;
    let most = Target::Most(1.3);
    verdicts.ratio(
        "G13",
        "check by rows: 1,000 of 1,000,000 / of 1,000",
        (&rows_warm, " us"),
        (&rows_small, " us"),
        most,
    );
    verdicts.ratio(
        "G13",
        "check by rows: any of 1,000,000 / of 1,000",
        (&rows_any, " us"),
        (&rows_small, " us"),
        Target::None,
    );
    verdicts.ratio("G13", "check by cache: among 1,000,000 / 1,000", (&hit, " us"), (&hit_small, " us"), most);
    verdicts.ratio("", "check by cache / by rows", (&hit, " us"), (&rows_warm, " us"), Target::None);
    Ok(())
}

/// G13: the first page of who is online.
fn lists(verdicts: &mut Verdicts, large: &House, tiny: &House) -> Done<()> {
    let (pool, application) = (stock::pool()?, stock::application()?);
    let read = |house: &House| -> Done<f64> {
        mean(20, |_| {
            let page = ledger::page(&house.state, application, pool, &ledger::Wanted::default())?;
            check(page.rows.len() >= 20 && page.session_count >= 100, || format!("{} sessions", page.rows.len()))
        })
    };
    let capped = House::make(Size::FIVE_THOUSAND)?;
    let (mut few, mut same, mut many) = (Series::default(), Series::default(), Series::default());
    for round in 0..ROUNDS {
        let (a, b, c) = (read(tiny)?, read(&capped)?, read(large)?);
        if round > 0 {
            few.push(a);
            same.push(b);
            many.push(c);
        }
    }
    // With 100 there is less to count; with 5,000 exactly as much.
    verdicts.ratio("G13", "list page: 1,000,000 / 5,000 sessions", (&many, " us"), (&same, " us"), Target::None);
    verdicts.ratio("G13", "list page: 1,000,000 / 100 sessions", (&many, " us"), (&few, " us"), Target::Most(1.3));
    Ok(())
}

/// G12: the hot statements are prepared once, after ANALYZE too. A connection without QPSG shows that the count counts.
fn prepares(verdicts: &mut Verdicts, large: &House) -> Done<()> {
    const CALLS: i32 = 1_000;
    let source = include_str!("../src/store/sessions.rs");
    let text_of = |name: &str| -> Done<String> {
        let from = source.split_once(&format!("const {name}: &str =")).ok_or("no such statement")?.1;
        Ok(from.split('"').nth(1).ok_or("no text")?.to_owned())
    };
    let hash = seal::hash(&stock::secret(7));
    let counts = |conn: &Connection, name: &str| -> Done<(i32, i32)> {
        let sql = conn.prepare_cached(&text_of(name)?)?;
        Ok((sql.get_status(StatementStatus::Run), sql.get_status(StatementStatus::RePrepare)))
    };
    let ask = |conn: &Connection| -> Done<Vec<(i32, i32)>> {
        let mut id = None;
        for _ in 0..CALLS {
            id = sessions::by_secret(conn, &hash)?.map(|s| s.id);
        }
        let id = id.ok_or("no session")?;
        for _ in 0..CALLS {
            sessions::by_id(conn, id)?;
        }
        ["LIVE", "LIVE_BY_ID", "PARTICIPANTS"].iter().map(|name| counts(conn, name)).collect()
    };
    let ours =
        large.state.store.read(|conn| ask(conn).map_err(|e| exeunt::store::db::StoreError::Fault(e.to_string())))?;
    let plain = Connection::open(large.stock.database())?;
    let bare = ask(&plain)?;
    let ran = ours.iter().all(|(runs, _)| *runs >= CALLS);
    let again: i32 = ours.iter().map(|(_, again)| again).sum();
    let bare: i32 = bare.iter().map(|(_, again)| again).sum();
    let detail = format!("{again} in {} runs; {bare} on a connection without QPSG", CALLS * 4);
    verdicts.must("G12", "prepared again after ANALYZE", ran && again == 0 && bare > 0, &detail);
    Ok(())
}

/// What a comparison costs with memory used again, and with fresh memory each time.
fn passwords(verdicts: &mut Verdicts) {
    let Some(phc) = password::hash(stock::PASSWORD) else { return };
    let mut memory = password::Memory::default();
    let (mut reused, mut fresh) = (Series::default(), Series::default());
    for _ in 0..15 {
        let begun = Instant::now();
        let right = password::verify(&mut memory, stock::PASSWORD, &phc) == password::Verdict::Right;
        reused.push(micros(begun.elapsed()) / 1e3);
        let begun = Instant::now();
        let fits =
            password::verify(&mut password::Memory::default(), stock::PASSWORD, &phc) == password::Verdict::Right;
        fresh.push(micros(begun.elapsed()) / 1e3);
        if !(right && fits) {
            verdicts.must("", "the right password fits", false, "");
        }
    }
    verdicts.ratio("", "argon2: memory used again / fresh", (&reused, " ms"), (&fresh, " ms"), Target::None);
}
