//! A running house: the real server in this process, on a free port, with a data directory of its own.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use exeunt::config::{Config, Flags};
use exeunt::crypto::{jws, password, random, seal, transport};
use exeunt::domain::application::Protocol;
use exeunt::domain::clock::{ManualClock, Timestamp};
use exeunt::domain::id::{ApplicationId, PoolId, Sid, UserId};
use exeunt::domain::oauth::TokenAlg;
use exeunt::domain::secret::Secret;
use exeunt::domain::user::Role;
use exeunt::flow::applications::{self, ApplicationForm};
use exeunt::flow::error::Done;
use exeunt::flow::management;
use exeunt::flow::password_key::Kind;
use exeunt::flow::state::State;
use exeunt::flow::upkeep;
use exeunt::flow::users::{self, UserForm};
use exeunt::flow::{keys, password_key};
use exeunt::server::Server;
use exeunt::store::db::Act;
use exeunt::store::pools;
use exeunt::store::sessions::{self, NewSession};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::Browser;
use super::people::{CLIENT_SECRET, OTHER_SECRET, PASSWORD, POOL_SECRET, Person, Program};
use super::wire::{self, Answer};

/// Saturday, 22 November 2025, in the morning.
const MORNING: Timestamp = Timestamp(1_763_796_000_000);

/// Everybody's password at the full cost, hashed once.
static HASH: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD).expect("a hash"));

/// Signing keys, made once: RSA takes its time.
static KEYS: LazyLock<Vec<(TokenAlg, Vec<u8>)>> =
    LazyLock::new(|| [TokenAlg::Rs256, TokenAlg::Es256].map(|alg| (alg, jws::generate(alg).expect("a key"))).to_vec());

/// The key under which passwords travel, likewise.
static PASSWORD_KEY: LazyLock<Vec<u8>> = LazyLock::new(|| transport::generate().expect("a key"));

/// The other of them, whose public half tests have met.
const SM2_KEY: &str = "6b5c1d9a3f8e7d2c4b1a09f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4";

/// An application of the house.
#[derive(Debug, Clone)]
pub struct Application {
    pub id: ApplicationId,
}

struct Running {
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

/// See the head of this file. Two pools: Acme with notes (the default), board and wiki; Other with shop.
pub struct House {
    pub state: Arc<State>,
    pub clock: Arc<ManualClock>,
    pub port: u16,
    pub pool: PoolId,
    pub other_pool: PoolId,
    running: Option<Running>,
    dir: TempDir,
}

fn config(dir: &std::path::Path, change: impl Fn(&mut Config)) -> Config {
    let flags = Flags { port: Some(0), data_dir: Some(dir.to_owned()), dev: Some(false), ..Flags::default() };
    let nothing = |_: &std::path::Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    let mut config = Config::load(&flags, std::iter::empty(), &nothing).expect("settings").config;
    (config.workers, config.hash_threads) = (1, 1);
    change(&mut config);
    config
}

impl House {
    pub fn open() -> Self {
        Self::with(|_| {})
    }

    /// A house whose operator decided something else.
    pub fn with(change: impl Fn(&mut Config)) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(ManualClock::new(MORNING));
        let state = State::open(config(dir.path(), change), clock.clone()).expect("a house");
        let pool = PoolId::parse("5f9d0cef60d09ff5a4c87c06").unwrap();
        let other_pool = PoolId::parse("5f9d0cef60d09ff5a4c87c07").unwrap();
        keys::adopt(&state, KEYS.clone(), Timestamp(0)).expect("signing keys");
        password_key::adopt(&state, Kind::Rsa, PASSWORD_KEY.clone()).expect("a password key");
        password_key::adopt(&state, Kind::Sm2, seal::unhex(SM2_KEY).unwrap()).expect("a password key");
        furnish(&state, pool, other_pool).expect("furniture");
        let (running, port) = run(&state);
        Self { state, clock, port, pool, other_pool, running: Some(running), dir }
    }

