//! `/console`: who is online, what happened just now, and how this server is.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::deed::Told;
use super::frame::{Crumb, Rail, Room, Section, liveness, room, title};
use crate::domain::clock::Timestamp;
use crate::domain::id::ApplicationId;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Device, Seal, Stamp, calm, icon, name, seal, stamp};
use crate::page::time::Ago;
use crate::page::words::{By, Deed, Whom};

/// One line of the ticker.
#[derive(Debug, Clone)]
pub struct TickerRow {
    /// When.
    pub at: Timestamp,
    /// Who, or whom.
    pub whom: Whom,
    /// What.
    pub deed: Deed,
    /// In which application.
    pub application: Option<String>,
    /// On what.
    pub device: Option<Device>,
    /// By whom, if somebody else did it.
    pub by: Option<By>,
}

/// How many people are online in one application.
#[derive(Debug, Clone)]
pub struct ByApplication {
    /// The application.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// People online.
    pub people: Count,
}

/// Log-ins of each of the last 24 hours, the oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Logins {
    /// Those that succeeded.
    pub ok: [u32; 24],
    /// Those that were refused.
    pub refused: [u32; 24],
    /// From when on was counted, where that is later than the first hour.
    pub since: Option<Timestamp>,
}

/// What is still to be done on a fresh server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// There is an application.
    pub application: bool,
    /// There is somebody else.
    pub people: bool,
    /// Somebody logged in to an application.
    pub login: bool,
}

/// What an administrator should look at, and how it is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A demo: everybody knows its passwords.
    Demo,
    /// Somebody has a password that everybody knows.
    KnownPassword,
    /// The public address is plain http.
    PlainHttp(String),
    /// Requests come through a proxy that is not trusted, from this address.
    UntrustedProxy(String),
    /// Little room is left: octets.
    LowDisk(u64),
    /// There is no backup.
    NoBackup,
    /// The last backup is old.
    OldBackup(Timestamp),
    /// Messages were given up.
    Lost(Count),
}

/// One fact about this server.
#[derive(Debug, Clone)]
pub enum Health {
    /// The last backup.
    Backup(Option<Timestamp>),
    /// Messages to applications.
    Deliveries {
        /// Still to be sent.
        waiting: Count,
        /// Given up.
        given_up: Count,
    },
    /// Days until the signing key is replaced.
    SigningKey {
        /// Days.
        rotates_in: u32,
    },
    /// Bytes left on the disk.
    Disk {
        /// Bytes.
        free: u64,
        /// Whether that is little.
        low: bool,
    },
    /// The public address.
    PublicUrl {
        /// The address.
        url: String,
        /// Whether it is not https although others can reach it.
        warn: bool,
    },
    /// Since when this process runs.
    Running(Timestamp),
}

/// What the dashboard shows.
#[derive(Debug, Clone)]
pub struct DashboardView {
    /// People online.
    pub people: Count,
    /// Their sessions.
    pub sessions: Count,
    /// Applications in them.
    pub open_applications: Count,
    /// The latest comings and goings, newest first.
    pub ticker: Vec<TickerRow>,
    /// People online in each application, most first.
    pub by_application: Vec<ByApplication>,
    /// The last 24 hours, when they were counted.
    pub logins: Option<Logins>,
    /// What a fresh server still needs; none when it needs nothing.
    pub steps: Option<Steps>,
    /// What to look at.
    pub warnings: Vec<Warning>,
    /// How this server is.
    pub health: Vec<Health>,
}

/// The dashboard.
pub fn dashboard(frame: &Frame, rail: &Rail, view: &DashboardView) -> Markup {
    let words = &frame.words().console;
    let main = html! {
        (title(words.who_is_online, &html! {}, &find(frame)))
        div.stack #steps data-live-region { @if let Some(steps) = view.steps { (first_steps(frame, steps)) } }
        div.now {
            section {
                p.big #online data-live-region data-said=((words.online_said)(view.people, view.sessions)) {
                    a href="/console/online" { b { (view.people) } span { ((words.people_online)(view.people)) } }
                    span.muted { ((words.sessions_in_apps)(view.sessions, view.open_applications)) }
                    a.btn.s.push href="/console/online" { (words.open_online) }
                }
                div.head.tight { h2 { (words.just_now) } (liveness(frame)) }
                (ticker(frame, view))
                p.small { a href="/console/audit" { (words.audit_log) } }
            }
            section {
                div.head.tight { h2 { (words.by_application) } span.small { (words.online_count) } }
                (by_application(frame, view))
                @if let Some(logins) = &view.logins { div.stack #logins data-live-region { (curve(frame, logins)) } }
            }
        }
        div.stack #condition data-live-region {
            @if !view.warnings.is_empty() {
                section {
                    div.head.tight { h2 { (words.look_here) } }
                    ul.ruled.close-set { @for warning in &view.warnings { (look_here(frame, warning)) } }
                }
            }
            @if !view.health.is_empty() {
                section {
                    div.head.tight { h2 { (words.this_server) } }
                    ul.strip { @for health in &view.health { (fact(frame, health)) } }
                }
            }
        }
    };
    let crumbs = vec![Crumb::new(frame.pool_name, "/console"), Crumb::new(words.overview, "/console")];
    room(
        frame,
        rail,
        &Room { title: words.overview, error: false, section: Section::Overview, crumbs, slip: false, main },
    )
}

