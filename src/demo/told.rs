//! Where the provider tells an application of a log-out: over the back channel, and through the user's browser.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::memory::{Behaviour, Deed, Heard, Way, Whose};
use super::party::Party;
use super::provider::Trouble;
use super::wire::{Form, policy};
use super::words::{Lang, words};

/// How late an application is that hangs; longer than a provider waits.
const LATE: Duration = Duration::from_secs(10);

/// `POST /demo/{app}/backchannel` (Back-Channel Logout 1.0 sections 2.5 to 2.8).
///
/// 1. It behaves as it was told to; all but good behaviour and lateness end here.
/// 2. `logout_token` is read from a form.
/// 3. The token is judged in all its parts, with the provider's keys; one that was seen before is refused.
/// 4. The sessions that it names are ended, and open pages hear of it.
/// 5. The answer is kept by nobody.
pub async fn back_channel(party: Data<Party>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let behaviour = party.memory().behaviour;
    let status = match behaviour {
        Behaviour::Well | Behaviour::Hang => None,
        Behaviour::Fail => Some(StatusCode::INTERNAL_SERVER_ERROR),
        Behaviour::Reject => Some(StatusCode::BAD_REQUEST),
        Behaviour::Refuse => Some(StatusCode::FORBIDDEN),
    };
    if behaviour != Behaviour::Well {
        keep(&party, (None, None), Deed::Misbehaved(behaviour));
    }
    if let Some(status) = status {
        return refusal(status, "as it was told to behave");
    }
    if behaviour == Behaviour::Hang {
        tokio::time::sleep(LATE).await;
    }
    let Some(token) = Form::of_body(&request, &body).and_then(|form| form.one("logout_token")) else {
        keep(&party, (None, None), Deed::Disbelieved("logout_token"));
        return refusal(StatusCode::BAD_REQUEST, "logout_token");
    };
    let (told, outcome) = party.hear(&token).await;
    let named = told.map_or((None, None), |told| (told.sub, told.sid));
    match outcome {
        Ok(ended) => {
            keep(&party, named, Deed::Ended(ended));
            HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
        Err(Trouble::Unsound(part)) => {
            keep(&party, named, Deed::Disbelieved(part));
            refusal(StatusCode::BAD_REQUEST, part)
        }
        Err(Trouble::Unreachable | Trouble::Refused(_)) => {
            // Not the token's fault: the provider may try again.
            keep(&party, named, Deed::Disbelieved("jwks"));
            refusal(StatusCode::SERVICE_UNAVAILABLE, "jwks")
        }
    }
}

fn keep(party: &Party, (sub, sid): (Option<String>, Option<String>), deed: Deed) {
    party.memory().keep(Heard { at: party.now(), way: Way::BackChannel, sub, sid, deed });
    party.tell();
}

/// Section 2.8: 400 with an OAuth error body.
fn refusal(status: StatusCode, part: &str) -> HttpResponse {
    let error = if status == StatusCode::BAD_REQUEST { "invalid_request" } else { "temporarily_unavailable" };
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "error": error, "error_description": part }))
}

/// `GET /demo/{app}/frontchannel?iss=…&sid=…` (Front-Channel Logout 1.0 section 2), in a frame of the provider's page.
///
/// The session is found by its `sid`, not by the cookie, which browsers keep from frames of other sites; both parameters
/// come together and the issuer must be ours, so a link without knowledge ends nothing.
pub async fn front_channel(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    let form = Form::of_query(&request);
    let named = form.as_ref().and_then(|form| form.one("iss").zip(form.one("sid")));
    let ended = match &named {
        Some((issuer, sid)) if party.trusts(issuer) => {
            let whose = Whose { issuer, sub: None, sid: Some(sid) };
            let now = party.now();
            let mut memory = party.memory();
            let ended = memory.end(whose, (now, Way::FrontChannel));
            if ended > 0 {
                // Others who know no session of ours would only fill the list.
                let (sub, sid) = (None, Some(sid.clone()));
                memory.keep(Heard { at: now, way: Way::FrontChannel, sub, sid, deed: Deed::Ended(ended) });
            }
            Some(ended)
        }
        Some(_) | None => None,
    };
    if ended.is_some_and(|ended| ended > 0) {
        party.tell();
    }
    let words = words(Lang::of(&request));
    let (status, says) = match ended {
        Some(_) => (StatusCode::OK, words.framed),
        None => (StatusCode::BAD_REQUEST, words.framed_wrongly),
    };
    // The provider's farewell may stand at any of its hosts.
    let below = party.ground.host("*");
    let frames = party.ground.origins.iter().chain(&below).map(String::as_str).collect::<Vec<_>>().join(" ");
    HttpResponse::build(status)
        .insert_header(ContentType::html())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(&frames)))
        // The policy decides who may frame this; the older header knows no list.
        .insert_header((header::X_FRAME_OPTIONS, "SAMEORIGIN"))
        .body(super::page::framed(Lang::of(&request), says).into_string())
}