    /// Stops and starts again on the same directory: all memory is gone.
    pub fn restarts(mut self) -> Self {
        self.stop();
        let Self { state, clock, pool, other_pool, dir, .. } = &mut self;
        let config = state.config.clone();
        let weak = Arc::downgrade(state);
        let placeholder = tempfile::tempdir().unwrap();
        // The old state must be gone, with its lock, before the new one opens; a house in an empty directory stands in.
        let mut elsewhere = config.clone();
        elsewhere.data_dir = placeholder.path().to_owned();
        *state = State::open(elsewhere, clock.clone()).expect("a stand-in");
        while weak.upgrade().is_some() {
            std::thread::yield_now();
        }
        let opened = loop {
            match State::open(config.clone(), clock.clone()) {
                Ok(opened) => break opened,
                Err(exeunt::store::open::OpenError::InUse(_)) => std::thread::yield_now(),
                Err(other) => panic!("{other}"),
            }
        };
        *state = opened;
        let _ = (pool, other_pool, dir);
        let (running, port) = run(&self.state);
        self.running = Some(running);
        self.port = port;
        self
    }

    fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            drop(running.handle.stop(false));
            let _ = running.thread.join();
        }
    }

    /// Host and port as people type them; empty for the base host.
    pub fn host(&self, identifier: &str) -> String {
        match identifier {
            "" => format!("localhost:{}", self.port),
            label => format!("{label}.localhost:{}", self.port),
        }
    }

    /// An address of the house.
    pub fn at(&self, identifier: &str, path: &str) -> String {
        format!("http://{}{path}", self.host(identifier))
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.port)
    }

    /// A browser at the base host whose person is in, without a password having been hashed.
    pub fn lets_in(&self, name: &str) -> Browser {
        let (user, host) = (self.person(name).id, self.host(""));
        let at = host.clone();
        let begin = move |act: &mut Act<'_>, state: &Arc<State>| -> Done<String> {
            let (secret, hash) = seal::fresh();
            let expires_at = act.now.plus_ms(state.lifetimes().absolute_ms);
            let sid = Sid::from_random(random::octets());
            let id = sessions::begin(act, &NewSession { sid, user, expires_at, ip: "", user_agent: "" })?;
            let seq = act.next_seq()?;
            sessions::set_secret(act, id, &at, &hash, seq)?;
            Ok(secret.reveal().to_owned())
        };
        let secret = self.state.write_now(begin).expect("a session");
        let mut browser = self.browser();
        browser.jar.entry(host).or_default().insert("exeunt".to_owned(), secret);
        browser
    }

    /// The public id of the session that a browser holds at the base host.
    pub fn sid_of(&self, browser: &Browser) -> Sid {
        let hash = seal::hash(&browser.secret("").expect("a secret"));
        let sql = "SELECT s.sid FROM sessions s JOIN session_secrets c ON c.session_id = s.id WHERE c.hash = ?1";
        Sid::parse(&self.value::<String>(sql, [hash.0.to_vec()])).expect("a sid")
    }

    /// One more application of Acme, with the usual secret and addresses.
    pub fn adds(&self, identifier: &str, change: impl FnOnce(&mut Protocol)) -> ApplicationId {
        let mut form = furnished(identifier, false);
        change(&mut form.protocol);
        let pool = self.pool;
        let create = move |act: &mut Act<'_>, state: &Arc<State>| {
            let (secret, origin) = (Secret::new(CLIENT_SECRET), applications::by_operator());
            applications::create(act, state, pool, (None, &secret), &form.judge()?, &origin)
        };
        self.state.write_now(create).expect("an application")
    }

    /// Changes how an application of Acme speaks; answers its new secret, when it got one.
    pub fn changes(&self, id: ApplicationId, change: impl FnOnce(&mut Protocol)) -> Option<Secret> {
        let pool = self.pool;
        let row = applications::find(&self.state, pool, id).expect("an application");
        let mut form = ApplicationForm::from(row);
        change(&mut form.protocol);
        let edit = move |act: &mut Act<'_>, state: &Arc<State>| {
            applications::edit(act, state, (pool, id), None, &form.judge()?, &applications::by_operator())
        };
        self.state.write_now(edit).expect("a change")
    }

    /// Somebody by their log-in name.
    pub fn person(&self, name: &str) -> Person {
        let id: String = self.value("SELECT id FROM users WHERE username = ?1", [name]);
        Person { id: UserId::parse(&id).unwrap() }
    }

    /// An application by the first label of its host.
    pub fn application(&self, identifier: &'static str) -> Application {
        let directory = self.state.directory();
        let id = directory.by_identifier(identifier).expect("an application").id;
        Application { id }
    }

    /// An application registers where it wants to be told of log-outs.
    pub fn tells(&self, identifier: &'static str, uri: &str) {
        self.settles(identifier, |protocol| protocol.backchannel_logout_uri = Some(uri.to_owned()));
    }

    /// An application settles how it speaks.
    pub fn settles(&self, identifier: &'static str, change: impl FnOnce(&mut Protocol)) {
        self.registers(identifier, |form| change(&mut form.protocol));
    }

    /// An application registers something else of itself.
    pub fn registers(&self, identifier: &'static str, change: impl FnOnce(&mut ApplicationForm)) {
        let id = self.application(identifier).id;
        let pool = self.state.directory().application(id).unwrap().pool;
        let row = applications::find(&self.state, pool, id).expect("an application");
        let mut form = ApplicationForm::from(row);
        change(&mut form);
        let valid = form.judge().expect("a form");
        let origin = applications::by_operator();
        self.state
            .write_now(move |act, state| applications::edit(act, state, (pool, id), None, &valid, &origin))
            .expect("an application that speaks otherwise");
    }

    /// Time goes by, and the house looks whether something is due.
    pub fn lets_pass(&self, ms: i64) {
        self.clock.advance_ms(ms);
        self.state.outbox.ring();
    }

    /// Waits until as many notices stand so; the state is a word of the schema.
    #[track_caller]
    pub fn awaits(&self, state: &str, count: i64) {
        let rows = self.rows();
        let text = "SELECT count(*) FROM notices WHERE state = ?1";
        let standing = || rows.query_row(text, [state], |row| row.get::<_, i64>(0)).unwrap();
        assert!(self.settles_until(|| standing() == count), "not {count} {state}: {:?}", self.notices());
    }

    /// Waits until so many tries have been written down, of whatever notices.
    #[track_caller]
    pub fn awaits_tries(&self, count: i64) {
        let rows = self.rows();
        let text = "SELECT coalesce(sum(json_array_length(tries)), 0) FROM notices";
        let made = || rows.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(self.settles_until(|| made() >= count), "not {count} tries: {:?}", self.notices());
    }

    /// Whether `so` comes true within the patience; asked again whenever a message was settled.
    fn settles_until(&self, so: impl Fn() -> bool) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let waiting = async {
            loop {
                let news = self.state.settled.notified();
                if so() {
                    return;
                }
                // Rows are also written by those who settle nothing.
                drop(tokio::time::timeout(Duration::from_millis(200), news).await);
            }
        };
        runtime.block_on(async { tokio::time::timeout(wire::PATIENCE, waiting).await.is_ok() })
    }

    /// Every notice: its application's identifier or name, state, tries, status, trouble.
    pub fn notices(&self) -> Vec<String> {
        let rows = self.rows();
        let text = "SELECT coalesce(a.identifier, a.name), n.state, n.tries, n.status, n.trouble
                    FROM notices n JOIN applications a ON a.id = n.application_id ORDER BY n.id";
        let mut sql = rows.prepare(text).unwrap();
        let line = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
            let (who, state, tries): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (status, trouble): (Option<u16>, Option<String>) = (row.get(3)?, row.get(4)?);
            let tries = serde_json::from_str::<Vec<u32>>(&tries).unwrap().len();
            Ok(format!("{who} {state} {tries} {} {}", status.unwrap_or(0), trouble.unwrap_or_default())
                .trim()
                .to_owned())
        };
        sql.query_map([], line).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }

    /// A program with a token of Acme's.
    pub fn program(&self) -> Program {
        Program::of_pool(self, self.pool, POOL_SECRET)
    }

    /// A program with a token of the other pool's.
    pub fn foreign_program(&self) -> Program {
        Program::of_pool(self, self.other_pool, OTHER_SECRET)
    }

    /// A request by hand, to the base host.
    pub fn ask(&self, what: (&str, &str), headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        wire::request(self.port, &self.host(""), what, headers, body)
    }

    /// A connection to the rows that nobody in the house knows of.
    pub fn rows(&self) -> Connection {
        let path = self.dir.path().join("exeunt.db");
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("the file")
    }

    /// One value of one row.
    pub fn value<T: rusqlite::types::FromSql>(&self, sql: &str, values: impl rusqlite::Params) -> T {
        self.rows().query_row(sql, values, |row| row.get(0)).unwrap_or_else(|e| panic!("{e}: {sql}"))
    }

    pub fn count(&self, sql: &str) -> i64 {
        self.value(sql, [])
    }

    /// All endings on record.
    pub fn endings(&self) -> i64 {
        self.count("SELECT count(*) FROM endings")
    }

    /// Runs `what` while somebody else holds the storage, so that nothing can be written.
    pub fn while_nothing_can_be_written<T>(&self, what: impl FnOnce() -> T) -> T {
        let other = self.rows();
        other.busy_timeout(wire::PATIENCE).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").expect("the storage");
        let outcome = what();
        other.execute_batch("ROLLBACK").unwrap();
        // Whoever still waited for the storage may be refused a moment later, with all that came meanwhile.
        let since = std::time::Instant::now();
        while let Err(error) = self.state.write_now(|_, _| Ok(())) {
            assert!(since.elapsed() < wire::PATIENCE, "the storage did not come back: {error:?}");
            std::thread::yield_now();
        }
        outcome
    }

    /// The house does its slow round now.
    pub fn upkeep(&self) {
        upkeep::round(&self.state, true).expect("upkeep");
    }

    /// Everything about sessions and endings, to see whether something changed.
    pub fn picture(&self) -> Vec<String> {
        let rows = self.rows();
        [
            "sessions",
            "participants",
            "kicks",
            "endings",
            "notices",
            "session_secrets",
            "users",
            "applications",
            "grants",
            "revoked_tokens",
            "pushed_requests",
        ]
        .iter()
        .flat_map(|table| {
            let mut sql = rows.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = sql.column_count();
            let names: Vec<String> = sql.column_names().iter().map(|n| (*n).to_owned()).collect();
            let mut found = sql.query([]).unwrap();
            let mut lines = Vec::new();
            while let Some(row) = found.next().unwrap() {
                let cells: Vec<String> = (0..columns)
                    .filter(|c| names[*c] != "last_seen_at")
                    .map(|c| format!("{}={:?}", names[c], row.get_ref(c).unwrap()))
                    .collect();
                lines.push(format!("{table}: {}", cells.join(" ")));
            }
            lines.sort();
            lines
        })
        .collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(state: &Arc<State>) -> (Running, u16) {
    let (tell, hear) = mpsc::channel();
    let shared = state.clone();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = Server::bind(&shared).expect("a free port");
            drop(shared);
            tell.send((server.handle(), server.addresses[0].port())).unwrap();
            server.run().await.expect("a calm end");
        });
    });
    let (handle, port) = hear.recv().expect("the server");
    (Running { handle, thread }, port)
}

