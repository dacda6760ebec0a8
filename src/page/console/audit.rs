//! `/console/audit`: what was done, newest first, a page at a time.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Search, Section, pages, room, search, title};
use crate::domain::clock::Timestamp;
use crate::domain::id::EndingId;
use crate::page::frame::Frame;
use crate::page::parts::{calm, name, stamp};
use crate::page::words::Deed;

/// Which events are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuditKind {
    /// All of them.
    #[default]
    All,
    /// Log-ins.
    Logins,
    /// Endings.
    Endings,
    /// What administrators did.
    Admin,
}

impl AuditKind {
    /// The value of `?kind=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Logins => "logins",
            Self::Endings => "endings",
            Self::Admin => "admin",
        }
    }

    /// Reads the value of `?kind=`; anything unknown shows everything.
    pub fn parse(name: &str) -> Self {
        [Self::Logins, Self::Endings, Self::Admin].into_iter().find(|kind| kind.as_str() == name).unwrap_or_default()
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Whom or what it is about.
    pub about: String,
    /// What was done.
    pub deed: Deed,
    /// In which application.
    pub application: Option<String>,
    /// Who did it, if somebody else.
    pub by: Option<String>,
    /// From where.
    pub ip: String,
    /// The receipt, when sessions ended.
    pub receipt: Option<EndingId>,
    /// The number by which the log knows the request.
    pub request_id: Option<String>,
}

/// What the audit log shows.
#[derive(Debug, Clone, Default)]
pub struct AuditView<'a> {
    /// What was searched for.
    pub q: &'a str,
    /// Which events.
    pub kind: AuditKind,
    /// The events.
    pub rows: Vec<AuditRow>,
    /// The first page, unless this is it.
    pub first: Option<String>,
    /// What comes after these.
    pub next: Option<String>,
    /// The same as a table to be taken home.
    pub download: String,
}

/// The audit log.
pub fn audit(frame: &Frame, rail: &Rail, view: &AuditView) -> Markup {
    let words = &frame.words().console;
    let kinds = [
        (AuditKind::All, words.kind_all),
        (AuditKind::Logins, words.kind_logins),
        (AuditKind::Endings, words.kind_endings),
        (AuditKind::Admin, words.kind_admin),
    ];
    let filter = html! {
        span.pick {
            select.input.s name="kind" aria-label=(words.kind) {
                @for (kind, label) in kinds { option value=(kind.as_str()) selected[kind == view.kind] { (label) } }
            }
            (crate::page::parts::icon("down"))
        }
    };
    let main = html! {
        (title(words.audit_log, &html! { (words.audit_line) }, &html! { a.btn href=(view.download) download { (words.download) } }))
        div {
            (search(frame, &Search { action: "/console/audit", q: view.q, placeholder: words.search_audit, filters: filter, tail: html! {} }))
            (table(frame, view))
            (pages(frame, view.first.as_deref(), view.next.as_deref()))
        }
    };
    let crumbs = vec![Crumb::new(words.audit_log, "/console/audit")];
    room(
        frame,
        rail,
        &Room { title: words.audit_log, error: false, section: Section::Audit, crumbs, slip: false, main },
    )
}

fn table(frame: &Frame, view: &AuditView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().console);
    html! {
        table.ledger.folds.plain.audit #audit data-live-region role="table" {
            caption.hid { (words.audit_log) }
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
                @if view.rows.is_empty() { tr role="row" { td.c-who colspan="5" role="cell" { (words.no_audit) } } }
                @for row in &view.rows { (event(frame, row)) }
            }
        }
    }
}

fn event(frame: &Frame, row: &AuditRow) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().console, frame.times());
    html! {
        tr role="row" {
            td.c-state role="cell" { (stamp(common, row.deed.stamp())) }
            td.c-who role="cell" {
                b { (name(&row.about)) } " "
                span.muted { (row.deed.sentence(frame.lang, row.application.as_deref().map(calm).as_deref())) }
                @if let Some(receipt) = row.receipt { " " a href={ "/console/receipts/" (receipt) } { (words.receipt) } }
            }
            td.c-dev role="cell" {
                @if let Some(by) = &row.by { (name(by)) }
                @if let Some(request) = &row.request_id { " " small.id title=(words.request_id) { (request) } }
            }
            td.c-ip role="cell" { span.id { (row.ip) } }
            td.c-seen.nowrap.muted role="cell" { (times.tag(row.at, &times.exact(row.at))) }
        }
    }
}
