//! Cells of acts: kicks, log-outs, log-ins, and who hears of them when.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use exeunt::crypto::seal::MasterKey;

use crate::common::admin::Admin;
use crate::common::client::{Client, cookie};
use crate::common::process::{self, Running};
use crate::common::stock::{self, PASSWORD, WITH_PASSWORD};
use crate::common::{Done, Series, Target, Verdicts, check, figure, micros};
use crate::{Bench, KICKED_FROM, servers, wrk};

const LOG_OUT: &str = "/login/profile/logout";

/// G4 over HTTP: one user among a million sessions. G5 likewise.
pub fn kick(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let product = bench.product()?;
    let (mut admin, mut anybody) = (Admin::of(product.port)?, Client::to(product.port)?);
    let size = bench.stock.size;
    let mut after = Series::default();
    // Those with thousands that `gate` has not used up.
    for (sessions, from, count) in [(5, KICKED_FROM + 1_000, 300), (1_000, 8, 12), (20_000, 4, 4)] {
        let mut times = Series::default();
        for n in from..from + count {
            let user = size.user_with(sessions, n);
            check(anybody.is_in(size.session_of(user))?, || format!("user {n} was not in"))?;
            let (time, receipt) = admin.kick(&[user])?;
            check(!anybody.is_in(size.session_of(user))?, || format!("user {n} is still in after the kick"))?;
            let ended = admin.written_out(&receipt)?;
            check(ended == sessions, || format!("{ended} of {sessions} sessions ended"))?;
            times.push(time);
            if sessions == 20_000 {
                after.push(admin.kick(&[KICKED_FROM + 1_500 + n])?.0);
            }
            process::settle()?;
        }
        let what = format!("kick over HTTP, {} sessions of 1,140,000", figure(sessions as f64));
        verdicts.bar("G4", &what, (&times, " ms"), Target::Most(1.5));
    }
    verdicts.bar("G4", "kick right after 20,000 rows were written out", (&after, " ms"), Target::None);
    let mut times = Series::default();
    for round in 0..5 {
        let users: Vec<u64> = (0..1_000).map(|n| KICKED_FROM + 2_000 + n * 5 + round).collect();
        let (time, receipt) = admin.kick(&users)?;
        check(!anybody.is_in(users[500])?, || "still in after the kick".into())?;
        check(admin.written_out(&receipt)? == 5_000, || "5,000 sessions end".into())?;
        times.push(time);
        process::settle()?;
    }
    verdicts.bar("G5", "kick 1,000 users in one call over HTTP", (&times, " ms"), Target::None);
    Ok(())
}

/// G10: from sending a kick to the open page of the one who was kicked.
pub fn told(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let product = bench.product()?;
    let mut admin = Admin::of(product.port)?;
    let mut times = Series::default();
    for n in KICKED_FROM..KICKED_FROM + 300 {
        let mut page = Client::to(product.port)?;
        page.send("GET", "/u/live", &[cookie(n)], "")?;
        page.until(b"retry: 2000\n\n")?;
        let begun = Instant::now();
        admin.send_kick(&[n])?;
        page.until(b"event: ended")?;
        times.push(micros(begun.elapsed()) / 1e3);
        let receipt = admin.receipt(1)?;
        admin.written_out(&receipt)?;
    }
    verdicts.bar("G10", "kick sent to open page told, median", (&times, " ms"), Target::Most(3.0));
    let p99 = [times.quantile(0.99)].into_iter().collect();
    verdicts.bar("G10", "the same, p99 of 300", (&p99, " ms"), Target::Most(20.0));
    Ok(())
}

/// G14: the last check that lets a kicked cookie in, while another connection asks without a pause.
pub fn gate(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let product = bench.product()?;
    let mut admin = Admin::of(product.port)?;
    let size = bench.stock.size;
    for (sessions, count) in [(1_000, 8), (20_000, 4)] {
        let (mut last, mut answers, mut slips) = (Series::default(), Series::default(), 0);
        for n in 0..count {
            process::settle()?;
            let user = size.user_with(sessions, n);
            let session = size.session_of(user) + 1;
            let (accepted, sent, answered) =
                ask_meanwhile(product.port, session, || admin.kick(&[user]).map(|(_, r)| r)).and_then(
                    |(accepted, sent, answered, receipt)| {
                        check(admin.written_out(&receipt)? == sessions, || "all sessions end".into())?;
                        Ok((accepted, sent, answered))
                    },
                )?;
            last.push(micros(accepted.saturating_duration_since(sent)) / 1e3);
            answers.push(micros(answered - sent) / 1e3);
            slips += i32::from(accepted > answered);
        }
        let what = format!("{} sessions: last check let in, after sending", figure(sessions as f64));
        verdicts.bar("G14", &what, (&last, " ms"), Target::Most(2.0));
        verdicts.bar("G14", "the kick's own answer, after sending", (&answers, " ms"), Target::None);
        verdicts.must("G14", "no check sent after the answer was let in", slips == 0, &format!("{slips} of {count}"));
    }
    Ok(())
}

