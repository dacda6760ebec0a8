//! Leaving: the question when nobody vouches for the request, and the farewell.
//!
//! An address that was refused is shown as text, never as a link: nothing a stranger can send makes a browser leave for it.

use maud::{Markup, html};

use super::count::Count;
use super::frame::Frame;
use super::parts::{Device, Seal, Stamp, administrator, calm, csrf, hidden, icon, name, seal, stamp};
use super::shell::{Door, Gate, gate, gate_with};
use super::words::Cause;
use super::words::Gate as GateWords;
use crate::domain::clock::Timestamp;

/// What the question shows.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmView<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// The address to go to afterwards, as it was asked for; judged again when the form comes back.
    pub redirect_uri: &'a str,
    /// The application that asked.
    pub app_id: &'a str,
    /// The applications that are open in this browser, each since when.
    pub leaving: &'a [(String, Timestamp)],
    /// How many other devices stay logged in.
    pub other_devices: Count,
    /// Where *cancel* leads.
    pub cancel: &'a str,
}

/// *Log out?* The door stands ajar.
pub fn confirm(frame: &Frame, view: &ConfirmView) -> Markup {
    let words = frame.words();
    let who = frame.who.map_or(("", ""), |who| (who.name, who.identifier));
    let side = html! {
        (seal(who.0, Seal::Gate))
        h1 { (words.gate.log_out_question) }
        p { b { (name(who.0)) } " " span.os { (name(who.1)) } }
        p.trust { (words.gate.why_asked) }
    };
    let deed = html! {
        form.deed method="post" action=(view.action) data-leaves {
            (csrf(frame))
            (hidden("redirect_uri", view.redirect_uri))
            (hidden("app_id", view.app_id))
            section {
                h2 { (words.gate.leaving_here) }
                @if view.leaving.is_empty() {
                    p.small { (words.gate.leaving_nothing) }
                } @else {
                    ul.ruled {
                        @for (application, since) in view.leaving {
                            li {
                                (seal(application, Seal::AppBar))
                                span.grow { (name(application)) }
                                span.small { (frame.times().tag(*since, &(words.gate.since)(&frame.times().moment(*since)))) }
                            }
                        }
                    }
                }
            }
            @if !view.other_devices.is_none() {
                p.small { ((words.gate.others_stay)(view.other_devices)) " " a href="/u/devices" { (words.common.devices) } }
            }
            div.acts {
                button.btn.end { (icon("leave")) (words.common.log_out) }
                @if !view.other_devices.is_none() { button.btn.ends name="everywhere" value="1" { (words.gate.log_out_everywhere) } }
                a.btn href=(view.cancel) { (words.common.cancel) }
            }
        }
    };
    gate(frame, &Gate { title: words.common.log_out, error: false, side, door: Door::Ajar, deed })
}

/// What became of telling an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldState {
    /// It answered after so many milliseconds.
    Acked {
        /// Milliseconds after the commit.
        ms: u32,
    },
    /// No answer yet.
    Waiting,
    /// Given up.
    Failed,
    /// It has no address for such messages.
    NotTold,
}

/// An application that was told, or should have been.
#[derive(Debug, Clone)]
pub struct Told {
    /// The application.
    pub name: String,
    /// What became of it.
    pub state: ToldState,
}

/// A return address that was not followed.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// The address as it was asked for.
    pub address: &'a str,
    /// Which rule refused it, as a sentence.
    pub rule: &'a str,
    /// For developers: the closest registered address and the index of the first character that differs, from 0.
    pub developer: Option<(&'a str, usize)>,
}

/// What the farewell shows.
#[derive(Debug, Clone, Copy)]
pub struct SignedOutView<'a> {
    /// Why the session ended; `None` when nobody was logged in.
    pub reason: Option<Cause>,
    /// Who was logged in.
    pub person: Option<&'a str>,
    /// When it ended.
    pub at: Option<Timestamp>,
    /// On which device.
    pub device: Option<&'a Device>,
    /// Who was told.
    pub told: &'a [Told],
    /// An address that was not followed.
    pub refused: Option<Refused<'a>>,
    /// Where to log in again.
    pub log_in: &'a str,
    /// Front-channel addresses of applications, loaded out of sight.
    pub frames: &'a [String],
    /// Whether the page stands at an address that can be asked again: a log-out link cannot.
    pub may_be_asked_again: bool,
}

/// Whether one may want to ask somebody about it.
fn sends_to_an_administrator(cause: Cause) -> bool {
    match cause {
        Cause::Kicked | Cause::Console | Cause::Disabled | Cause::Deleted | Cause::ApplicationDeleted => true,
        Cause::PersonalCenter
        | Cause::FrontEnd
        | Cause::EndSession
        | Cause::PasswordChanged
        | Cause::Expired
        | Cause::Replaced => false,
    }
}

