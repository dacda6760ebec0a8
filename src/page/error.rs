//! The error page: a wall without a door, plain words, what one can do, and a way to log out.

use maud::{Markup, html};

use super::count::Count;
use super::frame::Frame;
use super::parts::{Notice, administrator, calm, copy_button, csrf, hidden, icon};
use super::shell::{Door, Gate, gate};
use super::words::Refusals;

/// What an error page shows.
#[derive(Debug, Clone, Copy)]
pub struct ErrorView<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The number by which the log knows this request.
    pub request_id: &'a str,
    /// How long to wait before trying again.
    pub retry_seconds: Option<u32>,
    /// After how long the page is loaded again by itself.
    pub again_seconds: Option<u32>,
    /// A place to go back to: its name and its path.
    pub way_back: Option<(&'a str, &'a str)>,
}

/// The error page.
pub fn error(frame: &Frame, view: &ErrorView) -> Markup {
    let (title, line) = Refusals::page(frame.lang, view.status);
    let words = &frame.words().gate;
    let side = html! {
        span.seal.s88.word aria-hidden="true" { (view.status) }
        h1 { (title) }
        p { (line) }
        @match (view.again_seconds, view.retry_seconds) {
            (Some(seconds), _) => p { ((words.tries_again)(Count::from(seconds))) },
            (None, Some(seconds)) => p { ((words.wait_seconds)(Count::from(seconds))) },
            (None, None) => {},
        }
    };
    let deed = html! {
        div.deed {
            (what_to_do(frame, view))
            @if let Some(who) = frame.who {
                form.between method="post" action="/u/logout" data-leaves {
                    (csrf(frame))
                    span.small { ((words.you_are)(&calm(who.name))) }
                    button.btn.s.ends { (icon("leave")) (frame.words().common.log_out) }
                }
            }
        }
    };
    gate(frame, &Gate { title, error: true, side, door: Door::None, deed })
}

/// A form of ours that came too late, or from another login.
#[derive(Debug, Clone, Copy)]
pub struct OldFormView<'a> {
    /// Where it was posted.
    pub action: &'a str,
    /// What was typed and chosen in it, without passwords.
    pub fields: &'a [(String, String)],
    /// Whether a file is among it, for which the usual way of writing forms has no room.
    pub has_file: bool,
}

/// Nothing was done, nothing typed is lost: it can be sent again from here, by whoever is logged in now. No other site can
/// bring this page about (`protect::own_site`), so that it offers nobody's form but one's own.
pub fn old_form(frame: &Frame, view: &OldFormView) -> Markup {
    let words = &frame.words().gate;
    let title = words.form_too_old;
    let side = html! {
        span.seal.s88.word aria-hidden="true" { "403" }
        h1 { (title) }
        @if let Some(who) = frame.who { p { ((words.you_are)(&calm(who.name))) } }
    };
    let notice = Notice::Refused { title: words.nothing_changed, line: words.send_again_line, fields: Vec::new() };
    let deed = html! {
        form.deed method="post" action=(view.action) enctype=[view.has_file.then_some("multipart/form-data")] {
            (csrf(frame))
            @for (name, value) in view.fields { (hidden(name, value)) }
            (notice.markup(frame))
            div.acts {
                button.btn.go { (words.send_again) }
                a.btn href=(if frame.who.is_some() { "/u" } else { "/login" }) { (frame.words().common.cancel) }
            }
        }
    };
    gate(frame, &Gate { title, error: true, side, door: Door::None, deed })
}

/// The ways on: places of the house, and whom to ask with which number.
pub(super) fn what_to_do(frame: &Frame, view: &ErrorView) -> Markup {
    let words = &frame.words().gate;
    html! {
        section {
            h2 { (words.can_do) }
            ul.ruled {
                (ways(frame, view))
                li {
                    span.grow {
                        (administrator(frame))
                        small { (words.quote_request_id) code #request-id { (view.request_id) } }
                    }
                    (copy_button(frame, "request-id", Some(words.copy_request_id)))
                }
            }
        }
    }
}

fn ways(frame: &Frame, view: &ErrorView) -> Markup {
    let words = &frame.words().gate;
    html! {
        @if let Some((place, href)) = view.way_back {
            li { span.grow { a href=(href) { ((words.go_back_to)(&calm(place))) } } }
        }
        @if let Some(who) = frame.who {
            @if who.role.may_read() && frame.path.starts_with("/console") {
                li { span.grow { a href="/console" { (words.go_console) } } }
            }
            li { span.grow { a href="/u" { (words.go_personal_center) } } }
        } @else {
            li { span.grow { a href="/login" { (words.go_log_in) } } }
        }
    }
}
