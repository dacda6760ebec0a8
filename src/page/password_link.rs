//! The page behind a one-time link: a person sets a new password, or hears that the link is dead.

use maud::{Markup, html};

use super::frame::Frame;
use super::parts::{Field, Notice, Seal, calm, csrf, hidden, seal};
use super::personal_center::PasswordField;
use super::shell::{Door, Gate, gate};
use super::words::FieldProblem;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PasswordLinkView<'a> {
    /// The value of the link, which the form sends back.
    pub token: &'a str,
    /// What we call the person.
    pub name: &'a str,
    /// Their user name, email or phone: password managers want to know.
    pub identifier: &'a str,
    /// What was refused.
    pub problems: Vec<(PasswordField, FieldProblem)>,
}

impl PasswordLinkView<'_> {
    fn problem(&self, field: PasswordField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The form.
pub fn password_link(frame: &Frame, view: &PasswordLinkView) -> Markup {
    let words = &frame.words().password_link;
    let side = html! {
        (seal(view.name, Seal::Gate))
        h1 { (words.title) }
        p { ((words.of)(&calm(view.name))) }
        p { (words.side) }
    };
    let deed = form(frame, view);
    gate(frame, &Gate { title: words.title, error: !view.problems.is_empty(), side, door: Door::Ajar, deed })
}

fn form(frame: &Frame, view: &PasswordLinkView) -> Markup {
    let words = &frame.words().password_link;
    let secret = |field: PasswordField, label| Field {
        kind: "password",
        autocomplete: "new-password",
        problem: view.problem(field),
        ..Field::text(field.as_str(), label, "")
    };
    html! {
        form.deed method="post" action="/reset-password" novalidate {
            (csrf(frame))
            (hidden("token", view.token))
            (notice(frame, view))
            input.hid type="text" name="username" autocomplete="username" value=(view.identifier) readonly tabindex="-1" aria-hidden="true";
            (Field { hint: Some(words.new_hint), ..secret(PasswordField::New, words.new_password) }.markup(frame))
            (secret(PasswordField::Again, words.again).markup(frame))
            button.btn.go.wide { (words.submit) }
        }
    }
}

fn notice(frame: &Frame, view: &PasswordLinkView) -> Markup {
    if view.problems.is_empty() {
        return html! {};
    }
    let fields = view.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: frame.words().person.password_not_changed, line: "", fields }.markup(frame)
}

/// A link that sets nothing, whatever the reason.
pub fn dead(frame: &Frame) -> Markup {
    let (gate_words, words) = (&frame.words().gate, &frame.words().password_link);
    let side = html! {
        span.seal.s88 aria-hidden="true" { "e" }
        h1 { (words.dead_title) }
        p { (words.dead) }
    };
    let deed = html! {
        div.deed {
            p { a.btn.wide href="/login" { (gate_words.go_log_in) } }
        }
    };
    gate(frame, &Gate { title: words.dead_title, error: true, side, door: Door::Shut, deed })
}
