//! The scope page: who is to leave, from where, and what that does, before anything ends.
//!
//! The ask began in one application or with one user; the smallest scope that was named is chosen. The page carries what was
//! selected in hidden fields and posts it to `/console/kick`, which answers with a receipt.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, room, title};
use super::scope_grid::{Grid, matrix, pictogram};
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, calm, csrf, hidden, listed};
use crate::page::words::{FieldProblem, Scope};

/// Where the ask began.
#[derive(Debug, Clone)]
pub enum KickTarget {
    /// Sessions picked in an application's ledger.
    Picked {
        /// The application.
        application: ApplicationId,
        /// The sessions.
        sids: Vec<Sid>,
    },
    /// Everybody in an application.
    Everyone {
        /// The application.
        application: ApplicationId,
    },
    /// One user, from the user's own page.
    User {
        /// The user.
        user: UserId,
    },
}

/// What one scope would do.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The scope.
    pub scope: Scope,
    /// How many sessions end, or lose a part.
    pub ending: Count,
    /// How many tokens are revoked.
    pub tokens: Count,
    /// How many sessions stay, whole or in part.
    pub staying: Count,
    /// The applications that are told.
    pub told: Vec<String>,
}

/// What the scope page shows.
#[derive(Debug, Clone)]
pub struct KickView<'a> {
    /// Where the ask began.
    pub target: KickTarget,
    /// The name of the application in which it began.
    pub application: Option<&'a str>,
    /// The people; the list may be shorter than their number.
    pub people: &'a [String],
    /// How many people.
    pub people_count: Count,
    /// How many sessions they have in all.
    pub sessions: Count,
    /// The grid.
    pub grid: Grid,
    /// The scopes that can be chosen, smallest first.
    pub effects: Vec<Effect>,
    /// The one that is chosen.
    pub chosen: Scope,
    /// Where *cancel* leads.
    pub cancel: &'a str,
    /// Why, as it was typed.
    pub reason: &'a str,
    /// What was refused.
    pub problems: Vec<(KickField, FieldProblem)>,
}

/// What the scope page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KickField {
    /// Why.
    Reason,
    /// The name of the application, typed once more where everybody is to leave.
    Confirm,
}

impl KickView<'_> {
    fn problem(&self, field: KickField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The scope page.
pub fn kick(frame: &Frame, rail: &Rail, view: &KickView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().kick);
    let main = html! {
        section.sheet {
            form method="post" action="/console/kick" {
                (csrf(frame))
                (selected(view))
                h1 { (heading(frame, view)) }
                p { (line(frame, view)) }
                (refused(frame, view))
                div.kick {
                    (scopes(frame, view))
                    (matrix(frame, &caption(frame, view), &view.grid))
                }
                @for effect in &view.effects { (preview(frame, view, effect)) }
                (asked(frame, view))
                div.acts {
                    p.small { (words.receipt_promise) }
                    span.push {}
                    a.btn href=(view.cancel) { (common.cancel) }
                    button.btn.end {
                        @for effect in &view.effects {
                            span.say data-s=(effect.scope.as_str()) { ((words.force_sessions)(effect.ending)) }
                        }
                    }
                }
            }
        }
    };
    room(frame, rail, &surroundings(frame, view, main))
}

/// The scope page when everything that was picked has ended meanwhile.
pub fn nobody_to_kick(frame: &Frame, rail: &Rail, back: &str) -> Markup {
    let words = &frame.words().kick;
    let acts = html! { a.btn.s href=(back) { (words.back) } };
    let main = title(words.nobody, &html! { (words.nobody_line) }, &acts);
    let crumbs =
        vec![Crumb::new(frame.words().console.applications, "/console/applications"), Crumb::new(words.title, back)];
    room(
        frame,
        rail,
        &Room { title: words.title, error: false, section: Section::Applications, crumbs, slip: false, main },
    )
}

fn surroundings<'a>(frame: &Frame, view: &KickView<'a>, main: Markup) -> Room<'a> {
    let (console, words) = (&frame.words().console, &frame.words().kick);
    let (section, crumbs) = match view.target {
        KickTarget::Picked { application, .. } | KickTarget::Everyone { application } => (
            Section::Applications,
            vec![
                Crumb::new(console.applications, "/console/applications"),
                Crumb::new(view.application.unwrap_or_default(), format!("/console/applications/{application}")),
                Crumb::new(console.login_status, format!("/console/applications/{application}/sessions")),
            ],
        ),
        KickTarget::User { user } => {
            let name = view.people.first().map_or(words.title, String::as_str);
            (
                Section::Users,
                vec![Crumb::new(console.users, "/console/users"), Crumb::new(name, format!("/console/users/{user}"))],
            )
        }
    };
    Room { title: words.title, error: !view.problems.is_empty(), section, crumbs, slip: false, main }
}

