//! `POST /api/v2/register-email`, `/api/v2/register-username`, `/api/v2/register-phone`, as Guard's form sends them. By codes nobody registers: none are
//! sent.

use actix_web::HttpRequest;
use actix_web::web::{Path, Payload};
use serde::Deserialize;
use serde_json::Value;

use crate::web::authing::codes::{Coded, MISSING, UNSUPPORTED};
use crate::web::authing::register::{self, By, Newcomer, Profile};
use crate::web::authing::signin::{self, Travelled};
use crate::web::authing::{caller, envelope};
use crate::web::body;
use crate::web::error::Answer;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct RegisterCall {
    account: Option<String>,
    email: Option<String>,
    username: Option<String>,
    phone: Option<String>,
    /// What was sent to prove an address.
    code: Option<Value>,
    password: Option<String>,
    profile: Option<Profile>,
    force_login: Option<bool>,
    generate_token: Option<bool>,
}

/// `{kind}` is what one registers with. The answer is the new user, with the log-in token and the session cookie of this host
/// when `forceLogin` or `generateToken` asks for them.
pub async fn register(request: HttpRequest, kind: Path<String>, mut payload: Payload) -> Answer {
    let visit = signin::visit(&request)?;
    let call: RegisterCall = body::json(&request, &mut payload).await?;
    let application = caller::application(&visit.state, &visit.place, &request, None)?;
    let (by, account) = match kind.as_str() {
        "email" => (By::Email, call.email.or(call.account)),
        "username" => (By::Username, call.username.or(call.account)),
        "phone" if call.code.is_none() => (By::Phone, call.phone.or(call.account)),
        _ => return Err(Coded::from(&UNSUPPORTED).into()),
    };
    let newcomer = Newcomer {
        by,
        account: account.ok_or(Coded::from(&MISSING))?,
        password: call.password.ok_or(Coded::from(&MISSING))?,
        travelled: Travelled::Encrypted,
        profile: call.profile.unwrap_or_default(),
    };
    let logs_in = [call.force_login, call.generate_token].contains(&Some(true));
    let (user, welcome) = register::enter(&visit, &application, &newcomer, logs_in).await?;
    let answer = envelope::both("OK", &user);
    Ok(match &welcome {
        Some(welcome) => signin::with_cookie(&visit, welcome, answer),
        None => answer,
    })
}
