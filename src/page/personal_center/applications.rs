//! `/u/applications`: the applications a person is in, and those they were in, each with its way out.

use maud::{Markup, html};

use crate::domain::clock::Timestamp;
use crate::domain::id::ApplicationId;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Seal, Stamp, calm, csrf, hidden, icon, name, said, seal, stamp};
use crate::page::shell::{House, Tab, house};
use crate::page::time::Ago;

/// An application of a person's.
#[derive(Debug, Clone)]
pub struct OwnApplication {
    /// Its id.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// Where it probably lives: an origin that it registered.
    pub home: Option<String>,
    /// On how many devices the person is in it now.
    pub devices: Count,
    /// The last entrance.
    pub last: Timestamp,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ApplicationsView {
    /// Those the person is in, then the others.
    pub applications: Vec<OwnApplication>,
}

/// The page.
pub fn applications(frame: &Frame, view: &ApplicationsView) -> Markup {
    let words = &frame.words().person;
    let main = html! {
        div.title { span.doorline {} h1 { (words.applications) } p { (words.applications_line) } }
        (said(frame))
        section #applications data-live-region {
            @if view.applications.is_empty() {
                p.small { (words.no_applications) }
            } @else {
                ul.ruled.apps { @for application in &view.applications { (row(frame, application)) } }
            }
        }
    };
    house(frame, &House { title: words.applications, error: false, tab: Tab::Applications, main })
}

fn row(frame: &Frame, application: &OwnApplication) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().person, frame.times());
    let inside = !application.devices.is_none();
    html! {
        li {
            (stamp(common, if inside { Stamp::In } else { Stamp::Out }))
            (seal(&application.name, Seal::AppBar))
            span.grow {
                b { (name(&application.name)) }
                small {
                    @if inside { ((words.in_on)(application.devices)) (frame.words().gate.clause_comma) }
                    ((words.last_entered)(&times.ago(application.last, Ago::Long)))
                }
            }
            span.acts {
                @if let Some(home) = &application.home {
                    a.btn.s href=(home) rel="noreferrer" { (words.open_application) span.hid { " " (calm(&application.name)) } }
                }
                @if inside {
                    form method="post" action="/u/applications/leave" {
                        (csrf(frame))
                        (hidden("application", application.id))
                        button.btn.s.ends { (icon("leave")) (words.leave_application) span.hid { " " (calm(&application.name)) } }
                    }
                }
            }
        }
    }
}
