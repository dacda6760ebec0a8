//! Applications and access keys, for administrators and seed files. Deleting an application goes through the door.

use std::sync::Arc;

use super::changed;
use super::directory;
use super::error::{Done, FieldRefused, FlowError};
use super::logout;
use super::management;
use super::state::State;
use crate::crypto::{assertion, random, seal};
use crate::domain::application::{Application, Protocol};
use crate::domain::audit;
use crate::domain::clock::Timestamp;
use crate::domain::id::{AccessKeyId, ApplicationId, PoolId, UserId};
use crate::domain::identifier::Identifier;
use crate::domain::logout::{Actor, Cause, Origin, Receipt, Selection};
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::domain::reach::{self, Reach};
use crate::domain::redirect::{EntryRefused, RedirectEntry};
use crate::domain::secret::Secret;
use crate::domain::session::Seq;
use crate::store::access_keys;
pub use crate::store::access_keys::AccessKeyRow;
use crate::store::applications;
pub use crate::store::applications::ApplicationRow;
use crate::store::audit::Event;
use crate::store::db::{Act, StoreError};
use crate::store::outbox::{self, NoticeRow};
use url::Url;

/// A label for the host of an application that registered itself.
pub fn fresh_identifier() -> String {
    format!("app-{}", seal::hex(&random::octets::<6>()))
}

/// Entries in one list at most, and characters in one entry.
const ENTRIES: usize = 100;
const ENTRY_LENGTH: usize = 2_048;
const NAME_LENGTH: usize = 100;
/// Octets of an application's own keys.
const KEYS_LENGTH: usize = 16 * 1024;

/// An application form as typed; lists one entry a line.
#[derive(Debug, Clone, Default)]
pub struct ApplicationForm {
    /// Name.
    pub name: String,
    /// Label of its host.
    pub identifier: String,
    /// Log-in callbacks.
    pub redirect_uris: Vec<String>,
    /// Log-out callbacks.
    pub logout_redirect_uris: Vec<String>,
    /// How it speaks OAuth and OpenID Connect.
    pub protocol: Protocol,
    /// What the base host means when none is named.
    pub is_default: bool,
}

/// A form whose every field was accepted.
#[derive(Debug, Clone)]
pub struct ValidApplication {
    name: String,
    identifier: Identifier,
    form: ApplicationForm,
}

impl From<ApplicationRow> for ApplicationForm {
    /// What is stored, as a form begins with it.
    fn from(row: ApplicationRow) -> Self {
        Self {
            name: row.name,
            identifier: row.identifier,
            redirect_uris: row.redirect_uris,
            logout_redirect_uris: row.logout_redirect_uris,
            protocol: row.protocol,
            is_default: row.is_default,
        }
    }
}

impl ApplicationForm {
    /// Judges every field and every line and reports all that is wrong.
    pub fn judge(mut self) -> Done<ValidApplication> {
        let mut refused = Vec::new();
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            refused.push(FieldRefused::new("name", "required"));
        } else if name.chars().count() > NAME_LENGTH || name.chars().any(char::is_control) {
            refused.push(FieldRefused::new("name", "name_unusable"));
        }
        let identifier = Identifier::parse(self.identifier.trim())
            .map_err(|why| refused.push(FieldRefused::new("identifier", why.code())))
            .ok();
        self.redirect_uris = lines("redirect_uris", &self.redirect_uris, &mut refused);
        self.logout_redirect_uris = lines("logout_redirect_uris", &self.logout_redirect_uris, &mut refused);
        let protocol = &mut self.protocol;
        address("backchannel_logout_uri", &mut protocol.backchannel_logout_uri, &mut refused, |url| {
            if reach::of_url(url) == Some(Reach::Never) { Some("never_delivered") } else { None }
        });
        let callbacks = &self.redirect_uris;
        // Front-Channel Logout 1.0 section 2: the same scheme, host and port as a registered log-in callback.
        address("frontchannel_logout_uri", &mut protocol.frontchannel_logout_uri, &mut refused, |url| {
            let same = |text: &String| Url::parse(text).is_ok_and(|callback| callback.origin() == url.origin());
            if callbacks.iter().any(same) { None } else { Some("origin_differs") }
        });
        refused.extend(keys_refused(protocol).map(|code| FieldRefused::new("jwks", code)));
        if protocol.auth_method == AuthMethod::None {
            // Who cannot prove itself speaks for nobody alone (RFC 6749 4.4), and has no secret that could sign
            // (OpenID Connect Core 3.1.3.7).
            if protocol.may(GrantType::ClientCredentials) {
                refused.push(FieldRefused::new("grant_types", "needs_proof"));
            }
            if protocol.id_token_alg == TokenAlg::Hs256 {
                refused.push(FieldRefused::new("id_token_signed_response_alg", "needs_proof"));
            }
        }
        if protocol.response_types.is_empty() {
            protocol.response_types.push(ResponseType::Code);
        }
        let Some(identifier) = identifier.filter(|_| refused.is_empty()) else {
            return Err(FlowError::Invalid(refused));
        };
        Ok(ValidApplication { name, identifier, form: self })
    }
}

