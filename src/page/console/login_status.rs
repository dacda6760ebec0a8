//! 登录状态管理, the ledger: a row for each session of an application, grouped by person, drawn over 24 hours.
//!
//! The ticks of one form name the sessions; what becomes of them is asked on the scope page. Nothing ends here.

use maud::{Markup, html};

use super::frame::{
    ApplicationTab, Crumb, Rail, Room, Search, Section, application_tabs, liveness, pages, pick, room, search, title,
};
use crate::domain::id::ApplicationId;
use crate::page::bars::bar;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{DeviceKind, Seal, calm, csrf, name, seal, stamp};
use crate::page::session::LedgerRow;
use crate::page::time::Ago;

const DAY_MS: i64 = 24 * 3_600_000;
/// Rows of the register that stand ruled and blank when nobody is there.
const BLANK_ROWS: usize = 7;

/// Stretches without a sign of life that can be asked for.
const IDLES_MS: [i64; 3] = [30 * 60_000, 12 * 3_600_000, 24 * 3_600_000];

/// What is asked of the ledger beside words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// Only this kind of device.
    pub kind: Option<DeviceKind>,
    /// Only without a sign of life for longer than so many milliseconds.
    pub idle_ms: Option<i64>,
    /// Each session for itself instead of with its person.
    pub ungrouped: bool,
}

impl Asked {
    const KINDS: [DeviceKind; 5] =
        [DeviceKind::Desk, DeviceKind::Phone, DeviceKind::Chat, DeviceKind::Code, DeviceKind::Unknown];

    /// Reads `?kind=`, `?idle=` and `?by=`; anything unknown asks nothing.
    pub fn parse(kind: &str, idle: &str, by: &str) -> Self {
        Self {
            kind: Self::KINDS.into_iter().find(|known| known.as_str() == kind),
            idle_ms: IDLES_MS.into_iter().find(|ms| minutes(*ms) == idle),
            ungrouped: by == "session",
        }
    }

    /// The same as it stands in an address.
    pub fn pairs(self) -> [(&'static str, String); 3] {
        [
            ("kind", self.kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default()),
            ("idle", self.idle_ms.map(minutes).unwrap_or_default()),
            ("by", if self.ungrouped { "session".to_owned() } else { String::new() }),
        ]
    }

    /// Whether some sessions are left out.
    fn leaves_out(self) -> bool {
        self.kind.is_some() || self.idle_ms.is_some()
    }
}

fn minutes(ms: i64) -> String {
    (ms / 60_000).to_string()
}

/// What the ledger shows.
#[derive(Debug, Clone)]
pub struct LedgerView<'a> {
    /// Of which application.
    pub application: ApplicationId,
    /// Its name.
    pub name: &'a str,
    /// People online in it.
    pub people: Count,
    /// Their sessions.
    pub sessions: Count,
    /// What was searched for.
    pub q: &'a str,
    /// What else was asked.
    pub asked: Asked,
    /// After how many sessions reading stopped, though more may fit.
    pub tired: Option<Count>,
    /// The rows of this page, one person's sessions one after another.
    pub rows: Vec<LedgerRow>,
    /// Where the rows before these are, unless these are the first.
    pub first: Option<String>,
    /// Where the rows after these are.
    pub next: Option<String>,
    /// Where one can log in to this application.
    pub try_login: &'a str,
}

/// The ledger of an application.
pub fn ledger(frame: &Frame, rail: &Rail, view: &LedgerView) -> Markup {
    let words = &frame.words().console;
    let (id, app) = (view.application, calm(view.name));
    let line = html! {
        @if view.sessions.is_none() { ((words.status_nobody)(&app)) } @else { ((words.status_line)(&app, view.people, view.sessions)) }
    };
    let acts = html! {
        @if !view.sessions.is_none() {
            a.btn.s.ends href={ "/console/applications/" (id) "/kick?all=1" } { (words.force_everyone) }
        }
    };
    let home = format!("/console/applications/{id}/sessions");
    let shown = html! {
        p.push {
            @if !view.rows.is_empty() { span { ((words.shown_sessions)(view.rows.len().into(), view.sessions)) } }
            (liveness(frame))
        }
    };
    let main = html! {
        (title(words.login_status, &line, &acts))
        (application_tabs(frame, id, &app, ApplicationTab::LoginStatus))
        div {
            (search(frame, &Search { action: &home, q: view.q, placeholder: words.search_sessions, filters: filters(frame, view.asked), tail: shown }))
            form method="post" action={ "/console/applications/" (id) "/kick" } {
                (csrf(frame))
                (table(frame, view))
                (bulk(frame))
            }
            (onward(frame, view))
        }
    };
    let crumbs = vec![
        Crumb::new(words.applications, "/console/applications"),
        Crumb::new(view.name, format!("/console/applications/{id}")),
        Crumb::new(words.login_status, home.clone()),
    ];
    room(
        frame,
        rail,
        &Room { title: words.login_status, error: false, section: Section::Applications, crumbs, slip: false, main },
    )
}

