//! Applications: the list, a new one, and a secret shown once.

use maud::{Markup, html};

use super::application_form::{ApplicationForm, ApplicationPart, Sent, form};
use super::frame::{Crumb, Rail, Room, Section, room, title};
use crate::domain::id::ApplicationId;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Seal, Stamp, copy_button, name, seal, stamp};

/// What an application is, by how people and programs log in to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationKind {
    /// It proves itself, and people log in to it.
    Server,
    /// It cannot keep a secret.
    Public,
    /// Nobody logs in to it.
    Program,
}

/// Whether there are addresses to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callbacks {
    /// After logging in and after logging out.
    Complete,
    /// Nobody gets back after logging in.
    NoLogin,
    /// Nobody gets back after logging out.
    NoLogout,
}

/// One application of the list.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    /// Its id.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// The first label of its host.
    pub identifier: String,
    /// Whether the base host means this one.
    pub is_default: bool,
    /// What it is.
    pub kind: ApplicationKind,
    /// People online in it.
    pub online: Count,
    /// Log-ins of each of the last seven days, the oldest first.
    pub logins: [u32; 7],
    /// Where people go back to.
    pub callbacks: Callbacks,
}

/// What the list shows.
#[derive(Debug, Clone, Default)]
pub struct ApplicationsView {
    /// The applications.
    pub applications: Vec<ApplicationRow>,
}

/// The list of applications.
pub fn applications(frame: &Frame, rail: &Rail, view: &ApplicationsView) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let acts = html! { a.btn.s.go href="/console/applications/new" { (words.new_application) } };
    let none = view.applications.is_empty();
    let main = html! {
        (title(console.applications, &html! { (words.applications_line) }, &(if none { html! {} } else { acts.clone() })))
        @if none { (empty(frame, &acts)) } @else { (table(frame, view)) }
    };
    let crumbs = vec![Crumb::new(console.applications, "/console/applications")];
    room(
        frame,
        rail,
        &Room { title: console.applications, error: false, section: Section::Applications, crumbs, slip: false, main },
    )
}

/// A blank page of the register.
fn empty(frame: &Frame, acts: &Markup) -> Markup {
    html! {
        table.ledger {
            caption.hid { (frame.words().console.applications) }
            tbody {
                tr.empty { td { p { (frame.words().applications.no_applications) } } }
                tr.empty { td { (frame.words().applications.try_demo) } }
                tr.empty { td { (acts) } }
                @for _ in 0..5 { tr.empty aria-hidden="true" { td {} } }
            }
        }
    }
}

fn table(frame: &Frame, view: &ApplicationsView) -> Markup {
    let (common, words, apps) = (&frame.words().common, &frame.words().directory, &frame.words().applications);
    html! {
        table.ledger.folds.plain.of-apps #applications data-live-region role="table" {
            caption.hid { (frame.words().console.applications) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.name) }
                    th.c-dev scope="col" role="columnheader" { (apps.app_id) }
                    th.c-kind scope="col" role="columnheader" { (apps.type_column) }
                    th.c-ip scope="col" role="columnheader" { (apps.callbacks) }
                    th.c-spark scope="col" role="columnheader" { (apps.logins_7d) }
                    th.c-seen scope="col" role="columnheader" { (words.online_now) }
                }
            }
            tbody { @for app in &view.applications { (row(frame, app)) } }
        }
    }
}

