//! Races: whatever runs beside an ending, nothing that came from a log-in before it works after its answer, and a log-in
//! after it lives, also in the same millisecond: the clock stands still here.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use exeunt::crypto::random;
use exeunt::domain::id::UserId;
use exeunt::domain::logout::{Actor, Cause, Origin, Scope};
use exeunt::flow::logout;
use serde_json::json;

use crate::support::browser::encoded;
use crate::support::client::{CHALLENGE, Client, Tokens};
use crate::support::{Answer, Browser, House, Program};

/// Somebody with a browser, an application, and everybody who may end what they have.
struct Scene {
    house: House,
    notes: Client,
    program: Program,
    lilei: UserId,
}

/// The ways out, by turns.
const WAYS: [&str; 6] = ["kick in the application", "kick", "cell", "device", "everybody", "log-out"];

impl Scene {
    fn open() -> Self {
        let house = House::with(|config| config.workers = 2);
        let (notes, program, lilei) = (Client::of(&house, "notes"), house.program(), house.person("lilei").id);
        Self { house, notes, program, lilei }
    }

    /// A browser in a session that has just begun.
    fn comes_in(&self) -> Browser {
        self.house.lets_in("lilei")
    }

    /// Ends by one of the ways, and answers once that is answered.
    fn ends(&self, round: usize, browser: &Browser) {
        let (pool, user, notes) = (self.house.pool, self.lilei, self.notes.id);
        let origin = || Origin { actor: Actor::Operator, ip: String::new(), request: String::new() };
        let way = WAYS[round % WAYS.len()];
        let picked = match way {
            "cell" => Scope::Cell,
            "device" => Scope::Device,
            "kick" => Scope::All,
            "everybody" => Scope::App,
            "log-out" => {
                let mut browser = browser.clone();
                assert_eq!(browser.logs_out().status, 303, "round {round}");
                return;
            }
            _ => {
                // A machine under load may refuse; then nothing was promised, and the program tries again.
                let kick = || self.program.tries_to_kick(notes, &json!([user]));
                let answer = (0..20).map(|_| kick()).find(|answer| answer.status != 503).expect("a kick");
                assert_eq!(answer.json()["code"], 200);
                return;
            }
        };
        let sid = self.house.sid_of(browser);
        let ended = self.house.state.write_now(move |act, state| match way {
            "kick" => logout::kick(act, state, pool, (vec![user], None), (Cause::Kicked, origin())),
            "everybody" => logout::end_everybody(act, state, pool, notes, origin()),
            _ => {
                let sids = vec![sid];
                let picked =
                    logout::Picked { sids, application: Some(notes), scope: picked, reason: String::new(), keep: None };
                logout::end_picked(act, state, pool, picked, origin())
            }
        });
        ended.expect("an ending");
    }

    /// Nothing of these tokens works, and the browser gets no more without a password.
    fn is_over(&self, round: usize, browser: &mut Browser, tokens: Option<&Tokens>) {
        let way = WAYS[round % WAYS.len()];
        if let Some(tokens) = tokens {
            assert_eq!(self.notes.userinfo(&tokens.access).status, 401, "round {round}, {way}: userinfo");
            assert_eq!(self.notes.introspects(&tokens.access), json!({ "active": false }), "round {round}, {way}");
            assert_eq!(self.notes.introspects(&tokens.refresh), json!({ "active": false }), "round {round}, {way}");
            let again = self.notes.refreshes(&tokens.refresh);
            assert_eq!(again.json()["error"], "invalid_grant", "round {round}, {way}: refresh");
        }
        let silent = self.notes.asks(browser, &[("prompt", "none")]);
        assert_eq!(silent.error(), "login_required", "round {round}, {way}: prompt=none");
    }

    /// A log-in after the ending lives, with all that is made of it.
    fn lives_again(&self, round: usize) {
        let mut browser = self.comes_in();
        let tokens = self.notes.tokens(&mut browser);
        assert_eq!(self.notes.userinfo(&tokens.access).status, 200, "round {round}: a log-in after it");
        assert_eq!(self.notes.introspects(&tokens.refresh)["active"], true, "round {round}: a log-in after it");
    }
}

/// A wait of no time that anybody could name, so that the two meet at ever other places.
fn dawdles(at_most: u16) {
    let [high, low] = random::octets::<2>();
    for _ in 0..u32::from(u16::from_be_bytes([high, low]) % at_most) {
        std::hint::spin_loop();
    }
}

/// Runs two things at once.
pub fn beside<T: Send>(one: impl FnOnce() -> T + Send, other: impl FnOnce() + Send) -> T {
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let one = scope.spawn(|| {
            start.wait();
            dawdles(20_000);
            one()
        });
        start.wait();
        dawdles(60_000);
        other();
        one.join().unwrap()
    })
}

/// What a token request came to: tokens, or a refusal that says so.
fn tokens_of(answer: &Answer) -> Option<Tokens> {
    if answer.status == 200 {
        return Some(Tokens::of(answer));
    }
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")), "{}", answer.text());
    None
}

