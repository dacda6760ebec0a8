//! People and their password hashes.

use rusqlite::{Connection, Row, params};

use super::db::{Act, Maybe, Rows};
use crate::domain::id::{PoolId, UserId};
use crate::domain::session::Seq;
use crate::domain::user::{User, UserStatus};

/// Keys by which a person is found at log-in, already normalised.
#[derive(Debug, Clone, Default)]
pub struct LoginKeys {
    /// User name key.
    pub username: Option<String>,
    /// E-mail key.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

/// Which key a person typed.
#[derive(Debug, Clone, Copy)]
pub enum LoginColumn {
    /// User name.
    Username,
    /// E-mail.
    Email,
    /// Phone.
    Phone,
}

/// A user with what the password is compared with.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The user.
    pub user: User,
    /// PHC string; none: no password was ever set.
    pub password_hash: Option<String>,
    /// Changed with each new password.
    pub password_seq: Seq,
    /// PHC string of the password that a seed file last stated.
    pub seed_hash: Option<String>,
}

const COLUMNS: &str = "id, pool_id, username, name, email, phone, role, status, created_at, updated_at, last_login_at,
    last_ip, logins";

pub(super) fn row_to_user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        pool: row.get(1)?,
        username: row.get(2)?,
        name: row.get(3)?,
        email: row.get(4)?,
        phone: row.get(5)?,
        role: row.get(6)?,
        status: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        last_login_at: row.get(10)?,
        last_ip: row.get(11)?,
        logins: row.get(12)?,
    })
}

fn row_to_candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate {
        user: row_to_user(row)?,
        password_hash: row.get(13)?,
        password_seq: row.get(14)?,
        seed_hash: row.get(15)?,
    })
}

/// One user, whatever their status but deleted.
pub fn find(conn: &Connection, id: UserId) -> Rows<Option<User>> {
    let text = format!("SELECT {COLUMNS} FROM users WHERE id = ?1 AND status <> 'deleted'");
    conn.prepare_cached(&text)?.query_row([id], row_to_user).maybe()
}

/// One user with the password hash.
pub fn candidate(conn: &Connection, id: UserId) -> Rows<Option<Candidate>> {
    let text = format!(
        "SELECT {COLUMNS}, password_hash, password_seq, seed_hash FROM users WHERE id = ?1 AND status <> 'deleted'"
    );
    conn.prepare_cached(&text)?.query_row([id], row_to_candidate).maybe()
}

/// Users of a pool, counted up to `cap`.
pub fn count(conn: &Connection, pool: PoolId, cap: u32) -> Rows<u32> {
    let text = "SELECT count(*) FROM (SELECT 1 FROM users WHERE pool_id = ?1 AND status <> 'deleted' LIMIT ?2)";
    Ok(conn.prepare_cached(text)?.query_row(params![pool, cap], |row| row.get(0))?)
}

/// Who logs in with this key in this pool.
pub fn by_login(conn: &Connection, pool: PoolId, column: LoginColumn, key: &str) -> Rows<Option<Candidate>> {
    let column = match column {
        LoginColumn::Username => "username_key",
        LoginColumn::Email => "email_key",
        LoginColumn::Phone => "phone",
    };
    let text = format!(
        "SELECT {COLUMNS}, password_hash, password_seq, seed_hash FROM users WHERE pool_id = ?1 AND {column} = ?2 AND status <> 'deleted'"
    );
    conn.prepare_cached(&text)?.query_row(params![pool, key], row_to_candidate).maybe()
}

/// Adds a user; a key taken by another is a conflict.
pub fn insert(act: &Act<'_>, user: &User, keys: &LoginKeys, password_hash: Option<&str>) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached(
            "INSERT INTO users (id, pool_id, username, username_key, name, email, email_key, phone, role, status,
               password_hash, password_seq, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)",
        )?
        .execute(params![
            user.id,
            user.pool,
            user.username,
            keys.username,
            user.name,
            user.email,
            keys.email,
            user.phone,
            user.role,
            user.status,
            password_hash,
            seq,
            act.now
        ])?;
    Ok(())
}

