//! `kill -9` of the real binary: what was answered is true after the restart, and the file is whole.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::support::people::json_post;
use crate::support::wire::{self, written};
use crate::support::{Browser, POOL_SECRET, RelyingParty};

const SEED: &str = r#"
[pool]
id = "5f9d0cef60d09ff5a4c87c06"
name = "Acme"
secret = "0123456789abcdef0123456789abcdef"

[[applications]]
id = "6099a1b2c3d4e5f60718293a"
identifier = "notes"
name = "Notes"
secret = "89abcdef0123456789abcdef01234567"
default = true

[[users]]
id = "60aa0000000000000000000a"
username = "lilei"
password = "correct horse battery staple"

[[users]]
id = "60aa0000000000000000000b"
username = "hanmeimei"
password = "correct horse battery staple"
"#;
const POOL: &str = "5f9d0cef60d09ff5a4c87c06";
const KICK: &str = "/api/v2/applications/6099a1b2c3d4e5f60718293a/kick-active-users";
const LILEI: &str = "60aa0000000000000000000a";

/// The binary, serving.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(dir: &Path) -> Self {
        Self::start_with(dir, "")
    }

    /// With more in the seed file.
    fn start_with(dir: &Path, more: &str) -> Self {
        let seed = dir.join("seed.toml");
        std::fs::write(&seed, format!("{SEED}{more}")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_exeunt"))
            .args(["serve", "--port", "0", "--log", "error", "--data-dir"])
            .arg(dir.join("data"))
            .arg("--seed")
            .arg(seed)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().and_then(|p| p.parse().ok());
        assert!(line.starts_with("exeunt ready http://"), "{line:?}");
        Self { child, port: port.unwrap_or_else(|| panic!("{line:?}")) }
    }

    fn token(&self) -> String {
        let body = json!({ "userPoolId": POOL, "secret": POOL_SECRET });
        let answer = json_post(self.port, "/api/v2/userpools/access-token", &body, &[]);
        answer.json()["accessToken"].as_str().unwrap().to_owned()
    }

    fn logs_in(&self, name: &str) -> Browser {
        let mut browser = Browser::new(self.port);
        browser.logs_in(name);
        browser
    }

    /// `kill -9`.
    fn dies(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a cookie of an earlier run is accepted: hosts keep their names over a restart, here also their old port.
fn accepted(now: &Served, then: u16, browser: &Browser) -> bool {
    let host = format!("localhost:{then}");
    let cookie = format!("exeunt={}", browser.jar[&host]["exeunt"]);
    let answer = wire::request(now.port, &host, ("GET", "/api/v1/session"), &[("Cookie", &cookie)], None);
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
    answer.status == 200
}

fn kick_call(served: &Served) -> Vec<u8> {
    let authorization = format!("Bearer {}", served.token());
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let body = json!({ "userIds": [LILEI] }).to_string();
    written(&format!("localhost:{}", served.port), ("POST", KICK), &headers, Some(body.as_bytes()))
}

fn rows(dir: &Path) -> Connection {
    Connection::open_with_flags(dir.join("data/exeunt.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

#[track_caller]
fn is_whole(dir: &Path) {
    let rows = rows(dir);
    let verdict: String = rows.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let half: i64 = rows
        .query_row(
            "SELECT count(*) FROM sessions s WHERE s.ended_at IS NOT NULL AND (s.ending_id IS NULL
               OR NOT EXISTS (SELECT 1 FROM endings e WHERE e.id = s.ending_id)
               OR EXISTS (SELECT 1 FROM participants p WHERE p.session_id = s.id AND p.ended_at IS NULL))",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(half, 0, "sessions that are half ended");
    let foreign: i64 = rows.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(foreign, 0);
}

#[test]
fn a_kick_whose_first_byte_was_heard_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut served = Served::start(dir.path());
    for round in 0..10 {
        let (kicked, stays) = (served.logs_in("lilei"), served.logs_in("hanmeimei"));
        let (then, call) = (served.port, kick_call(&served));
        let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
        stream.set_read_timeout(Some(wire::PATIENCE)).unwrap();
        stream.write_all(&call).unwrap();
        let mut first = [0u8; 1];
        stream.read_exact(&mut first).expect("the first byte of the answer");
        served.dies();
        served = Served::start(dir.path());
        assert!(!accepted(&served, then, &kicked), "round {round}: the kicked one is back");
        assert!(accepted(&served, then, &stays), "round {round}: who was not kicked is gone");
        is_whole(dir.path());
        served.logs_in("lilei");
    }
}

#[test]
fn kill_9_at_any_moment_leaves_no_half_state() {
    let dir = tempfile::tempdir().unwrap();
    let mut served = Served::start(dir.path());
    for round in 0..8 {
        let browsers: Vec<Browser> = (0..3).map(|_| served.logs_in("lilei")).collect();
        let (then, call) = (served.port, kick_call(&served));
        let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
        stream.write_all(&call[..call.len() * (round % 4 + 1) / 4]).unwrap();
        if round >= 4 {
            // A log-out beside it, so that more than one thing is under way.
            let mut browser = browsers[0].clone();
            std::thread::spawn(move || browser.fetches("/login/profile/logout", &[]));
        }
        served.dies();
        served = Served::start(dir.path());
        is_whole(dir.path());
        let kicked: i64 = rows(dir.path())
            .query_row("SELECT count(*) FROM endings WHERE cause = 'kicked'", [], |r| r.get(0))
            .unwrap();
        let alive = browsers[1..].iter().filter(|browser| accepted(&served, then, browser)).count();
        assert!(alive == 0 || alive == 2, "round {round}: some of one kick ({kicked} kicks on record)");
        let token = served.token();
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        let answer = json_post(served.port, KICK, &json!({ "userIds": [LILEI] }), &headers);
        assert_eq!(answer.json()["code"], 200);
        assert!(browsers.iter().all(|browser| !accepted(&served, then, browser)));
    }
}

#[test]
fn a_second_server_on_the_same_directory_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start(dir.path());
    let second = Command::new(env!("CARGO_BIN_EXE_exeunt"))
        .args(["serve", "--port", "0", "--data-dir"])
        .arg(dir.path().join("data"))
        .env_clear()
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(second.stdout.is_empty(), "never ready");
    let says = String::from_utf8_lossy(&second.stderr);
    assert!(says.contains("another exeunt is using"), "{says}");
    served.logs_in("lilei");
}

/// Five more applications, each with its back-channel address.
fn applications(ports: &[u16]) -> String {
    let one = |(number, port): (usize, &u16)| {
        format!(
            "\n[[applications]]\nid = \"6099a1b2c3d4e5f6071829{number:02}\"\nidentifier = \"app{number}\"\nname = \"App {number}\"\n\
             secret = \"89abcdef0123456789abcdef01234567\"\nbackchannel_logout_uri = \"http://127.0.0.1:{port}/backchannel\"\n"
        )
    };
    ports.iter().enumerate().map(one).collect()
}

fn owed(dir: &Path, state: &str) -> Vec<(String, String)> {
    let rows = rows(dir);
    let text = "SELECT application_id, sid FROM notices WHERE state = ?1 ORDER BY application_id, sid";
    let mut sql = rows.prepare(text).unwrap();
    sql.query_map([state], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn what_was_owed_when_kill_9_came_is_told_after_the_restart_and_nothing_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut ports: Vec<u16> = (0..5).map(|_| RelyingParty::nowhere()).collect();
    let quick = RelyingParty::open();
    ports[0] = quick.port();
    let served = Served::start_with(dir.path(), &applications(&ports));
    // Four sessions in all applications; three of them end, in three ways.
    let mut browsers: Vec<Browser> =
        ["lilei", "lilei", "hanmeimei", "hanmeimei"].iter().map(|name| served.logs_in(name)).collect();
    for browser in &mut browsers {
        for number in 0..5 {
            let url = format!("http://app{number}.localhost:{}/u", served.port);
            assert_eq!(browser.opens(&url).status, 200);
        }
    }
    browsers[2].logs_out();
    let token = served.token();
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str())];
    for number in 0..5 {
        let path = format!("/api/v2/applications/6099a1b2c3d4e5f6071829{number:02}/kick-active-users");
        assert_eq!(json_post(served.port, &path, &json!({ "userIds": [LILEI] }), &headers).json()["code"], 200);
    }
    served.dies();
    // Whatever the one that listened has confirmed on disk is done; all the rest is owed, or below a barrier still.
    let done = owed(dir.path(), "acked");
    assert!(done.iter().all(|(application, _)| application.ends_with("00")));
    let heard_before = quick.heard().len();
    let parties: Vec<RelyingParty> = ports[1..].iter().map(|port| RelyingParty::that_opens_at(*port)).collect();
    let _served = Served::start_with(dir.path(), &applications(&ports));
    for party in &parties {
        let mut sids: Vec<String> = party.hears(3).iter().map(|heard| heard.about().1).collect();
        sids.sort();
        sids.dedup();
        assert_eq!(sids.len(), 3, "one token for each session that ended");
    }
    quick.hears(heard_before + 3 - done.len());
    let began = Instant::now();
    while owed(dir.path(), "acked").len() < 15 && began.elapsed() < wire::PATIENCE {
        std::thread::yield_now();
    }
    assert_eq!((owed(dir.path(), "acked").len(), owed(dir.path(), "waiting").len()), (15, 0));
    assert!(parties.iter().all(|party| party.heard().len() == 3), "told twice");
    assert_eq!(quick.heard().len(), heard_before + 3 - done.len(), "told twice of what was on disk as told");
}
