//! The form of an application between the wire and the page: what was typed, and the same shown again.

use crate::domain::application::Protocol;
use crate::domain::clock::Timestamp;
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::flow::applications::{ApplicationForm, ApplicationRow};
use crate::flow::error::FieldRefused;
use crate::page::console::{self as page, ApplicationField as Of, ApplicationPart as Part, Stored, Trial};
use crate::web::body::Form;
use crate::web::error::Refusal;
use crate::web::view;

/// Reads what was typed. `stored` is what the form was opened on, if it changes something; the part that the form is not
/// about stays as it is stored.
pub fn typed(form: &Form, stored: Option<&ApplicationRow>, part: Part) -> Result<ApplicationForm, Refusal> {
    let mut read = stored.map_or_else(ApplicationForm::default, |row| kept(row.clone()));
    if part != Part::Protocol {
        configuration(form, &mut read)?;
        // Another application takes its place; by itself none stops being the default.
        read.is_default = form.ticked("default")? || stored.is_some_and(|row| row.is_default);
    }
    if part != Part::Configuration {
        protocol(form, &mut read.protocol)?;
    }
    Ok(read)
}

fn configuration(form: &Form, into: &mut ApplicationForm) -> Result<(), Refusal> {
    let lines = |name| -> Result<Vec<String>, Refusal> { Ok(form.text(name)?.lines().map(str::to_owned).collect()) };
    form.text("name")?.clone_into(&mut into.name);
    form.text("identifier")?.clone_into(&mut into.identifier);
    into.redirect_uris = lines("redirect_uris")?;
    into.logout_redirect_uris = lines("logout_redirect_uris")?;
    let protocol = &mut into.protocol;
    protocol.backchannel_logout_uri = some(form, "backchannel_logout_uri")?;
    protocol.backchannel_session_required = form.ticked("backchannel_logout_session_required")?;
    protocol.frontchannel_logout_uri = some(form, "frontchannel_logout_uri")?;
    protocol.frontchannel_session_required = form.ticked("frontchannel_logout_session_required")?;
    protocol.tokens_outlive_logout = form.ticked("tokens_outlive_logout")?;
    protocol.self_registration = form.ticked("self_registration")?;
    Ok(())
}

fn protocol(form: &Form, into: &mut Protocol) -> Result<(), Refusal> {
    let defaults = Protocol::default();
    (into.grant_types, into.response_types) = flows(form)?;
    into.auth_method = word(form, "token_endpoint_auth_method", AuthMethod::parse)?.unwrap_or(defaults.auth_method);
    into.id_token_alg = word(form, "id_token_signed_response_alg", TokenAlg::parse)?.unwrap_or(defaults.id_token_alg);
    into.jwks = some(form, "jwks")?;
    Ok(())
}

fn some(form: &Form, name: &'static str) -> Result<Option<String>, Refusal> {
    Ok(Some(form.text(name)?.to_owned()).filter(|text| !text.trim().is_empty()))
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
#[derive(Debug, Clone, Default)]
pub struct Shown<'a> {
    /// What was refused.
    pub refused: &'a [FieldRefused],
    /// What became of it.
    pub state: page::FormState,
    /// An address that was tried.
    pub trial: Trial,
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
        state: about.state,
        trial: about.trial,
        seen: about.seen,
    }
}

/// In what fields of a part the stored application differs from what was typed.
pub fn differing(typed: &ApplicationForm, stored: &ApplicationForm, part: Part) -> Vec<(Of, Stored)> {
    let mut fields = Vec::new();
    if part != Part::Protocol {
        fields.extend(configured(typed).into_iter().zip(configured(stored)));
    }
    if part != Part::Configuration {
        fields.extend(spoken(typed).into_iter().zip(spoken(stored)));
    }
    fields.into_iter().filter(|(mine, theirs)| mine.1 != theirs.1).map(|(_, theirs)| theirs).collect()
}

fn line(text: &str) -> Stored {
    lines(&[text.to_owned()])
}

fn lines(list: &[String]) -> Stored {
    Stored::Lines(list.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect())
}

fn configured(form: &ApplicationForm) -> Vec<(Of, Stored)> {
    let protocol = &form.protocol;
    let address = |held: &Option<String>| line(held.as_deref().unwrap_or_default());
    vec![
        (Of::Name, line(&form.name)),
        (Of::Identifier, line(&form.identifier)),
        (Of::Default, Stored::Switch(form.is_default)),
        (Of::SelfRegistration, Stored::Switch(protocol.self_registration)),
        (Of::RedirectUris, lines(&form.redirect_uris)),
        (Of::LogoutRedirectUris, lines(&form.logout_redirect_uris)),
        (Of::BackchannelLogoutUri, address(&protocol.backchannel_logout_uri)),
        (Of::BackchannelSession, Stored::Switch(protocol.backchannel_session_required)),
        (Of::FrontchannelLogoutUri, address(&protocol.frontchannel_logout_uri)),
        (Of::FrontchannelSession, Stored::Switch(protocol.frontchannel_session_required)),
        (Of::TokensOutlive, Stored::Switch(protocol.tokens_outlive_logout)),
    ]
}

fn spoken(form: &ApplicationForm) -> Vec<(Of, Stored)> {
    let protocol = &form.protocol;
    let words = |list: Vec<&str>| {
        let mut list: Vec<String> = list.into_iter().map(str::to_owned).collect();
        list.sort_unstable();
        Stored::Lines(list)
    };
    vec![
        (Of::AuthMethod, line(protocol.auth_method.as_str())),
        (Of::Jwks, line(protocol.jwks.as_deref().unwrap_or_default())),
        (Of::GrantTypes, words(protocol.grant_types.iter().map(|grant| grant.as_str()).collect())),
        (Of::ResponseTypes, words(protocol.response_types.iter().map(|kind| kind.as_str()).collect())),
        (Of::IdTokenAlg, line(protocol.id_token_alg.as_str())),
    ]
}
