//! A log-out message about nobody, to see whether an application hears.

use maud::{Markup, html};

use super::deliveries::DeliveryState;
use crate::domain::clock::Timestamp;
use crate::page::frame::Frame;
use crate::page::parts::{Stamp, csrf, stamp};
use crate::page::words::Trouble;

/// What is known of an application's hearing.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestView<'a> {
    /// Where it wants to be told.
    pub address: Option<&'a str>,
    /// The last test: when, and what came of it.
    pub last: Option<(Timestamp, DeliveryState)>,
}

pub(super) fn test_message(frame: &Frame, home: &str, view: &TestView) -> Markup {
    let words = &frame.words().kick;
    html! {
        section #test-message {
            div.head { h2 { (words.test_title) } }
            @if let Some(address) = view.address {
                dl.pairs { dt { (words.test_address) } dd { code { (address) } } }
                form.danger method="post" action={ (home) "/test-message" } {
                    (csrf(frame))
                    div { b { (words.test_send) } p.small { (words.test_line) } }
                    button.btn.s { (words.test_send) }
                }
                div #test-outcome data-live-region { @if let Some((at, state)) = view.last { (outcome(frame, at, state)) } }
            } @else {
                p.small { (words.test_no_address) }
            }
        }
    }
}

fn outcome(frame: &Frame, at: Timestamp, state: DeliveryState) -> Markup {
    let words = &frame.words().kick;
    let (mark, line) = match state {
        DeliveryState::Acked { ms, status } => {
            (Stamp::Ack, (words.test_heard)(status.unwrap_or(200), &words.span(ms.into())))
        }
        DeliveryState::GaveUp { ms, trouble: Trouble::Status(400) } => {
            (Stamp::Ack, (words.test_refused)(&words.span(ms.into())))
        }
        DeliveryState::GaveUp { ms, trouble } => {
            (Stamp::Lost, (words.test_failed)(&trouble.word(frame.lang), &words.span(ms.into())))
        }
        DeliveryState::Waiting | DeliveryState::Retrying { .. } => (Stamp::Wait, words.test_waiting.to_owned()),
        DeliveryState::Unreachable => (Stamp::Untold, words.no_address.to_owned()),
    };
    html! {
        div.notice role="status" {
            (stamp(&frame.words().common, mark))
            div { p { (line) } p { (frame.times().tag(at, &frame.times().exact(at))) } }
        }
    }
}