/// The shortest way to somebody who must be out: one match leads to the person.
fn find(frame: &Frame) -> Markup {
    let words = &frame.words().console;
    html! {
        form.find method="get" action="/console/find" role="search" {
            div.with {
                (icon("search"))
                input.input.s type="search" name="q" aria-label=(words.find_person) placeholder=(words.find_hint) autocomplete="off";
            }
            button.btn.s { (words.find_person) }
        }
    }
}

fn first_steps(frame: &Frame, steps: Steps) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().console);
    let list = [
        (steps.application, words.step_application, words.step_application_line, "/console/applications/new"),
        (steps.people, words.step_people, words.step_people_line, "/console/users/new"),
        (steps.login, words.step_login, words.step_login_line, "/console/applications"),
    ];
    html! {
        section {
            div.head.tight { h2 { (words.first_steps) } }
            ol.ruled {
                @for (done, label, line, href) in list {
                    li {
                        @if done { (stamp(common, Stamp::Done)) } @else { span.stamp.wait title=(words.to_do) { (common.stamp_wait) } }
                        span.grow { @if done { (label) } @else { a href=(href) { b { (label) } } } small { (line) } }
                    }
                }
            }
        }
    }
}

fn look_here(frame: &Frame, warning: &Warning) -> Markup {
    let (words, times) = (&frame.words().console, frame.times());
    let sentence = match warning {
        Warning::Demo => words.warn_demo.to_owned(),
        Warning::KnownPassword => words.warn_password.to_owned(),
        Warning::PlainHttp(url) => (words.warn_http)(&calm(url)),
        Warning::UntrustedProxy(peer) => (words.warn_proxy)(&calm(peer)),
        Warning::LowDisk(free) => (words.warn_disk)(&size(*free)),
        Warning::NoBackup => words.warn_no_backup.to_owned(),
        Warning::OldBackup(at) => (words.warn_old_backup)(&times.ago(*at, Ago::Long)),
        Warning::Lost(n) => (words.warn_lost)(*n),
    };
    let lost = matches!(warning, Warning::Lost(_));
    html! {
        li {
            span.stamp.lost.bang aria-hidden="true" { "!" }
            span.grow { (sentence) @if lost { " " a href="/console/deliveries?state=lost" { (words.warn_lost_link) } } }
        }
    }
}

