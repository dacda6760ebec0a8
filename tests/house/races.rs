//! Races: whatever runs beside a kick, nothing from before it is accepted after its answer, and what comes after it lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};

use exeunt::crypto::{random, seal};
use exeunt::domain::clock::Clock;
use exeunt::domain::id::{ApplicationId, PoolId, Sid, UserId};
use exeunt::domain::logout::{Actor, Cause, Origin};
use exeunt::domain::secret::KeptSecret;
use exeunt::flow::error::Done;
use exeunt::flow::state::State;
use exeunt::flow::{logout, session};
use exeunt::store::db::{Store, StoreError};
use exeunt::store::pools;
use exeunt::store::sessions::{self, NewSession};
use serde_json::json;

use crate::support::wire::{Line, written};
use crate::support::{House, PASSWORD};

const HOST: &str = "localhost:1";

fn origin() -> Origin {
    Origin { actor: Actor::Operator, ip: String::new(), request: String::new() }
}

/// A session in `application`, begun without a password, and its secret.
fn begun(state: &Arc<State>, user: UserId, application: ApplicationId) -> String {
    let begin = move |act: &mut exeunt::store::db::Act<'_>, state: &Arc<State>| -> Done<String> {
        let (secret, hash) = seal::fresh();
        let sid = Sid::from_random(random::octets());
        let expires_at = act.now.plus_ms(state.lifetimes().absolute_ms);
        let id = sessions::begin(act, &NewSession { sid, user, expires_at, ip: "", user_agent: "" })?;
        let seq = act.next_seq()?;
        sessions::set_secret(act, id, HOST, &hash, seq)?;
        sessions::join(act, id, user, application, "http://localhost/oidc")?;
        Ok(secret.reveal().to_owned())
    };
    state.write_now(begin).expect("a session")
}

fn lives(state: &State, secret: &str) -> bool {
    session::resume(state, secret, HOST, session::Use::ByThePerson).expect("an answer").is_some()
}

/// The ways to end `user`'s session, by turns.
fn ends(state: &Arc<State>, round: usize, pool: PoolId, user: UserId, application: ApplicationId, secret: &str) {
    let session = session::resume(state, secret, HOST, session::Use::ByThePerson).unwrap();
    let done: Done<()> = match round % 4 {
        0 => state.write_now(move |act, state| {
            logout::kick(act, state, pool, (vec![user], Some(application)), (Cause::Kicked, origin())).map(drop)
        }),
        1 => state.write_now(move |act, state| {
            logout::kick(act, state, pool, (vec![user], None), (Cause::Kicked, origin())).map(drop)
        }),
        2 => {
            state.write_now(move |act, state| logout::end_everybody(act, state, pool, application, origin()).map(drop))
        }
        _ => {
            let session = session.expect("alive");
            state.write_now(move |act, state| {
                logout::leave(act, state, std::slice::from_ref(&session), Cause::PersonalCenter, &origin()).map(drop)
            })
        }
    };
    done.expect("an ending");
}

#[test]
fn no_reader_believes_an_old_answer_after_an_ending_was_answered() {
    let house = House::open();
    let (state, pool) = (house.state.clone(), house.pool);
    let (user, notes) = (house.person("lilei").id, house.application("notes").id);
    for round in 0..400 {
        let secret = begun(&state, user, notes);
        assert!(lives(&state, &secret), "round {round}: a session begun after the last ending");
        let (answered, wrong, start) = (AtomicBool::new(false), AtomicUsize::new(0), Barrier::new(3));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    start.wait();
                    let mut after = 0;
                    while after < 8 {
                        let was_answered = answered.load(Ordering::SeqCst);
                        let alive = lives(&state, &secret);
                        if was_answered {
                            after += 1;
                            wrong.fetch_add(usize::from(alive), Ordering::SeqCst);
                        }
                    }
                });
            }
            start.wait();
            ends(&state, round, pool, user, notes, &secret);
            answered.store(true, Ordering::SeqCst);
        });
        assert_eq!(wrong.load(Ordering::SeqCst), 0, "round {round}: accepted after the answer");
    }
    house.upkeep();
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 0);
    assert_eq!(house.count("SELECT count(*) FROM endings WHERE open = 1"), 0);
    assert_eq!(
        house.count("SELECT count(*) FROM notices"),
        400,
        "each of the 400 parts is told of exactly once, whichever ending it was"
    );
}

