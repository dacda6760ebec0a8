//! Who was told of an ending, by which way, with what outcome, and the buttons that tell them again.

use maud::{Markup, html};

use crate::domain::id::{ApplicationId, EndingId};
use crate::page::bars::course;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Device, Seal, Stamp, calm, csrf, hidden, name, seal, stamp};
use crate::page::words::{Channel, Trouble};

/// How telling an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It confirmed.
    Acked {
        /// Milliseconds after the commit.
        ms: u32,
        /// The HTTP status, where there is one.
        status: Option<u16>,
    },
    /// Nothing was tried yet.
    Waiting,
    /// It failed and will be tried again.
    Retrying {
        /// Which attempt comes next.
        attempt: u32,
        /// How many there are at most.
        of: u32,
        /// Milliseconds until then.
        in_ms: i64,
        /// What happened last.
        trouble: Trouble,
    },
    /// It will not be tried again.
    GaveUp {
        /// Milliseconds after the commit.
        ms: u32,
        /// What happened last.
        trouble: Trouble,
    },
    /// It has no address for such messages.
    Unreachable,
}

/// Whom a message went to.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The application.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// Whether it is still there to be looked after.
    pub is_there: bool,
}

/// Telling one application of one session by one channel.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its number, by which it is told again; none for open pages.
    pub number: Option<i64>,
    /// The application; `None` for open pages of our own.
    pub recipient: Option<Recipient>,
    /// Of whose session, and on what; where it was the only one nobody asks.
    pub about: Option<(String, Device)>,
    /// By which way.
    pub channel: Channel,
    /// How it stands.
    pub state: DeliveryState,
    /// Milliseconds after the commit of each attempt.
    pub attempts_ms: Vec<u32>,
}

/// How telling stands, in numbers.
#[derive(Debug, Clone, Copy)]
pub struct Telling {
    /// Confirmed.
    pub confirmed: Count,
    /// Under way.
    pub open: Count,
    /// Given up.
    pub lost: Count,
    /// Of the last two, those that failed at least once and so may be told again by hand.
    pub again: Count,
}

impl Telling {
    /// All that were told or are being told.
    pub(super) fn all(&self) -> Count {
        Count::from(self.confirmed.n.saturating_add(self.open.n).saturating_add(self.lost.n))
    }
}

/// Which deliveries a button tells again.
#[derive(Debug, Clone, Copy)]
pub enum Hand {
    /// This one.
    One(i64),
    /// All of an application.
    Application(ApplicationId),
}

/// A button that tells again what was not told; without a hand all of it.
pub(super) fn again(frame: &Frame, ending: EndingId, hand: Option<Hand>, label: &str) -> Markup {
    html! {
        form.again method="post" action={ "/console/receipts/" (ending) "/retry" } {
            (csrf(frame))
            @match hand {
                Some(Hand::One(number)) => (hidden("notice", number)),
                Some(Hand::Application(id)) => (hidden("application", id)),
                None => {},
            }
            button.btn.s.bare[matches!(hand, Some(Hand::One(_)))] { (label) }
        }
    }
}

pub(super) fn told(frame: &Frame, ending: EndingId, deliveries: &[Delivery]) -> Markup {
    let words = &frame.words().kick;
    html! {
        table.ledger.folds.told role="table" {
            caption.hid { (words.who_was_told) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (words.result) }
                    th.n scope="col" role="columnheader" { (words.application) }
                    th.ch scope="col" role="columnheader" { (words.channel) }
                    th.when.start scope="col" role="columnheader" {
                        div.axis aria-hidden="true" { span { "1 ms" } span { "10 ms" } span { "100 ms" } span { "1 s" i.plain { "10 s" } } }
                        span.hid { (words.course) }
                    }
                    th.ms scope="col" role="columnheader" { (words.took) }
                    th.no scope="col" role="columnheader" { (words.note) }
                }
            }
            tbody { @for delivery in deliveries { (row(frame, ending, delivery)) } }
        }
    }
}

