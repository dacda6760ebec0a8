//! `/u/profile`: name and contacts; what was typed is kept when it is refused.

use crate::domain::clock::Timestamp;
use maud::{Markup, html};

use crate::domain::contact::ZoneName;
use crate::domain::id::UserId;
use crate::page::console::now_is;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, copy_button, csrf, hidden, said};
use crate::page::shell::{House, Tab, house};
use crate::page::words::{FieldProblem, Lang};

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
    /// `zone`
    Zone,
}

impl ProfileField {
    /// The name of the field in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Username => "username",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Zone => "zone",
        }
    }
}

/// What is kept now, where somebody changed it after the form was opened.
#[derive(Debug, Clone, Copy)]
pub struct Theirs<'a> {
    /// The name.
    pub name: &'a str,
    /// The user name.
    pub username: &'a str,
    /// The email address.
    pub email: &'a str,
    /// The phone number.
    pub phone: &'a str,
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
    /// The language of the pages; empty: as the browser has it.
    pub lang: &'a str,
    /// The time zone, likewise.
    pub zone: &'a str,
    /// What was refused.
    pub problems: Vec<(ProfileField, FieldProblem)>,
    /// When what is edited was last changed; a form opened before a later change is stale.
    pub seen: Option<Timestamp>,
    /// What is kept now, where somebody was faster.
    pub theirs: Option<Theirs<'a>>,
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
        form.form method="post" action="/u/profile" novalidate data-keep {
            (csrf(frame))
            @if let Some(seen) = view.seen { (hidden("seen", seen)) }
            (notice(frame, view))
            @for (field, kept) in fields(frame, view) {
                @let now = kept.map(|kept| now_is(frame, kept));
                (Field { hint: now.as_deref(), ..field }.markup(frame))
            }
            (pages(frame, view))
            dl.pairs {
                dt { (words.user_id) }
                dd { code #user-id { (view.id) } (copy_button(frame, "user-id", None)) }
            }
            div.acts { button.btn.go { (frame.words().common.save) } }
        }
    };
    house(
        frame,
        &House {
            title: words.profile,
            error: !view.problems.is_empty() || view.theirs.is_some(),
            tab: Tab::Profile,
            main,
        },
    )
}

/// The fields, each with what somebody else has made of it meanwhile.
fn fields<'a>(frame: &Frame, view: &'a ProfileView) -> [(Field<'a>, Option<&'a str>); 4] {
    let words = &frame.words().person;
    let of = |field: ProfileField, label, value| Field {
        problem: view.problem(field),
        ..Field::text(field.as_str(), label, value)
    };
    let now =
        |value: &str, kept: fn(&Theirs<'a>) -> &'a str| view.theirs.as_ref().map(kept).filter(|kept| *kept != value);
    let email = of(ProfileField::Email, words.email, view.email);
    let phone = of(ProfileField::Phone, words.phone, view.phone);
    [
        (
            Field { autocomplete: "name", ..of(ProfileField::Name, words.name, view.name) },
            now(view.name, |kept| kept.name),
        ),
        (
            Field { autocomplete: "username", ..of(ProfileField::Username, words.username, view.username) },
            now(view.username, |kept| kept.username),
        ),
        (Field { autocomplete: "email", kind: "email", optional: true, ..email }, now(view.email, |kept| kept.email)),
        (Field { autocomplete: "tel", kind: "tel", optional: true, ..phone }, now(view.phone, |kept| kept.phone)),
    ]
}

/// How the pages speak to this person.
fn pages(frame: &Frame, view: &ProfileView) -> Markup {
    let words = &frame.words().person;
    let problem = view.problem(ProfileField::Zone);
    html! {
        h2 { (words.pages_heading) }
        div.field {
            label for="lang" { (words.pages_language) }
            select.input #lang name="lang" {
                option value="" selected[view.lang.is_empty()] { (words.as_browser) }
                @for lang in [Lang::Zh, Lang::En] {
                    option value=(lang.key()) lang=(lang.tag()) selected[lang.key() == view.lang] { (lang.own_name()) }
                }
            }
        }
        div.field {
            label for="zone" { (words.pages_zone) }
            input.input #zone name="zone" value=(view.zone) list="zones" autocomplete="off" autocapitalize="none" spellcheck="false"
                placeholder=(words.as_browser) aria-invalid=[problem.map(|_| "true")]
                aria-describedby=(if problem.is_some() { "zone-why zone-hint" } else { "zone-hint" });
            datalist #zones { @for zone in ZoneName::USUAL { option value=(zone); } }
            @if let Some(problem) = problem { p.why #zone-why { (problem.sentence(frame.lang)) } }
            p.hint #zone-hint { (words.pages_zone_hint) }
        }
    }
}

fn notice(frame: &Frame, view: &ProfileView) -> Markup {
    let refusal = &frame.words().refusal;
    if view.theirs.is_some() {
        let (title, line) = (refusal.stale, refusal.stale_note);
        return Notice::Refused { title, line, fields: Vec::new() }.markup(frame);
    }
    if view.problems.is_empty() {
        return said(frame);
    }
    let fields = view.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: refusal.form_refused, line: refusal.form_refused_note, fields }.markup(frame)
}
