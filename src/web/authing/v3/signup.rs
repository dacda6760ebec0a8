//! `POST /api/v3/signup`: register by a password. The answer is the new user; logging in is `/api/v3/signin`, as Authing has it.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;

use crate::web::authing::codes::{Coded, MISSING, UNSUPPORTED};
use crate::web::authing::people::Options;
use crate::web::authing::register::{self, By, Newcomer, Profile};
use crate::web::authing::{caller, envelope, shape, signin};
use crate::web::body;
use crate::web::error::Answer;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct SignupCall {
    connection: Option<String>,
    password_payload: Option<PasswordPayload>,
    #[serde(default, deserialize_with = "shape::object")]
    profile: Option<Profile>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<Options>,
}

#[derive(Deserialize, Default)]
struct PasswordPayload {
    password: Option<String>,
    username: Option<String>,
    email: Option<String>,
}

/// See the head of this file. The header names the application; it proves itself at log-ins, not here, where no tokens are
/// given.
pub async fn signup(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = signin::visit(&request)?;
    let call: SignupCall = body::json(&request, &mut payload).await?;
    let application = caller::application(&visit.state, &visit.place, &request, None)?;
    if call.connection.as_deref() != Some("PASSWORD") {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    let sent = call.password_payload.ok_or(Coded::from(&MISSING))?;
    let mut profile = call.profile.unwrap_or_default();
    let (by, account) = match (sent.email, sent.username) {
        (Some(email), username) => {
            profile.take_username(username);
            (By::Email, email)
        }
        (None, Some(username)) => (By::Username, username),
        (None, None) => return Err(Coded::from(&MISSING).into()),
    };
    let newcomer = Newcomer {
        by,
        account,
        password: sent.password.ok_or(Coded::from(&MISSING))?,
        travelled: call.options.unwrap_or_default().travelled()?,
        profile,
    };
    let (user, _) = register::register(&visit, &application, &newcomer).await?;
    Ok(envelope::v3("OK", &shape::v3_user(&user)))
}
