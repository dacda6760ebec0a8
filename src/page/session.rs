//! A session as pages show it: on the devices page, in the console's ledger, with a user.

use maud::{Markup, html};

use super::bars::{IDLE_MS, Stretch, bar, week};
use super::frame::Frame;
use super::parts::{Device, Stamp, listed};
use super::time::Ago;
use super::words::Cause;
use crate::domain::clock::Timestamp;
use crate::domain::id::{Sid, UserId};
use crate::domain::reach::Reach;

/// One session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its public id.
    pub sid: Sid,
    /// What it runs on.
    pub device: Device,
    /// Where it comes from.
    pub ip: String,
    /// When it began.
    pub since: Timestamp,
    /// The last sign of life.
    pub seen: Timestamp,
    /// The applications that take part in it.
    pub applications: Vec<String>,
    /// Whether it is the reader's own.
    pub this: bool,
    /// When and why it ended.
    pub ended: Option<(Timestamp, Cause)>,
}

impl SessionRow {
    pub(super) fn stretch(&self) -> Stretch {
        Stretch { since: self.since, seen: self.seen, ended: self.ended.map(|(at, _)| at) }
    }

    /// In, idle, or out.
    pub(super) fn stamp(&self, now: Timestamp) -> Stamp {
        if self.ended.is_some() {
            Stamp::Out
        } else if now.since_ms(self.seen) > IDLE_MS {
            Stamp::Idle
        } else {
            Stamp::In
        }
    }
}

/// One session in the console's ledger, with whose it is.
#[derive(Debug, Clone)]
pub struct LedgerRow {
    /// Whose.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their user name, email or phone.
    pub identifier: String,
    /// Whether it is the reader.
    pub own: bool,
    /// The session.
    pub session: SessionRow,
}

/// The stretch over which devices are drawn.
const WEEK_MS: i64 = 7 * 86_400_000;

/// The seven days above a list of devices.
pub(super) fn device_axis(frame: &Frame) -> Markup {
    let common = &frame.words().common;
    html! {
        div.devices aria-hidden="true" {
            div.axis-row {
                div.axis { @for label in week(&frame.times(), common.today) { span { (label) } } }
                b { ((common.now_at)(&frame.times().clock(frame.now))) }
            }
        }
    }
}

/// A session as a line of a list of devices, with the form that ends it.
pub(super) fn device_row(frame: &Frame, session: &SessionRow, ends: &Markup) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().person, frame.times());
    let near = session.ip.parse().is_ok_and(|ip| Reach::of(ip) == Reach::Private);
    html! {
        li.this[session.this] {
            (session.device.icon())
            div.what {
                b { (session.device.name(common)) } " "
                @if session.this { span.tag.nowrap { (words.this_device) } }
                small {
                    (listed(common, &session.applications))
                    (frame.words().gate.clause_comma) ((words.since)(&times.moment(session.since)))
                }
            }
            div.when.lanes {
                span.hid { ((words.time_logged_in)(&times.moment(session.since), &times.moment(session.seen))) }
                (bar(frame.now, WEEK_MS, session.stretch()))
            }
            div.seen {
                @if session.this { (words.in_use) } @else { (times.ago_tag(session.seen, Ago::Long)) }
                small { span.id { (session.ip) } @if near { " " span.nowrap { (words.local_network) } } }
            }
            (ends)
        }
    }
}