fn ticker(frame: &Frame, view: &DashboardView) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().console, frame.times());
    let comma = frame.words().gate.clause_comma;
    html! {
        table.ledger.ticker #ticker data-live-region {
            caption.hid { (words.comings_and_goings) }
            colgroup { col.c-seen; col.c-state; col; }
            thead.hid { tr { th { (words.time) } th { (common.state) } th { (words.event) } } }
            tbody {
                @if view.ticker.is_empty() { tr { td colspan="3" { (words.no_events) } } }
                @for row in &view.ticker {
                    tr {
                        td.c-seen.muted { (times.tag(row.at, &times.clock_seconds(row.at))) }
                        td.c-state { (stamp(common, row.deed.stamp())) }
                        td.c-who {
                            div.clamp {
                                (told(row).markup(frame, &html! {
                                    @if let Some(by) = &row.by { (comma) ((frame.words().event.by)(&calm(&by.words(frame.lang)))) }
                                    @if let Some(device) = &row.device { (comma) (device.sentence(common)) }
                                }))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn told(row: &TickerRow) -> Told<'_> {
    Told { deed: &row.deed, whom: &row.whom, application: row.application.as_deref() }
}

fn by_application(frame: &Frame, view: &DashboardView) -> Markup {
    let words = &frame.words().console;
    let most = view.by_application.iter().map(|app| app.people.n).max().unwrap_or(0).max(1);
    html! {
        table.ledger.apps #by-application data-live-region {
            caption.hid { (words.by_application) }
            colgroup { col.c-who; col; col.num; }
            thead.hid { tr { th { (words.application) } th { (words.share) } th { (words.people_column) } } }
            tbody {
                @if view.by_application.is_empty() {
                    tr { td colspan="3" { (words.no_applications) " " a href="/console/applications/new" { (frame.words().directory.new_application) } } }
                }
                @for app in &view.by_application {
                    tr {
                        td.c-who {
                            div.who {
                                (seal(&app.name, Seal::AppRow))
                                div { a.plain-link href={ "/console/applications/" (app.id) "/sessions" } { b { (name(&app.name)) } } }
                            }
                        }
                        td.m { svg.meter width="100%" aria-hidden="true" { line x1="0" x2={ (app.people.n * 100 / most) "%" } y1="4" y2="4" {} } }
                        td.num { (app.people) }
                    }
                }
            }
        }
    }
}

/// Two stepped lines over 24 hours that end at the door.
fn curve(frame: &Frame, logins: &Logins) -> Markup {
    const WIDTH: usize = 25;
    let (words, times) = (&frame.words().console, frame.times());
    let (ok, refused): (u32, u32) = (logins.ok.iter().sum(), logins.refused.iter().sum());
    let (peak_hour, peak) =
        logins.ok.iter().enumerate().max_by_key(|(_, n)| **n).map_or((0, 0), |(hour, n)| (hour, *n));
    let back = |hours: i64| times.axis(frame.now.plus_ms(-hours * 3_600_000));
    let hours_back = i64::try_from(24 - peak_hour).unwrap_or(24);
    let told = if peak == 0 { words.no_logins.to_owned() } else { (words.peak)(peak.into(), &back(hours_back)) };
    let path = |counts: &[u32; 24]| {
        let mut d = String::new();
        for (hour, n) in counts.iter().enumerate() {
            let y = 60.0 - 56.0 * f64::from(*n) / f64::from(peak.max(1)).max(f64::from(*n));
            let to = if hour == 0 { "M0 " } else { "V" };
            // Writing to a string cannot fail.
            let _ = write!(d, "{to}{y:.1}H{}", (hour + 1) * WIDTH);
        }
        d
    };
    html! {
        div.head.tight {
            h2 { (words.logins_24h) }
            span.small {
                ((words.logins_ok)(ok.into())) span.end-text[refused > 0] { ((words.logins_refused)(refused.into())) }
                @if let Some(since) = logins.since { (frame.words().gate.clause_comma) ((words.logins_since)(&times.moment(since))) }
            }
        }
        div.to-now {
            svg.curve viewBox="0 0 600 60" preserveAspectRatio="none" role="img" aria-label=(told) {
                path.base d="M0 60H600" {}
                @if ok > 0 { path.ok d=(path(&logins.ok)) {} }
                @if refused > 0 { path.bad d=(path(&logins.refused)) {} }
            }
            div.axis aria-hidden="true" {
                span { (back(24)) }
                span { (back(18)) }
                span { (back(12)) }
                span { (back(6)) b { (frame.words().common.now) } }
            }
        }
    }
}

fn fact(frame: &Frame, health: &Health) -> Markup {
    let (words, times) = (&frame.words().console, frame.times());
    let (label, value, warn) = match health {
        Health::Backup(Some(at)) => (words.backup, times.ago(*at, Ago::Long), false),
        Health::Backup(None) => (words.backup, words.no_backup.to_owned(), true),
        Health::Deliveries { given_up, .. } if !given_up.is_none() => {
            (words.deliveries, (words.n_given_up)(*given_up), true)
        }
        Health::Deliveries { waiting, .. } if !waiting.is_none() => {
            (words.deliveries, (words.n_waiting)(*waiting), false)
        }
        Health::Deliveries { .. } => (words.deliveries, words.all_delivered.to_owned(), false),
        Health::SigningKey { rotates_in } => (words.signing_key, (words.rotates_in)((*rotates_in).into()), false),
        Health::Disk { free, low } => (words.disk, (words.disk_free)(&size(*free)), *low),
        Health::PublicUrl { url, warn } => (words.public_url, url.clone(), *warn),
        Health::Running(since) => (words.running_since, times.ago(*since, Ago::Long), false),
    };
    html! { li { small { (label) } span.warn[warn] { (value) } } }
}

/// Bytes as people read them: `41 GB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut n = bytes;
    let mut unit = 0;
    while n >= 1000 && unit + 1 < UNITS.len() {
        n /= 1000;
        unit += 1;
    }
    format!("{n} {}", UNITS[unit])
}