/// Writes the profile, role and status.
pub fn update(act: &Act<'_>, user: &User, keys: &LoginKeys) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "UPDATE users SET username = ?2, username_key = ?3, name = ?4, email = ?5, email_key = ?6, phone = ?7,
               role = ?8, status = ?9, updated_at = ?10
             WHERE id = ?1",
        )?
        .execute(params![
            user.id,
            user.username,
            keys.username,
            user.name,
            user.email,
            keys.email,
            user.phone,
            user.role,
            user.status,
            act.now
        ])?;
    Ok(())
}

/// Writes what a person prefers of their pages; nothing: as the browser has it.
pub fn set_preferences(act: &Act<'_>, id: UserId, lang: Option<&str>, zone: Option<&str>) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE users SET lang = ?2, zone = ?3, updated_at = ?4 WHERE id = ?1")?
        .execute(params![id, lang, zone, act.now])?;
    Ok(())
}

/// Sets the password; log-ins that were checked against the old one and have not finished are refused.
pub fn set_password(act: &Act<'_>, id: UserId, password_hash: &str) -> Rows<()> {
    let seq = act.next_seq()?;
    act.conn()
        .prepare_cached("UPDATE users SET password_hash = ?2, password_seq = ?3, updated_at = ?4 WHERE id = ?1")?
        .execute(params![id, password_hash, seq, act.now])?;
    Ok(())
}

/// Remembers what a seed file stated.
pub fn set_seed_hash(act: &Act<'_>, id: UserId, hash: &str) -> Rows<()> {
    act.conn().prepare_cached("UPDATE users SET seed_hash = ?2 WHERE id = ?1")?.execute(params![id, hash])?;
    Ok(())
}

/// Whether this id was a user who has been deleted; it is never given again.
pub fn was_deleted(conn: &Connection, id: UserId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND status = 'deleted')";
    Ok(conn.prepare_cached(text)?.query_row([id], |row| row.get(0))?)
}

/// Stores the same password at the present cost; nobody's log-in is disturbed.
pub fn rehash_password(act: &Act<'_>, id: UserId, checked: Seq, password_hash: &str) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_seq = ?2")?
        .execute(params![id, checked, password_hash])?;
    Ok(())
}

/// Takes a user out of the house and frees the log-in names; the row stays for receipts.
pub fn delete(act: &Act<'_>, id: UserId) -> Rows<()> {
    act.conn()
        .prepare_cached(
            "UPDATE users SET status = 'deleted', username_key = NULL, email_key = NULL, phone = NULL,
               password_hash = NULL, updated_at = ?2 WHERE id = ?1",
        )?
        .execute(params![id, act.now])?;
    Ok(())
}

/// Counts a log-in.
pub fn logged_in(act: &Act<'_>, id: UserId, ip: &str) -> Rows<()> {
    act.conn()
        .prepare_cached("UPDATE users SET last_login_at = ?2, last_ip = ?3, logins = logins + 1 WHERE id = ?1")?
        .execute(params![id, act.now, ip])?;
    Ok(())
}

/// How many administrators of the pool may log in.
pub fn count_admins(conn: &Connection, pool: PoolId) -> Rows<i64> {
    let text = "SELECT count(*) FROM users WHERE pool_id = ?1 AND role = 'admin' AND status = 'activated'";
    Ok(conn.prepare_cached(text)?.query_row([pool], |row| row.get(0))?)
}

/// Whether the house has any user at all.
pub fn any(conn: &Connection) -> Rows<bool> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM users WHERE status <> 'deleted')")?
        .query_row([], |row| row.get(0))?)
}

/// A page of users, newest first: those created before `before`, whose name, user name, e-mail, phone or id holds `text`;
/// at most `limit`.
pub fn page(conn: &Connection, pool: PoolId, text: &str, before: Option<(i64, UserId)>, limit: u32) -> Rows<Vec<User>> {
    let (at, id) = before.map_or((i64::MAX, "g".to_owned()), |(at, id)| (at, id.to_string()));
    let like = super::columns::like(text);
    let sql = format!(
        "SELECT {COLUMNS} FROM users WHERE pool_id = ?1 AND (created_at, id) < (?2, ?3) AND status <> 'deleted'
           AND (?5 = '' OR id = ?5 OR name LIKE ?6 ESCAPE '!' OR username LIKE ?6 ESCAPE '!' OR email LIKE ?6 ESCAPE '!'
             OR phone LIKE ?6 ESCAPE '!')
         ORDER BY created_at DESC, id DESC LIMIT ?4"
    );
    let mut sql = conn.prepare_cached(&sql)?;
    let values = params![pool, at, id, limit, text, like];
    Ok(sql.query_map(values, row_to_user)?.collect::<rusqlite::Result<_>>()?)
}

