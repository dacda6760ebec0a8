//! Signed calls: `Authorization: authing <access key>:<signature>` (authing-contract.md 4.3), as they come in by HTTP.
//!
//! The body is part of what was signed, and the caller is judged before the call is read. So the edge holds the body of a
//! signed call ([`hold`]), if its credential is known at all, within the bounds of every call; `caller::admin` judges
//! ([`caller`]), once for each request; the handler then reads what was held. Nothing of the call is acted on before.

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage as _, HttpRequest};
use futures_util::stream;

use super::caller;
use super::codes::{
    Coded, DATE_MALFORMED, DATE_MISSING, NONCE_USED, SIGNATURE_METHOD, SIGNATURE_VERSION, SIGNATURE_WRONG, SKEWED,
};
use crate::domain::clock::Timestamp;
use crate::domain::signed_call::{self, CallAsSent};
use crate::flow::management::{self, Caller};
use crate::flow::signed::{self, SignedCall, Unfit};
use crate::flow::state::State;
use crate::web::body::{self, Form};
use crate::web::edge::Wire;
use crate::web::error::Refusal;
use crate::web::visit;

/// The body of a signed call, or why it could not be had.
#[derive(Debug, Clone)]
struct Held(Result<Bytes, Refusal>);

/// What was found, for a handler that asks twice: the nonce works once.
#[derive(Debug, Clone)]
struct Judged(Result<Caller, Refusal>);

/// Credential and signature, when the one `Authorization` header has this scheme.
fn shown(headers: &HeaderMap) -> Option<(&str, &str)> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, rest) = value.to_str().ok()?.trim().split_once(' ')?;
    let rest = rest.trim();
    scheme.eq_ignore_ascii_case("authing").then(|| rest.split_once(':').unwrap_or((rest, "")))
}

/// Whether a call is signed.
pub fn is_signed(request: &HttpRequest) -> bool {
    shown(request.headers()).is_some()
}

/// Reads the body of a signed call and gives it back, to be read again. One by an unknown credential is left where it is.
pub async fn hold(request: &mut ServiceRequest) {
    let signed_here = matches!(Wire::of(request.path()), Wire::Authing | Wire::Problem);
    let Some((id, _)) = shown(request.headers()).filter(|_| signed_here) else { return };
    let Some(state) = request.app_data::<Data<State>>() else { return };
    if !management::is_known(state, id).unwrap_or(false) {
        return;
    }
    let mut payload = request.take_payload();
    let held = body::whole(request.request(), &mut payload).await;
    if let Ok(octets) = &held {
        let again = stream::iter([Ok::<_, PayloadError>(octets.clone())]);
        request.set_payload(Payload::Stream { payload: Box::pin(again) });
    }
    request.extensions_mut().insert(Held(held));
}

/// Who signed this call.
pub fn caller(state: &State, request: &HttpRequest) -> Result<Caller, Refusal> {
    let known = request.extensions().get::<Judged>().cloned();
    if let Some(Judged(verdict)) = known {
        return verdict;
    }
    let verdict = judge(state, request);
    request.extensions_mut().insert(Judged(verdict.clone()));
    verdict
}

fn judge(state: &State, request: &HttpRequest) -> Result<Caller, Refusal> {
    let (id, signature) = shown(request.headers()).ok_or(Refusal::Unauthenticated)?;
    let headers = headers(request.headers())?;
    let value = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.trim());
    let refuse = |said| Refusal::Coded(Coded::from(said));
    if value("x-authing-signature-method") != Some("HMAC-SHA1") {
        return Err(refuse(&SIGNATURE_METHOD));
    }
    if value("x-authing-signature-version") != Some("1.0") {
        return Err(refuse(&SIGNATURE_VERSION));
    }
    let date = value("x-authing-date").or(value("date")).filter(|text| !text.is_empty());
    let at = moment(date.ok_or_else(|| refuse(&DATE_MISSING))?).ok_or_else(|| refuse(&DATE_MALFORMED))?;
    let nonce = value("x-authing-signature-nonce").filter(|text| !text.is_empty());
    let nonce = nonce.ok_or_else(|| refuse(&NONCE_USED))?;
    let held = request.extensions().get::<Held>().cloned();
    let texts = match held {
        Some(Held(body)) => texts(request, &headers, &body?),
        None => Vec::new(),
    };
    let pool = value("x-authing-userpool-id").and_then(caller::meant);
    let call = SignedCall { id, texts: &texts, signature, at, nonce, pool };
    let verdict = signed::authorise(state, &call, &visit::address(state, request))?;
    verdict.map_err(|unfit| {
        refuse(match unfit {
            Unfit::Signature => &SIGNATURE_WRONG,
            Unfit::Skewed => &SKEWED,
            Unfit::Repeated => &NONCE_USED,
        })
    })
}

/// Every header; one that is no text is nothing that anybody signed.
fn headers(map: &HeaderMap) -> Result<Vec<(&str, &str)>, Refusal> {
    let texts = map.iter().map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?)));
    texts.collect::<Option<_>>().ok_or(Refusal::Coded(Coded::from(&SIGNATURE_WRONG)))
}

fn texts(request: &HttpRequest, headers: &[(&str, &str)], body: &[u8]) -> Vec<String> {
    let Ok(query) = Form::query(request) else { return Vec::new() };
    let call = CallAsSent {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.query_string(),
        parameters: query.pairs(),
        headers,
        body,
    };
    signed_call::texts(&call)
}

/// Milliseconds since the epoch, or a date as HTTP writes it (RFC 9110 section 5.6.7).
fn moment(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Timestamp);
    }
    Timestamp::of_http_date(text)
}
