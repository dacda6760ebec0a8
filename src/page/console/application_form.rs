//! The form of an application: its names, its registered addresses one a line, each with a mark of its own, and how it
//! speaks OpenID Connect. A new application has one form; one that exists has its parts on two pages.

use maud::{Markup, html};

use super::address_trial::{Trial, trial};
use super::application_protocol::{basics, protocol, telling};
use crate::domain::application::Protocol;
use crate::domain::clock::Timestamp;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, Stamp, calm, csrf, hidden, icon, name, stamp};
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
    /// `default`
    Default,
    /// `self_registration`
    SelfRegistration,
    /// `backchannel_logout_session_required`
    BackchannelSession,
    /// `frontchannel_logout_session_required`
    FrontchannelSession,
    /// `tokens_outlive_logout`
    TokensOutlive,
}

impl ApplicationField {
    /// All of them.
    pub const ALL: [Self; 16] = [
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
        Self::Default,
        Self::SelfRegistration,
        Self::BackchannelSession,
        Self::FrontchannelSession,
        Self::TokensOutlive,
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
            Self::Default => "default",
            Self::SelfRegistration => "self_registration",
            Self::BackchannelSession => "backchannel_logout_session_required",
            Self::FrontchannelSession => "frontchannel_logout_session_required",
            Self::TokensOutlive => "tokens_outlive_logout",
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

/// Which part of an application a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationPart {
    /// All of it: a new one.
    Whole,
    /// Names, addresses, how it is told.
    Configuration,
    /// How it speaks OpenID Connect.
    Protocol,
}

/// How what is stored stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// A text, one line or several.
    Lines(Vec<String>),
    /// A switch.
    Switch(bool),
}

/// What became of the form that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FormState {
    /// Nothing was sent, or it was refused.
    #[default]
    Fresh,
    /// It was saved.
    Saved,
    /// It was judged only.
    Checked,
    /// Somebody else changed these fields meanwhile.
    Stale(Vec<(ApplicationField, Stored)>),
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
    /// What became of it.
    pub state: FormState,
    /// An address that is tried on the lists.
    pub trial: Trial,
    /// When what is edited was last changed; a form opened before a later change is stale.
    pub seen: Option<Timestamp>,
}

impl ApplicationForm {
    /// Whether anything in it was refused.
    pub fn is_refused(&self) -> bool {
        let refused = |lines: &[Line]| lines.iter().any(|line| matches!(line.verdict, Verdict::Refused(_)));
        matches!(self.state, FormState::Stale(_))
            || !self.problems.is_empty()
            || refused(&self.redirect_uris)
            || refused(&self.logout_redirect_uris)
    }

