//! The acts side by side: for each algorithm and number of connections one table of who does how many a second.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::acts::{Desk, Tokens};
use crate::common::client::Client;
use crate::common::process::Running;
use crate::common::{Done, Series, Target, Verdicts, check, figure};
use crate::driver::{self, Found, Step};
use crate::sides::{Kind, PRODUCT, Side};

/// What is asked for, in the order of a round: later ones use what earlier ones gave.
pub const ACTS: [&str; 6] = ["code flow", "refresh", "userinfo", "introspection", "revocation", "end_session"];
/// Whom the product is compared with, and whether the goals are about them.
const RIVALS: [(&str, bool); 4] =
    [("oidc-provider, SQLite", true), ("oidc-provider, memory", false), ("the other build", false), ("hello", false)];
/// Sessions that code flows take in turn.
pub const LIVING: u64 = 400;
/// Answers of a kind that are asked about afterwards.
const SAMPLE: usize = 16;
const PREPARING: Duration = Duration::from_secs(20);

/// What was found of one act at one side.
#[derive(Default)]
struct Cell {
    rate: Series,
    p99: Series,
    cpu: Series,
}

/// Rates, tails and costs, by act and by side.
#[derive(Default)]
pub struct Table(BTreeMap<(&'static str, &'static str), Cell>);

impl Table {
    fn push(&mut self, act: &'static str, side: &'static str, found: &Found) {
        let cell = self.0.entry((act, side)).or_default();
        cell.rate.push(found.per_second);
        cell.p99.push(found.p99_ms);
        cell.cpu.push(found.cpu_us);
    }

    fn get(&self, act: &'static str, side: &'static str) -> Option<&Cell> {
        self.0.get(&(act, side))
    }
}

/// One column of the tables.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub application: &'static str,
    pub alg: &'static str,
    pub connections: usize,
    pub seconds: f64,
}

