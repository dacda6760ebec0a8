//! What every call about users shares: a user as it is sent, which parts of it count, and what a refusal is called.
//!
//! Authing's user has some sixty fields; the house keeps the names, the password and whether the user may log in. The others
//! are passed over, and the answer shows them as null. What would have to change how somebody logs in is refused instead.

use serde::Deserialize;
use serde_json::Value;

use super::codes::{ADMINISTRATOR, Coded, MISSING, REGISTER_DISABLED, UNSUPPORTED, USER_EXISTS};
use super::shape;
use super::signin::{Travelled, typed};
use crate::domain::secret::Secret;
use crate::flow::error::FlowError;
use crate::flow::password_key;
use crate::flow::presence::UserRef;
use crate::flow::provisioning::UserParts;
use crate::flow::state::State;
use crate::flow::users::SearchField;
use crate::web::error::Refusal;

/// Users that one call creates or changes at most: each may cost a hash. Authing documents the same.
pub const BATCH: usize = 50;
/// Users that one call names at most.
pub const NAMED: usize = 200;

/// A user as it is sent; in version 3 the call itself.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Whom a change is about.
    pub user_id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    phone_country_code: Option<String>,
    name: Option<String>,
    nickname: Option<String>,
    password: Option<String>,
    status: Option<String>,
    blocked: Option<bool>,
    is_deleted: Option<bool>,
    /// `"0"` was how one logged out.
    pub token_expired_at: Option<Value>,
    /// Of one user, or of every one of a list.
    #[serde(default, deserialize_with = "shape::object")]
    pub options: Option<Options>,
}

/// How a call is meant.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Options {
    /// How a user is named; `user_id` when absent.
    pub user_id_type: Option<String>,
    /// How passwords came.
    pub password_encrypt_type: Option<String>,
    keep_password: Option<bool>,
    auto_generate_password: Option<bool>,
    reset_password_on_first_login: Option<bool>,
    reset_password_on_next_login: Option<bool>,
}

impl Options {
    /// The house hashes passwords itself, makes none up, and asks nobody for a new one: to accept these and do otherwise
    /// would be a lie about how somebody logs in.
    pub fn travelled(&self) -> Result<Travelled, Refusal> {
        let asked = [
            self.keep_password,
            self.auto_generate_password,
            self.reset_password_on_first_login,
            self.reset_password_on_next_login,
        ];
        if asked.contains(&Some(true)) {
            return Err(Coded::from(&UNSUPPORTED).into());
        }
        Travelled::of(self.password_encrypt_type.as_deref())
    }
}

/// `status` and `blocked` say one thing twice.
fn disabled(status: Option<&str>, blocked: Option<bool>) -> Result<Option<bool>, Refusal> {
    let by_status = match status {
        None => None,
        Some("Activated") => Some(false),
        Some("Suspended" | "Deactivated") => Some(true),
        Some("Resigned" | "Archived") => return Err(Coded::from(&UNSUPPORTED).into()),
        Some(_) => return Err(Refusal::bad("status")),
    };
    match (by_status, blocked) {
        (Some(one), Some(other)) if one != other => Err(Refusal::bad("status, blocked")),
        (one, other) => Ok(one.or(other)),
    }
}

/// A number with its country, which some send apart.
fn phone(number: String, country: Option<&str>) -> String {
    match country.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) if !number.is_empty() && !number.trim_start().starts_with('+') => {
            format!("+{}{number}", code.trim_start_matches('+'))
        }
        Some(_) | None => number,
    }
}

impl Sent {
    /// The parts that count.
    pub fn parts(self, state: &State, travelled: Travelled) -> Result<UserParts, Refusal> {
        if self.is_deleted == Some(true) || self.token_expired_at.is_some_and(|at| !at.is_null()) {
            return Err(Coded::from(&UNSUPPORTED).into());
        }
        let sent = self.password.filter(|text| !text.is_empty());
        let set = |sent: String| typed(state, &sent, travelled, password_key::open_surely).map(Secret::new);
        Ok(UserParts {
            username: self.username,
            name: self.name.or(self.nickname),
            email: self.email,
            phone: self.phone.map(|number| phone(number, self.phone_country_code.as_deref())),
            disabled: disabled(self.status.as_deref(), self.blocked)?,
            password: sent.map(set).transpose()?,
        })
    }

    /// Whether nothing else is asked for than to log out.
    pub fn only_logs_out(&self) -> bool {
        let others =
            [&self.username, &self.email, &self.phone, &self.name, &self.nickname, &self.password, &self.status];
        let zero = |at: &Value| *at == "0" || *at == 0;
        self.token_expired_at.as_ref().is_some_and(zero)
            && others.iter().all(|part| part.is_none())
            && self.blocked.is_none()
            && self.is_deleted.is_none()
    }
}

