//! Issuing: codes and refresh tokens become tokens, in one transaction each.

use std::sync::Arc;

use super::access::{access_token, grant_behind, is_plain};
use super::id::{Beside, id_token};
use super::mark::{read_code, read_refresh_token, refresh_token};
use crate::crypto::{jws, random};
use crate::domain::application::Application;
use crate::domain::id::GrantId;
use crate::domain::oauth::{AuthMethod, GrantType, OauthCode, OauthError, Scope, Scopes};
use crate::domain::session::TOUCH_EVERY_MS;
use crate::flow::authorize::CODE_MS;
use crate::flow::error::Done;
use crate::flow::keys;
use crate::flow::state::State;
use crate::store::db::Act;
use crate::store::grants::{self, GrantRow};
use crate::store::sessions;

/// A refresh token that was just replaced gives its successor once more within this time: the answer may have been lost
/// (security.md T4). After it, or once the successor was used, it is theft.
pub const GRACE_MS: i64 = 30_000;

pub(super) fn oauth(code: OauthCode, description: &'static str) -> OauthError {
    OauthError::new(code, description)
}

pub(super) fn dead() -> OauthError {
    oauth(OauthCode::InvalidGrant, "it is dead, of another application, or bound to something else")
}

/// Whether a grant type may be used by an application.
pub fn may(application: &Application, grant: GrantType) -> Result<(), OauthError> {
    let refused = |why| Err(oauth(OauthCode::UnauthorizedClient, why));
    if !application.protocol.may(grant) {
        return refused("this grant is off for the application");
    }
    // RFC 6749 4.4: whoever proves nothing is nobody for whom to act.
    if grant == GrantType::ClientCredentials && application.protocol.auth_method == AuthMethod::None {
        return refused("an application without a secret has no tokens of its own");
    }
    Ok(())
}

/// What the token endpoint answers.
#[derive(Debug)]
pub struct Tokens {
    /// Access token.
    pub access: String,
    /// Its life in seconds.
    pub expires_in: i64,
    /// Refresh token, when one was asked for and may be had.
    pub refresh: Option<String>,
    /// ID token, when this is OpenID Connect.
    pub id: Option<String>,
    /// Scopes that were granted.
    pub scope: String,
}

/// What a transaction found: tokens may be signed for the grant, or they may not, and what had to be written is.
type Verdict = Result<GrantRow, OauthError>;

/// A code with what must fit it.
#[derive(Debug)]
pub struct CodeShown {
    /// The code.
    pub code: String,
    /// The address, as it was asked for.
    pub redirect_uri: String,
    /// PKCE.
    pub verifier: Option<String>,
}

/// `grant_type=authorization_code` (RFC 6749 4.1.3). A code that is shown again ends what it gave the first time.
pub async fn exchange(state: &Arc<State>, application: &Arc<Application>, shown: CodeShown) -> Done<Tokens> {
    let app = application.clone();
    let grant = state.write(move |act, state| redeem(act, state, &app, &shown)).await??;
    signed(state, application, &grant, false)
}

