//! Shapes that several calls share: who calls, whom a call names, how a user looks on the wire.

use actix_web::HttpRequest;
use actix_web::http::header;
use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::{User, UserStatus};
use crate::flow::management::{self, Caller};
use crate::flow::state::State;
use crate::web::error::Refusal;
use crate::web::place;

/// Users in one call at most.
const USERS: usize = 50_000;

/// The calling program: `Authorization` with or without `Bearer` (contract G7), and the pool header.
pub fn caller(state: &State, request: &HttpRequest) -> Result<Caller, Refusal> {
    place::of(state, request)?; // an unknown host is refused for programs too
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next().and_then(|v| v.to_str().ok()).ok_or(Refusal::Unauthenticated)?;
    if values.next().is_some() {
        return Err(Refusal::Unauthenticated);
    }
    let value = value.trim();
    let token = match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) => return Err(Refusal::Unauthenticated),
        None => value,
    };
    let pool = request.headers().get("x-authing-userpool-id").map(|v| v.to_str().unwrap_or("?"));
    Ok(management::authorise(state, token, pool)?)
}

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

/// A moment as Authing writes it: ISO 8601 in UTC with milliseconds.
pub fn moment(at: Timestamp) -> String {
    at.iso()
}

/// A v2 user (contract section 5). Secrets in that shape are null.
pub fn v2_user(user: &User) -> Value {
    let status = match user.status {
        UserStatus::Activated => "Activated",
        UserStatus::Disabled => "Suspended",
        UserStatus::Deleted => "Deactivated",
    };
    json!({
        "id": user.id, "_id": user.id, "userPoolId": user.pool,
        "arn": format!("arn:cn:authing:{}:user:{}", user.pool, user.id),
        "status": status, "username": user.username, "email": user.email, "emailVerified": false,
        "phone": user.phone, "phoneVerified": false, "unionid": null, "openid": null,
        "name": user.name, "nickname": user.name, "registerSource": ["basic:username-password"],
        "photo": null, "password": null, "token": null, "tokenExpiredAt": null,
        "loginsCount": user.logins, "lastLogin": user.last_login_at.map(moment),
        "lastIP": user.last_ip, "lastIp": user.last_ip, "signedUp": moment(user.created_at),
        "blocked": user.status != UserStatus::Activated, "isDeleted": user.status == UserStatus::Deleted,
        "gender": "U", "createdAt": moment(user.created_at), "updatedAt": moment(user.updated_at),
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
