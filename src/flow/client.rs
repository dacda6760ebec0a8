//! Applications prove to be themselves at the endpoints that programs call (OpenID Connect Core section 9).

use std::sync::Arc;

use super::error::{Done, FlowError};
use super::state::State;
use crate::crypto::{assertion, jws, seal};
use crate::domain::application::Application;
use crate::domain::clock::Timestamp;
use crate::domain::id::ApplicationId;
use crate::domain::oauth::{AuthMethod, OauthCode, OauthError};
use crate::domain::secret::SecretHash;
use crate::store::grants;

/// The longest that an assertion may last from now, in seconds; longer ones would have to be remembered longer.
const LONGEST: i64 = 3_600;
/// Clocks of others may be wrong by so many seconds.
const SKEW: i64 = 60;

/// What an application presents.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Its id.
    pub id: String,
    /// How it proves it.
    pub proof: Proof,
}

/// How an application proves itself.
#[derive(Clone)]
pub enum Proof {
    /// Not at all.
    Nothing,
    /// A secret in the `Authorization` header.
    Basic(String),
    /// A secret in the form.
    Post(String),
    /// A signed assertion (RFC 7523).
    Assertion(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(…)")
    }
}

/// A stranger, a wrong secret and a wrong way of proving look the same (security.md T15).
pub fn refused() -> FlowError {
    OauthError::new(OauthCode::InvalidClient, "the application is unknown or did not prove to be itself").into()
}

/// The application behind credentials. `audiences` are the names of this house that an assertion may be for.
pub async fn authenticate(
    state: &Arc<State>,
    credentials: Credentials,
    audiences: Vec<String>,
) -> Done<Arc<Application>> {
    let known = ApplicationId::parse(&credentials.id).ok().and_then(|id| state.directory().application(id).cloned());
    let nobody = SecretHash([0; 32]);
    let held = known.as_ref().map_or(&nobody, |application| &application.secret);
    let method = known.as_ref().map_or(AuthMethod::Secret, |application| application.protocol.auth_method);
    let proven = match (&credentials.proof, method) {
        (Proof::Basic(secret), AuthMethod::Secret | AuthMethod::SecretBasic)
        | (Proof::Post(secret), AuthMethod::Secret | AuthMethod::SecretPost) => seal::same(held, &seal::hash(secret)),
        (Proof::Nothing, AuthMethod::None) => true,
        (Proof::Assertion(text), AuthMethod::PrivateKeyJwt) => {
            let Some(application) = &known else { return Err(refused()) };
            return asserted(state, application.clone(), text, &audiences).await;
        }
        (Proof::Nothing | Proof::Basic(_) | Proof::Post(_) | Proof::Assertion(_), _) => false,
    };
    known.filter(|_| proven).ok_or_else(refused)
}

async fn asserted(
    state: &Arc<State>,
    application: Arc<Application>,
    text: &str,
    audiences: &[String],
) -> Done<Arc<Application>> {
    let jwks = application.protocol.jwks.as_deref().ok_or_else(refused)?;
    let claims = assertion::read(jwks, text).ok_or_else(refused)?;
    let (now, id) = (state.now().seconds(), application.id.as_str());
    let in_time =
        claims.exp > now - SKEW && claims.exp <= now + LONGEST && claims.nbf.is_none_or(|nbf| nbf <= now + SKEW);
    let for_us = audiences.iter().any(|name| claims.aud.has(name));
    let Some(jti) = claims.jti.filter(|_| in_time && for_us && claims.iss == id && claims.sub == id) else {
        return Err(refused());
    };
    // RFC 7523 section 3: the same one does not work twice.
    let once = seal::hash(&format!("{id} {jti}"));
    let until = Timestamp((claims.exp + SKEW) * 1_000);
    let first = state.write(move |act, _| Ok(grants::use_assertion(act, &once, until)?)).await?;
    if first { Ok(application) } else { Err(refused()) }
}

/// Algorithms with which an application may sign its assertions.
pub fn signing_algs() -> [&'static str; 5] {
    assertion::ALG_NAMES
}

/// The two halves of HTTP Basic, still form-encoded (RFC 7617 section 2).
pub fn split_basic(credentials: &str) -> Option<(String, String)> {
    let text = seal::base64_text(credentials)?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Whom an assertion says it is from, to find the key that proves it; `client_id` may be left out beside it.
pub fn named_by(assertion: &str) -> Option<String> {
    jws::Unverified::parse(assertion)?.claims::<assertion::AssertionClaims>().map(|claims| claims.iss)
}
