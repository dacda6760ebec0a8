//! Shapes that several calls share: whom a call names, how users and applications look on the wire.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::domain::application::Application;
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::{User, UserStatus};
use crate::web::authing::caller;
use crate::web::body::Form;
use crate::web::error::Refusal;
use crate::web::place::Place;

/// Users in one call at most.
const USERS: usize = 50_000;

/// Reads `userIds`: an array of ids, or as text one id, several separated by commas, or an array written as JSON. Every
/// form is accepted completely or refused completely; empty, null, `*` and anything that is no id are refused, so that
/// nothing can ever mean everybody (security.md K4, K5).
pub fn user_ids(value: Option<&Value>) -> Result<Vec<UserId>, Refusal> {
    let refuse = || Refusal::bad("userIds: a list of user ids");
    let texts: Vec<String> = match value {
        Some(Value::Array(list)) => {
            list.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or_else(refuse)?
        }
        Some(Value::String(text)) if text.trim_start().starts_with('[') => {
            serde_json::from_str(text.trim()).map_err(|_| refuse())?
        }
        Some(Value::String(text)) => text.split(',').map(|id| id.trim().to_owned()).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => return Err(refuse()),
    };
    if texts.is_empty() || texts.len() > USERS {
        return Err(refuse());
    }
    texts.iter().map(|text| UserId::parse(text).map_err(|_| refuse())).collect()
}

/// Reads an object of version 3, where an empty list is an object without anything in it: PHP knows no difference. With this a
/// field needs `serde(default)` too.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(reader: D) -> Result<Option<T>, D::Error> {
    let Some(written) = Option::<Box<RawValue>>::deserialize(reader)? else { return Ok(None) };
    let bare = written.get().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let text = if bare.is_some_and(|rest| rest.trim().is_empty()) { "{}" } else { written.get() };
    // A list would be read as the parts of an object in their order.
    if !text.starts_with('{') {
        return Err(serde::de::Error::custom("an object is wanted"));
    }
    serde_json::from_str(text).map(Some).map_err(serde::de::Error::custom)
}

/// A number of a query: from 1 to `most`, where more count as `most`.
pub fn number(query: &Form, name: &'static str, default: u32, most: u32) -> Result<u32, Refusal> {
    match query.one(name)?.and_then(caller::meant) {
        None => Ok(default),
        Some(text) => match text.parse::<u32>() {
            Ok(n) if n >= 1 => Ok(n.min(most)),
            Ok(_) | Err(_) => Err(Refusal::bad(name)),
        },
    }
}

/// A moment as Authing writes it: ISO 8601 in UTC with milliseconds.
pub fn moment(at: Timestamp) -> String {
    at.iso()
}

fn status(user: &User) -> &'static str {
    match user.status {
        UserStatus::Activated => "Activated",
        UserStatus::Disabled => "Suspended",
        UserStatus::Deleted => "Deactivated",
    }
}

/// What Authing's user has and the house does not keep, in both versions.
const NOT_KEPT: [&str; 20] = [
    "externalId",
    "phoneCountryCode",
    "photo",
    "device",
    "browser",
    "company",
    "givenName",
    "familyName",
    "middleName",
    "profile",
    "website",
    "birthdate",
    "zoneinfo",
    "locale",
    "formatted",
    "streetAddress",
    "region",
    "postalCode",
    "city",
    "province",
];

fn with_nulls(mut user: Value) -> Value {
    if let Some(fields) = user.as_object_mut() {
        for name in NOT_KEPT {
            fields.insert(name.to_owned(), Value::Null);
        }
        fields.insert("country".to_owned(), Value::Null);
        fields.insert("address".to_owned(), Value::Null);
    }
    user
}

