//! `POST /api/v2/login/account`: log in by whatever name, as Guard and the mobile SDKs do.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;

use crate::flow::signin::Wanted;
use crate::web::authing::signin::{self, Travelled};
use crate::web::authing::{caller, envelope};
use crate::web::body;
use crate::web::error::{Answer, Refusal};

#[derive(Deserialize)]
struct LoginCall {
    account: Option<String>,
    password: Option<String>,
    app_id: Option<String>,
    #[serde(rename = "appId")]
    app_id_too: Option<String>,
}

/// The application, the account and the encrypted password; the answer is the user with the log-in token, and the session
/// cookie of this host.
pub async fn account(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = signin::visit(&request)?;
    let call: LoginCall = body::json(&request, &mut payload).await?;
    let named = call.app_id.or(call.app_id_too);
    let application = caller::application(&visit.state, &visit.place, &request, named.as_deref())?;
    let account = call.account.ok_or(Refusal::Bad("account"))?;
    let sent = call.password.ok_or(Refusal::Bad("password"))?;
    let password = signin::password(&visit.state, &sent, Travelled::Encrypted)?;
    let welcome = signin::enter(&visit, &application, &account, password, Wanted::LoginToken).await?;
    Ok(signin::with_cookie(&visit, &welcome, envelope::v2("OK", &signin::v2_user(&welcome))))
}