/// What Authing calls a refusal about users.
pub fn refused(error: FlowError) -> Refusal {
    let FlowError::Invalid(fields) = &error else { return error.into() };
    let has = |code| fields.iter().any(|field| field.code == code);
    if has("administrator") || has("last_admin") {
        Coded::from(&ADMINISTRATOR).into()
    } else if fields.iter().all(|field| field.code == "taken") {
        Coded::from(&USER_EXISTS).into()
    } else {
        error.into()
    }
}

/// The same where `Forbidden` means that nobody may register.
pub fn refused_registration(error: FlowError) -> Refusal {
    if let FlowError::Forbidden = error { Coded::from(&REGISTER_DISABLED).into() } else { refused(error) }
}

/// Reads a list of users that a call names, all in the same way; empty and overlong ones are refused.
pub fn named(kind: Option<&str>, list: &[String]) -> Result<Vec<UserRef>, Refusal> {
    if list.is_empty() || list.len() > NAMED {
        return Err(Refusal::bad("userIds: 1 to 200 users"));
    }
    list.iter().map(|text| named_one(kind, text)).collect()
}

/// The same for a question: the word for ids is `id` there too, and what no name could be is nobody's.
pub fn named_loosely(kind: Option<&str>, list: &[String]) -> Result<Vec<UserRef>, Refusal> {
    let kind = kind.filter(|kind| *kind != "id").unwrap_or_default();
    if list.is_empty() || list.len() > NAMED {
        return Err(Refusal::bad("ids: 1 to 200 users"));
    }
    if !UserRef::knows(kind) {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    Ok(list.iter().filter_map(|text| UserRef::parse(kind, text)).collect())
}

/// Reads how a user is named. A kind that is not known here is said to be: it must not look like nobody.
pub fn named_one(kind: Option<&str>, text: &str) -> Result<UserRef, Refusal> {
    super::v3::kick::user_ref(kind, text)
}

/// The one name by which somebody is looked for, of those that a call can give. `None`: nobody can have it.
pub fn sought(given: [(&'static str, Option<&str>); 4]) -> Result<Option<UserRef>, Refusal> {
    let named = given.into_iter().find_map(|(kind, name)| name.map(|name| (kind, name)));
    let (kind, name) = named.ok_or(Coded::from(&MISSING))?;
    if !UserRef::knows(kind) {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    Ok(UserRef::parse(kind, name))
}

/// A text that is looked for; nobody has one that is longer than this.
pub fn keywords(text: &str) -> Result<String, Refusal> {
    if text.chars().count() > 200 { Err(Refusal::bad("a text of at most 200 characters")) } else { Ok(text.to_owned()) }
}

/// Where a text is looked for, by Authing's names; none named: everywhere. What the house does not keep holds nothing.
pub fn fields(named: Option<&[String]>) -> Vec<SearchField> {
    let Some(named) = named.filter(|list| !list.is_empty()) else { return SearchField::ALL.to_vec() };
    let known = named.iter().filter_map(|name| match name.as_str() {
        "id" => Some(SearchField::Id),
        "username" | "preferredUsername" => Some(SearchField::Username),
        "name" | "nickname" => Some(SearchField::Name),
        "email" => Some(SearchField::Email),
        "phone" => Some(SearchField::Phone),
        _ => None,
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sent(body: Value) -> Sent {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_status_is_one_thing_however_it_is_said() {
        for (status, blocked, expected) in [
            (None, None, Some(None)),
            (Some("Activated"), None, Some(Some(false))),
            (Some("Suspended"), Some(true), Some(Some(true))),
            (None, Some(true), Some(Some(true))),
            (Some("Activated"), Some(true), None),
            (Some("Resigned"), None, None),
            (Some("activated"), None, None),
        ] {
            assert_eq!(disabled(status, blocked).ok(), expected, "{status:?} {blocked:?}");
        }
    }

    #[test]
    fn a_country_code_stands_before_a_number_once() {
        assert_eq!(phone("13800000000".into(), Some("+86")), "+8613800000000");
        assert_eq!(phone("+8613800000000".into(), Some("86")), "+8613800000000");
        assert_eq!(phone("5550100".into(), Some("1")), "+15550100");
        assert_eq!(phone(String::new(), Some("86")), "");
    }

    #[test]
    fn logging_out_is_asked_for_alone() {
        assert!(sent(json!({ "tokenExpiredAt": "0" })).only_logs_out());
        assert!(sent(json!({ "tokenExpiredAt": 0, "name": null })).only_logs_out());
        for other in [json!({}), json!({ "tokenExpiredAt": "1" }), json!({ "tokenExpiredAt": "0", "name": "x" })] {
            assert!(!sent(other.clone()).only_logs_out(), "{other}");
        }
    }
}