/// A v2 user (contract section 5). Secrets in that shape are null.
pub fn v2_user(user: &User) -> Value {
    with_nulls(json!({
        "id": user.id, "_id": user.id, "userPoolId": user.pool,
        "arn": arn(user), "status": status(user), "username": user.username,
        "email": user.email, "emailVerified": false, "phone": user.phone, "phoneVerified": false,
        "unionid": null, "openid": null, "name": user.name, "nickname": user.name,
        "preferredUsername": user.username, "registerSource": ["basic:username-password"],
        "password": null, "oauth": null, "token": null, "tokenExpiredAt": null, "identities": [], "customData": [],
        "loginsCount": user.logins, "lastLogin": user.last_login_at.map(moment),
        "lastIP": user.last_ip, "lastIp": user.last_ip, "signedUp": moment(user.created_at),
        "blocked": user.status != UserStatus::Activated, "isDeleted": user.status == UserStatus::Deleted,
        "gender": "U", "locality": null, "createdAt": moment(user.created_at), "updatedAt": moment(user.updated_at),
    }))
}

/// Authing's long name of a user.
pub fn arn(user: &User) -> String {
    format!("arn:cn:authing:{}:user:{}", user.pool, user.id)
}

/// A v3 user (contract section 5).
pub fn v3_user(user: &User) -> Value {
    with_nulls(json!({
        "userId": user.id, "createdAt": moment(user.created_at), "updatedAt": moment(user.updated_at),
        "status": status(user), "workStatus": "Active", "email": user.email, "phone": user.phone,
        "username": user.username, "name": user.name, "nickname": user.name, "loginsCount": user.logins,
        "lastLogin": user.last_login_at.map(moment), "lastIp": user.last_ip, "gender": "U",
        "emailVerified": false, "phoneVerified": false, "preferredUsername": user.username,
        "passwordLastSetAt": null, "userSourceType": "register", "userSourceId": null, "lastLoginApp": null,
        "mainDepartmentId": null, "lastMfaTime": null, "passwordSecurityLevel": null, "resetPasswordOnNextLogin": false,
        "registerSource": ["basic:username-password"], "departmentIds": [], "identities": [], "customData": {},
        "statusChangedAt": moment(user.updated_at), "tenantId": null,
    }))
}

/// An application as lists of a person's applications have it.
pub fn v3_application(application: &Application, place: &Place) -> Map<String, Value> {
    [
        ("appId", json!(application.id)),
        ("appName", json!(application.name)),
        ("appLogo", Value::Null),
        ("appLoginUrl", json!(place.login_of(application))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// A v2 application, as far as anybody may know it.
pub fn v2_application(application: &Application) -> Value {
    json!({
        "id": application.id, "userPoolId": application.pool, "name": application.name,
        "identifier": application.identifier, "protocol": "oidc", "logo": null, "description": null,
        "isDefault": application.is_default, "isDeleted": false,
        "createdAt": moment(application.created_at), "updatedAt": moment(application.updated_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "60aa0000000000000000000a";
    const B: &str = "60aa0000000000000000000b";

    #[test]
    fn every_accepted_form_names_the_same_people() {
        let both = vec![UserId::parse(A).unwrap(), UserId::parse(B).unwrap()];
        for form in
            [json!([A, B]), json!(format!("{A},{B}")), json!(format!("{A}, {B}")), json!(format!("[\"{A}\",\"{B}\"]"))]
        {
            assert_eq!(user_ids(Some(&form)).unwrap(), both, "{form}");
        }
        assert_eq!(user_ids(Some(&json!(A))).unwrap(), both[..1]);
    }

    #[test]
    fn nothing_ever_means_everybody_and_one_bad_id_refuses_all() {
        let bad = [
            json!(null),
            json!([]),
            json!(""),
            json!(" "),
            json!("*"),
            json!(["*"]),
            json!([""]),
            json!([null]),
            json!({}),
            json!(1),
            json!(true),
            json!([A, "*"]),
            json!([A, 1]),
            json!(format!("{A},")),
            json!(format!("{A},,{B}")),
            json!("[]"),
            json!("[\"*\"]"),
            json!("[1]"),
            json!("all"),
            json!(A.to_uppercase()),
            json!([[A]]),
            json!(format!("[\"{A}\"")),
        ];
        for form in bad {
            assert!(user_ids(Some(&form)).is_err(), "{form}");
        }
        assert!(user_ids(None).is_err());
    }
}
