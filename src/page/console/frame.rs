//! What stands around every page of the console: the rail, the breadcrumbs, the title, the tabs of an application.

use std::borrow::Cow;

use maud::{Markup, html};

use super::reading::as_allowed;
use crate::domain::id::ApplicationId;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{brand, icon, name};
use crate::page::shell::{Document, avatar, document, live};

/// Numbers beside the entries of the rail; none is shown where nobody counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rail {
    /// How many applications.
    pub applications: Option<Count>,
    /// How many users.
    pub users: Option<Count>,
}

/// Which entry of the rail a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Online,
    Applications,
    Users,
    Deliveries,
    Keys,
    Audit,
    Settings,
}

/// One step on the way to a page.
pub(super) struct Crumb<'a> {
    pub label: &'a str,
    pub href: String,
}

impl<'a> Crumb<'a> {
    pub(super) fn new(label: &'a str, href: impl Into<String>) -> Self {
        Self { label, href: href.into() }
    }
}

/// A page of the console.
pub(super) struct Room<'a> {
    pub title: &'a str,
    pub error: bool,
    pub section: Section,
    pub crumbs: Vec<Crumb<'a>>,
    /// Narrow paper, for receipts and forms.
    pub slip: bool,
    pub main: Markup,
}

pub(super) fn room(frame: &Frame, rail: &Rail, room: &Room) -> Markup {
    let words = &frame.words().console;
    let last = room.crumbs.len().saturating_sub(1);
    let body = html! {
        (rail_markup(frame, rail, room.section))
        header.top {
            nav.crumbs aria-label=(words.breadcrumbs) {
                @for (place, crumb) in room.crumbs.iter().enumerate() {
                    @if place > 0 { i aria-hidden="true" { "/" } }
                    a href=(crumb.href) aria-current=[(place == last).then_some("page")] { (name(crumb.label)) }
                }
            }
            (avatar(frame))
        }
        main.slip[room.slip] #main { (as_allowed(frame, &room.main)) }
    };
    document(frame, &Document { title: room.title, error: room.error, class: "console", script: live(), body })
}

fn rail_markup(frame: &Frame, rail: &Rail, section: Section) -> Markup {
    let words = &frame.words().console;
    let entries = [
        (Section::Overview, "/console", words.overview, None),
        (Section::Online, "/console/online", words.online, None),
        (Section::Applications, "/console/applications", words.applications, rail.applications),
        (Section::Users, "/console/users", words.users, rail.users),
        (Section::Deliveries, "/console/deliveries", words.deliveries, None),
        (Section::Keys, "/console/keys", words.access_keys, None),
        (Section::Audit, "/console/audit", words.audit_log, None),
        (Section::Settings, "/console/settings", frame.words().settings.title, None),
    ];
    html! {
        aside.rail aria-label=(words.rail) {
            (brand(frame, "/console", None))
            p.pool { small { (words.user_pool) } (name(frame.pool_name)) }
            nav aria-label=(frame.words().common.console) {
                @for (entry, href, label, count) in entries {
                    a href=(href) aria-current=[(entry == section).then_some("page")] {
                        (label)
                        @if let Some(count) = count { span.small { (count) } }
                    }
                }
            }
            p.foot { "exeunt " (frame.version) @if frame.dev { br; (frame.words().common.development) } }
        }
    }
}

/// The name of the page beside its door line, what can be done, and one line below.
pub(super) fn title(heading: &str, line: &Markup, acts: &Markup) -> Markup {
    html! {
        div.title {
            span.doorline {}
            h1 { (heading) }
            @if !acts.0.is_empty() { div.acts { (acts) } }
            @if !line.0.is_empty() { p.small #title-line data-live-region { (line) } }
        }
    }
}

/// The tabs of one application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApplicationTab {
    QuickStart,
    Settings,
    Protocol,
    LoginStatus,
    Deliveries,
}

pub(super) fn application_tabs(frame: &Frame, id: ApplicationId, app: &str, tab: ApplicationTab) -> Markup {
    let (words, apps) = (&frame.words().console, &frame.words().applications);
    let home = format!("/console/applications/{id}");
    let tabs = [
        (ApplicationTab::QuickStart, format!("{home}/quick-start"), apps.quick_start),
        (ApplicationTab::Settings, home.clone(), words.settings),
        (ApplicationTab::Protocol, format!("{home}/protocol"), apps.protocol),
        (ApplicationTab::LoginStatus, format!("{home}/sessions"), words.login_status),
        (ApplicationTab::Deliveries, format!("{home}/deliveries"), words.deliveries),
    ];
    html! {
        nav.tabs aria-label=(app) {
            @for (entry, href, label) in tabs {
                a href=(href) aria-current=[(entry == tab).then_some("page")] { (label) }
            }
        }
    }
}

/// Whether this page keeps itself fresh. The script says so as soon as it is true; without one there is a link.
pub(super) fn liveness(frame: &Frame) -> Markup {
    let common = &frame.words().common;
    html! {
        @if frame.live.is_some() {
            span.fresh.small {
                span.live { (common.live) }
                span.stale { (common.not_live) }
                noscript { a href=(frame.path) { (common.refresh) } }
            }
        }
    }
}

/// A search field that asks by GET, with what was asked kept in it.
pub(super) struct Search<'a> {
    pub action: &'a str,
    pub q: &'a str,
    pub placeholder: &'a str,
    /// Other fields of the question.
    pub filters: Markup,
    /// What stands at the end of the line.
    pub tail: Markup,
}

pub(super) fn search(frame: &Frame, search: &Search) -> Markup {
    let common = &frame.words().common;
    let Search { action, q, placeholder, filters, tail } = search;
    html! {
        form.tools method="get" action=(action) role="search" {
            div.with {
                (icon("search"))
                input.input.s type="search" name="q" value=(q) aria-label=(common.search) placeholder=(placeholder) autocomplete="off";
            }
            (filters)
            button.btn.s { (common.search) }
            @if !q.is_empty() { a href=(action) { (common.clear_search) } }
            (tail)
        }
    }
}

/// A choice among a few, as one field of a question.
pub(super) fn pick<'a>(
    name: &str,
    label: &str,
    options: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>,
    chosen: &str,
) -> Markup {
    html! {
        span.pick {
            select.input.s name=(name) aria-label=(label) {
                @for (value, word) in options { option value=(value) selected[value == chosen] { (word) } }
            }
            (icon("down"))
        }
    }
}

/// Links to what comes after and back to the start.
pub(super) fn pages(frame: &Frame, first: Option<&str>, next: Option<&str>) -> Markup {
    let common = &frame.words().common;
    html! {
        @if first.is_some() || next.is_some() {
            p.pages {
                @if let Some(first) = first { a href=(first) { (common.first_page) } }
                @if let Some(next) = next { a href=(next) rel="next" { (common.next_page) } }
            }
        }
    }
}
