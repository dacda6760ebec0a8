//! The page where people make themselves a user, through an application that lets them; and the one where they cannot.

use maud::{Markup, html};

use super::count::Count;
use super::frame::Frame;
use super::login::AppFace;
use super::parts::{Field, Notice, Seal, calm, csrf, hidden, name, seal, whom_to_ask};
use super::shell::{Door, Gate, gate};
use super::words::FieldProblem;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterField {
    /// `account`
    Account,
    /// `name`
    Name,
    /// `new`
    Password,
    /// `again`
    Again,
}

impl RegisterField {
    /// The name of the field in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Name => "name",
            Self::Password => "new",
            Self::Again => "again",
        }
    }
}

/// Why nobody was registered, though nothing is wrong with the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterWait {
    /// Too many from this address.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
    /// No room to hash a password now.
    Busy,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct RegisterView<'a> {
    /// Through which application.
    pub application: AppFace<'a>,
    /// The host the browser goes to afterwards.
    pub return_host: &'a str,
    /// Where the form is posted.
    pub action: &'a str,
    /// An opaque value that the form sends back.
    pub next: &'a str,
    /// Where people log in who have an account.
    pub log_in: &'a str,
    /// What was typed before.
    pub account: &'a str,
    /// What was typed before.
    pub name: &'a str,
    /// What was refused.
    pub problems: Vec<(RegisterField, FieldProblem)>,
    /// What to wait for.
    pub wait: Option<RegisterWait>,
}

impl RegisterView<'_> {
    fn problem(&self, field: RegisterField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }

    fn is_refused(&self) -> bool {
        self.wait.is_some() || !self.problems.is_empty()
    }
}

/// The form.
pub fn register(frame: &Frame, view: &RegisterView) -> Markup {
    let words = frame.words();
    let title = (words.register.title)(&calm(view.application.name));
    let side = html! {
        (seal(view.application.name, Seal::AppGate))
        h1 { (title) }
        p { (words.gate.return_to) b { (name(view.return_host)) } }
        p.trust { ((words.register.stays)(&calm(frame.pool_name))) }
    };
    gate(frame, &Gate { title: &title, error: view.is_refused(), side, door: Door::Ajar, deed: form(frame, view) })
}

fn form(frame: &Frame, view: &RegisterView) -> Markup {
    let (words, gate_words) = (&frame.words().register, &frame.words().gate);
    let text = |field: RegisterField, label, value| Field {
        problem: view.problem(field),
        ..Field::text(field.as_str(), label, value)
    };
    let account = Field {
        hint: Some(words.account_hint),
        autocomplete: "username",
        ..text(RegisterField::Account, words.account, view.account)
    };
    let called = Field { autocomplete: "name", optional: true, ..text(RegisterField::Name, words.name, view.name) };
    let secret = |field, label| Field { kind: "password", autocomplete: "new-password", ..text(field, label, "") };
    html! {
        form.deed method="post" action=(view.action) novalidate {
            (csrf(frame))
            (hidden("next", view.next))
            (notice(frame, view))
            (account.markup(frame))
            (called.markup(frame))
            (Field {
                hint: Some(frame.words().password_link.new_hint),
                ..secret(RegisterField::Password, words.password)
            }.markup(frame))
            (secret(RegisterField::Again, words.again).markup(frame))
            button.btn.go.wide { (words.submit) }
            p.small { (words.have_account) a href=(view.log_in) { (gate_words.go_log_in) } }
        }
    }
}

fn notice(frame: &Frame, view: &RegisterView) -> Markup {
    if !view.is_refused() {
        return html! {};
    }
    let words = frame.words();
    let line = match view.wait {
        None => String::new(),
        Some(RegisterWait::Throttled { seconds }) => (words.register.throttled)(Count::from(seconds)),
        Some(RegisterWait::Busy) => words.refusal.busy.to_owned(),
    };
    let fields = view.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: words.register.refused, line: &line, fields }.markup(frame)
}

/// An application that lets nobody register.
pub fn closed(frame: &Frame, log_in: &str) -> Markup {
    let (words, gate_words) = (&frame.words().register, &frame.words().gate);
    let side = html! {
        span.seal.s88 aria-hidden="true" { "e" }
        h1 { (words.closed_title) }
        p { (words.closed) }
    };
    let deed = html! {
        div.deed {
            (whom_to_ask(frame))
            p { a.btn.wide href=(log_in) { (gate_words.go_log_in) } }
        }
    };
    gate(frame, &Gate { title: words.closed_title, error: true, side, door: Door::Shut, deed })
}
