//! `/u`: a greeting, the last log-in, three counts, what happened lately.

use maud::{Markup, html};

use super::activity::{Activity, event};
use crate::domain::clock::Timestamp;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Device, calm, listed};
use crate::page::shell::{House, Tab, house};
use crate::page::time::Ago;

/// What the overview shows.
#[derive(Debug, Clone)]
pub struct OverviewView {
    /// The last log-in; none on the first visit.
    pub last_login: Option<(Timestamp, Device)>,
    /// Sessions that live.
    pub devices: Count,
    /// Since when the oldest of them lives.
    pub oldest: Option<Timestamp>,
    /// Applications in them.
    pub applications: Vec<String>,
    /// When the password was last changed.
    pub password_changed: Option<Timestamp>,
    /// What happened lately, newest first.
    pub recent: Vec<Activity>,
}

/// The overview.
pub fn overview(frame: &Frame, view: &OverviewView) -> Markup {
    let words = &frame.words().person;
    let main = html! {
        (title(frame, view))
        (counts(frame, view))
        @if view.last_login.is_none() { (hints(frame)) }
        section {
            div.head { h2 { (words.recently) } a href="/u/activity" { (words.activity) } }
            @if view.recent.is_empty() {
                p.small { (words.no_activity) }
            } @else {
                ul.ruled #recent data-live-region { @for activity in &view.recent { (event(frame, activity)) } }
            }
        }
    };
    house(frame, &House { title: words.overview, error: false, tab: Tab::Overview, main })
}

fn title(frame: &Frame, view: &OverviewView) -> Markup {
    let (words, times) = (&frame.words().person, frame.times());
    let person = frame.who.map_or("", |who| who.name);
    let greet = match times.hour() {
        5..=11 => words.good_morning,
        12..=17 => words.good_afternoon,
        _ => words.good_evening,
    };
    html! {
        div.title {
            span.doorline {}
            h1 { (greet(&calm(person))) }
            p {
                @match &view.last_login {
                    Some((at, device)) => {
                        ((words.last_login)(&times.moment(*at), &device.sentence(&frame.words().common)))
                        " " a href="/u/devices" { (words.not_you) }
                    },
                    None => (words.first_login),
                }
            }
        }
    }
}

/// What a first visit is good for.
fn hints(frame: &Frame) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().person);
    let hints = [
        ("/u/devices", common.devices, words.hint_devices),
        ("/u/applications", words.applications, words.hint_applications),
        ("/u/security", words.security, words.hint_password),
    ];
    html! {
        section {
            div.head { h2 { (words.hints) } }
            ul.ruled { @for (href, place, hint) in hints { li { span.grow { a href=(href) { (place) } small { (hint) } } } } }
        }
    }
}

fn counts(frame: &Frame, view: &OverviewView) -> Markup {
    let (words, times) = (&frame.words().person, frame.times());
    let applications = Count::from(view.applications.len());
    html! {
        div.count #counts data-live-region {
            a href="/u/devices" {
                b { (view.devices) } span { ((words.devices_unit)(view.devices)) }
                @if let Some(oldest) = view.oldest { small { ((words.oldest)(&times.ago(oldest, Ago::Long))) } }
            }
            a href="/u/applications" {
                b { (applications) } span { ((words.applications_unit)(applications)) }
                small { (listed(&frame.words().common, &view.applications)) }
            }
            a.plain-count href="/u/security" {
                span {
                    @match view.password_changed {
                        Some(at) => { (words.password_age) " " (times.ago_tag(at, Ago::Long)) },
                        None => (words.password_never),
                    }
                }
                small { (words.change_it) }
            }
        }
    }
}
