//! Many users at once, from the lines of a table: first what would come of each line, then the act.
//!
//! Between the two nothing is kept here: what was sent goes back to the administrator sealed, so that no password stands in a
//! page and nothing can be changed between the look and the act. The act judges everything anew. Either every line is good,
//! or the administrator said to leave the others out; what is made is made in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::{Done, FieldRefused, FlowError};
use super::provisioning::hashed;
use super::state::State;
use super::users::{self, UserForm, ValidUser};
use crate::crypto::seal;
use crate::domain::contact::NewPassword;
use crate::domain::id::{PoolId, UserId};
use crate::domain::logout::Origin;
use crate::domain::secret::Secret;
use crate::store::users::{self as people, LoginColumn};

/// Lines in one import: each may hold a password, and hashing one takes a while.
pub const LINES: usize = 1_000;
/// Octets in one import.
pub const OCTETS: usize = 128 * 1024;
/// What was looked at can be carried out for so long.
const KEPT_MS: i64 = 3_600_000;

const PURPOSE: &str = "import";

/// One line.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Where it stands in the file, from 1.
    pub number: u32,
    /// Names and contacts.
    pub form: UserForm,
    /// Empty: none.
    pub password: String,
    /// What is wrong with the line as a line.
    pub refused: Vec<FieldRefused>,
}

/// A line and what would come of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The line.
    pub line: Line,
    /// Why no user comes of it; empty: one does.
    pub refused: Vec<FieldRefused>,
    valid: Option<ValidUser>,
}

/// Seals what was sent for the administrator who sent it.
pub fn keep(state: &State, admin: UserId, octets: &[u8]) -> Done<String> {
    let framed = [admin.as_str().as_bytes(), &state.now().0.to_be_bytes(), octets].concat();
    state.key.seal(PURPOSE, &framed).map(|sealed| seal::hex(&sealed)).ok_or(FlowError::Busy)
}

/// Opens it again for the same administrator, within the hour.
pub fn kept(state: &State, admin: UserId, sealed: &str) -> Option<Vec<u8>> {
    let opened = state.key.unseal(PURPOSE, &seal::unhex(sealed)?)?;
    let rest = opened.strip_prefix(admin.as_str().as_bytes())?;
    let (at, octets) = rest.split_at_checked(8)?;
    let age = state.now().0.saturating_sub(i64::from_be_bytes(at.try_into().ok()?));
    (0..KEPT_MS).contains(&age).then(|| octets.to_vec())
}

/// What would come of each line: its own faults, what other users have already, what an earlier line has.
pub fn judge(state: &State, pool: PoolId, lines: Vec<Line>) -> Done<Vec<Judged>> {
    let mut met: HashMap<(&'static str, String), usize> = HashMap::new();
    state.store.read(|conn| {
        let mut all = Vec::new();
        for line in lines {
            let (valid, mut refused) = alone(&line);
            let keys = valid.as_ref().map(keys).unwrap_or_default();
            for (field, column, key) in &keys {
                if people::by_login(conn, pool, *column, key)?.is_some() {
                    refused.push(FieldRefused::new(field, "taken"));
                } else if let Some(first) = met.get(&(*field, key.clone())) {
                    refused.push(FieldRefused { field, code: "repeats", line: Some(*first) });
                }
            }
            // What is left out takes no name from a later line.
            if refused.is_empty() {
                met.extend(keys.into_iter().map(|(field, _, key)| ((field, key), line.number as usize)));
            }
            all.push(Judged { line, refused, valid });
        }
        Ok(all)
    })
}

fn alone(line: &Line) -> (Option<ValidUser>, Vec<FieldRefused>) {
    let mut refused = line.refused.clone();
    if !refused.is_empty() {
        return (None, refused);
    }
    let valid = match line.form.judge() {
        Ok(valid) => Some(valid),
        Err(FlowError::Invalid(fields)) => {
            refused.extend(fields);
            None
        }
        Err(_) => None,
    };
    if !line.password.is_empty()
        && let Err(why) = NewPassword::parse(&line.password)
    {
        refused.push(FieldRefused::new("password", why.code()));
    }
    (valid, refused)
}

fn keys(valid: &ValidUser) -> Vec<(&'static str, LoginColumn, String)> {
    let keys = valid.keys();
    let all = [
        ("username", LoginColumn::Username, keys.username),
        ("email", LoginColumn::Email, keys.email),
        ("phone", LoginColumn::Phone, keys.phone),
    ];
    all.into_iter().filter_map(|(field, column, key)| Some((field, column, key?))).collect()
}

/// Makes the users of all good lines and answers how many; the others are passed over. Passwords are hashed one after the
/// other, so that log-ins get their turn in between. Whoever took a name meanwhile is told as a refused field.
pub async fn carry_out(state: &Arc<State>, pool: PoolId, judged: Vec<Judged>, origin: Origin) -> Done<u32> {
    let mut ready = Vec::new();
    for one in judged.into_iter().filter(|one| one.refused.is_empty()) {
        let Some(valid) = one.valid else { continue };
        let password = Some(one.line.password).filter(|text| !text.is_empty()).map(Secret::new);
        ready.push((valid, hashed(state, password).await?));
    }
    state
        .write(move |act, _| {
            let mut made = 0;
            for (valid, hash) in &ready {
                users::create(act, pool, None, valid, hash.as_deref(), &origin)?;
                made += 1;
            }
            Ok(made)
        })
        .await
}