/// What a text is looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchField {
    /// The id, whole.
    Id,
    /// User name.
    Username,
    /// Display name.
    Name,
    /// E-mail.
    Email,
    /// Phone.
    Phone,
}

impl SearchField {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Id, Self::Username, Self::Name, Self::Email, Self::Phone];

    fn condition(self) -> &'static str {
        match self {
            Self::Id => "id = ?2",
            Self::Username => "username LIKE ?3 ESCAPE '!'",
            Self::Name => "name LIKE ?3 ESCAPE '!'",
            Self::Email => "email LIKE ?3 ESCAPE '!'",
            Self::Phone => "phone LIKE ?3 ESCAPE '!'",
        }
    }
}

/// Which users of a pool are meant, and in what order.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Somewhere in `fields`; empty: everybody.
    pub text: String,
    /// Where to look; none: nobody is found.
    pub fields: Vec<SearchField>,
    /// Of this status only.
    pub status: Option<UserStatus>,
    /// By the last change in place of the creation.
    pub by_change: bool,
    /// The oldest first.
    pub ascending: bool,
}

/// Users of a pool by offset, as Authing's lists have it; and how many there are.
pub fn listed(conn: &Connection, pool: PoolId, wanted: &Listing, page: (u32, u32)) -> Rows<(u32, Vec<User>)> {
    let (offset, limit) = page;
    let found: Vec<&str> = wanted.fields.iter().map(|field| field.condition()).collect();
    let (by, way) =
        (if wanted.by_change { "updated_at" } else { "created_at" }, if wanted.ascending { "ASC" } else { "DESC" });
    let meant = match (wanted.text.is_empty(), found.is_empty()) {
        (true, _) => "?2 = ?2 AND ?3 = ?3".to_owned(),
        (false, true) => "?2 <> ?2 AND ?3 = ?3".to_owned(),
        (false, false) => format!("?2 = ?2 AND ?3 = ?3 AND ({})", found.join(" OR ")),
    };
    let whom = format!("WHERE pool_id = ?1 AND status <> 'deleted' AND (?4 IS NULL OR status = ?4) AND {meant}");
    let like = super::columns::like(&wanted.text);
    let total = conn
        .prepare_cached(&format!("SELECT count(*) FROM users {whom}"))?
        .query_row(params![pool, wanted.text, like, wanted.status], |row| row.get(0))?;
    let text = format!("SELECT {COLUMNS} FROM users {whom} ORDER BY {by} {way}, id {way} LIMIT ?5 OFFSET ?6");
    let mut sql = conn.prepare_cached(&text)?;
    let values = params![pool, wanted.text, like, wanted.status, limit, offset];
    Ok((total, sql.query_map(values, row_to_user)?.collect::<rusqlite::Result<_>>()?))
}

/// The first of them.
pub fn search(conn: &Connection, pool: PoolId, text: &str, limit: u32) -> Rows<Vec<User>> {
    page(conn, pool, text, None, limit)
}

/// What the last step of a log-in checks again inside its transaction: status, and that the password is still the one
/// that was compared.
pub fn still(conn: &Connection, id: UserId, checked: Seq) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND status = 'activated' AND password_seq = ?2)";
    Ok(conn.prepare_cached(text)?.query_row(params![id, checked], |row| row.get(0))?)
}

/// Whether the user is an administrator who may log in, read at the time of the call (security.md K7).
pub fn is_admin(conn: &Connection, id: UserId) -> Rows<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND status = 'activated' AND role = 'admin')";
    Ok(conn.prepare_cached(text)?.query_row([id], |row| row.get(0))?)
}