#[test]
fn a_code_that_is_traded_beside_an_ending_gives_nothing_that_lives() {
    let scene = Scene::open();
    let mut given = 0;
    for round in 0..210 {
        let mut browser = scene.comes_in();
        let code = scene.notes.code(&mut browser);
        let answer = beside(|| scene.notes.trades(&code), || scene.ends(round, &browser));
        let tokens = tokens_of(&answer);
        given += usize::from(tokens.is_some());
        scene.is_over(round, &mut browser, tokens.as_ref());
        assert_eq!(scene.notes.trades(&code).json()["error"], "invalid_grant", "round {round}: the code");
        if round % 5 == 0 {
            scene.lives_again(round);
        }
    }
    assert!(given < 210, "in no round did the ending come first");
}

#[test]
fn a_refresh_beside_an_ending_gives_nothing_that_lives() {
    let scene = Scene::open();
    let mut given = 0;
    for round in 0..210 {
        let mut browser = scene.comes_in();
        let tokens = scene.notes.tokens(&mut browser);
        let answer = beside(|| scene.notes.refreshes(&tokens.refresh), || scene.ends(round, &browser));
        let successor = tokens_of(&answer);
        given += usize::from(successor.is_some());
        // Inside of the grace the replaced token would give its successor once more: the ending ends that too.
        assert_eq!(scene.notes.refreshes(&tokens.refresh).json()["error"], "invalid_grant", "round {round}: grace");
        scene.is_over(round, &mut browser, Some(&tokens));
        scene.is_over(round, &mut browser, successor.as_ref());
        if round % 5 == 0 {
            scene.lives_again(round);
        }
    }
    assert!(given < 210, "in no round did the ending come first");
}

#[test]
fn a_silent_request_beside_an_ending_gives_nothing_that_lives() {
    let scene = Scene::open();
    let mut given = 0;
    for round in 0..210 {
        let mut browser = scene.comes_in();
        scene.notes.code(&mut browser);
        let mut copy = browser.clone();
        let reply = beside(|| scene.notes.asks(&mut copy, &[("prompt", "none")]), || scene.ends(round, &browser));
        match reply.param("code") {
            Some(code) => {
                given += 1;
                let tokens = tokens_of(&scene.notes.trades(&code));
                assert!(tokens.is_none(), "round {round}: a code from before the ending was traded after it");
            }
            None => assert_eq!(reply.error(), "login_required", "round {round}"),
        }
        scene.is_over(round, &mut browser, None);
        if round % 5 == 0 {
            scene.lives_again(round);
        }
    }
    assert!(given < 210, "in no round did the ending come first");
}

#[test]
fn no_reader_believes_a_token_after_the_ending_was_answered() {
    let scene = Scene::open();
    for round in 0..150 {
        let mut browser = scene.comes_in();
        let tokens = scene.notes.tokens(&mut browser);
        let (answered, wrong, start) = (AtomicBool::new(false), AtomicUsize::new(0), Barrier::new(3));
        let reads = |believed: &(dyn Fn() -> bool + Sync)| {
            start.wait();
            let mut after = 0;
            while after < 2 {
                let was_answered = answered.load(Ordering::SeqCst);
                let believed = believed();
                if was_answered {
                    after += 1;
                    wrong.fetch_add(usize::from(believed), Ordering::SeqCst);
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| reads(&|| scene.notes.userinfo(&tokens.access).status == 200));
            scope.spawn(|| reads(&|| scene.notes.introspects(&tokens.access)["active"] == true));
            start.wait();
            dawdles(30_000);
            scene.ends(round, &browser);
            answered.store(true, Ordering::SeqCst);
        });
        assert_eq!(wrong.load(Ordering::SeqCst), 0, "round {round}, {}", WAYS[round % WAYS.len()]);
    }
}

#[test]
fn a_code_that_is_traded_twice_at_once_has_one_winner_and_nothing_it_got_lives() {
    let scene = Scene::open();
    let mut browser = scene.comes_in();
    for round in 0..150 {
        let code = scene.notes.code(&mut browser);
        let second = AtomicUsize::new(0);
        let first = beside(
            || scene.notes.trades(&code),
            || second.store(usize::from(tokens_of(&scene.notes.trades(&code)).is_some()), Ordering::SeqCst),
        );
        let first = tokens_of(&first);
        let winners = usize::from(first.is_some()) + second.load(Ordering::SeqCst);
        assert_eq!(winners, 1, "round {round}");
        if let Some(tokens) = first {
            scene.notes.is_out(&tokens);
        }
    }
    let living = "SELECT count(*) FROM grants WHERE revoked_at IS NULL";
    assert_eq!(scene.house.count(living), 0, "the second use revoked what the first one gave");
    assert!(scene.notes.asks(&mut browser, &[("prompt", "none")]).param("code").is_some(), "the session lives on");
}