fn filters(frame: &Frame, asked: Asked) -> Markup {
    let (words, kick) = (&frame.words().ledger, &frame.words().kick);
    let kind = |kind| match kind {
        DeviceKind::Desk => words.desk,
        DeviceKind::Phone => words.phone,
        DeviceKind::Chat => words.chat,
        DeviceKind::Code => words.code,
        DeviceKind::Unknown => words.unknown,
    };
    let kinds = [("", words.any_kind)].into_iter().chain(Asked::KINDS.map(|one| (one.as_str(), kind(one))));
    let over = IDLES_MS.map(|ms| (minutes(ms), (words.idle_over)(&kick.span(ms))));
    let idles = [("", words.any_idle.into())].into_iter().chain(over.iter().map(|(n, word)| (n.as_str(), word.into())));
    let [(_, chosen), (_, idle), (_, by)] = asked.pairs();
    html! {
        (pick("kind", words.kind, kinds.map(|(value, word)| (value, word.into())), &chosen))
        (pick("idle", words.idle, idles, &idle))
        (pick("by", words.order, [("", words.by_person.into()), ("session", words.by_session.into())], &by))
    }
}

/// Where to go on; when reading stopped early, that is said.
fn onward(frame: &Frame, view: &LedgerView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().ledger);
    html! {
        @match view.tired {
            Some(looked) => p.pages {
                span.muted { ((words.tired)(looked)) }
                @if let Some(first) = &view.first { a href=(first) { (common.first_page) } }
                @if let Some(next) = &view.next { a href=(next) rel="next" { (words.look_on) } }
            },
            None => (pages(frame, view.first.as_deref(), view.next.as_deref())),
        }
    }
}

fn table(frame: &Frame, view: &LedgerView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().console);
    html! {
        table.ledger.folds.live-table #ledger data-live-region data-said=((words.online_said)(view.people, view.sessions)) role="table" {
            caption.hid { ((words.sessions_of)(&calm(view.name))) }
            thead {
                tr role="row" {
                    th.c-tick scope="col" role="columnheader" {
                        @if view.rows.is_empty() || !frame.may_act() { span.hid { (words.selection) } }
                        @else { span.hid { (words.select_all) } label.tick { input type="checkbox" hidden data-all aria-label=(words.select_all); } }
                    }
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.user) }
                    th.c-dev scope="col" role="columnheader" { (words.device) }
                    th.when scope="col" role="columnheader" { (axis(frame)) span.hid { (words.time_logged_in) } }
                    th.c-seen scope="col" role="columnheader" { (words.last_seen) }
                    th.c-ip scope="col" role="columnheader" { (words.address) }
                    th.c-act scope="col" role="columnheader" { span.hid { (common.actions) } }
                }
            }
            tbody {
                @if view.rows.is_empty() { (blank(frame, view)) }
                @for (place, row) in view.rows.iter().enumerate() {
                    (session(frame, view.application, row, !view.asked.ungrouped && place > 0 && view.rows[place - 1].user == row.user))
                }
            }
        }
    }
}

fn axis(frame: &Frame) -> Markup {
    let times = frame.times();
    let back = |hours: i64| frame.now.plus_ms(-hours * 3_600_000);
    html! {
        div.axis aria-hidden="true" {
            span { (times.axis(back(24))) }
            span { (times.axis(back(16))) }
            // Beside *now* there is no room for a day.
            span { (times.clock(back(8))) b { (frame.words().common.now) } }
        }
    }
}

