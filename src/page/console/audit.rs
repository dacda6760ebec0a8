//! `/console/audit`: what was done, newest first, a page at a time; what users did, and what administrators did.

use maud::{Markup, html};

use super::deed::Told;
use super::frame::{Crumb, Rail, Room, Section, pages, pick, room, title};
use crate::domain::audit::Change;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId};
use crate::page::frame::Frame;
use crate::page::parts::{Device, Notice, calm, icon, name, stamp};
use crate::page::words::{By, Deed, FieldProblem, Whom, field};

/// One event.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Its number in the log.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Whom or what it is about.
    pub whom: Whom,
    /// What was done.
    pub deed: Deed,
    /// In which application.
    pub application: Option<String>,
    /// Who did it, if somebody else.
    pub by: Option<By>,
    /// From where.
    pub ip: String,
    /// On what, where that was kept.
    pub device: Option<Device>,
    /// The receipt, when sessions ended.
    pub receipt: Option<EndingId>,
    /// The number by which the log knows the request.
    pub request_id: Option<String>,
    /// What it changed.
    pub changes: Vec<Change>,
    /// The whole event as JSON.
    pub json: String,
}

/// What is asked of the log, as it stands in the address.
#[derive(Debug, Clone, Default)]
pub struct AuditAsked {
    /// What administrators did; else what users did.
    pub administration: bool,
    /// Whose.
    pub user: String,
    /// Which word.
    pub event: String,
    /// `done`, `not` or empty.
    pub result: String,
    /// Which application.
    pub application: String,
    /// Which address.
    pub ip: String,
    /// Which request or receipt.
    pub request: String,
    /// From when.
    pub from: String,
    /// Until when.
    pub to: String,
}

impl AuditAsked {
    /// The same as names and values.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let view = if self.administration { "admin" } else { "" };
        vec![
            ("view", view.to_owned()),
            ("user", self.user.clone()),
            ("event", self.event.clone()),
            ("result", self.result.clone()),
            ("application", self.application.clone()),
            ("ip", self.ip.clone()),
            ("request", self.request.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
        ]
    }

    /// Whether some events are left out.
    fn leaves_out(&self) -> bool {
        self.pairs().iter().any(|(name, value)| *name != "view" && !value.is_empty())
    }

    /// Whether something is asked that stands in the second line of the form.
    fn asks_more(&self) -> bool {
        [&self.application, &self.ip, &self.request, &self.from, &self.to].iter().any(|value| !value.is_empty())
    }
}