#[test]
fn over_the_wire_no_cookie_from_before_a_kick_is_accepted_after_its_answer() {
    let house = House::with(|config| config.workers = 2);
    let (state, user, notes) = (house.state.clone(), house.person("lilei").id, house.application("notes").id);
    let program = house.program();
    for round in 0..150 {
        let secret = begun(&state, user, notes);
        let cookie = format!("exeunt={secret}");
        let question = format!("GET /api/v1/session HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n");
        let (answered, start) = (AtomicBool::new(false), Barrier::new(3));
        let wrong = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut line = Line::open(house.port);
                    line.send(question.as_bytes());
                    assert_eq!(line.answer(false).unwrap().status, 200, "before the kick");
                    start.wait();
                    let mut after = 0;
                    while after < 4 {
                        let was_answered = answered.load(Ordering::SeqCst);
                        line.send(question.as_bytes());
                        let status = line.answer(false).unwrap().status;
                        if was_answered {
                            after += 1;
                            wrong.fetch_add(usize::from(status != 401), Ordering::SeqCst);
                        }
                    }
                });
            }
            start.wait();
            // A machine under load may refuse; then nothing was promised, and the program tries again.
            let answer = (0..20).map(|_| program.tries_to_kick(notes, &json!([user]))).find(|a| a.status != 503);
            answered.store(true, Ordering::SeqCst);
            assert_eq!(answer.expect("a kick in the end").json()["code"], 200);
        });
        assert_eq!(wrong.load(Ordering::SeqCst), 0, "round {round}");
    }
}

#[test]
fn a_log_in_beside_a_kick_is_either_before_it_and_dead_or_after_it_and_alive() {
    let house = House::open();
    let (program, person, notes) = (house.program(), house.person("lilei"), house.application("notes").id);
    let (mut before, mut after) = (0, 0);
    for round in 0..60 {
        let mut browser = house.browser();
        browser.opens("/login");
        let start = Barrier::new(2);
        std::thread::scope(|scope| {
            let login = scope.spawn(|| {
                start.wait();
                browser.submits("/login", &[("account", "lilei"), ("password", PASSWORD)]).status
            });
            start.wait();
            // Kicks from the beginning of the log-in until it is answered.
            let mut kicks = 0;
            while !login.is_finished() && kicks < 1 + round % 4 {
                program.kicks(notes, &[&person]);
                kicks += 1;
            }
            assert_eq!(login.join().unwrap(), 303);
        });
        let joined = house.count("SELECT max(seq) FROM participants");
        let kicked = house.count("SELECT max(barrier_seq) FROM kicks");
        assert_eq!(browser.is_in(""), joined > kicked, "round {round}: {joined} {kicked}");
        if joined > kicked {
            after += 1
        } else {
            before += 1
        }
        house.browser().logs_in("lilei");
    }
    assert!(after + before == 60 && after > 0, "{before} before, {after} after");
}

#[test]
fn a_hundred_at_once_are_all_answered() {
    let house = House::with(|config| config.workers = 2);
    let (state, user, notes) = (house.state.clone(), house.person("lilei").id, house.application("notes").id);
    let program = house.program();
    let secrets: Vec<String> = (0..40).map(|_| begun(&state, user, notes)).collect();
    let kick = {
        let authorization = format!("Bearer {}", program.token);
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let path = format!("/api/v2/applications/{notes}/kick-active-users");
        let body = json!({ "userIds": [user] }).to_string();
        written(&house.host(""), ("POST", &path), &headers, Some(body.as_bytes()))
    };
    std::thread::scope(|scope| {
        for number in 0..100 {
            let (house, kick, secrets) = (&house, &kick, &secrets);
            scope.spawn(move || {
                let mut line = Line::open(house.port);
                if number % 2 == 0 {
                    line.send(kick);
                    let answer = line.answer(false).expect("an answer");
                    assert!(answer.status == 503 || answer.json()["code"] == 200, "{}", answer.text());
                } else {
                    let cookie = format!("exeunt={}", secrets[number % secrets.len()]);
                    let link = written(HOST, ("GET", "/login/profile/logout"), &[("Cookie", &cookie)], None);
                    line.send(&link);
                    assert!(matches!(line.answer(false).expect("an answer").status, 303 | 503));
                }
            });
        }
    });
    program.kicks(notes, &[&house.person("lilei")]);
    assert!(secrets.iter().all(|secret| !lives(&state, secret)));
}

// ---- group commit