fn row(frame: &Frame, ending: EndingId, delivery: &Delivery) -> Markup {
    let words = &frame.words().kick;
    let (mark, took, note) = outcome(frame, delivery.state);
    let arrived = matches!(delivery.state, DeliveryState::Acked { .. });
    let open = matches!(delivery.state, DeliveryState::Retrying { .. } | DeliveryState::Waiting);
    let hand = match delivery.state {
        DeliveryState::Retrying { .. } => delivery.number.map(|number| (number, words.tell_now)),
        DeliveryState::GaveUp { .. } => delivery.number.map(|number| (number, words.tell_again)),
        DeliveryState::Acked { .. } | DeliveryState::Waiting | DeliveryState::Unreachable => None,
    };
    html! {
        tr role="row" {
            td.c-state role="cell" { (stamp(&frame.words().common, mark)) }
            td.c-who role="cell" { (who(frame, delivery)) }
            td.c-dev role="cell" { (delivery.channel.word(frame.lang)) }
            td.when.lanes.start role="cell" { @if delivery.state != DeliveryState::Unreachable { (course(&delivery.attempts_ms, arrived, open)) } }
            td.c-seen.ms.nowrap role="cell" { (took) }
            td.c-note.muted role="cell" {
                (note)
                @if let Some((number, label)) = hand { " " (again(frame, ending, Some(Hand::One(number)), label)) }
            }
        }
    }
}

pub(super) fn who(frame: &Frame, delivery: &Delivery) -> Markup {
    let words = frame.words();
    html! {
        div.who {
            @match &delivery.recipient {
                Some(to) => {
                    (seal(&to.name, Seal::AppRow))
                    div {
                        b { (name(&to.name)) }
                        @if let Some((person, device)) = &delivery.about { small { (name(person)) " " (device.name(&words.common)) } }
                    }
                },
                None => { (seal(words.kick.open_pages, Seal::Row)) div { b { (words.kick.open_pages) } } },
            }
        }
    }
}

/// Stamp, time and note of an outcome.
pub(super) fn outcome(frame: &Frame, state: DeliveryState) -> (Stamp, String, String) {
    let (words, comma) = (&frame.words().kick, frame.words().gate.clause_comma);
    match state {
        DeliveryState::Acked { ms, status } => {
            (Stamp::Ack, words.span(ms.into()), status.map(words.answered).unwrap_or_default())
        }
        DeliveryState::Waiting => (Stamp::Wait, String::new(), String::new()),
        DeliveryState::Retrying { attempt, of, in_ms, trouble } => (
            Stamp::Try,
            (words.in_span)(&words.wait(in_ms)),
            format!("{}{comma}{}", (words.try_n)(attempt.into(), of.into()), trouble.word(frame.lang)),
        ),
        DeliveryState::GaveUp { ms, trouble } => {
            (Stamp::Lost, words.span(ms.into()), format!("{}{comma}{}", trouble.word(frame.lang), words.no_retry))
        }
        DeliveryState::Unreachable => (Stamp::Untold, String::new(), words.no_address.to_owned()),
    }
}

/// What needs a hand: each application that was given up, once.
pub(super) fn lost(frame: &Frame, ending: EndingId, deliveries: &[Delivery]) -> Markup {
    let words = &frame.words().kick;
    let mut given_up: Vec<&Recipient> = Vec::new();
    for delivery in deliveries {
        if let (DeliveryState::GaveUp { .. }, Some(to)) = (delivery.state, &delivery.recipient)
            && !given_up.iter().any(|other| other.id == to.id)
        {
            given_up.push(to);
        }
    }
    html! {
        @for to in given_up {
            div.notice {
                (stamp(&frame.words().common, Stamp::Lost))
                div {
                    p { b { ((words.not_reached)(&calm(&to.name))) } }
                    p { (words.not_reached_line) }
                    div.acts {
                        @if to.is_there { a.btn.s href={ "/console/applications/" (to.id) } { (words.check_address) } }
                        (again(frame, ending, Some(Hand::Application(to.id)), words.tell_again))
                    }
                }
            }
        }
    }
}
