//! What Authing's SDKs sent, as the matrix of the real ones wrote it down (tests/web/suites/sdk_matrix.test.mjs), played to the
//! house: every way in, every check, every log-out and kick, with live tokens and without Node, Python or Java.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use exeunt::flow::users::{self, UserForm};
use serde_json::Value;

use crate::support::House;
use crate::support::actor::{Actor, names, phone};
use crate::support::client::Client;

const TOKENS: [&str; 4] = ["login", "access", "id", "refresh"];
const CHECKS: [&str; 5] = ["currentUser", "loginStatus", "trackSession", "activeUsers", "adminStatus"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house/authing/traces")
}

/// A house with the trace of an SDK, and what its administrator's program has got.
struct Stage<'a> {
    house: &'a House,
    trace: &'a Value,
    admin: Option<String>,
}

impl<'a> Stage<'a> {
    fn open(house: &'a House, trace: &'a Value) -> Self {
        let mut stage = Self { house, trace, admin: None };
        let mut program = stage.actor("lilei");
        for (name, call) in trace["calls"]["adminToken"].as_object().unwrap() {
            program.plays((name, call), "done");
        }
        stage.admin = program.known.remove("admin");
        stage
    }

    fn actor(&self, account: &str) -> Actor<'a> {
        let mut actor = Actor::new(self.house, self.trace, account);
        if let Some(admin) = &self.admin {
            actor.known.insert("admin", admin.clone());
        }
        actor
    }

    /// Somebody who came in by one of the ways.
    #[track_caller]
    fn enters(&self, way: (&str, &Value), account: &str) -> Actor<'a> {
        let mut actor = self.actor(account);
        if names(&way.1["sent"].to_string()).contains("code") {
            actor.browser.logs_in(account);
            let plain = [("code_challenge", ""), ("code_challenge_method", "")];
            let by_proof = names(&way.1["sent"].to_string()).contains("verifier");
            let client = Client::of(self.house, "notes");
            let reply = client.asks(&mut actor.browser, if by_proof { &[] } else { &plain });
            actor.known.insert("code", reply.param("code").unwrap_or_else(|| panic!("no code: {reply:?}")));
        }
        actor.plays(way, "done");
        actor
    }

    /// Every way in: the log-in calls and the code flow.
    fn ways(&self) -> Vec<(&'a str, &'a Value)> {
        let all = |capability| self.trace["calls"][capability].as_object().into_iter().flatten();
        all("logIn").chain(all("codeFlow")).map(|(name, call)| (name.as_str(), call)).collect()
    }
}

/// Every check that the actor's tokens allow; after a log-out that reaches only some tokens, those that ask with them.
#[track_caller]
fn checks(actor: &mut Actor<'_>, when: &str, reaches: &Value) {
    for capability in CHECKS {
        for call in actor.calls(capability) {
            let text = call.1["sent"].to_string();
            let all = names(&text);
            let asks: Vec<&&str> = all.iter().filter(|name| TOKENS.contains(*name) || **name == "cookie").collect();
            let reached = |name: &&str| reaches.as_array().is_none_or(|list| list.iter().any(|one| one == *name));
            if reaches.is_array() && asks.is_empty() || !asks.iter().all(|name| reached(name)) {
                continue;
            }
            let answer = actor.plays(call, when);
            if capability == "activeUsers" {
                assert_eq!(
                    answer.text().contains(&actor.known["user"]),
                    when == "alive",
                    "{}: {}",
                    call.0,
                    answer.text()
                );
            }
        }
    }
}

#[track_caller]
fn renews(actor: &mut Actor<'_>, when: &str, reaches: &Value) {
    for call in actor.calls("renew") {
        let text = call.1["sent"].to_string();
        let token = if names(&text).contains("refresh") { "refresh" } else { "login" };
        if reaches.as_array().is_none_or(|list| list.iter().any(|one| one == token)) {
            actor.plays(call, when);
        }
    }
}