fn row(frame: &Frame, app: &ApplicationRow) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().applications);
    let kind = match app.kind {
        ApplicationKind::Server => words.server_type,
        ApplicationKind::Public => words.public_type,
        ApplicationKind::Program => words.program_type,
    };
    let id = format!("id-{}", app.id);
    html! {
        tr role="row" {
            td.c-state role="cell" { @if !app.online.is_none() { (stamp(common, Stamp::In)) } }
            td.c-who role="cell" {
                div.who {
                    (seal(&app.name, Seal::AppRow))
                    div { a href={ "/console/applications/" (app.id) } { b { (name(&app.name)) } } }
                    small.id { (name(&app.identifier)) }
                    @if app.is_default { span.tag { (words.is_default) } }
                }
            }
            td.c-dev role="cell" { div.with-copy { span.id #(id) { (app.id) } (copy_button(frame, &id, Some(common.copy))) } }
            td.c-kind role="cell" { (kind) }
            td.c-ip role="cell" {
                @match app.callbacks {
                    Callbacks::Complete => (words.callbacks_fine),
                    Callbacks::NoLogin => span.ochre { (words.no_login_callback) },
                    Callbacks::NoLogout => span.ochre { (words.no_logout_callback) },
                }
            }
            td.c-spark role="cell" { (spark(frame, &app.logins)) }
            td.c-seen.nowrap role="cell" { a href={ "/console/applications/" (app.id) "/sessions" } { ((common.people)(app.online)) } }
        }
    }
}

/// Seven days as seven strokes that end at today; the number beside it says how many in all.
fn spark(frame: &Frame, days: &[u32; 7]) -> Markup {
    const STEP: usize = 11;
    const HIGH: f64 = 20.0;
    let all = days.iter().fold(0u32, |sum, n| sum.saturating_add(*n));
    let most = days.iter().copied().max().unwrap_or(0).max(1);
    let told = (frame.words().applications.n_logins)(all.into());
    html! {
        span.spark title=(told) {
            svg viewBox="0 0 78 21" width="78" height="21" aria-hidden="true" {
                path.base d="M0 20.5H78" {}
                @for (day, n) in days.iter().enumerate().filter(|(_, n)| **n > 0) {
                    @let high = (HIGH * f64::from(*n) / f64::from(most)).max(1.5);
                    rect x=(day * STEP + 2) y=(format!("{:.1}", HIGH - high)) width="8" height=(format!("{high:.1}")) {}
                }
            }
            span aria-hidden="true" { (Count::from(all)) }
            span.hid { (told) }
        }
    }
}

/// The form of a new application, posted to its own address.
pub fn new_application(frame: &Frame, rail: &Rail, view: &ApplicationForm) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let main = html! {
        (title(words.new_application, &html! {}, &html! {}))
        (form(frame, Sent { action: "/console/applications/new", part: ApplicationPart::Whole, act: words.create }, view))
    };
    let crumbs = vec![
        Crumb::new(console.applications, "/console/applications"),
        Crumb::new(words.new_application, "/console/applications/new"),
    ];
    let error = view.is_refused();
    room(
        frame,
        rail,
        &Room { title: words.new_application, error, section: Section::Applications, crumbs, slip: true, main },
    )
}

/// What the page with a fresh secret shows.
#[derive(Debug, Clone, Copy)]
pub struct SecretView<'a> {
    /// Of which application.
    pub id: ApplicationId,
    /// Its name.
    pub name: &'a str,
    /// The secret.
    pub secret: &'a str,
}

/// A secret, shown once.
pub fn secret(frame: &Frame, rail: &Rail, view: &SecretView) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let home = format!("/console/applications/{}", view.id);
    let main = html! {
        (title(words.secret_title, &html! { (name(view.name)) }, &html! {}))
        section {
            p { b { (words.secret_once) } }
            p.small { (words.secret_kept) }
            dl.pairs.secret {
                dt { (words.application_id) } dd { code #app-id { (view.id) } (copy_button(frame, "app-id", None)) }
                dt { (words.application_secret) } dd { code #secret { (view.secret) } (copy_button(frame, "secret", None)) }
            }
        }
        div.acts { a.btn.go.s href=(home) { (words.copied_it) } }
    };
    let crumbs = vec![
        Crumb::new(console.applications, "/console/applications"),
        Crumb::new(view.name, home.clone()),
        Crumb::new(words.secret_title, format!("{home}/secret")),
    ];
    room(
        frame,
        rail,
        &Room { title: words.secret_title, error: false, section: Section::Applications, crumbs, slip: true, main },
    )
}