/// An address of the application's own, if it has one: absolute, plain, and as `judge` wants it.
fn address(
    field: &'static str,
    typed: &mut Option<String>,
    refused: &mut Vec<FieldRefused>,
    judge: impl FnOnce(&Url) -> Option<&'static str>,
) {
    let text = typed.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let code = text.as_ref().and_then(|text| match RedirectEntry::parse(text) {
        _ if text.len() > ENTRY_LENGTH => Some("address_too_long"),
        Ok(entry) if entry.is_plain() => Url::parse(entry.as_str()).ok().and_then(|url| judge(&url)),
        Ok(_) => Some("wildcard"),
        Err(why) => Some(why.code()),
    });
    refused.extend(code.map(|code| FieldRefused::new(field, code)));
    *typed = text;
}

/// What is wrong with an application's own keys, if anything.
fn keys_refused(protocol: &mut Protocol) -> Option<&'static str> {
    let typed = protocol.jwks.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let code = match &typed {
        None => (protocol.auth_method == AuthMethod::PrivateKeyJwt).then_some("no_keys"),
        Some(text) if text.len() > KEYS_LENGTH => Some("keys_too_long"),
        Some(text) if assertion::holds_private(text) => Some("private_key"),
        Some(text) => (!assertion::can_verify(text)).then_some("no_keys"),
    };
    protocol.jwks = typed;
    code
}

fn lines(field: &'static str, typed: &[String], refused: &mut Vec<FieldRefused>) -> Vec<String> {
    let typed: Vec<&str> = typed.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    if typed.len() > ENTRIES {
        refused.push(FieldRefused::new(field, "too_many"));
    }
    let mut kept: Vec<String> = Vec::new();
    for (number, line) in typed.into_iter().enumerate() {
        let code = if line.len() > ENTRY_LENGTH {
            Some("too_long")
        } else {
            RedirectEntry::parse(line).err().map(EntryRefused::code)
        };
        match code {
            Some(code) => refused.push(FieldRefused { field, code, line: Some(number) }),
            None if kept.iter().any(|other| other == line) => {}
            None => kept.push(line.to_owned()),
        }
    }
    kept
}

impl ValidApplication {
    /// Whether a stored application is as this form says already.
    pub fn stands(&self, row: &ApplicationRow) -> bool {
        row.name == self.name
            && row.identifier == self.identifier.as_str()
            && row.redirect_uris == self.form.redirect_uris
            && row.logout_redirect_uris == self.form.logout_redirect_uris
            && row.protocol == self.form.protocol
            && row.is_default == self.form.is_default
    }

    fn write_into(&self, row: &mut ApplicationRow) {
        row.name.clone_from(&self.name);
        self.identifier.as_str().clone_into(&mut row.identifier);
        row.redirect_uris.clone_from(&self.form.redirect_uris);
        row.logout_redirect_uris.clone_from(&self.form.logout_redirect_uris);
        row.protocol.clone_from(&self.form.protocol);
        row.is_default = self.form.is_default;
    }
}

fn taken(error: StoreError) -> FlowError {
    if let StoreError::Conflict(_) = error {
        FlowError::field("identifier", "taken")
    } else {
        FlowError::Storage(error)
    }
}