fn redeem(act: &Act<'_>, state: &State, application: &Application, shown: &CodeShown) -> Done<Verdict> {
    let Some(id) = read_code(state, &shown.code) else { return Ok(Err(dead())) };
    let Some((grant, lives)) = grant_behind(state, act, id, application.id)? else { return Ok(Err(dead())) };
    if grant.code_used {
        grants::revoke(act, id)?;
        return Ok(Err(oauth(OauthCode::InvalidGrant, "the code was used before; what it gave is revoked")));
    }
    // A challenge and a verifier come together or not at all: no downgrade either way (CVE-2024-23647).
    let proven = match (&grant.challenge, &shown.verifier) {
        (Some(challenge), Some(verifier)) => jws::proves(verifier, challenge),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let fits = proven && grant.redirect_uri == shown.redirect_uri && act.now.since_ms(grant.created_at) < CODE_MS;
    if !fits || !lives {
        return Ok(Err(dead()));
    }
    let lasts = |seconds: u32| act.now.plus_ms(i64::from(seconds) * 1_000);
    // Plain OAuth 2.0 has no scope for it: there whoever may renew is given a refresh token (RFC 6749 1.5).
    let plainly = is_plain(&grant) && application.protocol.may(GrantType::RefreshToken);
    let renewable = plainly || Scopes::parse(&grant.scope).has(Scope::OfflineAccess);
    let (generation, expires_at) = if renewable {
        (1, lasts(state.config.refresh_token_seconds))
    } else {
        (0, lasts(state.config.access_token_seconds))
    };
    grants::exchanged(act, id, generation, expires_at)?;
    Ok(Ok(GrantRow { generation, expires_at, ..grant }))
}

/// `grant_type=refresh_token` (RFC 6749 section 6). `narrower`: scopes that are asked for, never more than were granted.
pub async fn refresh(
    state: &Arc<State>,
    application: &Arc<Application>,
    presented: String,
    narrower: Option<String>,
) -> Done<Tokens> {
    let app = application.clone();
    let grant = state.write(move |act, state| renew(act, state, &app, (&presented, narrower.as_deref()))).await??;
    signed(state, application, &grant, true)
}

/// The scopes of the new access token: those that were granted, or fewer.
fn narrowed(granted: &str, narrower: Option<&str>) -> Option<String> {
    let Some(asked) = narrower else { return Some(granted.to_owned()) };
    let granted = Scopes::parse(granted);
    // An opaque token says nothing of its scopes: they are those of its grant.
    if granted.has(Scope::User) && asked.split_ascii_whitespace().count() != granted.iter().count() {
        return None;
    }
    let was_granted = |word: &str| Scope::parse(word).is_some_and(|scope| granted.has(scope));
    asked.split_ascii_whitespace().all(was_granted).then(|| Scopes::parse(asked).to_string())
}

fn renew(
    act: &Act<'_>,
    state: &State,
    application: &Application,
    (presented, narrower): (&str, Option<&str>),
) -> Done<Verdict> {
    let Some((id, generation)) = read_refresh_token(state, presented) else { return Ok(Err(dead())) };
    let Some((grant, lives)) = grant_behind(state, act, id, application.id)? else { return Ok(Err(dead())) };
    let lost_answer = generation == grant.generation - 1
        && grant.rotated_at.is_some_and(|at| act.now.since_ms(at) < GRACE_MS && act.now >= at);
    if generation != grant.generation && !lost_answer {
        grants::revoke(act, id)?;
        return Ok(Err(oauth(
            OauthCode::InvalidGrant,
            "the refresh token was used before; all of its kind are revoked",
        )));
    }
    if act.now >= grant.expires_at || !lives {
        return Ok(Err(dead()));
    }
    // Before anything is replaced: whoever is refused keeps the token they have.
    let Some(scope) = narrowed(&grant.scope, narrower) else {
        return Ok(Err(oauth(OauthCode::InvalidScope, "more than was granted")));
    };
    touch(act, &grant)?;
    if lost_answer {
        return Ok(Ok(GrantRow { scope, ..grant }));
    }
    grants::rotated(act, id, generation + 1)?;
    Ok(Ok(GrantRow { generation: generation + 1, scope, ..grant }))
}

/// An application that keeps its tokens fresh keeps the session from idling out, up to its absolute end.
fn touch(act: &Act<'_>, grant: &GrantRow) -> Done<()> {
    if let Some(session) = grant.session {
        sessions::touch_after(act, session, act.now, TOUCH_EVERY_MS)?;
    }
    Ok(())
}

/// `grant_type=client_credentials` (RFC 6749 4.4): the application for itself. It has no person, so no scope of one.
pub async fn for_itself(state: &Arc<State>, application: &Arc<Application>, issuer: String) -> Done<Tokens> {
    let app = application.clone();
    let grant = state
        .write(move |act, state| {
            let row = GrantRow {
                id: GrantId::from_random(random::octets()),
                application: app.id,
                user: None,
                session: None,
                seq: act.next_seq()?,
                outlives_logout: false,
                issuer,
                scope: String::new(),
                sid: String::new(),
                auth_at: act.now,
                redirect_uri: String::new(),
                nonce: None,
                challenge: None,
                claims: None,
                code_used: true,
                generation: 0,
                rotated_at: None,
                created_at: act.now,
                expires_at: act.now.plus_ms(i64::from(state.config.access_token_seconds) * 1_000),
            };
            grants::insert(act, &row)?;
            Ok(row)
        })
        .await?;
    signed(state, application, &grant, false)
}

pub(in crate::flow) fn signed(
    state: &State,
    application: &Application,
    grant: &GrantRow,
    renewed: bool,
) -> Done<Tokens> {
    let ring = keys::ring(state)?;
    let (access, expires_in) = access_token(state, &ring, application, grant)?;
    let scopes = Scopes::parse(&grant.scope);
    let id = match grant.user {
        Some(_) if scopes.has(Scope::OpenId) => {
            let with = Beside { access: Some(&access), code: None, renewed };
            Some(id_token(state, &ring, application, grant, &with)?)
        }
        Some(_) | None => None,
    };
    let refresh = (grant.generation > 0).then(|| refresh_token(state, grant.id, grant.generation));
    Ok(Tokens { access, expires_in, refresh, id, scope: grant.scope.clone() })
}