/// The farewell: the door stands open.
pub fn signed_out(frame: &Frame, view: &SignedOutView) -> Markup {
    let words = frame.words();
    let farewell = GateWords::farewell(frame.lang, view.reason);
    let side = html! {
        span.seal.s88.ended[view.reason.is_some()].word[words.common.stamp_out.chars().count() > 1] aria-hidden="true" { (words.common.stamp_out) }
        h1 { (farewell.title) }
        (circumstances(frame, view))
        // On a phone the line gives way, unless it says what to do.
        p.trust[view.reason.is_some_and(Cause::is_own_act)] { (farewell.line) }
    };
    // Nobody was told, then nobody says so.
    let nobody = view.told.iter().all(|told| told.state == ToldState::NotTold);
    let pending = view.may_be_asked_again && view.told.iter().any(|told| told.state == ToldState::Waiting);
    let deed = html! {
        // The script tells other tabs of the session that it is over.
        div.deed id=[view.reason.is_some().then_some("farewell")] {
            @if let Some(refused) = view.refused { (refusal(frame, refused)) }
            @if !view.told.is_empty() {
                section.wider #told data-live-region data-pending[pending] data-said=(confirmed(frame, view.told)) {
                    h2 { (if nobody { words.gate.left_too } else { words.gate.told }) }
                    ul.ruled { @for told in view.told { (told_row(frame, told)) } }
                }
            }
            @if view.reason.is_some_and(sends_to_an_administrator) {
                section { h2 { (words.gate.can_do) } ul.ruled { li { (administrator(frame)) } } }
            }
            div.acts { a.btn.go href=(view.log_in) { @if view.reason.is_some() { (words.gate.log_in_again) } @else { (words.common.log_in) } } }
            @for src in view.frames { iframe.hid src=(src) title=(words.gate.told) tabindex="-1" aria-hidden="true" {} }
        }
    };
    gate(frame, &Gate { title: farewell.title, error: false, side, door: Door::Open, deed })
}

/// What is shown while applications are told by the browser itself.
#[derive(Debug, Clone, Copy)]
pub struct DepartingView<'a> {
    /// Front-channel addresses, with issuer and session.
    pub frames: &'a [String],
    /// Where to go on to.
    pub next: &'a str,
}

/// The moment between: frames out of sight tell the applications, and a script goes on as soon as all have loaded, or after
/// two seconds whatever they do. Without it there is the link, and a refresh.
pub fn departing(frame: &Frame, view: &DepartingView) -> Markup {
    let words = &frame.words().gate;
    let side = html! {
        span.seal.s88.ended.word[frame.words().common.stamp_out.chars().count() > 1] aria-hidden="true" { (frame.words().common.stamp_out) }
        h1 { (words.departing) }
        p { (words.departing_line) }
    };
    let deed = html! {
        div.deed {
            div.acts { a.btn.go href=(view.next) data-onward { (words.go_on) } }
            @for src in view.frames { iframe.hid src=(src) title=(words.departing) tabindex="-1" aria-hidden="true" data-told {} }
        }
    };
    let head = html! {
        script src=(super::asset::ONWARD_JS) async {}
        noscript { meta http-equiv="refresh" content={ "3;url=" (view.next) }; }
    };
    gate_with(frame, &Gate { title: words.departing, error: false, side, door: Door::Open, deed }, head)
}

/// Who, when, on what.
fn circumstances(frame: &Frame, view: &SignedOutView) -> Markup {
    let comma = frame.words().gate.clause_comma;
    let mut facts: Vec<Markup> = Vec::new();
    if let Some(person) = view.person {
        facts.push(html! { b { (name(person)) } });
    }
    if let Some(at) = view.at {
        facts.push(frame.times().tag(at, &frame.times().moment(at)));
    }
    if let Some(device) = view.device {
        facts.push(html! { (device.sentence(&frame.words().common)) });
    }
    html! {
        @if !facts.is_empty() {
            p { @for (place, fact) in facts.iter().enumerate() { @if place > 0 { (comma) } (fact) } }
        }
    }
}

/// How many have confirmed, to be said aloud when it changes.
fn confirmed(frame: &Frame, told: &[Told]) -> String {
    let some = told.iter().filter(|told| matches!(told.state, ToldState::Acked { .. })).count();
    (frame.words().console.confirmed_said)(some.into(), told.len().into())
}

fn told_row(frame: &Frame, told: &Told) -> Markup {
    let words = frame.words();
    let (mark, note, aside) = match told.state {
        ToldState::Acked { ms } => (Stamp::Ack, None, Some((words.gate.confirmed_in)(Count::from(ms)))),
        ToldState::Waiting => (Stamp::Wait, Some(words.gate.waiting), None),
        ToldState::Failed => (Stamp::Lost, Some(words.gate.failed), None),
        ToldState::NotTold => (Stamp::Untold, Some(words.gate.not_told), None),
    };
    html! {
        li {
            (stamp(&words.common, mark))
            span.grow { (name(&told.name)) @if let Some(note) = note { small { (note) } } }
            @if let Some(aside) = aside { span.small { (aside) } }
        }
    }
}

fn refusal(frame: &Frame, refused: Refused) -> Markup {
    let words = frame.words();
    html! {
        div.notice.no.wider role="status" {
            (stamp(&words.common, Stamp::No))
            div {
                p { b { (words.gate.address_refused) } }
                code.id { (name(refused.address)) }
                p { (words.gate.address_refused_note) }
                details {
                    summary { (icon("down")) (words.gate.for_developers) }
                    p { (refused.rule) }
                    @if let Some((closest, at)) = refused.developer { (difference(frame, refused.address, closest, at)) }
                }
            }
        }
    }
}

/// Both addresses, the asked one marked from its first differing character on.
pub(super) fn difference(frame: &Frame, asked: &str, registered: &str, at: usize) -> Markup {
    let words = &frame.words().gate;
    let split = asked.char_indices().nth(at).map_or(asked.len(), |(byte, _)| byte);
    let (same, other) = asked.split_at(split);
    html! {
        p { (words.closest) }
        code.id { (calm(registered)) }
        p { ((words.first_difference)(Count::from(at + 1))) }
        code.id { (calm(same)) @if !other.is_empty() { mark { (calm(other)) } } }
    }
}