impl Column {
    fn time(self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

struct Flows {
    sessions: Vec<u64>,
    at: usize,
    given: Vec<(u64, Tokens)>,
}

/// Code flows on so many connections; `once`: each session has one, else they take turns until the time is over.
fn flows(side: &Side, column: Column, sessions: &[u64], once: bool) -> Done<(Found, Vec<(u64, Tokens)>)> {
    let desk = Desk { side, application: column.application };
    let share = sessions.len().div_ceil(column.connections).max(1);
    let mut workers: Vec<Flows> =
        sessions.chunks(share).map(|part| Flows { sessions: part.to_vec(), at: 0, given: Vec::new() }).collect();
    let time = if once { PREPARING } else { column.time() };
    let found = driver::run(side.at(), &mut workers, time, |client, worker| {
        if once && worker.at == worker.sessions.len() {
            return Ok(Step::UsedUp);
        }
        let session = worker.sessions[worker.at % worker.sessions.len()];
        worker.at += 1;
        worker.given.push((session, desk.flow(client, session)?));
        Ok(Step::Done)
    })?;
    let given: Vec<(u64, Tokens)> = workers.into_iter().flat_map(|worker| worker.given).collect();
    for (_, tokens) in given.iter().take(SAMPLE) {
        check(tokens.alg()? == column.alg, || format!("{}: signed with {:?}", side.kind.name, tokens.alg()))?;
    }
    Ok((found, given))
}

/// Refresh tokens, each in the place of the one before.
struct Chain {
    first: String,
    last: String,
    length: usize,
}

fn refreshes(side: &Side, column: Column, given: &[(u64, Tokens)]) -> Done<Found> {
    let desk = Desk { side, application: column.application };
    let chain = |tokens: &Tokens| Chain { first: tokens.refresh.clone(), last: tokens.refresh.clone(), length: 0 };
    let mut chains: Vec<Chain> = given.iter().map(|(_, tokens)| chain(tokens)).collect();
    let found = driver::run(side.at(), &mut chains, column.time(), |client, chain| {
        chain.last = desk.refresh(client, &chain.last)?.ok_or("a living refresh token was refused")?.refresh;
        chain.length += 1;
        Ok(Step::Done)
    })?;
    // Whoever shows one that was replaced long ago is a thief. The peer would take the agreement back as well, and with it
    // all that the later acts of this round live on.
    let mut client = Client::to(side.port)?;
    for chain in chains.iter().filter(|chain| chain.length > 1 && side.kind.is_product()) {
        check(desk.refresh(&mut client, &chain.first)?.is_none(), || "a used refresh token works".into())?;
    }
    Ok(found)
}

fn userinfos(side: &Side, column: Column, given: &[(u64, Tokens)]) -> Done<Found> {
    let desk = Desk { side, application: column.application };
    let mut tokens: Vec<String> = given.iter().map(|(_, tokens)| tokens.access.clone()).collect();
    driver::run(side.at(), &mut tokens, column.time(), |client, token| {
        check(desk.userinfo(client, token)?, || "a living access token was refused".into())?;
        Ok(Step::Done)
    })
}

fn introspections(side: &Side, column: Column, given: &[(u64, Tokens)]) -> Done<Found> {
    let desk = Desk { side, application: column.application };
    let mut tokens: Vec<String> = given.iter().map(|(_, tokens)| tokens.access.clone()).collect();
    driver::run(side.at(), &mut tokens, column.time(), |client, token| {
        check(desk.introspect(client, token)?, || "a living access token is not active".into())?;
        Ok(Step::Done)
    })
}

/// Work that is there once, shared out, with what was used of it.
struct Once<T> {
    left: Vec<T>,
    used: Vec<T>,
}

fn shared_out<T>(all: Vec<T>, connections: usize) -> Vec<Once<T>> {
    let mut shares: Vec<Once<T>> = (0..connections).map(|_| Once { left: Vec::new(), used: Vec::new() }).collect();
    for (at, one) in all.into_iter().enumerate() {
        shares[at % connections].left.push(one);
    }
    shares
}

fn revocations(side: &Side, column: Column, given: Vec<(u64, Tokens)>) -> Done<Found> {
    let desk = Desk { side, application: column.application };
    let mut shares = shared_out(given, column.connections);
    let found = driver::run(side.at(), &mut shares, column.time(), |client, share| {
        let Some((session, tokens)) = share.left.pop() else { return Ok(Step::UsedUp) };
        desk.revoke(client, &tokens.access)?;
        share.used.push((session, tokens));
        Ok(Step::Done)
    })?;
    let mut client = Client::to(side.port)?;
    for (_, tokens) in shares.iter().flat_map(|share| &share.used).take(SAMPLE) {
        check(!desk.userinfo(&mut client, &tokens.access)?, || "a revoked token opens userinfo".into())?;
        check(!desk.introspect(&mut client, &tokens.access)?, || "a revoked token is active".into())?;
    }
    Ok(found)
}

/// Log-outs of sessions of which each has just had a code flow.
pub fn end_sessions(side: &mut Side, column: Column, count: u64) -> Done<Found> {
    let sessions: Vec<u64> = side.unused(count)?.collect();
    let side = &*side;
    let (_, given) = flows(side, Column { connections: 16, ..column }, &sessions, true)?;
    let desk = Desk { side, application: column.application };
    let mut shares = shared_out(given, column.connections);
    let found = driver::run(side.at(), &mut shares, column.time(), |client, share| {
        let Some((session, tokens)) = share.left.pop() else { return Ok(Step::UsedUp) };
        desk.end_session(client, session, &tokens.id)?;
        share.used.push((session, tokens));
        Ok(Step::Done)
    })?;
    let mut client = Client::to(side.port)?;
    for (session, tokens) in shares.iter().flat_map(|share| &share.used).take(SAMPLE) {
        check(desk.is_out(&mut client, *session)?, || "an ended session still logs in".into())?;
        check(!desk.userinfo(&mut client, &tokens.access)?, || "userinfo answers after the log-out".into())?;
        check(desk.refresh(&mut client, &tokens.refresh)?.is_none(), || "refresh works after the log-out".into())?;
    }
    Ok(found)
}

/// First flows at a side, so that what is compiled or read at first use has been.
pub fn warm(side: &Side, column: Column) -> Done<()> {
    let sessions: Vec<u64> = (0..LIVING).collect();
    flows(side, Column { connections: 4, ..column }, &sessions, true).map(|_| ())
}

/// One round of all acts at all sides, in turn.
pub fn round(sides: &mut [Side], hello: &Running, column: Column, table: &mut Table) -> Done<()> {
    let names: Vec<&'static str> = sides.iter().map(|side| side.kind.name).collect();
    let living: Vec<u64> = (0..LIVING).collect();
    let mut given = Vec::new();
    for side in sides.iter() {
        let (found, tokens) = flows(side, column, &living, false)?;
        check(tokens.len() > column.connections * 2, || format!("{}: too few flows to go on", side.kind.name))?;
        table.push(ACTS[0], side.kind.name, &found);
        given.push(tokens);
    }
    // The first tokens of a round are refreshed, those after them read, the rest revoked.
    let c = column.connections;
    for (side, tokens) in sides.iter().zip(&given) {
        table.push(ACTS[1], side.kind.name, &refreshes(side, column, &tokens[..c])?);
    }
    let mut nothing = vec![(); c];
    let found = driver::run(("hello", hello), &mut nothing, column.time(), |client, ()| {
        let reply = client.ask("GET", "/api/v1/session", &[], "")?;
        check(reply.status == 200, || "hello".into())?;
        Ok(Step::Done)
    })?;
    table.push(ACTS[2], "hello", &found);
    for (side, tokens) in sides.iter().zip(&given) {
        table.push(ACTS[2], side.kind.name, &userinfos(side, column, &tokens[c..c * 2])?);
    }
    for (side, tokens) in sides.iter().zip(&given) {
        table.push(ACTS[3], side.kind.name, &introspections(side, column, &tokens[c..c * 2])?);
    }
    for ((side, name), mut tokens) in sides.iter().zip(&names).zip(given) {
        let rest = tokens.split_off(c * 2);
        table.push(ACTS[4], name, &revocations(side, column, rest)?);
    }
    for side in sides.iter_mut() {
        let count = at_most(side.kind, column);
        table.push(ACTS[5], side.kind.name, &end_sessions(side, column, count)?);
    }
    Ok(())
}

/// Log-outs that a side can hardly exceed in the time: each needs a session that had a code flow.
fn at_most(side: Kind, column: Column) -> u64 {
    let a_second = match (side.is_product(), column.connections) {
        (true, 1) => 1_500.0,
        (true, _) => 4_000.0,
        (false, 1) => 400.0,
        (false, _) => 800.0,
    };
    (a_second * column.seconds).max(64.0) as u64
}

/// Prints what was found, and judges it where there is a goal.
pub fn report(column: Column, table: &Table, verdicts: &mut Verdicts) {
    println!("\n{} at c={}, a second", column.alg, column.connections);
    for act in ACTS {
        let Some(ours) = table.get(act, PRODUCT.name) else { continue };
        for (name, durable) in RIVALS {
            let Some(theirs) = table.get(act, name) else { continue };
            let target = match act {
                _ if !durable || column.connections == 1 => Target::None,
                "code flow" => Target::Least(8.0),
                "refresh" | "revocation" => Target::Least(4.0),
                _ => Target::None,
            };
            let goal = if act == "end_session" { "G6" } else { "G9" };
            let what = format!("{act} / {name}");
            verdicts.ratio(goal, &what, (&ours.rate, "/s"), (&theirs.rate, "/s"), target);
            let [p99, base] = [ours, theirs].map(|cell| figure(cell.p99.median()));
            let [cpu, spent] = [ours, theirs].map(|cell| figure(cell.cpu.median()));
            let ratio = figure(theirs.cpu.median() / ours.cpu.median());
            println!("{:<51} p99 {p99} ms against {base} ms; CPU {cpu} us each against {spent} us: 1/{ratio}", "");
        }
    }
}