    pub(super) fn problem(&self, field: ApplicationField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// Where a form is posted, of what part, and what its button says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    pub action: &'a str,
    pub part: ApplicationPart,
    pub act: &'a str,
}

/// The form of a part.
pub(super) fn form(frame: &Frame, sent: Sent, form: &ApplicationForm) -> Markup {
    let checkable = sent.part != ApplicationPart::Protocol;
    html! {
        form.form method="post" action=(sent.action) novalidate data-keep data-check[checkable] {
            // What Enter presses in a field, whatever buttons come before the one that saves.
            @if checkable { button.hid tabindex="-1" aria-hidden="true" { (sent.act) } }
            (csrf(frame))
            @if let Some(seen) = form.seen { (hidden("seen", seen)) }
            (notice(frame, form))
            @if checkable { (configuration(frame, sent.action, form)) }
            @if sent.part != ApplicationPart::Configuration { (protocol(frame, form)) }
            div.acts.save { button.btn.go { (sent.act) } }
        }
    }
}

fn configuration(frame: &Frame, action: &str, form: &ApplicationForm) -> Markup {
    let (words, apps) = (&frame.words().directory, &frame.words().applications);
    let nowhere = form.redirect_uris.is_empty() && form.seen.is_some();
    let identifier = Field {
        hint: Some(words.identifier_hint),
        problem: form.problem(ApplicationField::Identifier),
        ..Field::text("identifier", words.identifier, &form.identifier)
    };
    html! {
        h2 #basics { (words.basics) }
        (Field { problem: form.problem(ApplicationField::Name), ..Field::text("name", words.name, &form.name) }.markup(frame))
        (identifier.markup(frame))
        (basics(frame, form))
        h2 #addresses { (apps.authentication) }
        @if nowhere { p.small.ochre { (apps.no_login_callback_line) } }
        (addresses(frame, form, ApplicationField::RedirectUris))
        (addresses(frame, form, ApplicationField::LogoutRedirectUris))
        div.between { (wildcards(frame)) button.btn.s name="check" value="1" formaction={ (action) "#addresses" } { (apps.check_lines) } }
        (trial(frame, action, &form.trial))
        (telling(frame, form))
    }
}

/// What may stand for more than itself in an entry.
fn wildcards(frame: &Frame) -> Markup {
    let words = &frame.words().applications;
    let rules = [
        ("https://*.example.com/cb", words.wildcard_host),
        ("https://example.com/app/*", words.wildcard_path),
        ("https://example.com/cb?*", words.wildcard_query),
        ("http://localhost/cb", words.any_port),
    ];
    html! {
        details.more #wildcards {
            summary { (icon("down")) (words.wildcards) }
            dl.rules { @for (entry, meaning) in rules { dt { code { (entry) } } dd { (meaning) } } }
            p.small { (words.else_equal) }
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
            ul.lines #{ (id) "-lines" } data-checked { @for line in lines { (mark(frame, line)) } }
            p.hint #{ (id) "-hint" } { (hint) }
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
    let (refusal, apps) = (&frame.words().refusal, &frame.words().applications);
    match &form.state {
        FormState::Stale(stored) => return stale(frame, stored),
        FormState::Saved => return Notice::Done(refusal.saved).markup(frame),
        FormState::Checked => {
            return html! {
                div.notice role="status" tabindex="-1" autofocus {
                    (stamp(&frame.words().common, Stamp::Wait))
                    div { p { b { (apps.checked) } } p { (apps.checked_line) } }
                }
            };
        }
        FormState::Fresh if !form.is_refused() => return html! {},
        FormState::Fresh => {}
    }
    // One sentence may stand for several fields: each line says which.
    let named = |(field, problem): &(ApplicationField, FieldProblem)| {
        (field.as_str(), (apps.field_says)(label(frame, *field), &problem.sentence(frame.lang)))
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

/// Somebody else was faster: what is stored now, beside what was typed.
fn stale(frame: &Frame, stored: &[(ApplicationField, Stored)]) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().applications);
    html! {
        div.notice.no role="alert" tabindex="-1" autofocus {
            (stamp(common, Stamp::Error))
            div {
                p { b { (words.stale) } }
                p { (words.stale_line) }
                dl.theirs aria-label=(words.stored_now) {
                    @for (field, value) in stored {
                        dt { a href={ "#" (anchor(*field)) } { (label(frame, *field)) } }
                        dd {
                            @match value {
                                Stored::Switch(on) => (if *on { words.on } else { words.off }),
                                Stored::Lines(lines) if lines.iter().all(String::is_empty) => span.muted { (common.nothing) },
                                Stored::Lines(lines) => @for line in lines { div { (name(line)) } },
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The id of what a field is changed by.
fn anchor(field: ApplicationField) -> &'static str {
    // No box stands there where it is the default already.
    if field == ApplicationField::Default { "basics" } else { field.as_str() }
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
        ApplicationField::Default => protocol.make_default,
        ApplicationField::SelfRegistration => protocol.registration,
        ApplicationField::BackchannelSession => protocol.backchannel_session,
        ApplicationField::FrontchannelSession => protocol.frontchannel_session,
        ApplicationField::TokensOutlive => protocol.outlive,
    }
}
