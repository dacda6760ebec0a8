//! `/u/activity`: what was done in a person's name, newest first, a page at a time.

use maud::{Markup, html};

use crate::domain::clock::Timestamp;
use crate::page::frame::Frame;
use crate::page::parts::{Device, calm, icon, stamp};
use crate::page::shell::{House, Tab, house};
use crate::page::words::Deed;

/// Something that was done in a person's name.
#[derive(Debug, Clone)]
pub struct Activity {
    /// When.
    pub at: Timestamp,
    /// What.
    pub deed: Deed,
    /// In which application, if it was about one.
    pub application: Option<String>,
    /// On what.
    pub device: Device,
    /// From where.
    pub ip: String,
}

/// Which events are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ActivityKind {
    /// All of them.
    #[default]
    All,
    /// Log-ins.
    Logins,
    /// Log-ins that were refused.
    Refused,
    /// Endings.
    Endings,
}

impl ActivityKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::All, Self::Logins, Self::Refused, Self::Endings];

    /// The value of `?kind=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Logins => "logins",
            Self::Refused => "refused",
            Self::Endings => "endings",
        }
    }

    /// Reads the value of `?kind=`; anything unknown shows everything.
    pub fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).unwrap_or_default()
    }
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ActivityView {
    /// Which events.
    pub kind: ActivityKind,
    /// The events.
    pub rows: Vec<Activity>,
    /// The first page, unless this is it.
    pub first: Option<String>,
    /// What comes after these.
    pub next: Option<String>,
}

/// The page.
pub fn activity(frame: &Frame, view: &ActivityView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().person);
    let main = html! {
        div.title { span.doorline {} h1 { (words.activity) } p { (words.activity_line) } }
        section {
            div.head {
                (filter(frame, view.kind))
                a.btn.s href={ "/u/activity.csv?kind=" (view.kind.as_str()) } download { (words.activity_download) }
            }
            @if view.rows.is_empty() {
                p.small { (common.none_of_kind) }
            } @else {
                ul.ruled #activity data-live-region[view.first.is_none()] { @for row in &view.rows { (event(frame, row)) } }
                p.small { (words.activity_unknown) " " a href="/u/devices" { (words.unknown_device_answer) } }
            }
            @if view.first.is_some() || view.next.is_some() {
                nav.acts aria-label=(words.activity) {
                    @if let Some(first) = &view.first { a.btn.s href=(first) { (common.first_page) } }
                    @if let Some(next) = &view.next { a.btn.s href=(next) rel="next" { (common.next_page) } }
                }
            }
        }
    };
    house(frame, &House { title: words.activity, error: false, tab: Tab::Activity, main })
}

/// What a kind of events is called.
pub(in crate::page) fn kind_label(frame: &Frame, kind: ActivityKind) -> &'static str {
    let words = &frame.words().person;
    match kind {
        ActivityKind::All => words.activity_all,
        ActivityKind::Logins => words.activity_logins,
        ActivityKind::Refused => words.activity_refused,
        ActivityKind::Endings => words.activity_endings,
    }
}

fn filter(frame: &Frame, chosen: ActivityKind) -> Markup {
    let words = &frame.words().person;
    html! {
        form.acts method="get" action="/u/activity" {
            span.pick {
                select.input.s name="kind" aria-label=(words.activity_kind) {
                    @for kind in ActivityKind::ALL { option value=(kind.as_str()) selected[kind == chosen] { (kind_label(frame, kind)) } }
                }
                (icon("down"))
            }
            button.btn.s { (frame.words().common.filter) }
        }
    }
}

/// The same as a line of a list.
pub(in crate::page) fn event(frame: &Frame, activity: &Activity) -> Markup {
    let (common, times) = (&frame.words().common, frame.times());
    let application = activity.application.as_deref().map(calm);
    html! {
        li {
            (stamp(common, activity.deed.stamp()))
            span.grow {
                (activity.deed.sentence(frame.lang, application.as_deref()))
                small { @if !activity.device.is_unknown() { (activity.device.name(common)) " " } span.id.os { (activity.ip) } }
            }
            span.small.nowrap { (times.tag(activity.at, &times.brief(activity.at))) }
        }
    }
}
