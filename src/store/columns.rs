//! Domain values as columns. A word that the domain does not know is an error, never a default.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use crate::domain::clock::Timestamp;
use crate::domain::delivery::Standing;
use crate::domain::id::{AccessKeyId, ApplicationId, EndingId, GrantId, PoolId, Sid, UserId};
use crate::domain::logout::Cause;
use crate::domain::oauth::{AuthMethod, TokenAlg};
use crate::domain::secret::SecretHash;
use crate::domain::session::{Seq, SessionId};
use crate::domain::user::{Role, UserStatus};

macro_rules! text_columns {
    ($($name:ty => $parse:expr),+ $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.as_str().as_bytes())))
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let text = value.as_str()?;
                $parse(text).ok_or_else(|| FromSqlError::Other(format!("unknown {}", stringify!($name)).into()))
            }
        }
    )+};
}

text_columns! {
    PoolId => |t| PoolId::parse(t).ok(),
    UserId => |t| UserId::parse(t).ok(),
    ApplicationId => |t| ApplicationId::parse(t).ok(),
    Sid => |t| Sid::parse(t).ok(),
    AccessKeyId => |t| AccessKeyId::parse(t).ok(),
    EndingId => |t| EndingId::parse(t).ok(),
    GrantId => |t| GrantId::parse(t).ok(),
    Role => Role::parse,
    UserStatus => UserStatus::parse,
    Cause => Cause::parse,
    Standing => Standing::parse,
    AuthMethod => AuthMethod::parse,
    TokenAlg => TokenAlg::parse,
}

macro_rules! number_columns {
    ($($name:ident),+) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map($name)
            }
        }
    )+};
}

number_columns!(Timestamp, Seq, SessionId);

impl ToSql for SecretHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for SecretHash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let octets = value.as_blob()?;
        octets
            .try_into()
            .map(Self)
            .map_err(|_| FromSqlError::InvalidBlobSize { expected_size: 32, blob_size: octets.len() })
    }
}

/// A `LIKE` pattern (with `ESCAPE '!'`) for texts that hold `text`.
pub fn like(text: &str) -> String {
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}