fn note(act: &Act<'_>, pool: PoolId, what: &'static str, target: &str, origin: &Origin) -> Done<()> {
    let event = Event { pool, act: what, user: None, target, ending: None, origin, user_agent: "" };
    Ok(crate::store::audit::append(act, &event)?)
}

/// Creates an application; id and secret may be fixed by a seed file.
pub fn create(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    fixed: (Option<ApplicationId>, &Secret),
    valid: &ValidApplication,
    origin: &Origin,
) -> Done<ApplicationId> {
    let (id, secret) = fixed;
    let id = id.unwrap_or_else(|| ApplicationId::from_random(random::octets()));
    let mut row = ApplicationRow {
        id,
        pool,
        identifier: String::new(),
        name: String::new(),
        secret: seal::hash(secret.reveal()),
        redirect_uris: Vec::new(),
        logout_redirect_uris: Vec::new(),
        protocol: Protocol::default(),
        secret_sealed: None,
        is_default: false,
        barrier: Seq(0),
        created_at: act.now,
        updated_at: act.now,
    };
    valid.write_into(&mut row);
    keep_for_signing(state, &mut row, Some(secret))?;
    applications::insert(act, &row).map_err(taken)?;
    note(act, pool, audit::act::APPLICATION_CREATED, id.as_str(), origin)?;
    directory::changed(act, state)?;
    Ok(id)
}

/// Creates an application with a new secret, to be shown once.
pub fn create_with_secret(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    valid: &ValidApplication,
    origin: &Origin,
) -> Done<(ApplicationId, Secret)> {
    let (secret, _) = seal::fresh_hex32();
    create(act, state, pool, (None, &secret), valid, origin).map(|id| (id, secret))
}

/// What the secret of an application is sealed for.
const SEALED: &str = "application secrets";

/// Keeps the secret, sealed, where it signs ID tokens, and nowhere else (security.md X3). One that was known by its hash
/// alone cannot sign, so it is replaced: the new one is answered, to be shown once.
fn keep_for_signing(state: &State, row: &mut ApplicationRow, known: Option<&Secret>) -> Done<Option<Secret>> {
    if row.protocol.id_token_alg != TokenAlg::Hs256 {
        row.secret_sealed = None;
        return Ok(None);
    }
    if known.is_none() && row.secret_sealed.is_some() {
        return Ok(None);
    }
    let fault = || FlowError::Storage(StoreError::Fault("a secret could not be sealed".into()));
    let seal = |secret: &Secret| state.key.seal(SEALED, secret.reveal().as_bytes()).ok_or_else(fault);
    if let Some(secret) = known {
        row.secret_sealed = Some(seal(secret)?);
        return Ok(None);
    }
    let (secret, hash) = seal::fresh_hex32();
    (row.secret, row.secret_sealed) = (hash, Some(seal(&secret)?));
    Ok(Some(secret))
}

/// The secret with which an application's ID tokens are signed; none where a key of the house signs them.
pub fn signing_secret(state: &State, application: &Application) -> Option<Secret> {
    opened_secret(state, application.secret_sealed.as_deref()?)
}

/// A sealed secret of an application, which may have been deleted since.
pub fn opened_secret(state: &State, sealed: &[u8]) -> Option<Secret> {
    String::from_utf8(state.key.unseal(SEALED, sealed)?).ok().map(Secret::new)
}

pub(super) fn in_pool(act: &Act<'_>, pool: PoolId, id: ApplicationId) -> Done<ApplicationRow> {
    applications::find(act.conn(), id)?.filter(|row| row.pool == pool).ok_or(FlowError::Absent("application"))
}

