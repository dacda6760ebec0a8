//! `POST /api/v3/kick-users`, `/api/v3/kick-public-accounts`: one user, many applications, all or nothing.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::id::ApplicationId;
use crate::domain::logout::Cause;
use crate::flow::logout;
use crate::flow::presence::{self, UserRef};
use crate::web::authing::codes::{Coded, UNSUPPORTED};
use crate::web::authing::{caller, envelope, shape};
use crate::web::body;
use crate::web::error::{Answer, Refusal};
use crate::web::visit;

/// Applications in one call at most, as Authing documents it.
const APPLICATIONS: usize = 50;

#[derive(Deserialize)]
struct KickCall {
    #[serde(rename = "appIds")]
    app_ids: Option<Vec<String>>,
    #[serde(rename = "userId")]
    user_id: Option<String>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<Options>,
}

/// How a user is named.
#[derive(Deserialize, Default)]
pub struct Options {
    /// `user_id` when absent.
    #[serde(rename = "userIdType")]
    pub user_id_type: Option<String>,
}

/// Reads how a user is named. A kind that is not known here is said to be: it must not look like nobody.
pub fn user_ref(kind: Option<&str>, text: &str) -> Result<UserRef, Refusal> {
    let kind = kind.and_then(caller::meant).unwrap_or_default();
    if !UserRef::knows(kind) {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    UserRef::parse(kind, text).ok_or(Refusal::absent("user"))
}

/// Every application must be of the caller's pool and the user known there; else nothing happens. Answers one receipt for
/// each application.
pub async fn kick_users(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: KickCall = body::json(&request, &mut payload).await?;
    let named = call.app_ids.ok_or(Refusal::Bad("appIds"))?;
    if named.is_empty() || named.len() > APPLICATIONS {
        return Err(Refusal::bad("appIds"));
    }
    let mut applications: Vec<ApplicationId> = named
        .iter()
        .map(|id| ApplicationId::parse(id).map_err(|_| Refusal::absent("application")))
        .collect::<Result<_, _>>()?;
    applications.sort_unstable();
    applications.dedup();
    let kind = call.options.unwrap_or_default().user_id_type;
    let user = user_ref(kind.as_deref(), &call.user_id.ok_or(Refusal::Bad("userId"))?)?;
    let origin = caller::origin(&state, &request, &caller);
    let receipts = state
        .write(move |act, state| {
            let user = presence::named(act, caller.pool, &user)?.id;
            let mut receipts = Vec::new();
            for application in applications {
                let why = (Cause::Kicked, origin.clone());
                receipts.push(logout::kick(act, state, caller.pool, (vec![user], Some(application)), why)?.id);
            }
            Ok(receipts)
        })
        .await?;
    let data: Value = json!({ "success": true, "receipts": receipts });
    Ok(envelope::v3(envelope::in_words(&request, "forced logout success", "强制下线成功"), &data))
}
