//! The seed file: pools, applications, users and access keys that a start fills in or updates, idempotently.
//!
//! A seed is read whole before anything is written: unknown keys, invalid values and duplicates are refused with their line.
//! The tables at the top level belong to `[pool]`; further pools nest the same tables under `[[pools]]`.

use std::fmt;

use super::error::{line_of, suggestion, without_value};
use crate::domain::application::Protocol;
use crate::domain::contact::{DisplayName, Email, LoginName, Password, Phone, Username};
use crate::domain::id::{AccessKeyId, ApplicationId, PoolId, UserId};
use crate::domain::identifier::Identifier;
use crate::domain::redirect::RedirectEntry;
use crate::domain::user::Role;

mod read;
mod shape;
#[cfg(test)]
mod tests;

/// Why a seed file is refused. The sentence names the line and what is wrong, never a password or secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// The file is no TOML, or a value has the wrong type.
    #[error("line {line}: {why}")]
    Toml {
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// A key that nothing reads.
    #[error("line {line}: {key} is not known{}", suggestion(.nearest.as_deref()))]
    UnknownKey {
        /// The line, counted from 1.
        line: usize,
        /// What was written, with the table it stands in.
        key: String,
        /// The known key that looks most like it.
        nearest: Option<String>,
    },
    /// A value that its type refuses.
    #[error("line {line}: {key}: {why}")]
    Invalid {
        /// The line, counted from 1.
        line: usize,
        /// The key.
        key: &'static str,
        /// What would be right.
        why: String,
    },
    /// The same id, identifier or log-in name twice.
    #[error("line {line}: this {key} stands already in line {first}")]
    Duplicate {
        /// The line, counted from 1.
        line: usize,
        /// The key.
        key: &'static str,
        /// Where it stood first.
        first: usize,
    },
}

impl SeedError {
    /// The line in which the file is wrong, counted from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Toml { line, .. }
            | Self::UnknownKey { line, .. }
            | Self::Invalid { line, .. }
            | Self::Duplicate { line, .. } => *line,
        }
    }

    fn toml(text: &str, error: &toml::de::Error) -> Self {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        Self::Toml { line, why: without_value(error.message()) }
    }
}

/// A secret from a seed file: 8 to 256 printable ASCII characters without spaces. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct SeedSecret(String);

impl SeedSecret {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let fits = (8..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err("a secret has 8 to 256 printable ASCII characters, no spaces")
        }
    }

    /// The secret itself, for hashing or sealing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SeedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedSecret(…)")
    }
}

/// All that a seed file asks for.
#[derive(Debug, Clone, Default)]
pub struct Seed {
    /// The pools; the first is the one of the top level, when the file has any of its tables.
    pub pools: Vec<SeedPool>,
}

/// A user pool to fill in.
#[derive(Debug, Clone)]
pub struct SeedPool {
    /// Its id; without one the pool is found by name, or is the default pool.
    pub id: Option<PoolId>,
    /// Its name; only the pool of the top level may go without.
    pub name: Option<DisplayName>,
    /// Its secret.
    pub secret: Option<SeedSecret>,
    /// Its applications.
    pub applications: Vec<SeedApplication>,
    /// Its users.
    pub users: Vec<SeedUser>,
    /// Its access keys.
    pub access_keys: Vec<SeedAccessKey>,
}

/// An application to fill in.
#[derive(Debug, Clone)]
pub struct SeedApplication {
    /// Its id; without one it is found by identifier.
    pub id: Option<ApplicationId>,
    /// The label of its own host.
    pub identifier: Identifier,
    /// Its name; the identifier when the file names none.
    pub name: DisplayName,
    /// Its secret.
    pub secret: Option<SeedSecret>,
    /// Where log-ins go back to.
    pub redirect_uris: Vec<RedirectEntry>,
    /// Where log-outs may go.
    pub logout_redirect_uris: Vec<RedirectEntry>,
    /// How it speaks OAuth and OpenID Connect; what the file does not state has its default.
    pub protocol: Protocol,
    /// Whether it is the default application of its pool.
    pub default: bool,
}

/// How a seeded user proves to be themselves.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A password to hash.
    Password(Password),
    /// An argon2id hash in PHC form.
    Hash(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(…)",
            Self::Hash(_) => "Hash(…)",
        })
    }
}

/// A user to fill in, with at least one name to log in with.
#[derive(Debug, Clone)]
pub struct SeedUser {
    /// Their id; without one they are found by log-in name.
    pub id: Option<UserId>,
    /// Their user name.
    pub username: Option<Username>,
    /// What they are called.
    pub name: Option<DisplayName>,
    /// Their e-mail address.
    pub email: Option<Email>,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// Their password or its hash.
    pub credential: Option<Credential>,
    /// What they may do in the console; not stated: as it is, and a new user may do nothing there.
    pub role: Option<Role>,
    /// Whether they may not log in; not stated: as they are, and a new user may.
    pub disabled: Option<bool>,
}

/// Whose access key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessKeyOwner {
    /// The user of this id.
    Id(UserId),
    /// The user who logs in by this name.
    Name(LoginName),
}

/// An access key of the management API.
#[derive(Debug, Clone)]
pub struct SeedAccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Its secret.
    pub secret: SeedSecret,
    /// The admin it belongs to; without one it belongs to the pool.
    pub user: Option<AccessKeyOwner>,
}

/// Reads seed files.
#[derive(Debug, Clone, Copy)]
pub struct SeedFile;

impl SeedFile {
    /// Reads and checks a whole seed file.
    pub fn parse(text: &str) -> Result<Seed, SeedError> {
        shape::known_keys_only(text)?;
        let raw: shape::RawFile = toml::from_str(text).map_err(|error| SeedError::toml(text, &error))?;
        read::Reading::new(text).file(raw)
    }
}
