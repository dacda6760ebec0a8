//! Cells of reads: the session check beside hello.

use crate::common::client::Client;
use crate::common::process::Running;
use crate::common::{Done, Series, Target, Verdicts, check as is_right};
use crate::wrk::{self, Found};
use crate::{Bench, common};

const PATH: &str = "/api/v1/session";
/// A session that is asked for again and again.
const HOT: u64 = 11;
/// Sessions in turn.
const TURN: u64 = 6_000;

/// rauthy's cookie check as a part of hello in its own rounds, by connections: what G2 is measured against.
const RAUTHY: [(u32, f64, f64); 4] = [(1, 0.44, 2.0), (16, 0.17, 3.0), (64, 0.21, 4.0), (256, 0.18, 4.0)];
/// The same for sessions that it had not seen for a while: 4,541 a second of 103,000.
const RAUTHY_UNSEEN: f64 = 0.044;

#[derive(Default)]
struct Side {
    rates: Series,
    p99: Series,
}

impl Side {
    fn push(&mut self, found: Found) {
        self.rates.push(found.per_second);
        self.p99.push(found.p99_ms);
    }
}

/// G1, G2, G3: one hot session, and six thousand in turn, at 1, 16, 64 and 256 connections.
pub fn check(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let (product, hello) = (bench.product()?, Running::start(&["hello"])?);
    let mut client = Client::to(bench.port)?;
    is_right(client.is_in(HOT)? && !client.is_in(u64::MAX)?, || "a living cookie and a made-up one".into())?;
    let hot = format!("exeunt={}", common::stock::secret(HOT));
    for (connections, share, times) in RAUTHY {
        let (mut base, mut one, mut turn) = (Side::default(), Side::default(), Side::default());
        for round in 0..bench.pace.rounds {
            let run = |port, script: &str| wrk::run_clean(port, connections, bench.pace.seconds, script);
            let first = run(hello.port, &wrk::always(hello.port, PATH, &hot))?;
            let second = run(product.port, &wrk::always(product.port, PATH, &hot))?;
            let third = run(product.port, &wrk::in_turn(product.port, PATH, 20_000, TURN))?;
            if round > 0 {
                base.push(first);
                one.push(second);
                turn.push(third);
            }
        }
        let goal = if connections == 64 { Target::Least(0.7) } else { Target::None };
        let (hello, name) = ((&base.rates, "/s"), format!("c={connections}"));
        verdicts.ratio("G1", &format!("{name} session check / hello"), (&one.rates, "/s"), hello, goal);
        verdicts.ratio("G1", &format!("{name} 6,000 sessions in turn / hello"), (&turn.rates, "/s"), hello, goal);
        let rauthy = base.rates.median() * share;
        let beside: Series =
            [rauthy * (1.0 - base.rates.spread() / 2.0), rauthy, rauthy * (1.0 + base.rates.spread() / 2.0)]
                .into_iter()
                .collect();
        verdicts.ratio(
            "G2",
            &format!("{name} / rauthy's cookie, by its part of hello"),
            (&one.rates, "/s"),
            (&beside, "/s"),
            Target::Least(times),
        );
        let goal = if connections == 256 { Target::Most(2.0) } else { Target::None };
        verdicts.ratio("G3", &format!("{name} p99 / p99 of hello"), (&one.p99, " ms"), (&base.p99, " ms"), goal);
    }
    Ok(())
}

/// G2 for sessions that were not seen for a while: each session is asked for once, so each is read from rows, and each
/// use has to be written down.
pub fn unseen(bench: &mut Bench, verdicts: &mut Verdicts) -> Done<()> {
    let (product, hello) = (bench.product()?, Running::start(&["hello"])?);
    let span = bench.stock.size.ordinary() / bench.pace.rounds as u64;
    let (mut base, mut once) = (Side::default(), Side::default());
    for round in 0..bench.pace.rounds {
        let from = span * round as u64;
        let run = |port| wrk::run_clean(port, 64, bench.pace.seconds, &wrk::each_once(port, PATH, from, span));
        let (first, second) = (run(hello.port)?, run(product.port)?);
        is_right(second.good <= span, || "more checks than sessions: lower --seconds".into())?;
        if round > 0 {
            base.push(first);
            once.push(second);
        }
    }
    verdicts.ratio(
        "G1",
        "c=64 sessions not seen for a while / hello",
        (&once.rates, "/s"),
        (&base.rates, "/s"),
        Target::None,
    );
    let rauthy: Series = [base.rates.median() * RAUTHY_UNSEEN].into_iter().collect();
    verdicts.ratio(
        "G2",
        "c=64 not seen for a while / rauthy's",
        (&once.rates, "/s"),
        (&rauthy, "/s"),
        Target::Least(10.0),
    );
    verdicts.ratio("G3", "c=64 p99 of these / p99 of hello", (&once.p99, " ms"), (&base.p99, " ms"), Target::None);
    Ok(())
}
