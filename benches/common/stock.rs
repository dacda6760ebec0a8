//! A data directory with a given number of living sessions: made by direct inserts, each session with its participation
//! and its secret, then analysed as a file of that age would be.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use exeunt::config::{Config, Flags};
use exeunt::crypto::{password, seal};
use exeunt::domain::clock::{Clock as _, SystemClock};
use exeunt::domain::id::{ApplicationId, PoolId, UserId};
use exeunt::store::open;
use rusqlite::{Connection, params};

use super::Done;

pub const POOL: &str = "5f9d0cef60d09ff5a4c87c06";
pub const POOL_SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const APPLICATION: &str = "6099a1b2c3d4e5f60718293a";
pub const PASSWORD: &str = "correct horse battery staple";
/// Users who have a password; it is the same, so that making the stock does not hash for minutes.
pub const WITH_PASSWORD: u64 = 256;
const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// How many of whom.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Users with five sessions each.
    pub users: u64,
    /// Users with a thousand.
    pub thousands: u64,
    /// Users with twenty thousand.
    pub twenty_thousands: u64,
}

impl Size {
    /// A million sessions of 200,000 users, and some who have very many besides.
    pub const MILLION: Self = Self { users: 200_000, thousands: 20, twenty_thousands: 8 };
    /// A thousand.
    pub const THOUSAND: Self = Self { users: 200, thousands: 0, twenty_thousands: 0 };
    /// Five thousand, enough for counts to stop at their cap.
    pub const FIVE_THOUSAND: Self = Self { users: 1_000, thousands: 0, twenty_thousands: 0 };
    /// A hundred.
    pub const HUNDRED: Self = Self { users: 20, thousands: 0, twenty_thousands: 0 };

    /// Sessions of the users who have five.
    pub fn ordinary(self) -> u64 {
        self.users * 5
    }

    /// All of them.
    pub fn sessions(self) -> u64 {
        self.ordinary() + self.thousands * 1_000 + self.twenty_thousands * 20_000
    }

    /// Whose session number `n` is: the five of one user lie far apart, as they were begun at different times.
    pub fn owner(self, n: u64) -> u64 {
        let beyond = n.checked_sub(self.ordinary());
        match beyond {
            None => n % self.users,
            Some(n) if n < self.thousands * 1_000 => self.users + n / 1_000,
            Some(n) => self.users + self.thousands + (n - self.thousands * 1_000) / 20_000,
        }
    }

    /// A session of this user.
    pub fn session_of(self, user: u64) -> u64 {
        match user.checked_sub(self.users) {
            None => user,
            Some(big) if big < self.thousands => self.ordinary() + big * 1_000,
            Some(big) => self.ordinary() + self.thousands * 1_000 + (big - self.thousands) * 20_000,
        }
    }

    /// Number of the `at`th user with so many sessions.
    pub fn user_with(self, sessions: u64, at: u64) -> u64 {
        match sessions {
            1_000 => self.users + at % self.thousands.max(1),
            20_000 => self.users + self.thousands + at % self.twenty_thousands.max(1),
            _ => at % self.users,
        }
    }
}

/// A data directory full of sessions; removed at the end.
pub struct Stock {
    pub size: Size,
    pub host: String,
    dir: tempfile::TempDir,
}

