//! The form of an application: its names, its registered addresses one a line, each with a mark of its own, and how it
//! speaks OpenID Connect.

use maud::{Markup, html};

use super::application_protocol::{basics, protocol, telling};
use crate::domain::application::Protocol;
use crate::domain::clock::Timestamp;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, Stamp, calm, csrf, hidden, stamp};
use crate::page::words::{FieldProblem, Rule};

/// What became of a line that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted, and registered as this.
    Fine(String),
    /// Refused by this rule.
    Refused(Rule),
}

/// One address as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What was typed.
    pub typed: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationField {
    /// `name`
    Name,
    /// `identifier`
    Identifier,
    /// `redirect_uris`
    RedirectUris,
    /// `logout_redirect_uris`
    LogoutRedirectUris,
    /// `backchannel_logout_uri`
    BackchannelLogoutUri,
    /// `frontchannel_logout_uri`
    FrontchannelLogoutUri,
    /// `token_endpoint_auth_method`
    AuthMethod,
    /// `jwks`
    Jwks,
    /// `grant_types`
    GrantTypes,
    /// `response_types`
    ResponseTypes,
    /// `id_token_signed_response_alg`
    IdTokenAlg,
}

impl ApplicationField {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::Identifier,
        Self::RedirectUris,
        Self::LogoutRedirectUris,
        Self::BackchannelLogoutUri,
        Self::FrontchannelLogoutUri,
        Self::AuthMethod,
        Self::Jwks,
        Self::GrantTypes,
        Self::ResponseTypes,
        Self::IdTokenAlg,
    ];

    /// The name of the field in the form; where dynamic registration knows the thing, its name (RFC 7591).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Identifier => "identifier",
            Self::RedirectUris => "redirect_uris",
            Self::LogoutRedirectUris => "logout_redirect_uris",
            Self::BackchannelLogoutUri => "backchannel_logout_uri",
            Self::FrontchannelLogoutUri => "frontchannel_logout_uri",
            Self::AuthMethod => "token_endpoint_auth_method",
            Self::Jwks => "jwks",
            Self::GrantTypes => "grant_types",
            Self::ResponseTypes => "response_types",
            Self::IdTokenAlg => "id_token_signed_response_alg",
        }
    }

    /// By the name in the form.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// Whether the base host means this application when none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DefaultChoice {
    /// It does; another one can take its place, but it cannot give it up.
    Is,
    /// It was chosen in this form.
    Chosen,
    /// It does not.
    #[default]
    No,
}

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub struct ApplicationForm {
    /// What people call it.
    pub name: String,
    /// The first label of its own host.
    pub identifier: String,
    /// Where a log-in may go back to.
    pub redirect_uris: Vec<Line>,
    /// Where a log-out may go to.
    pub logout_redirect_uris: Vec<Line>,
    /// How it speaks OpenID Connect, addresses as typed.
    pub protocol: Protocol,
    /// Whether it is the default application.
    pub default: DefaultChoice,
    /// What was refused beside lines of addresses.
    pub problems: Vec<(ApplicationField, FieldProblem)>,
    /// Whether it was saved just now.
    pub saved: bool,
    /// When what is edited was last changed; a form opened before a later change is stale.
    pub seen: Option<Timestamp>,
}

impl ApplicationForm {
    /// Whether anything in it was refused.
    pub fn is_refused(&self) -> bool {
        let refused = |lines: &[Line]| lines.iter().any(|line| matches!(line.verdict, Verdict::Refused(_)));
        !self.problems.is_empty() || refused(&self.redirect_uris) || refused(&self.logout_redirect_uris)
    }