/// Changes an application; a form that was opened before another change is stale. A secret is answered when the change
/// asked for a new one, to be shown once.
pub fn edit(
    act: &mut Act<'_>,
    state: &Arc<State>,
    which: (PoolId, ApplicationId),
    seen: Option<Timestamp>,
    valid: &ValidApplication,
    origin: &Origin,
) -> Done<Option<Secret>> {
    let (pool, id) = which;
    let mut row = in_pool(act, pool, id)?;
    if seen.is_some_and(|seen| seen != row.updated_at) {
        // Whoever sends the same form twice finds it done.
        return if valid.stands(&row) { Ok(None) } else { Err(FlowError::Stale) };
    }
    let before = row.clone();
    valid.write_into(&mut row);
    let shown = keep_for_signing(state, &mut row, None)?;
    applications::update(act, &row).map_err(taken)?;
    let (what, target) = (audit::act::APPLICATION_CHANGED, id.as_str());
    let event = Event { pool, act: what, user: None, target, ending: None, origin, user_agent: "" };
    crate::store::audit::append_with(act, &event, &changed::of_application(&before, &row))?;
    directory::changed(act, state)?;
    Ok(shown)
}

/// Gives an application a secret: a stated one, or a new one that is shown once.
pub fn set_secret(
    act: &mut Act<'_>,
    state: &Arc<State>,
    which: (PoolId, ApplicationId),
    stated: Option<Secret>,
    origin: &Origin,
) -> Done<Option<Secret>> {
    let (pool, id) = which;
    let mut row = in_pool(act, pool, id)?;
    let shown = stated.is_none();
    let secret = stated.unwrap_or_else(|| seal::fresh_hex32().0);
    row.secret = seal::hash(secret.reveal());
    keep_for_signing(state, &mut row, Some(&secret))?;
    applications::update(act, &row)?;
    note(act, pool, audit::act::APPLICATION_SECRET, id.as_str(), origin)?;
    directory::changed(act, state)?;
    Ok(shown.then_some(secret))
}

/// Deletes an application: everybody's part in it ends first.
pub fn delete(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    id: ApplicationId,
    origin: &Origin,
) -> Done<Receipt> {
    in_pool(act, pool, id)?;
    let why = (Cause::ApplicationDeleted, origin.clone());
    let receipt = logout::end(act, state, pool, Selection::Application(id), why)?;
    applications::delete(act, id)?;
    directory::changed(act, state)?;
    Ok(receipt)
}

/// An application as its form shows it: entries as typed.
pub fn find(state: &State, pool: PoolId, id: ApplicationId) -> Done<ApplicationRow> {
    let row = state.store.read(|conn| applications::find(conn, id))?;
    row.filter(|row| row.pool == pool).ok_or(FlowError::Absent("application"))
}

/// Deliveries on one page.
const PAGE: u32 = 50;

/// A page of what an application of a pool was told or is owed, newest first, and where the next one begins.
pub fn deliveries(
    state: &State,
    pool: PoolId,
    id: ApplicationId,
    before: Option<i64>,
) -> Done<(Vec<NoticeRow>, Option<i64>)> {
    find(state, pool, id)?;
    let mut rows = state.store.read(|conn| outbox::of_application(conn, id, before.unwrap_or(i64::MAX), PAGE + 1))?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// Makes an access key; the secret is shown once. Its rights end with the administrator's who made it.
pub fn create_key(
    act: &mut Act<'_>,
    state: &State,
    pool: PoolId,
    user: Option<UserId>,
    name: &str,
    origin: &Origin,
) -> Done<(AccessKeyId, Secret)> {
    let (id, (secret, _)) = (AccessKeyId::from_random(random::octets()), seal::fresh_hex32());
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect();
    access_keys::put(act, id, pool, user, &management::kept(state, secret.reveal())?, &name)?;
    note(act, pool, audit::act::KEY_CREATED, id.as_str(), origin)?;
    Ok((id, secret))
}

/// Revokes an access key; its tokens stop working at once.
pub fn revoke_key(act: &mut Act<'_>, pool: PoolId, id: AccessKeyId, origin: &Origin) -> Done<()> {
    if !access_keys::revoke(act, pool, id)? {
        return Err(FlowError::Absent("access key"));
    }
    note(act, pool, audit::act::KEY_REVOKED, id.as_str(), origin)
}

/// Keys of a pool.
pub fn keys(state: &State, pool: PoolId) -> Done<Vec<AccessKeyRow>> {
    Ok(state.store.read(|conn| access_keys::of_pool(conn, pool))?)
}

/// The operator, at the command line.
pub fn by_operator() -> Origin {
    Origin { actor: Actor::Operator, ip: String::new(), request: String::new() }
}