/// When the last check that was let in had been sent, when the act was sent, and when its answer was there.
fn ask_meanwhile<T>(port: u16, session: u64, act: impl FnOnce() -> Done<T>) -> Done<(Instant, Instant, Instant, T)> {
    let stop = AtomicBool::new(false);
    let mut client = Client::to(port)?;
    check(client.is_in(session)?, || "not in before the kick".into())?;
    std::thread::scope(|scope| {
        let polling = scope.spawn(|| -> Done<Instant> {
            let mut last = Instant::now();
            let mut refused = 0;
            while refused < 50 || !stop.load(Ordering::SeqCst) {
                let sent = Instant::now();
                if client.is_in(session)? {
                    last = sent;
                } else {
                    refused += 1;
                }
            }
            Ok(last)
        });
        std::thread::sleep(std::time::Duration::from_millis(20));
        let sent = Instant::now();
        let value = act();
        let answered = Instant::now();
        stop.store(true, Ordering::SeqCst);
        let last = polling.join().map_err(|_| "the poller panicked")??;
        Ok((last, sent, answered, value?))
    })
}

fn count(conn: &rusqlite::Connection, sql: &str) -> Done<u64> {
    let rows: i64 = conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

fn ended_by(conn: &rusqlite::Connection, cause: &str) -> Done<u64> {
    count(conn, &format!("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL AND cause = '{cause}'"))
}

/// Sessions that one round of log-outs may use up.
const PER_ROUND: u64 = 45_000;

/// G6: durable log-outs by the link and by the personal center's form, beside one transaction each through a pool.
pub fn log_out(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let copy = bench.stock.copy()?;
    let (product, blocking) = (bench.product()?, Running::start(&["blocking", &copy.path().to_string_lossy()])?);
    let key = MasterKey::load(&bench.stock.dir().join("exeunt.key"))?;
    let count_in = |dir: &std::path::Path| -> Done<rusqlite::Connection> {
        stock::connection(&dir.join(exeunt::store::open::DATABASE))
    };
    let (ours, theirs) = (count_in(bench.stock.dir())?, count_in(copy.path())?);
    let [mut link, mut form, mut base, mut narrow] = std::array::from_fn(|_| (Series::default(), Series::default()));
    for round in 0..bench.pace.rounds {
        let seconds = bench.pace.seconds;
        let before =
            (ended_by(&ours, "front_end")?, ended_by(&ours, "personal_center")?, ended_by(&theirs, "front_end")?);
        let from = bench.unused(PER_ROUND)?;
        let slow =
            wrk::run_clean(blocking.port, 64, seconds, &wrk::each_once(blocking.port, LOG_OUT, from, PER_ROUND))?;
        let fast = wrk::run_clean(product.port, 64, seconds, &wrk::each_once(product.port, LOG_OUT, from, PER_ROUND))?;
        let file = posts(bench, &key, PER_ROUND)?;
        let posted = wrk::run_clean(product.port, 64, seconds, &wrk::posts(product.port, "/u/logout", file.path()))?;
        let from = bench.unused(PER_ROUND / 2)?;
        let few = wrk::run_clean(product.port, 16, 1, &wrk::each_once(product.port, LOG_OUT, from, PER_ROUND / 2))?;
        // Every answer is a session that ended on disk; those under way when the time was over may be one more each.
        let ended = |now: u64, before: u64, answered: u64, open: u64| {
            let ended = now - before;
            check(ended >= answered && ended <= answered + open, || {
                format!("{answered} log-outs answered, {ended} on disk")
            })
        };
        ended(ended_by(&ours, "front_end")?, before.0, fast.good + few.good, 80)?;
        ended(ended_by(&ours, "personal_center")?, before.1, posted.good, 64)?;
        ended(ended_by(&theirs, "front_end")?, before.2, slow.good, 64)?;
        if round > 0 {
            for (side, found) in [(&mut link, fast), (&mut form, posted), (&mut base, slow), (&mut narrow, few)] {
                side.0.push(found.per_second);
                side.1.push(found.p99_ms);
            }
        }
    }
    let (rates, p99) = ((&base.0, "/s"), (&base.1, " ms"));
    verdicts.ratio("G6", "c=64 log-outs by link / one transaction each", (&link.0, "/s"), rates, Target::Least(2.0));
    verdicts.ratio("G6", "c=64 log-outs by form / one transaction each", (&form.0, "/s"), rates, Target::Least(2.0));
    verdicts.ratio("G6", "c=64 p99 by link / one transaction each", (&link.1, " ms"), p99, Target::Most(0.1));
    verdicts.ratio("G6", "c=64 p99 by form / one transaction each", (&form.1, " ms"), p99, Target::Most(0.1));
    verdicts.bar("G6", "c=16 log-outs by link (4x rauthy's 963/s)", (&narrow.0, "/s"), Target::Least(3_852.0));
    Ok(())
}

/// Cookies and bodies of personal-center log-outs, each with the form value that the house would have given it.
fn posts(bench: &mut Bench, key: &MasterKey, count: u64) -> Done<tempfile::NamedTempFile> {
    let from = bench.unused(count)?;
    let file = tempfile::NamedTempFile::new()?;
    let mut out = std::io::BufWriter::new(&file);
    for n in from..from + count {
        let secret = stock::secret(n);
        writeln!(out, "exeunt={secret} csrf={}", key.mark("csrf", &[&secret]))?;
    }
    out.flush()?;
    drop(out);
    Ok(file)
}

/// Cookies and bodies of log-ins that will work.
fn log_ins(bench: &Bench) -> Done<tempfile::NamedTempFile> {
    let key = MasterKey::load(&bench.stock.dir().join("exeunt.key"))?;
    let file = tempfile::NamedTempFile::new()?;
    let mut out = std::io::BufWriter::new(&file);
    for n in 0..20_000 {
        let visitor = stock::secret(9_000_000 + n);
        let (name, mark) = (stock::username(n % WITH_PASSWORD), key.mark("csrf", &[&visitor]));
        let typed = PASSWORD.replace(' ', "+");
        writeln!(out, "exeunt_visitor={visitor} account={name}&password={typed}&csrf={mark}")?;
    }
    out.flush()?;
    drop(out);
    Ok(file)
}

/// G8: log-ins a second beside comparisons a second of the same core.
pub fn log_in(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let product = bench.product()?;
    let file = log_ins(bench)?;
    let script = wrk::posts(product.port, "/login", file.path());
    let conn = bench.stock.connection()?;
    let begun = || count(&conn, "SELECT count(*) FROM audit WHERE act = 'login'");
    let (mut logins, mut hashes, mut p99) = (Series::default(), Series::default(), Series::default());
    for round in 0..bench.pace.rounds {
        let compared = servers::hashes_per_second(bench.pace.seconds)?;
        let before = begun()?;
        let found = wrk::run_clean(product.port, 4, bench.pace.seconds, &script)?;
        let ended = begun()? - before;
        check(ended >= found.good && ended <= found.good + 4, || {
            format!("{} log-ins answered, {ended} on disk", found.good)
        })?;
        if round > 0 {
            hashes.push(compared);
            logins.push(found.per_second);
            p99.push(found.p99_ms);
        }
    }
    verdicts.ratio("G8", "log-ins / comparisons, c=4, one core", (&logins, "/s"), (&hashes, "/s"), Target::Least(0.85));
    verdicts.bar("G8", "p99 of a log-in at c=4", (&p99, " ms"), Target::None);
    Ok(())
}

/// G7: log-outs while sixteen clients log in without a pause.
pub fn storm(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    const EACH: u64 = 20_000;
    let product = bench.product()?;
    let file = log_ins(bench)?;
    let (mut idle, mut stormy) = (Series::default(), Series::default());
    let (mut rate_idle, mut rate_stormy) = (Series::default(), Series::default());
    for round in 0..bench.pace.rounds {
        let run = |from| wrk::run_clean(product.port, 4, 1, &wrk::each_once(product.port, LOG_OUT, from, EACH));
        let calm = run(bench.unused(EACH)?)?;
        let script = wrk::posts(product.port, "/login", file.path());
        let from = bench.unused(EACH)?;
        let (logins, beside) = std::thread::scope(|scope| -> Done<_> {
            let logins = scope.spawn(|| wrk::run(product.port, 16, 3, &script));
            std::thread::sleep(std::time::Duration::from_secs(1));
            let beside = run(from);
            Ok((logins.join().map_err(|_| "the storm panicked")??, beside?))
        })?;
        check(logins.good > 10, || format!("{} log-ins are no storm", logins.good))?;
        if round > 0 {
            idle.push(calm.p99_ms);
            stormy.push(beside.p99_ms);
            rate_idle.push(calm.per_second);
            rate_stormy.push(beside.per_second);
        }
    }
    verdicts.ratio(
        "G7",
        "p99 of log-outs in a log-in storm / idle",
        (&stormy, " ms"),
        (&idle, " ms"),
        Target::Most(3.0),
    );
    verdicts.ratio(
        "G7",
        "rate of log-outs in a log-in storm / idle",
        (&rate_stormy, "/s"),
        (&rate_idle, "/s"),
        Target::None,
    );
    Ok(())
}
