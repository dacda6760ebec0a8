//! `/u/profile`: name and contacts; what was typed is kept when it is refused.

use crate::domain::clock::Timestamp;
use maud::{Markup, html};

use crate::domain::id::UserId;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, copy_button, csrf, hidden};
use crate::page::shell::{House, Tab, house};
use crate::page::words::FieldProblem;

/// A field of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileField {
    /// `name`
    Name,
    /// `username`
    Username,
    /// `email`
    Email,
    /// `phone`
    Phone,
}

/// What the profile shows.
#[derive(Debug, Clone)]
pub struct ProfileView<'a> {
    /// The user's id, which never changes.
    pub id: UserId,
    /// What people call them.
    pub name: &'a str,
    /// The user name.
    pub username: &'a str,
    /// The email address.
    pub email: &'a str,
    /// The phone number.
    pub phone: &'a str,
    /// What was refused.
    pub problems: Vec<(ProfileField, FieldProblem)>,
    /// Whether it was saved just now.
    pub saved: bool,
    /// When what is edited was last changed; a form opened before a later change is stale.
    pub seen: Option<Timestamp>,
}

impl ProfileView<'_> {
    fn problem(&self, field: ProfileField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The profile.
pub fn profile(frame: &Frame, view: &ProfileView) -> Markup {
    let words = &frame.words().person;
    let main = html! {
        div.title { span.doorline {} h1 { (words.profile) } p { (words.profile_line) } }
        form.form method="post" action="/u/profile" novalidate {
            (csrf(frame))
            @if let Some(seen) = view.seen { (hidden("seen", seen)) }
            (notice(frame, view))
            @for field in fields(frame, view) { (field.markup(frame)) }
            dl.pairs {
                dt { (words.user_id) }
                dd { code #user-id { (view.id) } (copy_button(frame, "user-id", None)) }
            }
            div.acts { button.btn.go { (frame.words().common.save) } }
        }
    };
    house(frame, &House { title: words.profile, error: !view.problems.is_empty(), tab: Tab::Profile, main })
}

fn fields<'a>(frame: &Frame, view: &'a ProfileView) -> [Field<'a>; 4] {
    let words = &frame.words().person;
    let of = |id, label, value, field| Field { problem: view.problem(field), ..Field::text(id, label, value) };
    [
        Field { autocomplete: "name", ..of("name", words.name, view.name, ProfileField::Name) },
        Field { autocomplete: "username", ..of("username", words.username, view.username, ProfileField::Username) },
        Field {
            autocomplete: "email",
            kind: "email",
            optional: true,
            ..of("email", words.email, view.email, ProfileField::Email)
        },
        Field {
            autocomplete: "tel",
            kind: "tel",
            optional: true,
            ..of("phone", words.phone, view.phone, ProfileField::Phone)
        },
    ]
}

fn notice(frame: &Frame, view: &ProfileView) -> Markup {
    let refusal = &frame.words().refusal;
    if view.problems.is_empty() {
        return html! { @if view.saved { (Notice::Done(refusal.saved).markup(frame)) } };
    }
    let fields = view
        .problems
        .iter()
        .map(|(field, problem)| {
            let id = match field {
                ProfileField::Name => "name",
                ProfileField::Username => "username",
                ProfileField::Email => "email",
                ProfileField::Phone => "phone",
            };
            (id, problem.sentence(frame.lang))
        })
        .collect();
    Notice::Refused { title: refusal.form_refused, line: refusal.form_refused_note, fields }.markup(frame)
}