/// What was selected travels with the form.
fn selected(view: &KickView) -> Markup {
    html! {
        @match &view.target {
            KickTarget::Picked { application, sids } => {
                (hidden("application", application))
                @for sid in sids { (hidden("sid", sid)) }
            },
            KickTarget::Everyone { application } => { (hidden("application", application)) (hidden("all", 1)) },
            KickTarget::User { user } => (hidden("user", user)),
        }
    }
}

fn heading(frame: &Frame, view: &KickView) -> String {
    let words = &frame.words().kick;
    match (&view.target, view.people) {
        (KickTarget::Everyone { .. }, _) => (words.heading_everyone)(&calm(view.application.unwrap_or_default())),
        (_, [one]) => (words.heading_one)(&calm(one)),
        _ => (words.heading_many)(view.people_count),
    }
}

fn line(frame: &Frame, view: &KickView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().kick);
    let ask = match &view.target {
        KickTarget::Picked { sids, .. } if sids.len() == 1 => words.line.to_owned(),
        KickTarget::Picked { .. } => words.line_many.to_owned(),
        KickTarget::Everyone { .. } => (words.line_everyone)(&calm(view.application.unwrap_or_default())),
        KickTarget::User { .. } => words.line_user.to_owned(),
    };
    html! {
        @if view.people.len() > 1 && view.people_count == view.people.len().into() { b { (listed(common, view.people)) } br; }
        (ask)
    }
}

fn caption(frame: &Frame, view: &KickView) -> String {
    let words = &frame.words().kick;
    match view.people {
        [one] => (words.caption_one)(&calm(one), view.sessions),
        _ => (words.caption_many)(view.people_count, view.sessions),
    }
}

fn scopes(frame: &Frame, view: &KickView) -> Markup {
    let words = &frame.words().kick;
    let app = calm(view.application.unwrap_or_default());
    let several = !matches!(&view.target, KickTarget::Picked { sids, .. } if sids.len() == 1);
    html! {
        fieldset.scope {
            legend { (words.scope) }
            @for effect in &view.effects {
                @let (label, note) = match (effect.scope, several) {
                    (Scope::Cell, false) => (words.cell.to_owned(), (words.cell_note)(&app)),
                    (Scope::Cell, true) => (words.cell_many.to_owned(), (words.cell_note_many)(&app)),
                    (Scope::App, _) => ((words.app)(&app), words.app_note.to_owned()),
                    (Scope::Device, false) => (words.device.to_owned(), words.device_note.to_owned()),
                    (Scope::Device, true) => (words.device_many.to_owned(), words.device_note.to_owned()),
                    (Scope::All, _) => (words.all.to_owned(), words.all_note.to_owned()),
                };
                label {
                    input type="radio" name="scope" value=(effect.scope.as_str()) checked[effect.scope == view.chosen];
                    (pictogram(effect.scope))
                    span { (label) small { (note) } }
                    span { (effect.ending) }
                }
            }
        }
    }
}

/// Why; and where everybody is to leave, the name of the application once more.
fn asked(frame: &Frame, view: &KickView) -> Markup {
    let words = &frame.words().kick;
    let everyone = matches!(view.target, KickTarget::Everyone { .. });
    let confirm = (words.confirm_everyone)(&calm(view.application.unwrap_or_default()));
    html! {
        div.asked {
            (Field {
                hint: Some(words.reason_hint),
                optional: true,
                problem: view.problem(KickField::Reason),
                ..Field::text("reason", words.reason, view.reason)
            }.markup(frame))
            @if everyone {
                (Field { problem: view.problem(KickField::Confirm), ..Field::text("confirm", &confirm, "") }.markup(frame))
            }
        }
    }
}

fn refused(frame: &Frame, view: &KickView) -> Markup {
    let words = &frame.words().kick;
    let id = |field| match field {
        KickField::Reason => "reason",
        KickField::Confirm => "confirm",
    };
    let fields = view.problems.iter().map(|(field, problem)| (id(*field), problem.sentence(frame.lang))).collect();
    html! {
        @if !view.problems.is_empty() {
            (Notice::Refused { title: words.nobody_left_yet, line: "", fields }.markup(frame))
        }
    }
}

fn preview(frame: &Frame, view: &KickView, effect: &Effect) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().kick);
    let app = calm(view.application.unwrap_or_default());
    html! {
        dl.effect data-s=(effect.scope.as_str()) {
            dt { (words.ends_now) }
            dd {
                @if effect.told.is_empty() { ((words.will_end_quietly)(effect.ending, effect.tokens)) }
                @else { ((words.will_end)(effect.ending, effect.tokens, &listed(common, &effect.told))) }
            }
            dt { (words.stays) }
            dd { @if effect.staying.is_none() { (words.nothing_stays) } @else { ((common.sessions)(effect.staying)) } }
            dt { (words.afterwards) }
            dd {
                @match effect.scope {
                    Scope::Cell | Scope::App => ((words.after_app)(&app)),
                    Scope::Device => (words.after_device),
                    Scope::All => (words.after_all),
                }
            }
        }
    }
}