fn furnished(identifier: &str, is_default: bool) -> ApplicationForm {
    ApplicationForm {
        name: identifier.to_uppercase(),
        identifier: identifier.to_owned(),
        redirect_uris: vec![format!("http://{identifier}.example/callback")],
        logout_redirect_uris: vec!["http://127.0.0.1:9101/*".to_owned(), format!("https://{identifier}.example/bye")],
        is_default,
        ..ApplicationForm::default()
    }
}

fn furnish(state: &Arc<State>, pool: PoolId, other: PoolId) -> Done<()> {
    let hash = HASH.clone();
    state.write_now(move |act, state| {
        let origin = applications::by_operator();
        pools::insert(act, pool, "Acme", &management::kept(state, POOL_SECRET)?)?;
        pools::insert(act, other, "Other", &management::kept(state, OTHER_SECRET)?)?;
        for (pool, identifier, is_default) in
            [(pool, "notes", true), (pool, "board", false), (pool, "wiki", false), (other, "shop", false)]
        {
            let form = furnished(identifier, is_default);
            applications::create(act, state, pool, (None, &Secret::new(CLIENT_SECRET)), &form.judge()?, &origin)?;
        }
        let people = [
            (pool, "lilei", Role::Person),
            (pool, "hanmeimei", Role::Person),
            (pool, "lintao", Role::Person),
            (pool, "wang", Role::Admin),
            (pool, "zhao", Role::Admin),
            (other, "olga", Role::Admin),
            (other, "polly", Role::Person),
        ];
        for (pool, name, role) in people {
            let form = UserForm {
                username: name.to_owned(),
                name: format!("{name} of the house"),
                email: format!("{name}@example.com"),
                role,
                ..UserForm::default()
            };
            users::create(act, pool, None, &form.judge()?, Some(&hash), &origin)?;
        }
        Ok(())
    })
}
