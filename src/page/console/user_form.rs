//! The form of a user: names and contacts, a password, what they may do.

use crate::domain::clock::Timestamp;
use crate::domain::user::Role;
use maud::{Markup, html};

use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, calm, csrf, hidden};
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

/// What was done to a user just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDone {
    /// Changed.
    Saved,
    /// Made.
    Created,
    /// May log in no more; nobody was logged in.
    Disabled,
    /// May log in again.
    Enabled,
}

impl UserDone {
    /// The word of it in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "1",
            Self::Created => "created",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }

    /// From the word; an unknown one still says that it was saved.
    pub fn parse(word: &str) -> Self {
        [Self::Created, Self::Disabled, Self::Enabled]
            .into_iter()
            .find(|done| done.as_str() == word)
            .unwrap_or(Self::Saved)
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
    /// What was done just now.
    pub done: Option<UserDone>,
    /// When what is edited was last changed; a form opened before a later change is stale.
    pub seen: Option<Timestamp>,
    /// What is kept now, where somebody changed it after the form was opened.
    pub theirs: Option<Box<UserForm>>,
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
    let theirs = form.theirs.as_deref();
    let now =
        |value: &String, theirs: Option<&String>| theirs.filter(|kept| *kept != value).map(|kept| now_is(frame, kept));
    let name_now = now(&form.name, theirs.map(|kept| &kept.name));
    let username_now = now(&form.username, theirs.map(|kept| &kept.username));
    let (email_now, phone_now) =
        (now(&form.email, theirs.map(|kept| &kept.email)), now(&form.phone, theirs.map(|kept| &kept.phone)));
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
        form.form method="post" action=(action) novalidate data-keep {
            (csrf(frame))
            @if let Some(seen) = form.seen { (hidden("seen", seen)) }
            (notice(frame, form))
            (Field { hint: username_now.as_deref(), ..text(UserField::Username, words.username, &form.username) }.markup(frame))
            (Field { hint: name_now.as_deref(), ..text(UserField::Name, words.person_name, &form.name) }.markup(frame))
            (Field { kind: "email", optional: true, hint: email_now.as_deref(), ..text(UserField::Email, words.email, &form.email) }.markup(frame))
            (Field { kind: "tel", optional: true, hint: phone_now.as_deref(), ..text(UserField::Phone, words.phone, &form.phone) }.markup(frame))
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
            @if let Some(kept) = form.theirs.as_deref().filter(|kept| kept.role != form.role) {
                p.hint { (now_is(frame, words.of_role(kept.role).0)) }
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
            @if let Some(kept) = form.theirs.as_deref().filter(|kept| kept.enabled != form.enabled) {
                p.hint { (now_is(frame, if kept.enabled { words.enabled } else { words.disabled })) }
            }
        }
    }
}

/// What somebody else has made of a field meanwhile.
pub(in crate::page) fn now_is(frame: &Frame, kept: &str) -> String {
    let words = &frame.words().refusal;
    if kept.is_empty() { words.now_empty.to_owned() } else { (words.now_is)(&calm(kept)) }
}

fn notice(frame: &Frame, form: &UserForm) -> Markup {
    let refusal = &frame.words().refusal;
    if form.theirs.is_some() {
        let (title, line) = (refusal.stale, refusal.stale_note);
        return Notice::Refused { title, line, fields: Vec::new() }.markup(frame);
    }
    if form.problems.is_empty() {
        return html! { @if let Some(done) = form.done { (Notice::Done(&said(frame, form, done)).markup(frame)) } };
    }
    let fields = form.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: refusal.form_refused, line: refusal.form_refused_note, fields }.markup(frame)
}

fn said(frame: &Frame, form: &UserForm, done: UserDone) -> String {
    let (words, refusal) = (&frame.words().directory, &frame.words().refusal);
    let names = [&form.name, &form.username, &form.email, &form.phone];
    let who = names.into_iter().find(|name| !name.is_empty()).map(|name| calm(name)).unwrap_or_default();
    match done {
        UserDone::Saved => refusal.saved.to_owned(),
        UserDone::Created => (words.user_created)(&who),
        UserDone::Disabled => (words.user_disabled)(&who),
        UserDone::Enabled => (words.user_enabled)(&who),
    }
}