    pub(super) fn problem(&self, field: ApplicationField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The form, posted to `action`.
pub(super) fn form(frame: &Frame, action: &str, form: &ApplicationForm, act: &str) -> Markup {
    let words = &frame.words().directory;
    let one = |field: ApplicationField, label, value, hint, optional| {
        Field { hint: Some(hint), optional, problem: form.problem(field), ..Field::text(field.as_str(), label, value) }
            .markup(frame)
    };
    html! {
        form.form method="post" action=(action) novalidate {
            (csrf(frame))
            @if let Some(seen) = form.seen { (hidden("seen", seen)) }
            (notice(frame, form))
            h2 { (words.basics) }
            (Field { problem: form.problem(ApplicationField::Name), ..Field::text("name", words.name, &form.name) }.markup(frame))
            (one(ApplicationField::Identifier, words.identifier, &form.identifier, words.identifier_hint, false))
            (basics(frame, form))
            h2 { (words.login_and_logout) }
            (addresses(frame, form, ApplicationField::RedirectUris))
            (addresses(frame, form, ApplicationField::LogoutRedirectUris))
            (telling(frame, form))
            (protocol(frame, form))
            div.acts { button.btn.go { (act) } }
        }
    }
}

/// A text area of addresses, and below it what became of each line.
fn addresses(frame: &Frame, form: &ApplicationForm, field: ApplicationField) -> Markup {
    let words = &frame.words().directory;
    let id = field.as_str();
    let logout = field == ApplicationField::LogoutRedirectUris;
    let (label, hint, lines) = if logout {
        (words.logout_redirect_uris, words.logout_redirect_uris_hint, &form.logout_redirect_uris)
    } else {
        (words.redirect_uris, words.redirect_uris_hint, &form.redirect_uris)
    };
    let typed: Vec<&str> = lines.iter().map(|line| line.typed.as_str()).collect();
    let bad = form.problem(field).is_some() || lines.iter().any(|line| matches!(line.verdict, Verdict::Refused(_)));
    html! {
        div.field {
            label for=(id) { (label) }
            textarea.area #(id) name=(id) rows="3" spellcheck="false" autocapitalize="none" autocomplete="off" wrap="off"
                aria-invalid=[bad.then_some("true")] aria-describedby={ (id) "-hint " (id) "-lines" } { (typed.join("\n")) }
            @if let Some(problem) = form.problem(field) { p.why { (problem.sentence(frame.lang)) } }
            ul.lines #{ (id) "-lines" } { @for line in lines { (mark(frame, line)) } }
            p.hint #{ (id) "-hint" } { (hint) @if !logout { " " (words.wildcard_hint) } }
        }
    }
}

/// Refused with the reason; accepted with the form in which it was registered, when that differs.
fn mark(frame: &Frame, line: &Line) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().directory);
    html! {
        @match &line.verdict {
            Verdict::Refused(rule) => li {
                (stamp(common, Stamp::No))
                span { code.id { (calm(&line.typed)) } small.end-text { (rule.sentence(frame.lang)) } }
            },
            Verdict::Fine(normal) => li {
                (stamp(common, Stamp::Fine))
                span { code.id { (calm(&line.typed)) } @if *normal != line.typed { small { ((words.taken_as)(&calm(normal))) } } }
            },
        }
    }
}

fn notice(frame: &Frame, form: &ApplicationForm) -> Markup {
    let refusal = &frame.words().refusal;
    if !form.is_refused() {
        return html! { @if form.saved { (Notice::Done(refusal.saved).markup(frame)) } };
    }
    // One sentence may stand for several fields: each line says which.
    let named = |(field, problem): &(ApplicationField, FieldProblem)| {
        (field.as_str(), format!("{} · {}", label(frame, *field), problem.sentence(frame.lang)))
    };
    let mut fields: Vec<(&str, String)> = form.problems.iter().map(named).collect();
    let lists = [
        (ApplicationField::RedirectUris, &form.redirect_uris),
        (ApplicationField::LogoutRedirectUris, &form.logout_redirect_uris),
    ];
    for (field, lines) in lists {
        for line in lines {
            if let Verdict::Refused(rule) = line.verdict {
                fields.push((field.as_str(), format!("{} {}", calm(&line.typed), rule.sentence(frame.lang))));
            }
        }
    }
    Notice::Refused { title: refusal.form_refused, line: refusal.form_refused_note, fields }.markup(frame)
}

/// What the field is called.
fn label(frame: &Frame, field: ApplicationField) -> &'static str {
    let (words, protocol) = (&frame.words().directory, &frame.words().protocol);
    match field {
        ApplicationField::Name => words.name,
        ApplicationField::Identifier => words.identifier,
        ApplicationField::RedirectUris => words.redirect_uris,
        ApplicationField::LogoutRedirectUris => words.logout_redirect_uris,
        ApplicationField::BackchannelLogoutUri => protocol.backchannel,
        ApplicationField::FrontchannelLogoutUri => protocol.frontchannel,
        ApplicationField::AuthMethod => protocol.proves,
        ApplicationField::Jwks => protocol.jwks,
        ApplicationField::GrantTypes => protocol.grants,
        ApplicationField::ResponseTypes => protocol.old_flows,
        ApplicationField::IdTokenAlg => protocol.signature,
    }
}
