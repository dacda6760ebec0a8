//! The form of a user: names and contacts, a password, what they may do.

use crate::domain::clock::Timestamp;
use crate::domain::user::Role;
use maud::{Markup, html};

use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, csrf, hidden};
use crate::page::words::FieldProblem;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserField {
    /// `username`
    Username,
    /// `name`
    Name,
    /// `email`
    Email,
    /// `phone`
    Phone,
    /// `password`
    Password,
    /// `role`
    Role,
}

impl UserField {
    /// The name of the field in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Password => "password",
            Self::Role => "role",
        }
    }
}

/// What the form holds; a password is never sent back.
#[derive(Debug, Clone, Default)]
pub struct UserForm {
    /// The user name.
    pub username: String,
    /// What people call them.
    pub name: String,
    /// The email address.
    pub email: String,
    /// The phone number.
    pub phone: String,
    /// What they may do in the console.
    pub role: Role,
    /// Whether they may log in.
    pub enabled: bool,
    /// What was refused.
    pub problems: Vec<(UserField, FieldProblem)>,
    /// Whether it was saved just now.
    pub saved: bool,
    /// When what is edited was last changed; a form opened before a later change is stale.
    pub seen: Option<Timestamp>,
}

impl UserForm {
    fn problem(&self, field: UserField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// Is the user being made, or does the form change one?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Making {
    New,
    Change,
}

/// The form, posted to `action`.
pub(super) fn form(frame: &Frame, action: &str, form: &UserForm, making: Making) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().directory);
    let text = |field: UserField, label, value| Field {
        problem: form.problem(field),
        ..Field::text(field.as_str(), label, value)
    };
    let (password, hint) = match making {
        Making::New => (words.password, words.password_hint),
        Making::Change => (words.new_password, words.new_password_hint),
    };
    let secret = Field {
        kind: "password",
        autocomplete: "new-password",
        hint: Some(hint),
        optional: making == Making::Change,
        ..text(UserField::Password, password, "")
    };
    html! {
        form.form method="post" action=(action) novalidate {
            (csrf(frame))
            @if let Some(seen) = form.seen { (hidden("seen", seen)) }
            (notice(frame, form))
            (text(UserField::Username, words.username, &form.username).markup(frame))
            (text(UserField::Name, words.person_name, &form.name).markup(frame))
            (Field { kind: "email", optional: true, ..text(UserField::Email, words.email, &form.email) }.markup(frame))
            (Field { kind: "tel", optional: true, ..text(UserField::Phone, words.phone, &form.phone) }.markup(frame))
            (secret.markup(frame))
            (roles(frame, form))
            @if making == Making::Change { (status(frame, form)) }
            div.acts { button.btn.go { @match making { Making::New => (words.create), Making::Change => (common.save) } } }
        }
    }
}

fn roles(frame: &Frame, form: &UserForm) -> Markup {
    let words = &frame.words().directory;
    html! {
        fieldset.status #role {
            legend { (words.role) }
            @for role in Role::ALL {
                @let (label, note) = words.of_role(role);
                label.check {
                    input type="radio" name="role" value=(role.as_str()) checked[form.role == role];
                    span { (label) small { (note) } }
                }
            }
            @if let Some(problem) = form.problem(UserField::Role) { p.why { (problem.sentence(frame.lang)) } }
        }
    }
}

fn status(frame: &Frame, form: &UserForm) -> Markup {
    let words = &frame.words().directory;
    html! {
        fieldset.status {
            legend { (words.status) }
            label.check { input type="radio" name="status" value="enabled" checked[form.enabled]; span { (words.enabled) } }
            label.check {
                input type="radio" name="status" value="disabled" checked[!form.enabled];
                span { (words.disabled) small { (words.disabled_note) } }
            }
        }
    }
}

fn notice(frame: &Frame, form: &UserForm) -> Markup {
    let refusal = &frame.words().refusal;
    if form.problems.is_empty() {
        return html! { @if form.saved { (Notice::Done(refusal.saved).markup(frame)) } };
    }
    let fields = form.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: refusal.form_refused, line: refusal.form_refused_note, fields }.markup(frame)
}
