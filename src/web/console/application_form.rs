//! The form of an application between the wire and the page: what was typed, and the same shown again.

use crate::domain::application::Protocol;
use crate::domain::clock::Timestamp;
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::flow::applications::{ApplicationForm, ApplicationRow};
use crate::flow::error::FieldRefused;
use crate::page::console as page;
use crate::web::body::Form;
use crate::web::error::Refusal;
use crate::web::view;

/// Reads what was typed. `stored` is what the form was opened on, if it changes something.
pub fn typed(form: &Form, stored: Option<&ApplicationRow>) -> Result<ApplicationForm, Refusal> {
    let lines = |name| -> Result<Vec<String>, Refusal> { Ok(form.text(name)?.lines().map(str::to_owned).collect()) };
    Ok(ApplicationForm {
        name: form.text("name")?.to_owned(),
        identifier: form.text("identifier")?.to_owned(),
        redirect_uris: lines("redirect_uris")?,
        logout_redirect_uris: lines("logout_redirect_uris")?,
        protocol: protocol(form)?,
        // Another application takes its place; by itself none stops being the default.
        is_default: form.ticked("default")? || stored.is_some_and(|row| row.is_default),
    })
}

fn protocol(form: &Form) -> Result<Protocol, Refusal> {
    let some = |name| -> Result<Option<String>, Refusal> {
        Ok(Some(form.text(name)?.to_owned()).filter(|text| !text.trim().is_empty()))
    };
    let (grant_types, response_types) = flows(form)?;
    let defaults = Protocol::default();
    Ok(Protocol {
        backchannel_logout_uri: some("backchannel_logout_uri")?,
        backchannel_session_required: form.ticked("backchannel_logout_session_required")?,
        frontchannel_logout_uri: some("frontchannel_logout_uri")?,
        frontchannel_session_required: form.ticked("frontchannel_logout_session_required")?,
        grant_types,
        response_types,
        auth_method: word(form, "token_endpoint_auth_method", AuthMethod::parse)?.unwrap_or(defaults.auth_method),
        id_token_alg: word(form, "id_token_signed_response_alg", TokenAlg::parse)?.unwrap_or(defaults.id_token_alg),
        jwks: some("jwks")?,
        tokens_outlive_logout: form.ticked("tokens_outlive_logout")?,
        self_registration: form.ticked("self_registration")?,
    })
}

/// Grants and response types say one thing twice (RFC 7591 section 2.1): the form asks for it once. The code comes with
/// its grant, the implicit grant with the response types that need it.
fn flows(form: &Form) -> Result<(Vec<GrantType>, Vec<ResponseType>), Refusal> {
    let mut grants = several(form, "grant_types", GrantType::parse)?;
    let mut responses = several(form, "response_types", ResponseType::parse)?;
    grants.retain(|grant| *grant != GrantType::Implicit);
    responses.retain(|kind| *kind != ResponseType::Code);
    if !responses.is_empty() {
        grants.push(GrantType::Implicit);
    }
    if grants.contains(&GrantType::AuthorizationCode) {
        responses.insert(0, ResponseType::Code);
    }
    Ok((grants, responses))
}

/// The word of a list to choose from.
fn word<T>(form: &Form, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    form.one(name)?.map(|text| parse(text).ok_or_else(|| Refusal::bad(name))).transpose()
}

/// The words that were ticked, each once.
fn several<T: PartialEq>(
    form: &Form,
    name: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Refusal> {
    let mut found = Vec::new();
    for text in form.all(name) {
        let value = parse(text).ok_or_else(|| Refusal::bad(name))?;
        if !found.contains(&value) {
            found.push(value);
        }
    }
    Ok(found)
}

/// What is stored, as the form begins with it.
pub fn kept(row: ApplicationRow) -> ApplicationForm {
    row.into()
}

/// What surrounds a form that is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown<'a> {
    /// What was refused.
    pub refused: &'a [FieldRefused],
    /// Whether it was saved just now.
    pub saved: bool,
    /// When what is edited was last changed.
    pub seen: Option<Timestamp>,
    /// Whether the stored application is the default one.
    pub is_default: bool,
}

/// The form as the page shows it.
pub fn shown(form: &ApplicationForm, about: Shown<'_>) -> page::ApplicationForm {
    page::ApplicationForm {
        name: form.name.clone(),
        identifier: form.identifier.clone(),
        redirect_uris: view::lines(&form.redirect_uris),
        logout_redirect_uris: view::lines(&form.logout_redirect_uris),
        protocol: form.protocol.clone(),
        default: match (about.is_default, form.is_default) {
            (true, _) => page::DefaultChoice::Is,
            (false, true) => page::DefaultChoice::Chosen,
            (false, false) => page::DefaultChoice::No,
        },
        problems: view::application_problems(about.refused),
        saved: about.saved,
        seen: about.seen,
    }
}