#[test]
fn a_refresh_token_that_is_used_twice_at_once_has_one_successor() {
    let scene = Scene::open();
    let mut browser = scene.comes_in();
    for round in 0..150 {
        let tokens = scene.notes.tokens(&mut browser);
        let one = std::sync::Mutex::new(None);
        let other = beside(
            || tokens_of(&scene.notes.refreshes(&tokens.refresh)),
            || *one.lock().unwrap() = tokens_of(&scene.notes.refreshes(&tokens.refresh)),
        );
        let (one, other) = (one.into_inner().unwrap().expect("within the grace"), other.expect("within the grace"));
        assert_eq!(one.refresh, other.refresh, "round {round}: two lines live");
        assert_eq!(scene.notes.introspects(&tokens.refresh), json!({ "active": false }), "round {round}");
        // Once the successor was used the first one is theft, and ends them all.
        let next = tokens_of(&scene.notes.refreshes(&one.refresh)).expect("the successor");
        assert_eq!(scene.notes.refreshes(&tokens.refresh).json()["error"], "invalid_grant", "round {round}: reuse");
        for dead in [&tokens, &one, &other, &next] {
            assert_eq!(scene.notes.userinfo(&dead.access).status, 401, "round {round}");
        }
        scene.notes.is_out(&next);
    }
}

#[test]
fn a_pushed_request_that_is_opened_twice_at_once_is_answered_once() {
    let scene = Scene::open();
    let mut browser = scene.comes_in();
    let (id, mut copy) = (scene.notes.id.to_string(), browser.clone());
    let fields = [
        ("response_type", "code"),
        ("redirect_uri", scene.notes.callback.as_str()),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for round in 0..100 {
        let pushed = scene.notes.posts("/oidc/request", &fields).json()["request_uri"].as_str().unwrap().to_owned();
        let query = encoded(&[("client_id", id.as_str()), ("request_uri", &pushed)]);
        let url = scene.house.at("", &format!("/oidc/auth?{query}"));
        let mut second = 0;
        let first =
            beside(|| browser.comes_from_elsewhere(&url).status, || second = copy.comes_from_elsewhere(&url).status);
        let mut both = [first, second];
        both.sort_unstable();
        assert_eq!(both, [303, 400], "round {round}");
    }
}

#[test]
fn a_lost_answer_is_given_once_more_within_half_a_minute_and_not_after_it() {
    let scene = Scene::open();
    let mut browser = scene.comes_in();
    let tokens = scene.notes.tokens(&mut browser);
    let first = Tokens::of(&scene.notes.refreshes(&tokens.refresh));
    scene.house.clock.advance_ms(29_999);
    let again = Tokens::of(&scene.notes.refreshes(&tokens.refresh));
    assert_eq!(first.refresh, again.refresh);
    scene.house.clock.advance_ms(1);
    assert_eq!(scene.notes.refreshes(&tokens.refresh).json()["error"], "invalid_grant");
    scene.notes.is_out(&again);

    let tokens = scene.notes.tokens(&mut browser);
    Tokens::of(&scene.notes.refreshes(&tokens.refresh));
    scene.program.kicks(scene.notes.id, &[&scene.house.person("lilei")]);
    assert_eq!(scene.notes.refreshes(&tokens.refresh).json()["error"], "invalid_grant", "a kick inside of the grace");
}

#[test]
fn what_was_revoked_stays_so_after_a_restart_and_while_the_clock_jumps() {
    const DAY: i64 = 24 * 3_600_000;
    const YEAR: i64 = 365 * DAY;
    let scene = Scene::open();
    let mut browser = scene.comes_in();
    let kicked = scene.notes.tokens(&mut browser);
    let unused = scene.notes.code(&mut browser);
    scene.program.kicks(scene.notes.id, &[&scene.house.person("lilei")]);
    let mut browser = scene.comes_in();
    let (reused, single) = (scene.notes.tokens(&mut browser), scene.notes.tokens(&mut browser));
    let next = Tokens::of(&scene.notes.refreshes(&reused.refresh));
    Tokens::of(&scene.notes.refreshes(&next.refresh));
    assert_eq!(scene.notes.refreshes(&reused.refresh).status, 400, "reuse");
    assert_eq!(scene.notes.posts("/oidc/token/revocation", &[("token", &single.access)]).status, 200);

    let Scene { house, .. } = scene;
    let mut house = house;
    for jump in [0, 2 * DAY, -2 * DAY, -3_600_000, 3_600_000, -YEAR, YEAR, YEAR, -YEAR, 0] {
        house.clock.advance_ms(jump);
        if jump > 0 {
            house.upkeep();
        }
        house = house.restarts();
        let notes = Client::of(&house, "notes");
        for (name, tokens) in [("kicked", &kicked), ("reused", &reused), ("its successor", &next)] {
            assert_eq!(notes.userinfo(&tokens.access).status, 401, "{name} after {jump}");
            assert_eq!(notes.introspects(&tokens.refresh), json!({ "active": false }), "{name} after {jump}");
            assert_eq!(notes.refreshes(&tokens.refresh).json()["error"], "invalid_grant", "{name} after {jump}");
        }
        assert_eq!(notes.trades(&unused).json()["error"], "invalid_grant", "after {jump}");
        assert_eq!(notes.userinfo(&single.access).status, 401, "a revoked access token after {jump}");
    }
}