/// What the audit log shows.
#[derive(Debug, Clone, Default)]
pub struct AuditView {
    /// What was asked.
    pub asked: AuditAsked,
    /// The events that can be asked for: the word of each, and what it means.
    pub events: Vec<(&'static str, Deed)>,
    /// The applications that can be asked for.
    pub applications: Vec<(ApplicationId, String)>,
    /// The events of this page.
    pub rows: Vec<AuditRow>,
    /// The first page, unless this is it.
    pub first: Option<String>,
    /// What comes after these.
    pub next: Option<String>,
    /// How far it was looked back, where reading stopped for that.
    pub looked_back_to: Option<Timestamp>,
    /// The other view, with the same questions.
    pub other: String,
    /// The same as a table to be taken home.
    pub csv: String,
    /// The same as lines of JSON.
    pub ndjson: String,
    /// Questions that cannot be read, each by the name of its field.
    pub problems: Vec<(&'static str, FieldProblem)>,
}

/// The audit log.
pub fn audit(frame: &Frame, rail: &Rail, view: &AuditView) -> Markup {
    let (words, log) = (&frame.words().console, &frame.words().log);
    let line = if view.asked.administration { log.of_administrators_line } else { log.of_users_line };
    let acts = html! {
        a.btn.s href=(view.csv) download { (log.csv) }
        a.btn.s href=(view.ndjson) download { (log.ndjson) }
    };
    let main = html! {
        (title(words.audit_log, &html! { (line) }, &acts))
        (tabs(frame, view))
        (refused(frame, view))
        div {
            (questions(frame, view))
            (table(frame, view))
            (onward(frame, view))
        }
    };
    let crumbs = vec![Crumb::new(words.audit_log, "/console/audit")];
    let error = !view.problems.is_empty();
    room(frame, rail, &Room { title: words.audit_log, error, section: Section::Audit, crumbs, slip: false, main })
}

fn tabs(frame: &Frame, view: &AuditView) -> Markup {
    let log = &frame.words().log;
    let here = "#audit";
    let (of_users, of_administrators) =
        if view.asked.administration { (view.other.as_str(), here) } else { (here, view.other.as_str()) };
    let current = |administration| (view.asked.administration == administration).then_some("page");
    html! {
        nav.tabs aria-label=(frame.words().console.audit_log) {
            a href=(of_users) aria-current=[current(false)] { (log.of_users) }
            a href=(of_administrators) aria-current=[current(true)] { (log.of_administrators) }
        }
    }
}

fn refused(frame: &Frame, view: &AuditView) -> Markup {
    let fields = view.problems.iter().map(|(field, problem)| (*field, problem.sentence(frame.lang))).collect();
    html! {
        @if !view.problems.is_empty() {
            (Notice::Refused { title: frame.words().log.unreadable, line: "", fields }.markup(frame))
        }
    }
}

fn questions(frame: &Frame, view: &AuditView) -> Markup {
    let (common, log, asked) = (&frame.words().common, &frame.words().log, &view.asked);
    let events = view.events.iter().map(|(word, deed)| (*word, meaning(frame, deed).into()));
    let events = [("", log.any_event.into())].into_iter().chain(events);
    let results = [("", log.any_result.into()), ("done", log.done.into()), ("not", log.not_done.into())];
    html! {
        form.tools method="get" action="/console/audit" role="search" {
            @if asked.administration { input type="hidden" name="view" value="admin"; }
            div.with {
                (icon("search"))
                input.input.s type="search" name="user" value=(asked.user) aria-label=(log.who) placeholder=(log.who) autocomplete="off";
            }
            (pick("event", frame.words().console.event, events, &asked.event))
            (pick("result", common.state, results, &asked.result))
            button.btn.s { (frame.words().console.filter) }
            @if asked.leaves_out() { a href=(if asked.administration { "/console/audit?view=admin" } else { "/console/audit" }) { (log.clear) } }
            (more(frame, view))
        }
    }
}

/// An event by itself, as something to be asked for.
fn meaning(frame: &Frame, deed: &Deed) -> String {
    if let Deed::Ended(cause) = deed {
        cause.in_few_words(frame.lang).to_owned()
    } else {
        deed.sentence(frame.lang, None)
    }
}

fn more(frame: &Frame, view: &AuditView) -> Markup {
    let (log, asked) = (&frame.words().log, &view.asked);
    let ids: Vec<(String, &str)> = view.applications.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect();
    let applications = ids.iter().map(|(id, name)| (id.as_str(), calm(name)));
    let applications = [("", log.any_application.into())].into_iter().chain(applications);
    let wrong = |field| view.problems.iter().any(|(of, _)| *of == field);
    let text = |field: &str, label: &str, value: &str| {
        html! { input.input.s.of-id name=(field) value=(value) aria-label=(label) placeholder=(label) autocomplete="off" spellcheck="false"; }
    };
    let time = |field: &'static str, label: &str, value: &str| {
        html! {
            label.of-time {
                (label)
                input.input.s #(field) type="datetime-local" name=(field) value=(value) aria-invalid=[wrong(field).then_some("true")];
            }
        }
    };
    html! {
        details.asked-more open[asked.asks_more() || !view.problems.is_empty()] {
            summary { (log.more) }
            div {
                (pick("application", frame.words().console.application, applications, &asked.application))
                (text("ip", log.address, &asked.ip))
                (text("request", log.request, &asked.request))
                (time("from", log.from, &asked.from))
                (time("to", log.to, &asked.to))
            }
        }
    }
}

/// Where to go on; when reading stopped before anything else was found, that is said.
fn onward(frame: &Frame, view: &AuditView) -> Markup {
    let (common, log, times) = (&frame.words().common, &frame.words().log, frame.times());
    html! {
        @match view.looked_back_to {
            Some(at) => p.pages {
                span.muted { ((log.looked_back)(&times.exact(at))) }
                @if let Some(first) = &view.first { a href=(first) { (common.first_page) } }
                @if let Some(next) = &view.next { a href=(next) rel="next" { (log.look_on) } }
            },
            None => (pages(frame, view.first.as_deref(), view.next.as_deref())),
        }
    }
}

fn table(frame: &Frame, view: &AuditView) -> Markup {
    let (common, words, log) = (&frame.words().common, &frame.words().console, &frame.words().log);
    html! {
        table.ledger.folds.plain.audit #audit data-live-region[view.first.is_none()] role="table" {
            caption.hid { (if view.asked.administration { log.of_administrators } else { log.of_users }) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.event) }
                    th.c-dev scope="col" role="columnheader" { (words.by) }
                    th.c-ip scope="col" role="columnheader" { (words.address) }
                    th.c-seen scope="col" role="columnheader" { (words.time) }
                }
            }
            tbody {
                @if view.rows.is_empty() {
                    tr role="row" { td.c-who colspan="5" role="cell" { (nothing(frame, view)) } }
                }
                @for row in &view.rows { (event(frame, row)) }
            }
        }
    }
}