/// An empty register: one sentence on its first line.
fn blank(frame: &Frame, view: &LedgerView) -> Markup {
    let words = &frame.words().console;
    html! {
        tr.empty role="row" {
            td {}
            td colspan="3" role="cell" {
                p {
                    @if !view.q.is_empty() || view.asked.leaves_out() {
                        (frame.words().ledger.none_fits) " "
                        a href={ "/console/applications/" (view.application) "/sessions" } { (frame.words().common.clear_search) }
                    } @else { (words.nobody_online) " " a href=(view.try_login) { (words.try_login) } }
                }
            }
            td.when.lanes {}
            td colspan="3" {}
        }
        @for _ in 0..BLANK_ROWS {
            tr.empty aria-hidden="true" { td colspan="4" {} td.when.lanes {} td colspan="3" {} }
        }
    }
}

/// One session. A second session of the same person shows the ditto mark; the name stays for screen readers.
fn session(frame: &Frame, application: ApplicationId, row: &LedgerRow, ditto: bool) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().console, frame.times());
    let session = &row.session;
    let what = format!("{}{}{}", calm(&row.name), frame.words().gate.clause_comma, session.device.label(common));
    html! {
        tr.left[session.ended.is_some()] role="row" {
            td.c-tick role="cell" {
                @if session.ended.is_none() && frame.may_act() {
                    label.tick {
                        input type="checkbox" name="sid" value=(session.sid) data-user=(row.user) data-name=(calm(&row.name)) aria-label=((words.select)(&what));
                    }
                    // By keyboard the bar is two stops a row away; from a ticked row it is one.
                    a.to-bar href="#bar" { (frame.words().ledger.to_bar) }
                }
            }
            td.c-state role="cell" { (stamp(common, session.stamp(frame.now))) }
            td.c-who role="cell" { (who(frame, row, ditto)) }
            td.c-dev role="cell" {
                div.dev {
                    (session.device.icon())
                    span {
                        (session.device.name(common))
                        @if session.this { " " span.tag.nowrap { (frame.words().kick.this_device) } }
                        small { (times.tag(session.since, &(frame.words().ledger.logged_in)(&times.moment(session.since)))) }
                    }
                }
            }
            td.when.lanes role="cell" {
                span.hid { ((frame.words().person.time_logged_in)(&times.moment(session.since), &times.moment(session.seen))) }
                (bar(frame.now, DAY_MS, session.stretch()))
            }
            td.c-seen.nowrap.ochre[session.stretch().is_forgotten(frame.now)] role="cell" {
                @if session.ended.is_some() { (words.just_left) } @else { (times.ago_tag(session.seen, Ago::Short)) }
            }
            td.c-ip role="cell" { span.id title=(session.ip) { (session.ip) } }
            td.c-act.act role="cell" {
                @if session.ended.is_none() {
                    a.btn.s.bare.ends href={ "/console/applications/" (application) "/kick?sid=" (session.sid) } {
                        (words.end_one) span.hid { " " (what) }
                    }
                }
            }
        }
    }
}

fn who(frame: &Frame, row: &LedgerRow, ditto: bool) -> Markup {
    let you = html! { @if row.own { " " span.tag.nowrap { (frame.words().kick.you) } } };
    html! {
        @if ditto {
            div.ditto { span aria-hidden="true" { "〃" } span.ditto-name { (name(&row.name)) } (you) }
        } @else {
            div.who {
                (seal(&row.name, Seal::Row))
                div { b title=(calm(&row.name)) { (name(&row.name)) } }
                small.id { (name(&row.identifier)) }
                (you)
            }
        }
    }
}

/// Appears as soon as something is ticked; the script fills in names and counts.
fn bulk(frame: &Frame) -> Markup {
    let words = &frame.words().console;
    html! {
        div.bulk #bar role="region" aria-label=(words.selection) tabindex="-1" {
            p {
                b data-picked=(words.picked) data-picked-one=(words.picked_one) { (words.picked_plain) }
                " " span.muted data-names=(frame.words().common.list_comma) {}
            }
            div.push {
                button.btn.s type="reset" { (words.clear) }
                button.btn.s.end { (words.force_out) }
            }
        }
    }
}
