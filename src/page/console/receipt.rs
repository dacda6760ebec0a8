//! The receipt of an ending: what is certain first, then who was told, then what needs a hand.

use maud::{Markup, html};

use super::deliveries::{Delivery, Telling, again, lost, told};
use super::frame::{Crumb, Rail, Room, Section, liveness, room};
use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, EndingId, UserId};
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Device, Stamp, calm, copy_button, listed, name, stamp};
use crate::page::words::{Cause, Lang};

/// One session, or a part of one, that ended.
#[derive(Debug, Clone)]
pub struct EndedRow {
    /// Whose.
    pub person: String,
    /// On what.
    pub device: Device,
    /// In which applications; empty when the whole session ended without any.
    pub applications: Vec<String>,
    /// Since when it had lived.
    pub since: Timestamp,
}

/// What the receipt shows.
#[derive(Debug, Clone)]
pub struct ReceiptView<'a> {
    /// Its id.
    pub id: EndingId,
    /// The people, if they are few.
    pub people: &'a [String],
    /// How many people.
    pub people_count: Count,
    /// The application, when only the part in it ended.
    pub application: Option<&'a str>,
    /// Why.
    pub cause: Cause,
    /// Who did it.
    pub by: Option<&'a str>,
    /// When it was committed.
    pub at: Timestamp,
    /// Sessions, or parts of sessions, that ended.
    pub sessions: Count,
    /// Tokens that were revoked.
    pub tokens: Count,
    /// Applications concerned.
    pub applications: Count,
    /// Whether the server is still counting.
    pub counting: bool,
    /// How telling stands, in numbers.
    pub telling: Telling,
    /// Who was told; the list may be shorter than the numbers say.
    pub deliveries: Vec<Delivery>,
    /// What ended; the list may be shorter than `sessions`.
    pub ended: Vec<EndedRow>,
    /// Why, in the words of whoever did it.
    pub reason: Option<&'a str>,
    /// Chosen sessions that had left before.
    pub left_before: Count,
    /// Milliseconds from the commit until everybody had confirmed; none while somebody has not.
    pub whole_ms: Option<i64>,
    /// The same act as a call of a program, where there is one; the credential is a variable of the shell.
    pub call: Option<&'a str>,
    /// The same as JSON.
    pub json: &'a str,
    /// The application whose login status one came from, where it is still there.
    pub ledger: Option<ApplicationId>,
    /// The one person it was about, where they are still there.
    pub user: Option<(UserId, &'a str)>,
}

/// The receipt.
pub fn receipt(frame: &Frame, rail: &Rail, view: &ReceiptView) -> Markup {
    let words = &frame.words().kick;
    let main = html! {
        (title(frame, view))
        (facts(frame, view))
        (remarks(frame, view))
        section {
            div.head { h2 { (words.who_was_told) } (liveness(frame)) }
            div #told data-live-region data-said=((frame.words().console.confirmed_said)(view.telling.confirmed, view.telling.all())) {
                @if view.deliveries.is_empty() {
                    p.small { @if view.applications.is_none() && !view.counting { (words.nobody_concerned) } @else { (words.nobody_told) } }
                } @else { (told(frame, view.id, &view.deliveries)) }
                @if view.telling.again.n > 1 { (again(frame, view.id, None, &(words.tell_all_again)(view.telling.again))) }
            }
        }
        div #lost data-live-region { (lost(frame, view.id, &view.deliveries)) }
        section {
            div.head { h2 { (words.what_ended) } }
            (ended(frame, view))
            @if u32::try_from(view.ended.len()).is_ok_and(|shown| shown < view.sessions.n) {
                p.small { ((words.and_more_ended)(view.sessions)) }
            }
        }
        (proof(frame, view))
    };
    let crumbs = vec![
        Crumb::new(frame.words().console.audit_log, "/console/audit"),
        Crumb::new(words.receipt, format!("/console/receipts/{}", view.id)),
    ];
    let title = format!("{}{}{}", heading(frame, view), frame.words().gate.clause_comma, words.receipt);
    room(frame, rail, &Room { title: &title, error: false, section: Section::Audit, crumbs, slip: true, main })
}

