//! The tabs of one user: devices, applications, what was done in their name, the data as a program gets it.

use maud::{Markup, html};

use super::frame::{Rail, pages, pick};
use super::user::{UserHead, UserTab, user_room};
use crate::page::frame::Frame;
use crate::page::parts::{Seal, Stamp, calm, copy_button, csrf, hidden, icon, name, seal, stamp};
use crate::page::personal_center::{ActivityKind, ActivityView, OwnApplication, event, kind_label};
use crate::page::session::{SessionRow, device_axis, device_row};
use crate::page::time::Ago;

/// Where a user is logged in, drawn over seven days, each with a way out.
pub fn user_devices(frame: &Frame, rail: &Rail, head: &UserHead, sessions: &[SessionRow]) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().directory);
    let ends = |session: &SessionRow| {
        html! {
            form method="post" action={ (head.home()) "/end" } {
                (csrf(frame))
                (hidden("sid", session.sid))
                button.btn.s.ends { (words.force_out_short) span.hid { " " (session.device.label(common)) } }
            }
        }
    };
    let inside = html! {
        section #devices data-live-region {
            @if sessions.is_empty() {
                p.small { (words.no_sessions) }
            } @else {
                p.small { (words.devices_note) }
                (device_axis(frame))
                ul.devices { @for session in sessions { (device_row(frame, session, &ends(session))) } }
            }
        }
    };
    user_room(frame, rail, head, UserTab::Devices, false, &inside)
}

/// Where a user is and was, each with a way out of that one.
pub fn user_applications(frame: &Frame, rail: &Rail, head: &UserHead, applications: &[OwnApplication]) -> Markup {
    let words = &frame.words().directory;
    let inside = html! {
        section #applications data-live-region {
            @if applications.is_empty() {
                p.small { (words.no_user_applications) }
            } @else {
                p.small { (words.user_applications_note) }
                ul.ruled.apps { @for application in applications { (application_row(frame, head, application)) } }
            }
        }
    };
    user_room(frame, rail, head, UserTab::Applications, false, &inside)
}

fn application_row(frame: &Frame, head: &UserHead, application: &OwnApplication) -> Markup {
    let (common, words, person, times) =
        (&frame.words().common, &frame.words().directory, &frame.words().person, frame.times());
    let inside = !application.devices.is_none();
    html! {
        li {
            (stamp(common, if inside { Stamp::In } else { Stamp::Out }))
            (seal(&application.name, Seal::AppBar))
            span.grow {
                b { a href={ "/console/applications/" (application.id) "/sessions" } { (name(&application.name)) } }
                small {
                    @if inside { ((words.user_in_on)(application.devices)) (frame.words().gate.clause_comma) }
                    ((person.last_entered)(&times.ago(application.last, Ago::Long)))
                }
            }
            @if inside {
                span.acts {
                    form method="post" action={ (head.home()) "/leave" } {
                        (csrf(frame))
                        (hidden("application", application.id))
                        button.btn.s.ends { (icon("leave")) (words.force_out_short) span.hid { " " (calm(&application.name)) } }
                    }
                }
            }
        }
    }
}

/// What was done in a user's name in the last ninety days.
pub fn user_history(frame: &Frame, rail: &Rail, head: &UserHead, view: &ActivityView) -> Markup {
    let (common, person) = (&frame.words().common, &frame.words().person);
    let kinds = ActivityKind::ALL.map(|kind| (kind.as_str(), kind_label(frame, kind).into()));
    let inside = html! {
        section {
            form.tools method="get" action={ (head.home()) "/history" } {
                (pick("kind", person.activity_kind, kinds, view.kind.as_str()))
                button.btn.s { (common.filter) }
            }
            @if view.rows.is_empty() {
                p.small { (common.none_of_kind) }
            } @else {
                ul.ruled #history data-live-region[view.first.is_none()] { @for row in &view.rows { (event(frame, row)) } }
            }
            (pages(frame, view.first.as_deref(), view.next.as_deref()))
        }
    };
    user_room(frame, rail, head, UserTab::History, false, &inside)
}

/// The data of a user as JSON; no secret is in it.
pub fn user_data(frame: &Frame, rail: &Rail, head: &UserHead, json: &str) -> Markup {
    let inside = html! {
        section {
            div.head { p.small { (frame.words().directory.raw_note) } (copy_button(frame, "data", None)) }
            pre.code tabindex="0" { code #data { (calm_lines(json)) } }
        }
    };
    user_room(frame, rail, head, UserTab::Raw, false, &inside)
}

/// Lines of JSON without marks that would turn them around.
fn calm_lines(json: &str) -> String {
    json.lines().map(|line| calm(line).into_owned()).collect::<Vec<_>>().join("\n")
}