/// Follows a link that the SDK built until it leaves the house.
#[track_caller]
fn follows(actor: &mut Actor<'_>, call: (&str, &Value)) {
    let mut answer = actor.plays(call, "done");
    for _ in 0..5 {
        let to = answer.location().to_owned();
        if to.starts_with(&actor.known["to"]) {
            return;
        }
        answer = actor.browser.sends("GET", &to, &[], None);
    }
    panic!("{} does not lead back: {}", call.0, answer.text());
}

/// The whole trace of one SDK; how many endings it has.
fn walk(name: &str) -> usize {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    let trace: Value = serde_json::from_str(&text).unwrap();
    let house = House::open();
    for account in ["lilei", "hanmeimei"] {
        has_a_phone(&house, account);
    }
    let stage = Stage::open(&house, &trace);
    let ways = stage.ways();
    let mut friend = stage.enters(ways[0], "hanmeimei");
    let (mut kinds, mut endings) = (BTreeSet::new(), 0);
    for way in ways {
        let mut probe = stage.enters(way, "lilei");
        checks(&mut probe, "alive", &Value::Null);
        house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
        checks(&mut probe, "dead", &Value::Null);
        let by_code = probe.known.contains_key("code");
        if !kinds.insert((by_code, TOKENS.map(|token| probe.known.contains_key(token)))) {
            continue;
        }
        for capability in ["kick", "logOut", "logOutLink"] {
            for call in probe.calls(capability) {
                let mut lilei = stage.enters(way, "lilei");
                checks(&mut lilei, "alive", &Value::Null);
                renews(&mut lilei, "alive", &Value::Null);
                if capability == "logOutLink" {
                    follows(&mut lilei, call);
                } else {
                    lilei.plays(call, "done");
                }
                checks(&mut lilei, "dead", &call.1["reaches"]);
                renews(&mut lilei, "dead", &call.1["reaches"]);
                checks(&mut friend, "alive", &Value::Null);
                house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
                endings += 1;
            }
        }
    }
    endings
}

fn has_a_phone(house: &House, account: &str) {
    let (pool, id) = (house.pool, house.person(account).id);
    let form = UserForm {
        username: account.to_owned(),
        name: format!("{account} of the house"),
        email: format!("{account}@example.com"),
        phone: phone(account).to_owned(),
        ..UserForm::default()
    };
    let valid = form.judge().unwrap();
    let origin = exeunt::flow::applications::by_operator();
    house.state.write_now(move |act, state| users::edit(act, state, (pool, id), None, &valid, &origin)).unwrap();
}

/// One test an SDK, so that they run beside each other.
macro_rules! traces {
    ($($test:ident $file:literal at least $endings:literal;)+) => {
        $(#[test]
        fn $test() {
            let endings = walk($file);
            assert!(endings >= $endings, "only {endings} endings");
        })+

        #[test]
        fn every_trace_is_played() {
            let mut there: Vec<String> = std::fs::read_dir(folder())
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            there.sort();
            let mut played = vec![$($file.to_owned()),+];
            played.sort();
            assert_eq!(there, played);
        }
    };
}

traces! {
    what_the_sdk_for_javascript_sends_is_answered_as_it_needs "js-4.23" at least 27;
    what_the_old_sdk_for_javascript_sends_is_answered_as_it_needs "js-4.11" at least 1;
    what_the_sdk_for_node_sends_is_answered_as_it_needs "node-4" at least 8;
    what_the_sdk_4_for_python_sends_is_answered_as_it_needs "python-4" at least 14;
    what_the_sdk_5_for_python_sends_is_answered_as_it_needs "python-5" at least 16;
    what_the_sdk_for_java_sends_is_answered_as_it_needs "java-3" at least 16;
}

#[test]
fn no_check_answers_the_same_to_somebody_who_is_in_and_to_somebody_who_is_not() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let trace: Value = serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for capability in ["currentUser", "loginStatus", "trackSession", "adminStatus", "renew"] {
            for (name, call) in trace["calls"][capability].as_object().into_iter().flatten() {
                let answers = &call["sent"].as_array().unwrap().last().unwrap()["answers"];
                let (alive, dead) = (answers["alive"].as_array().unwrap(), answers["dead"].as_array().unwrap());
                assert!(alive.iter().all(|one| !dead.contains(one)), "{} {name}", trace["sdk"]);
            }
        }
    }
}