/// What one can take along: the address of this page, the same as JSON, the same act as a call.
fn proof(frame: &Frame, view: &ReceiptView) -> Markup {
    let words = &frame.words().kick;
    html! {
        section {
            p.small.proof {
                span { (words.receipt) " " a href={ "/console/receipts/" (view.id) } { code #receipt-id { (view.id) } } }
                (copy_button(frame, "receipt-id", None))
                a href=(view.json) { "JSON" }
            }
            @if let Some(call) = view.call {
                details.call {
                    summary { (words.as_call) }
                    p.small { (words.as_call_line) }
                    pre.code #call tabindex="0" { (call) }
                    (copy_button(frame, "call", None))
                }
            }
        }
    }
}

/// What came of it, in one sentence.
fn heading(frame: &Frame, view: &ReceiptView) -> String {
    let words = &frame.words().kick;
    match (view.people, view.application) {
        ([one], _) if nobody_left(view) && view.cause == Cause::Disabled => {
            (frame.words().directory.user_disabled)(&calm(one))
        }
        _ if nobody_left(view) && view.cause == Cause::Deleted => words.user_deleted.to_owned(),
        _ if nobody_left(view) => words.out_nobody.to_owned(),
        ([one], Some(app)) => (words.out_one_of)(&calm(one), &calm(app)),
        ([one], None) => (words.out_one_everywhere)(&calm(one)),
        (_, Some(app)) => (words.out_many_of)(view.people_count, &calm(app)),
        (_, None) => (words.out_many_everywhere)(view.people_count),
    }
}

fn nobody_left(view: &ReceiptView) -> bool {
    view.sessions.is_none() && !view.counting
}

/// The ways back: to where one came from, and to the person.
fn ways_back(frame: &Frame, view: &ReceiptView) -> Markup {
    let words = &frame.words().kick;
    html! {
        div.acts {
            @if let Some(id) = view.ledger { a.btn.s href={ "/console/applications/" (id) "/sessions" } { (words.back) } }
            @if let Some((id, name)) = view.user { a.btn.s.named href={ "/console/users/" (id) } { ((words.back_to)(&calm(name))) } }
            @if view.ledger.is_none() && view.user.is_none() {
                @if view.cause == Cause::Deleted { a.btn.s href="/console/users" { (words.back_to_users) } }
                @else { a.btn.s href="/console" { (words.back_to_overview) } }
            }
        }
    }
}

/// The door line is broken open: somebody has left. Whoever came here by an act hears first what came of it.
fn title(frame: &Frame, view: &ReceiptView) -> Markup {
    let words = &frame.words().kick;
    let when = frame.times().exact(view.at);
    let line = match view.by {
        Some(by) => (words.submitted_by)(&calm(by), &when),
        None => (words.submitted)(&when),
    };
    html! {
        div.title {
            svg.doorline.open viewBox="0 0 3 44" aria-hidden="true" { path d="M1.5 0v11M1.5 33v11M1.5 11l11 15" {} }
            h1 tabindex="-1" autofocus { (heading(frame, view)) }
            (ways_back(frame, view))
            p.small #title-line data-live-region { (view.cause.in_few_words(frame.lang)) (stop(frame.lang)) (line) (space(frame.lang)) @if view.counting { (words.counting) } @else { (words.on_disk) }
                // Whoever may not log in any more is not told to.
                @if !matches!(view.cause, Cause::Disabled | Cause::Deleted) { (space(frame.lang)) (words.no_undo) }
            }
        }
    }
}

/// Between two sentences stands a space in English and nothing in Chinese.
fn space(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "",
        Lang::En => " ",
    }
}

/// The end of a sentence.
fn stop(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "。",
        Lang::En => ". ",
    }
}

fn facts(frame: &Frame, view: &ReceiptView) -> Markup {
    let words = &frame.words().kick;
    let told = &view.telling;
    html! {
        dl.facts #facts data-live-region {
            div { dt { (words.sessions_ended) } dd { (view.sessions) @if view.counting { " " small { (words.still_counting) } } } }
            @if view.people_count.n > 1 { div { dt { (words.people) } dd { (view.people_count) } } }
            div { dt { (words.applications) } dd { (view.applications) } }
            div { dt { (words.tokens) } dd { (view.tokens) } }
            div { dt { (words.told_count) } dd { (told.all()) @if !told.confirmed.is_none() { " " small { ((words.n_confirmed)(told.confirmed)) } } } }
            @if let Some(ms) = view.whole_ms { div { dt { (words.whole_time) } dd { (words.span(ms)) } } }
            @if !told.open.is_none() || !told.lost.is_none() {
                div { dt { (words.open) } dd {
                    (Count::from(told.open.n.saturating_add(told.lost.n))) " "
                    small {
                        @if !told.open.is_none() { ((words.n_retrying)(told.open)) }
                        @if !told.open.is_none() && !told.lost.is_none() { (frame.words().gate.clause_comma) }
                        @if !told.lost.is_none() { ((words.n_given_up)(told.lost)) }
                    }
                } }
            }
        }
    }
}

/// Why it was done, and who had left before.
fn remarks(frame: &Frame, view: &ReceiptView) -> Markup {
    let words = &frame.words().kick;
    html! {
        @if view.reason.is_some() || !view.left_before.is_none() {
            dl.effect {
                @if let Some(reason) = view.reason { dt { (words.reason) } dd { (name(reason)) } }
                @if !view.left_before.is_none() { dt { (words.left_before) } dd { ((words.left_before_line)(view.sessions, view.left_before)) } }
            }
        }
    }
}

fn ended(frame: &Frame, view: &ReceiptView) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().kick, frame.times());
    html! {
        table.ledger.folds.plain #ended data-live-region role="table" {
            caption.hid { (words.what_ended) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.device_heading) }
                    th.c-dev scope="col" role="columnheader" { (words.application) }
                    th.c-seen scope="col" role="columnheader" { (words.time_heading) }
                }
            }
            tbody {
                @for row in &view.ended {
                    tr role="row" {
                        td.c-state role="cell" { (stamp(common, Stamp::Over)) }
                        td.c-who role="cell" {
                            div.dev { (row.device.icon()) span { @if view.people_count.n > 1 { b { (name(&row.person)) } " " } (row.device.name(common)) } }
                        }
                        td.c-dev role="cell" { @if row.applications.is_empty() { (words.whole_session) } @else { (listed(common, &row.applications)) } }
                        td.c-seen.muted.nowrap role="cell" {
                            (times.tag(row.since, &times.moment(row.since))) " " span aria-hidden="true" { "→" } " " (times.clock_seconds(view.at))
                        }
                    }
                }
            }
        }
    }
}