fn nothing(frame: &Frame, view: &AuditView) -> Markup {
    let log = &frame.words().log;
    html! {
        (log.none)
        @if view.asked.leaves_out() {
            " " a href=(if view.asked.administration { "/console/audit?view=admin" } else { "/console/audit" }) { (log.clear) }
        }
    }
}

fn event(frame: &Frame, row: &AuditRow) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().console, frame.times());
    let told = Told { deed: &row.deed, whom: &row.whom, application: row.application.as_deref() };
    html! {
        tr role="row" {
            td.c-state role="cell" { (stamp(common, row.deed.stamp())) }
            td.c-who role="cell" {
                (told.markup(frame, &html! {}))
                @if let Some(receipt) = row.receipt { " " a href={ "/console/receipts/" (receipt) } { (words.receipt) } }
                (details(frame, row, &told.plain(frame)))
            }
            td.c-dev.bare[row.by.is_none()] role="cell" { @if let Some(by) = &row.by { (name(&by.words(frame.lang))) } }
            td.c-ip role="cell" { span.id { (row.ip) } }
            td.c-seen.nowrap.muted role="cell" { (times.tag(row.at, &times.exact(row.at))) }
        }
    }
}

/// What the event changed and all that is known of it.
fn details(frame: &Frame, row: &AuditRow, told: &str) -> Markup {
    let (common, log) = (&frame.words().common, &frame.words().log);
    let of = (log.details_of)(told);
    html! {
        details #{ "e" (row.id) } {
            summary aria-label=(of) { (log.detail) }
            @if !row.changes.is_empty() { dl.diff { @for change in &row.changes { (changed(frame, change)) } } }
            dl.diff {
                @if let Some(device) = &row.device { dt { (log.device) } dd { (device.name(common)) } }
                @if let Some(request) = &row.request_id { dt { (frame.words().console.request_id) } dd.id { (request) } }
                dt { (log.number) } dd.id { (row.id) }
            }
            pre tabindex="0" aria-label=(log.json) { (row.json) }
        }
    }
}

/// A field with what it was and what it is.
fn changed(frame: &Frame, change: &Change) -> Markup {
    let log = &frame.words().log;
    let value = |text: &str| html! { @for line in text.lines() { span { (name(line)) } } };
    html! {
        dt { @match field(frame.lang, &change.field) { Some(word) => (word), None => code { (calm(&change.field)) } } }
        dd {
            @if let Some(before) = &change.before { del { span.hid { (log.before) " " } (value(before)) } " " }
            @match &change.after {
                Some(after) => ins { span.hid { (log.after) " " } (value(after)) },
                None => ins.muted { (log.empty) },
            }
        }
    }
}
