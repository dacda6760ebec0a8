//! `/u/devices`: one's own sessions drawn over seven days, this device pinned, each with a button that ends it.

use maud::{Markup, html};

use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Stamp, calm, csrf, hidden, icon, said, stamp};
use crate::page::session::{SessionRow, device_axis, device_row};
use crate::page::shell::{House, Tab, house};
use crate::page::words::PersonalCenter;

/// What the devices page shows.
#[derive(Debug, Clone, Default)]
pub struct DevicesView {
    /// Living sessions, the newest sign of life first; the reader's own is marked.
    pub sessions: Vec<SessionRow>,
    /// Sessions that ended in the last thirty days.
    pub ended: Vec<SessionRow>,
    /// How many ended; the list may be shorter.
    pub ended_count: Count,
}

/// The devices page.
pub fn devices(frame: &Frame, view: &DevicesView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().person);
    let (own, others): (Vec<_>, Vec<_>) = view.sessions.iter().partition(|session| session.this);
    let main = html! {
        div.title {
            span.doorline {}
            h1 { (common.devices) }
            p { ((words.devices_line)(view.sessions.len().into())) }
        }
        (said(frame))
        section #own data-live-region {
            (device_axis(frame))
            ul.devices { @for session in &own { (row(frame, session)) } }
        }
        (others_section(frame, &others))
        @if !view.ended.is_empty() { (ended(frame, view)) }
    };
    house(frame, &House { title: common.devices, error: false, tab: Tab::Devices, main })
}

fn others_section(frame: &Frame, others: &[&SessionRow]) -> Markup {
    let words = &frame.words().person;
    html! {
        section #others data-live-region {
            div.head {
                h2 { (words.other_devices) }
                @if !others.is_empty() {
                    form method="post" action="/u/devices/end-others" {
                        (csrf(frame))
                        button.btn.s.ends { (icon("leave")) ((words.log_out_others)(others.len().into())) }
                    }
                }
            }
            @if others.is_empty() {
                p.small { (words.no_other_devices) }
            } @else {
                ul.devices.open-top { @for session in others { (row(frame, session)) } }
                p.small { (words.unknown_device_question) " " (words.not_you_note) }
            }
        }
    }
}

fn row(frame: &Frame, session: &SessionRow) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().person);
    // This device leaves as every page lets one leave: by the log-out of the menu.
    let leave = html! {
        form method="post" action=(if session.this { "/u/logout" } else { "/u/devices/end" }) data-leaves[session.this] {
            (csrf(frame))
            @if !session.this { (hidden("sid", session.sid)) }
            button.btn.s.ends { (words.log_out_short) span.hid { " " (session.device.label(common)) } }
            @if !session.this { button.asks name="then" value="password" { (words.not_you) span.hid { " " (session.device.label(common)) } } }
        }
    };
    device_row(frame, session, &leave)
}

fn ended(frame: &Frame, view: &DevicesView) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().person, frame.times());
    html! {
        details #ended data-live-region {
            summary { (icon("down")) ((words.ended)(view.ended_count)) }
            ul.ruled {
                @for session in &view.ended {
                    @if let Some((at, cause)) = session.ended {
                        li {
                            (stamp(common, if cause.is_own_act() { Stamp::Out } else { Stamp::Ended }))
                            span.grow {
                                (session.device.name(common))
                                small { ((words.ended_when)(PersonalCenter::why_ended(frame.lang, cause), &times.moment(session.since), &times.moment(at))) }
                            }
                            span.id.small { (calm(&session.ip)) }
                        }
                    }
                }
            }
        }
    }
}
