//! The tables of a seed file as they are written, and the search for keys that nothing reads.

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::SeedError;
use crate::config::error::line_of;
use crate::config::keys;

/// A text and where it stands.
pub(super) type Text = Spanned<String>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawFile {
    pub pool: Option<Spanned<RawPool>>,
    pub applications: Vec<Spanned<RawApplication>>,
    pub users: Vec<Spanned<RawUser>>,
    pub access_keys: Vec<Spanned<RawAccessKey>>,
    pub pools: Vec<Spanned<RawPool>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPool {
    pub id: Option<Text>,
    pub name: Option<Text>,
    pub secret: Option<Text>,
    pub applications: Vec<Spanned<RawApplication>>,
    pub users: Vec<Spanned<RawUser>>,
    pub access_keys: Vec<Spanned<RawAccessKey>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches of the wire")]
pub(super) struct RawApplication {
    pub id: Option<Text>,
    pub identifier: Option<Text>,
    pub name: Option<Text>,
    pub secret: Option<Text>,
    pub redirect_uris: Vec<Text>,
    pub logout_redirect_uris: Vec<Text>,
    pub backchannel_logout_uri: Option<Text>,
    pub backchannel_logout_session_required: bool,
    pub frontchannel_logout_uri: Option<Text>,
    pub frontchannel_logout_session_required: bool,
    pub grant_types: Option<Vec<Text>>,
    pub default: Option<Spanned<bool>>,
    pub id_token_signed_response_alg: Option<Text>,
    pub token_endpoint_auth_method: Option<Text>,
    pub response_types: Option<Vec<Text>>,
    pub jwks: Option<Text>,
    pub tokens_outlive_logout: bool,
    pub self_registration: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawUser {
    pub id: Option<Text>,
    pub username: Option<Text>,
    pub name: Option<Text>,
    pub email: Option<Text>,
    pub phone: Option<Text>,
    pub password: Option<Text>,
    pub password_hash: Option<Text>,
    pub admin: Option<bool>,
    pub role: Option<Text>,
    pub disabled: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawAccessKey {
    pub id: Option<Text>,
    pub secret: Option<Text>,
    pub user: Option<Text>,
}

const FILE: &[&str] = &["pool", "applications", "users", "access_keys", "pools"];
const POOL: &[&str] = &["id", "name", "secret", "applications", "users", "access_keys"];
const APPLICATION: &[&str] = &[
    "id",
    "identifier",
    "name",
    "secret",
    "redirect_uris",
    "logout_redirect_uris",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "grant_types",
    "default",
    "id_token_signed_response_alg",
    "token_endpoint_auth_method",
    "response_types",
    "jwks",
    "tokens_outlive_logout",
    "self_registration",
];
const USER: &[&str] =
    &["id", "username", "name", "email", "phone", "password", "password_hash", "admin", "role", "disabled"];
const ACCESS_KEY: &[&str] = &["id", "secret", "user"];

/// The keys that a table of this name may have; none for a value that is no table of ours.
fn keys_of(table: &str) -> Option<&'static [&'static str]> {
    match table {
        "pool" | "pools" => Some(POOL),
        "applications" => Some(APPLICATION),
        "users" => Some(USER),
        "access_keys" => Some(ACCESS_KEY),
        _ => None,
    }
}

/// Refuses the first key that nothing reads, before anything is read.
pub(super) fn known_keys_only(text: &str) -> Result<(), SeedError> {
    let table = DeTable::parse(text).map_err(|error| SeedError::toml(text, &error))?;
    check(text, table.get_ref(), "", FILE)
}

fn check(text: &str, table: &DeTable, place: &str, known: &[&str]) -> Result<(), SeedError> {
    for (name, value) in table {
        let key = name.get_ref().as_ref();
        if !known.contains(&key) {
            return Err(SeedError::UnknownKey {
                line: line_of(text, name.span().start),
                key: if place.is_empty() { key.to_owned() } else { format!("{key} in {place}") },
                nearest: keys::nearest(key, known.iter().copied()).map(str::to_owned),
            });
        }
        let Some(inner) = keys_of(key) else { continue };
        for table in tables(value.get_ref()) {
            check(text, table, key, inner)?;
        }
    }
    Ok(())
}

/// The tables of a value: itself, or those of an array. Other shapes are told by reading them.
fn tables<'a, 'i>(value: &'a DeValue<'i>) -> Vec<&'a DeTable<'i>> {
    match value {
        DeValue::Table(table) => vec![table],
        DeValue::Array(items) => items.iter().filter_map(|item| item.get_ref().as_table()).collect(),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            Vec::new()
        }
    }
}
