//! `/console/online`: who is online in the whole pool, the last seen first, each with a way out.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, liveness, pages, room, title};
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Seal, calm, listed, name, seal, stamp};
use crate::page::session::LedgerRow;
use crate::page::time::Ago;

/// One session.
#[derive(Debug, Clone)]
pub struct OnlineEntry {
    /// The session, and whose it is.
    pub of: LedgerRow,
    /// Where it is ended.
    pub end: String,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct OnlineView {
    /// People online.
    pub people: Count,
    /// Their sessions.
    pub sessions: Count,
    /// The sessions of this page.
    pub rows: Vec<OnlineEntry>,
    /// The first page, unless this is it.
    pub first: Option<String>,
    /// What comes after these.
    pub next: Option<String>,
}

/// The page.
pub fn online(frame: &Frame, rail: &Rail, view: &OnlineView) -> Markup {
    let words = &frame.words().console;
    let line = (words.online_said)(view.people, view.sessions);
    let main = html! {
        (title(words.online, &html! { (line) }, &html! {}))
        div {
            p.tools { span.push { (liveness(frame)) } }
            (table(frame, view, &line))
            (pages(frame, view.first.as_deref(), view.next.as_deref()))
        }
    };
    let crumbs = vec![Crumb::new(words.online, "/console/online")];
    room(frame, rail, &Room { title: words.online, error: false, section: Section::Online, crumbs, slip: false, main })
}

fn table(frame: &Frame, view: &OnlineView, said: &str) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().console);
    html! {
        table.ledger.folds.live-table.everybody #everybody data-live-region[view.first.is_none()] data-said=(said) role="table" {
            caption.hid { (words.online) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.user) }
                    th.c-dev scope="col" role="columnheader" { (words.device) }
                    th.c-apps scope="col" role="columnheader" { (words.applications) }
                    th.c-seen scope="col" role="columnheader" { (words.last_seen) }
                    th.c-ip scope="col" role="columnheader" { (words.address) }
                    th.c-act scope="col" role="columnheader" { span.hid { (common.actions) } }
                }
            }
            tbody {
                @if view.rows.is_empty() { tr role="row" { td.c-who colspan="7" role="cell" { (words.nobody_online) } } }
                @for entry in &view.rows { (row(frame, entry)) }
            }
        }
    }
}

fn row(frame: &Frame, entry: &OnlineEntry) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().console, frame.times());
    let (of, session) = (&entry.of, &entry.of.session);
    let what = format!("{}{}{}", calm(&of.name), frame.words().gate.clause_comma, session.device.label(common));
    html! {
        tr role="row" {
            td.c-state role="cell" { (stamp(common, session.stamp(frame.now))) }
            td.c-who role="cell" {
                div.who {
                    (seal(&of.name, Seal::Row))
                    div { a href={ "/console/users/" (of.user) } { b title=(calm(&of.name)) { (name(&of.name)) } } }
                    small.id { (name(&of.identifier)) }
                }
            }
            td.c-dev role="cell" { div.dev { (session.device.icon()) span { (session.device.name(common)) } } }
            td.c-apps.muted role="cell" { @if session.applications.is_empty() { (words.in_no_application) } @else { (listed(common, &session.applications)) } }
            td.c-seen.nowrap.ochre[session.stretch().is_forgotten(frame.now)] role="cell" { (times.ago_tag(session.seen, Ago::Short)) }
            td.c-ip role="cell" { span.id title=(session.ip) { (session.ip) } }
            td.c-act.act role="cell" {
                @if frame.may_act() { a.btn.s.bare.ends href=(entry.end) { (words.end_one) span.hid { " " (what) } } }
            }
        }
    }
}
