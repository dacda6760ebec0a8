//! `/console/deliveries`: what applications were told of log-outs, are owed, or could not be told.

use maud::{Markup, html};

use super::deliveries::{Delivery, Hand, again, outcome, who};
use super::frame::{Crumb, Rail, Room, Section, pages, room, title};
use crate::domain::clock::Timestamp;
use crate::domain::id::EndingId;
use crate::page::console::DeliveryState;
use crate::page::frame::Frame;
use crate::page::parts::{icon, name, stamp};

/// Which deliveries are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutboxKind {
    /// All of them, newest first.
    #[default]
    All,
    /// Those that wait.
    Waiting,
    /// Those that were given up.
    Lost,
}

impl OutboxKind {
    const ALL: [Self; 3] = [Self::All, Self::Waiting, Self::Lost];

    /// The value of `?state=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Waiting => "waiting",
            Self::Lost => "lost",
        }
    }

    /// Reads the value of `?state=`; anything unknown shows everything.
    pub fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).unwrap_or_default()
    }
}

/// One delivery in the list.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// When the session ended.
    pub at: Timestamp,
    /// Its receipt; none for a test.
    pub receipt: Option<EndingId>,
    /// Whom, of whom, with what outcome.
    pub delivery: Delivery,
    /// Where the application wants to be told, as of now.
    pub address: Option<String>,
    /// What the message says, as JSON: the claims that are the same in each try.
    pub claims: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct OutboxView {
    /// Which.
    pub kind: OutboxKind,
    /// The deliveries.
    pub rows: Vec<OutboxRow>,
    /// The first page, unless this is it.
    pub first: Option<String>,
    /// What comes after these.
    pub next: Option<String>,
}

/// The page.
pub fn outbox(frame: &Frame, rail: &Rail, view: &OutboxView) -> Markup {
    let words = &frame.words().console;
    let main = html! {
        (title(words.deliveries, &html! { (words.deliveries_line) }, &html! {}))
        div {
            (filter(frame, view.kind))
            (table(frame, view))
            (pages(frame, view.first.as_deref(), view.next.as_deref()))
        }
    };
    let crumbs = vec![Crumb::new(words.deliveries, "/console/deliveries")];
    room(
        frame,
        rail,
        &Room { title: words.deliveries, error: false, section: Section::Deliveries, crumbs, slip: false, main },
    )
}

fn filter(frame: &Frame, chosen: OutboxKind) -> Markup {
    let words = &frame.words().console;
    let label = |kind| match kind {
        OutboxKind::All => words.kind_all,
        OutboxKind::Waiting => words.deliveries_waiting,
        OutboxKind::Lost => words.deliveries_lost,
    };
    html! {
        form.tools method="get" action="/console/deliveries" {
            span.pick {
                select.input.s name="state" aria-label=(frame.words().common.state) {
                    @for kind in OutboxKind::ALL { option value=(kind.as_str()) selected[kind == chosen] { (label(kind)) } }
                }
                (icon("down"))
            }
            button.btn.s { (words.filter) }
        }
    }
}

/// The list of deliveries.
pub(super) fn table(frame: &Frame, view: &OutboxView) -> Markup {
    let (common, words, kick) = (&frame.words().common, &frame.words().console, &frame.words().kick);
    html! {
        table.ledger.folds.plain.audit #deliveries data-live-region[view.first.is_none()] role="table" {
            caption.hid { (words.deliveries) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (kick.application) }
                    th.c-dev scope="col" role="columnheader" { (kick.note) }
                    th.c-ip scope="col" role="columnheader" { (words.delivery_took) }
                    th.c-seen scope="col" role="columnheader" { (words.time) }
                }
            }
            tbody {
                @if view.rows.is_empty() {
                    tr role="row" {
                        td.c-who colspan="5" role="cell" {
                            @if view.kind == OutboxKind::All { (words.no_deliveries) } @else { (common.none_of_kind) }
                        }
                    }
                }
                @for row in &view.rows { (line(frame, row)) }
            }
        }
    }
}

fn line(frame: &Frame, row: &OutboxRow) -> Markup {
    let (words, kick, times) = (&frame.words().console, &frame.words().kick, frame.times());
    let (mark, took, note) = outcome(frame, row.delivery.state);
    let label = match row.delivery.state {
        DeliveryState::Retrying { .. } => Some(kick.tell_now),
        DeliveryState::GaveUp { .. } => Some(kick.tell_again),
        DeliveryState::Acked { .. } | DeliveryState::Waiting | DeliveryState::Unreachable => None,
    };
    html! {
        tr role="row" {
            td.c-state role="cell" { (stamp(&frame.words().common, mark)) }
            td.c-who role="cell" { (who(frame, &row.delivery)) }
            td.c-dev role="cell" {
                (note) @if !note.is_empty() { " " }
                @match row.receipt {
                    Some(receipt) => a href={ "/console/receipts/" (receipt) } { (words.receipt) },
                    None => (words.test_delivery),
                }
                @if let (Some(label), Some(ending), Some(number)) = (label, row.receipt, row.delivery.number) {
                    " " (again(frame, ending, Some(Hand::One(number)), label))
                }
                (details(frame, row))
            }
            td.c-ip role="cell" { (took) }
            td.c-seen.nowrap.muted role="cell" {
                (times.tag(row.at, &times.exact(row.at)))
            }
        }
    }
}

/// Each try, what went wrong in plain words, and what the message says.
fn details(frame: &Frame, row: &OutboxRow) -> Markup {
    let (words, kick, delivery) = (&frame.words().console, &frame.words().kick, &row.delivery);
    let tries = delivery.attempts_ms.len().into();
    let trouble = match delivery.state {
        DeliveryState::Retrying { trouble, .. } | DeliveryState::GaveUp { trouble, .. } => Some(trouble),
        DeliveryState::Acked { .. } | DeliveryState::Waiting | DeliveryState::Unreachable => None,
    };
    html! {
        details id=[delivery.number.map(|number| format!("d{number}"))] {
            summary { ((kick.n_tries)(tries)) }
            @if let Some(trouble) = trouble { p.small { (trouble.explained(frame.lang)) } }
            dl.diff {
                @for (n, ms) in (1_u32..).zip(&delivery.attempts_ms) {
                    dt { ((kick.nth_try)(n.into())) } dd { ((kick.after_span)(&kick.span((*ms).into()))) }
                }
                @if let Some(address) = &row.address { dt { (kick.test_address) } dd.id { (name(address)) } }
                @if let Some(number) = delivery.number { dt { (frame.words().log.number) } dd.id { (number) } }
            }
            p.small { (kick.claims) }
            pre tabindex="0" aria-label={ (words.deliveries) " " (kick.claims) } { (row.claims) }
        }
    }
}