/// Neighbouring numbers become ids that lie nowhere near each other.
fn scattered(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn id(n: u64) -> String {
    format!("{:016x}{n:08x}", scattered(n))
}

pub fn user(n: u64) -> Done<UserId> {
    Ok(UserId::parse(&id(n))?)
}

pub fn username(n: u64) -> String {
    format!("user{n}")
}

/// The secret of session `n`; scripts of the load driver count the same way.
pub fn secret(n: u64) -> String {
    format!("{n:043x}")
}

pub fn pool() -> Done<PoolId> {
    Ok(PoolId::parse(POOL)?)
}

pub fn application() -> Done<ApplicationId> {
    Ok(ApplicationId::parse(APPLICATION)?)
}

impl Stock {
    /// Makes one in a temporary directory, for secrets of `host`.
    pub fn make(size: Size, host: &str) -> Done<Self> {
        let begun = Instant::now();
        let dir = tempfile::Builder::new().prefix("exeunt-bench-").tempdir()?;
        drop(open::open(dir.path(), 1, Arc::new(SystemClock))?);
        let stock = Self { size, host: host.to_owned(), dir };
        stock.fill()?;
        let (file, took) = (std::fs::metadata(stock.database())?.len() >> 20, begun.elapsed().as_secs_f64());
        println!("made {} sessions, {file} MiB, in {took:.1} s", super::figure(size.sessions() as f64));
        Ok(stock)
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn database(&self) -> PathBuf {
        self.dir().join(open::DATABASE)
    }

    /// A copy of the files, for a server that must not share them.
    pub fn copy(&self) -> Done<tempfile::TempDir> {
        let copy = tempfile::Builder::new().prefix("exeunt-bench-").tempdir()?;
        std::fs::copy(self.database(), copy.path().join(open::DATABASE))?;
        Ok(copy)
    }

    /// Settings of a house in this directory.
    pub fn config(&self, port: u16) -> Done<Config> {
        config(self.dir(), port)
    }

    /// A connection for counting and for baselines, set as the product sets its own.
    pub fn connection(&self) -> Done<Connection> {
        connection(&self.database())
    }

    fn fill(&self) -> Done<()> {
        let conn = Connection::open(self.database())?;
        // Readers of the one that made the file may still be closing it.
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -1500000; PRAGMA threads = 2;
             PRAGMA temp_store = MEMORY;",
        )?;
        let indexes = indexes(&conn)?;
        conn.execute_batch("BEGIN")?;
        for (name, _) in &indexes {
            conn.execute_batch(&format!("DROP INDEX {name}"))?;
        }
        let now = SystemClock.now().0;
        Self::fill_house(&conn, now)?;
        self.fill_users(&conn, now)?;
        self.fill_sessions(&conn, now)?;
        for (_, text) in &indexes {
            conn.execute_batch(text)?;
        }
        conn.execute("UPDATE house SET seq = ?1", [self.size.sessions() as i64 * 2 + 10])?;
        conn.execute_batch("COMMIT; ANALYZE; PRAGMA journal_mode = WAL;")?;
        Ok(())
    }

    fn fill_house(conn: &Connection, now: i64) -> Done<()> {
        conn.execute(
            "INSERT INTO pools (id, name, secret_hash, secret_sealed, secret_seq, position, created_at)
             VALUES (?1, 'bench', ?2, x'', 1, 1, ?3)",
            params![POOL, seal::hash(POOL_SECRET), now],
        )?;
        conn.execute(
            "INSERT INTO applications (id, pool_id, identifier, name, secret_hash, redirect_uris, logout_redirect_uris,
               grant_types, is_default, created_at, updated_at)
             VALUES (?1, ?2, 'desk', 'Desk', ?3, '[]', '[]', '[\"authorization_code\"]', 1, ?4, ?4)",
            params![APPLICATION, POOL, seal::hash(POOL_SECRET), now],
        )?;
        Ok(())
    }

    fn fill_users(&self, conn: &Connection, now: i64) -> Done<()> {
        let phc = password::hash(PASSWORD).ok_or("no hash")?;
        let mut insert = conn.prepare(
            "INSERT INTO users (id, pool_id, username, username_key, name, email, email_key, role, status, password_hash,
               created_at, updated_at)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?5, 'person', 'activated', ?6, ?7, ?7)",
        )?;
        let all = self.size.users + self.size.thousands + self.size.twenty_thousands;
        for n in 0..all {
            let (name, email) = (format!("Person {n}"), format!("person{n}@example.org"));
            let phc = (n < WITH_PASSWORD).then_some(&phc);
            insert.execute(params![id(n), POOL, username(n), name, email, phc, now - 86_400_000])?;
        }
        Ok(())
    }

    fn fill_sessions(&self, conn: &Connection, now: i64) -> Done<()> {
        let mut session = conn.prepare(
            "INSERT INTO sessions (id, sid, user_id, seq, auth_seq, auth_at, created_at, last_seen_at, expires_at, ip, user_agent)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let mut participant = conn.prepare(
            "INSERT INTO participants (session_id, application_id, user_id, seq, joined_at, issuer) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let issuer = format!("http://{}/oidc", self.host);
        let mut hashes = Vec::new();
        for n in 0..self.size.sessions() {
            // Those who have very many began them first.
            let heavy = self.size.sessions() - self.size.ordinary();
            let place = n.checked_sub(self.size.ordinary()).unwrap_or(n + heavy);
            let (row, seq) = (n as i64 + 1, place as i64 * 2 + 2);
            let (begun, user) = (now - 3_600_000, id(self.size.owner(n)));
            let ip = format!("203.0.113.{}", n % 250);
            // Nobody was seen in the last ten minutes: the first check of each has something to write down.
            let (seen, expires) = (now - 600_000 - (n % 1_000) as i64, now + 13 * 86_400_000);
            session.execute(params![row, id(n), user, seq, begun, seen, expires, ip, AGENT])?;
            participant.execute(params![row, APPLICATION, user, seq + 1, begun, issuer])?;
            hashes.push((seal::hash(&secret(n)).0, row));
        }
        hashes.sort_unstable();
        let mut insert = conn.prepare(
            "INSERT INTO session_secrets (hash, session_id, host, seq) SELECT ?1, id, ?3, seq FROM sessions WHERE id = ?2",
        )?;
        for (hash, row) in hashes {
            insert.execute(params![hash, row, self.host])?;
        }
        Ok(())
    }
}

fn indexes(conn: &Connection) -> Done<Vec<(String, String)>> {
    let mut sql = conn.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")?;
    Ok(sql.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Settings of a house in `dir`.
pub fn config(dir: &Path, port: u16) -> Done<Config> {
    let flags = Flags { port: Some(port), data_dir: Some(dir.to_owned()), ..Flags::default() };
    Ok(Config::load(&flags, std::iter::empty(), &|path| std::fs::read_to_string(path))?.config)
}

/// Opens a file with the settings that every connection of the product has.
pub fn connection(path: &Path) -> Done<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(Duration::from_secs(30))?;
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -4096;
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(conn)
}
