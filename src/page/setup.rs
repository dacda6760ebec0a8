//! The page that makes the first administrator and the first application, and the one that says where its link is.

use maud::{Markup, html};

use super::frame::Frame;
use super::parts::{Field, Notice, csrf, hidden};
use super::shell::{Door, Gate, gate};
use super::words::FieldProblem;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupField {
    /// Log-in name of the administrator.
    Username,
    /// Their password.
    Password,
    /// Name of the application.
    Name,
    /// Label of its host.
    Identifier,
    /// Log-in callbacks.
    RedirectUris,
    /// Log-out callbacks.
    LogoutRedirectUris,
}

impl SetupField {
    /// Its name in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Password => "password",
            Self::Name => "name",
            Self::Identifier => "identifier",
            Self::RedirectUris => "redirect_uris",
            Self::LogoutRedirectUris => "logout_redirect_uris",
        }
    }
}

/// The form as it stands.
#[derive(Debug, Clone, Default)]
pub struct SetupView<'a> {
    /// The value of the link, which the form sends back.
    pub token: &'a str,
    /// Log-in name.
    pub username: &'a str,
    /// Name of the application.
    pub name: &'a str,
    /// Label of its host.
    pub identifier: &'a str,
    /// Log-in callbacks, one a line.
    pub redirect_uris: &'a str,
    /// Log-out callbacks, one a line.
    pub logout_redirect_uris: &'a str,
    /// What was refused.
    pub problems: Vec<(SetupField, FieldProblem)>,
}

impl SetupView<'_> {
    fn problem(&self, field: SetupField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The form.
pub fn setup(frame: &Frame, view: &SetupView) -> Markup {
    let words = &frame.words().setup;
    let side = html! {
        span.seal.s88 aria-hidden="true" { "e" }
        h1 { (words.title) }
        p.trust { (words.side) }
    };
    let deed = form(frame, view);
    gate(frame, &Gate { title: words.title, error: !view.problems.is_empty(), side, door: Door::Ajar, deed })
}

fn form(frame: &Frame, view: &SetupView) -> Markup {
    let words = &frame.words().setup;
    let field = |field: SetupField, label, value| Field {
        problem: view.problem(field),
        ..Field::text(field.as_str(), label, value)
    };
    let username = Field { autocomplete: "username", ..field(SetupField::Username, words.username, view.username) };
    let password = Field {
        kind: "password",
        autocomplete: "new-password",
        hint: Some(words.password_hint),
        ..field(SetupField::Password, words.password, "")
    };
    let identifier =
        Field { hint: Some(words.identifier_hint), ..field(SetupField::Identifier, words.identifier, view.identifier) };
    html! {
        form.deed method="post" action="/setup" novalidate {
            (csrf(frame))
            (hidden("token", view.token))
            (notice(frame, view))
            section {
                h2 { (words.administrator) }
                (username.markup(frame))
                (password.markup(frame))
            }
            section {
                h2 { (words.application) }
                p.small { (words.application_hint) }
                (field(SetupField::Name, words.application_name, view.name).markup(frame))
                (identifier.markup(frame))
                (addresses(frame, view, (SetupField::RedirectUris, words.redirect_uris, view.redirect_uris)))
                (addresses(frame, view, (SetupField::LogoutRedirectUris, words.logout_redirect_uris, view.logout_redirect_uris)))
            }
            button.btn.go.wide { (words.submit) }
        }
    }
}

fn addresses(frame: &Frame, view: &SetupView, what: (SetupField, &str, &str)) -> Markup {
    let (field, label, value) = what;
    let id = field.as_str();
    let problem = view.problem(field);
    html! {
        div.field {
            label for=(id) { (label) }
            textarea.area #(id) name=(id) rows="2" spellcheck="false" autocapitalize="none" autocomplete="off" wrap="off"
                aria-invalid=[problem.map(|_| "true")] aria-describedby=[problem.map(|_| format!("{id}-why"))] { (value) }
            @if let Some(problem) = problem { p.why #{ (id) "-why" } { (problem.sentence(frame.lang)) } }
        }
    }
}

fn notice(frame: &Frame, view: &SetupView) -> Markup {
    if view.problems.is_empty() {
        return html! {};
    }
    let refusal = &frame.words().refusal;
    let fields = view.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: refusal.form_refused, line: refusal.form_refused_note, fields }.markup(frame)
}

/// Nobody exists yet and no working link came: where it is found. `tried`: a link came that does not work.
pub fn waiting(frame: &Frame, tried: bool) -> Markup {
    let words = &frame.words().setup;
    let (title, line) =
        if tried { (words.worn_out_title, words.worn_out) } else { (words.waiting_title, words.waiting) };
    let side = html! {
        span.seal.s88 aria-hidden="true" { "e" }
        h1 { (title) }
        p { (line) }
    };
    let deed = html! {
        div.deed { section {
            p { (words.again) }
            p { code.id { "exeunt setup-link" } }
        } }
    };
    gate(frame, &Gate { title, error: tried, side, door: Door::Shut, deed })
}
