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
use crate::page::parts::{Device, Field, Notice, Stamp, calm, csrf, hidden, listed, stamp};
use crate::page::words::{Common, FieldProblem, Scope};

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

/// What comes of an act. A *log-in* is what the grid has one stamp for: a session in an application.
#[derive(Debug, Clone, Default)]
pub struct Reckoning {
    /// How many log-ins end.
    pub ending: Count,
    /// In how many sessions they are.
    pub sessions: Count,
    /// How many tokens are revoked.
    pub tokens: Count,
    /// How many log-ins stay.
    pub staying: Count,
    /// What stays.
    pub stays: Vec<Staying>,
    /// How many applications lose a log-in.
    pub concerned: Count,
    /// Those of them that are told.
    pub told: Vec<String>,
}

/// Log-ins that stay.
#[derive(Debug, Clone)]
pub struct Staying {
    /// On which device; none where several people are concerned.
    pub device: Option<Device>,
    /// In which applications.
    pub applications: Vec<String>,
}

/// What one scope would do.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The scope.
    pub scope: Scope,
    /// What comes of it.
    pub outcome: Reckoning,
    /// What comes of it when the session in which this is read stays; none where it is not concerned, or is all there is.
    pub spared: Option<Reckoning>,
    /// Whether it ends the session in which this is read.
    pub leaves: bool,
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
    /// How many log-ins that are.
    pub logins: Count,
    /// The grid.
    pub grid: Grid,
    /// The scopes that can be chosen, smallest first.
    pub effects: Vec<Effect>,
    /// The one that is chosen.
    pub chosen: Scope,
    /// Whether the session in which this is read is to stay where it may.
    pub keep: bool,
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
                // The focus of a page that can end so much begins on the way back, where the page begins too.
                div.head { h1 { (heading(frame, view)) } a.btn.s href=(view.cancel) autofocus[view.problems.is_empty()] { (common.cancel) } }
                p { (line(frame, view)) }
                (refused(frame, view))
                div.kick {
                    (scopes(frame, view))
                    (matrix(frame, &caption(frame, view), &view.grid))
                }
                (own(frame, view))
                @for effect in &view.effects {
                    (preview(frame, view, effect.scope, (effect.spared.as_ref().map(|_| "no"), &effect.outcome)))
                    @if let Some(spared) = &effect.spared { (preview(frame, view, effect.scope, (Some("yes"), spared))) }
                }
                (asked(frame, view))
                div.acts {
                    p.small { (words.receipt_promise) }
                    a.btn href=(view.cancel) { (common.cancel) }
                    button.btn.end {
                        @for effect in &view.effects { (either(effect, |outcome| (words.force_sessions)(outcome.sessions))) }
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
    let logins = (words.logins)(view.logins);
    match view.people {
        [one] => (words.caption_one)(&calm(one), &logins),
        _ => (words.caption_many)(view.people_count, &logins),
    }
}

/// A number as it is with the own session and without it; the style sheet shows the one that counts.
fn either(effect: &Effect, say: impl Fn(&Reckoning) -> String) -> Markup {
    let scope = effect.scope.as_str();
    html! {
        @match &effect.spared {
            None => span.say data-s=(scope) { (say(&effect.outcome)) },
            Some(spared) => {
                span.say data-s=(scope) data-keep="no" { (say(&effect.outcome)) }
                span.say data-s=(scope) data-keep="yes" { (say(spared)) }
            },
        }
    }
}

/// Whoever does it is among those whom it ends: that is said, and the own session may stay where something else ends.
fn own(frame: &Frame, view: &KickView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().kick);
    html! {
        @for effect in &view.effects {
            @let scope = effect.scope.as_str();
            @if effect.spared.is_some() {
                div.say data-s=(scope) {
                    label.check.keep {
                        input type="checkbox" name="keep" value={ "keep-" (scope) } checked[view.keep];
                        span { (words.keep_own) small { (words.keep_own_note) } }
                    }
                }
            }
            @if effect.leaves {
                div.say data-s=(scope) data-keep=[effect.spared.as_ref().map(|_| "no")] {
                    div.notice.warn { (stamp(common, Stamp::Ended)) div { p { b { (words.leaves_console) } } } }
                }
            }
        }
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
                    (of_scope(effect))
                }
            }
        }
    }
}

/// How many log-ins a scope ends, beside its name.
fn of_scope(effect: &Effect) -> Markup {
    let scope = effect.scope.as_str();
    html! {
        @match &effect.spared {
            None => span { (effect.outcome.ending) },
            Some(spared) => span {
                span data-s=(scope) data-keep="no" { (effect.outcome.ending) }
                span data-s=(scope) data-keep="yes" { (spared.ending) }
            },
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

fn preview(frame: &Frame, view: &KickView, scope: Scope, (keep, outcome): (Option<&str>, &Reckoning)) -> Markup {
    let words = &frame.words().kick;
    let app = calm(view.application.unwrap_or_default());
    html! {
        dl.effect data-s=(scope.as_str()) data-keep=[keep] {
            dt { (words.ends_now) }
            dd { (ends(frame, outcome)) }
            dt { (words.stays) }
            dd {
                @match &view.target {
                    _ if !outcome.staying.is_none() => ((stays(frame, outcome))),
                    KickTarget::Everyone { .. } => (words.app_note),
                    KickTarget::Picked { .. } | KickTarget::User { .. } => (words.nothing_stays),
                }
            }
            dt { (words.afterwards) }
            dd {
                @match scope {
                    Scope::Cell | Scope::App => ((words.after_app)(&app)),
                    Scope::Device => (words.after_device),
                    Scope::All => (words.after_all),
                }
            }
        }
    }
}

/// `3 log-ins in 1 session, 2 tokens; tells Notes`.
fn ends(frame: &Frame, outcome: &Reckoning) -> String {
    let (common, words) = (&frame.words().common, &frame.words().kick);
    let mut said = if outcome.sessions == outcome.ending {
        (words.logins)(outcome.ending)
    } else {
        (words.logins_in)(outcome.ending, outcome.sessions)
    };
    if !outcome.tokens.is_none() {
        said.push_str(&(words.tokens_too)(outcome.tokens));
    }
    if !outcome.told.is_empty() {
        said.push_str(&(words.tells)(&listed(common, &outcome.told)));
    } else if !outcome.concerned.is_none() {
        said.push_str(words.tells_nobody);
    }
    said
}

/// `Chrome 150`: a person knows their own devices by less than the grid says.
fn program(common: &Common, device: &Device) -> String {
    let words = [(common.program)(&device.browser), &*device.version];
    let said = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if said.is_empty() { common.unknown_device.to_owned() } else { calm(&said).into_owned() }
}

/// Log-ins that a preview names by their device.
const NAMED: usize = 3;

/// `3 log-ins: Mail in Chrome 150; Notes in Safari 26`.
fn stays(frame: &Frame, outcome: &Reckoning) -> String {
    let (common, words) = (&frame.words().common, &frame.words().kick);
    let of = |one: &Staying| match &one.device {
        None => listed(common, &one.applications),
        Some(device) => {
            let program = program(common, device);
            if one.applications.is_empty() {
                program
            } else {
                (words.stays_in)(&listed(common, &one.applications), &program)
            }
        }
    };
    let mut named = outcome.stays.iter().take(NAMED).map(of).collect::<Vec<_>>().join(words.stays_stop);
    if outcome.stays.len() > NAMED {
        named.push_str(&(words.stays_more)((outcome.stays.len() - NAMED).into()));
    }
    let logins = (words.logins)(outcome.staying);
    if named.is_empty() { logins } else { (words.stays_named)(&logins, &named) }
}