type Queued = Box<dyn FnOnce(&mut exeunt::store::db::Act<'_>) -> Result<(), StoreError> + Send>;

/// Queues acts behind one that waits, so that they share a commit; answers what came of each.
fn in_one_group(house: &House, acts: Vec<Queued>) -> Vec<Result<(), StoreError>> {
    let store: &Store = &house.state.store;
    let (open, gate) = mpsc::channel::<()>();
    let (tell, begun) = mpsc::channel::<()>();
    let first = store.write(move |_| -> Result<(), StoreError> {
        tell.send(()).unwrap();
        gate.recv().unwrap();
        Ok(())
    });
    begun.recv().unwrap();
    let waiting: Vec<_> = acts.into_iter().map(|act| store.write(act)).collect();
    open.send(()).unwrap();
    assert!(first.blocking_recv().unwrap().is_ok());
    waiting.into_iter().map(|act| act.blocking_recv().unwrap()).collect()
}

#[test]
fn an_act_that_fails_in_a_group_undoes_only_itself() {
    let house = House::open();
    let pool = |n: u8| PoolId::from_random([n; 12]);
    let followed = Arc::new(AtomicUsize::new(0));
    let insert = |n: u8, name: &'static str, then: Result<(), &'static str>| {
        let followed = followed.clone();
        let act = move |act: &mut exeunt::store::db::Act<'_>| {
            let bit = 1 << n;
            act.after_commit(move || _ = followed.fetch_or(bit, Ordering::SeqCst));
            let secret = KeptSecret { hash: seal::hash(name), sealed: Vec::new() };
            pools::insert(act, pool(n), name, &secret)?;
            match then {
                Ok(()) => Ok(()),
                Err("panic") => panic!("on purpose"),
                Err(why) => Err(StoreError::Fault(why.to_owned())),
            }
        };
        Box::new(act) as Queued
    };
    let seq = house.count("SELECT seq FROM house");
    let came = in_one_group(
        &house,
        vec![
            insert(1, "first", Ok(())),
            insert(1, "the same again", Ok(())),
            insert(2, "second", Ok(())),
            insert(3, "gives up", Err("on purpose")),
            insert(4, "panics", Err("panic")),
            insert(5, "last", Ok(())),
        ],
    );
    assert!(came[0].is_ok() && came[2].is_ok() && came[5].is_ok(), "{came:?}");
    assert!(matches!(came[1], Err(StoreError::Conflict(_))), "{came:?}");
    assert!(matches!(came[3], Err(StoreError::Fault(_))) && matches!(came[4], Err(StoreError::Fault(_))), "{came:?}");
    let names: String = house
        .value("SELECT group_concat(name, ',') FROM (SELECT name FROM pools WHERE id LIKE '0%' ORDER BY position)", []);
    assert_eq!(names, "first,second,last");
    assert_eq!(followed.load(Ordering::SeqCst), 1 << 1 | 1 << 2 | 1 << 5, "what follows a commit follows only one");
    assert_eq!(house.count("SELECT seq FROM house"), seq + 3, "numbers of undone acts are not used up");
}

#[test]
fn an_act_happens_when_it_runs_and_not_when_its_group_began() {
    let house = House::open();
    let before = house.clock.now();
    let (clock, (tell, hear)) = (house.clock.clone(), mpsc::channel());
    let late = move |act: &mut exeunt::store::db::Act<'_>| {
        tell.send(act.now).unwrap();
        Ok(())
    };
    let early = move |_: &mut exeunt::store::db::Act<'_>| {
        clock.advance_ms(5);
        Ok(())
    };
    let came = in_one_group(&house, vec![Box::new(early) as Queued, Box::new(late)]);
    assert!(came.iter().all(Result::is_ok), "{came:?}");
    assert_eq!(hear.recv().unwrap(), before.plus_ms(5));
}

#[test]
fn a_failed_ending_beside_a_good_one_leaves_nothing_behind() {
    let house = House::open();
    let (state, pool, notes) = (house.state.clone(), house.pool, house.application("notes").id);
    let (lilei, friend) = (house.person("lilei").id, house.person("hanmeimei").id);
    let (hers, his) = (begun(&state, friend, notes), begun(&state, lilei, notes));
    let kick = |user: UserId, then: Done<()>| {
        let shared = state.clone();
        let act = move |act: &mut exeunt::store::db::Act<'_>| {
            logout::kick(act, &shared, pool, (vec![user], Some(notes)), (Cause::Kicked, origin()))
                .map_err(|e| StoreError::Fault(e.to_string()))?;
            then.map_err(|e| StoreError::Fault(e.to_string()))
        };
        Box::new(act) as Queued
    };
    let busy = Err(exeunt::flow::error::FlowError::Busy);
    let came = in_one_group(&house, vec![kick(friend, busy), kick(lilei, Ok(()))]);
    assert!(came[0].is_err() && came[1].is_ok(), "{came:?}");
    assert!(lives(&state, &hers) && !lives(&state, &his));
    assert_eq!(house.endings(), 1);
}
