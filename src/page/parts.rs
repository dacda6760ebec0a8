//! Small parts that every page is made of: seals, stamps, icons, fields, notices, devices.

use std::borrow::Cow;

use maud::{Markup, html};

use super::asset;
use super::frame::Frame;
use super::words::{Common, FieldProblem};

/// The wordmark or the pool's own picture, a link home, with the name of the room beside it.
pub(super) fn brand(frame: &Frame, href: &str, room: Option<&str>) -> Markup {
    html! {
        a.brand href=(href) {
            @if let Some(logo) = frame.brand.logo {
                img src=(logo) alt=(calm(frame.pool_name)) height="32";
            } @else { (wordmark()) }
            @if let Some(room) = room { " " span { (room) } }
        }
    }
}

/// Whom people may ask, where an administrator has said so.
pub(super) fn whom_to_ask(frame: &Frame) -> Markup {
    let contact = frame.brand.contact;
    html! { @if !contact.is_empty() { p.small.ask { bdi { ((frame.words().gate.whom_to_ask)(&calm(contact))) } } } }
}

/// The same as the first words of a row, where one is told to ask in any case.
pub(super) fn administrator(frame: &Frame) -> Markup {
    let (words, contact) = (&frame.words().gate, frame.brand.contact);
    html! {
        @if contact.is_empty() { (words.ask_admin) } @else { bdi { ((words.ask_admin_at)(&calm(contact))) } }
    }
}

fn wordmark() -> Markup {
    html! {
        svg viewBox="0 0 80 16" height="18" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true" {
            path d="M2 8h8V3H2v10h9" {}
            path.leaf d="M11 11v3l5-5V6z" {}
            path d="m18 3.2 8.5 9.8M26.5 3.2 18 13M31 8h8V3h-8v10h9M45 2v11h8V2M59 14V3h8v11M73 -2v15h6.5M70 3h9" {}
        }
        b.hid { "exeunt" }
    }
}

/// A picture from the sprite; it says nothing that a word beside it does not say.
pub(super) fn icon(id: &str) -> Markup {
    html! { svg.i aria-hidden="true" { use href={ (asset::ICONS_SVG) "#i-" (id) } {} } }
}

/// The hidden field that proves a form came from our own page.
pub(super) fn csrf(frame: &Frame) -> Markup {
    hidden("csrf", frame.csrf)
}

pub(super) fn hidden(name: &str, value: impl std::fmt::Display) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A text somebody chose, kept from turning the sentence around it: its direction stays its own, and marks that would
/// override the direction are dropped.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (calm(text)) } }
}

/// `text` without direction overrides and control characters, for places where no element can isolate it.
pub(super) fn calm(text: &str) -> Cow<'_, str> {
    let unruly = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.contains(unruly) { Cow::Owned(text.replace(unruly, "")) } else { Cow::Borrowed(text) }
}

/// Where a seal stands, and of whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seal {
    /// A person, at the gate.
    Gate,
    /// A person, in a bar.
    Bar,
    /// A person, in a table.
    Row,
    /// An application, at the gate.
    AppGate,
    /// An application, in a list.
    AppBar,
    /// An application, in a table.
    AppRow,
}

/// People are cut in relief, applications in intaglio; the first character of the name.
pub(super) fn seal(name: &str, kind: Seal) -> Markup {
    let class = match kind {
        Seal::Gate => "seal s88",
        Seal::Bar => "seal s32",
        Seal::Row => "seal s20",
        Seal::AppGate => "seal app s88",
        Seal::AppBar => "seal app s32",
        Seal::AppRow => "seal app s20",
    };
    let calm = calm(name);
    let first = calm.chars().find(|c| !c.is_whitespace());
    html! { span class=(class) aria-hidden="true" { @if let Some(first) = first { (first) } @else { "?" } } }
}

/// One state in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Online.
    In,
    /// Online, long without a sign of life.
    Idle,
    /// Left.
    Out,
    /// Ended by somebody else.
    Ended,
    /// Ended by this act.
    Over,
    /// Disabled.
    Off,
    /// Acknowledged.
    Ack,
    /// No answer yet.
    Wait,
    /// Trying again.
    Try,
    /// Given up.
    Lost,
    /// Refused.
    No,
    /// Wrong.
    Error,
    /// Done.
    Done,
    /// Accepted.
    Fine,
    /// Nobody was told.
    Untold,
    /// Changed.
    Changed,
}

pub(super) fn stamp(common: &Common, stamp: Stamp) -> Markup {
    let (class, word, meaning) = match stamp {
        Stamp::In => ("stamp in", common.stamp_in, common.meaning_in),
        Stamp::Idle => ("stamp", common.stamp_idle, common.meaning_idle),
        Stamp::Out => ("stamp", common.stamp_out, common.meaning_out),
        Stamp::Ended => ("stamp end", common.stamp_out, common.meaning_ended),
        Stamp::Over => ("stamp over", common.stamp_out, common.meaning_ended),
        Stamp::Off => ("stamp", common.stamp_off, common.meaning_off),
        Stamp::Ack => ("stamp ack", common.stamp_ack, common.meaning_ack),
        Stamp::Wait => ("stamp wait", common.stamp_wait, common.meaning_wait),
        Stamp::Try => ("stamp wait", common.stamp_try, common.meaning_try),
        Stamp::Lost => ("stamp lost", common.stamp_lost, common.meaning_lost),
        Stamp::No => ("stamp no", common.stamp_no, common.meaning_no),
        Stamp::Error => ("stamp no", common.stamp_error, common.meaning_no),
        Stamp::Done => ("stamp ack", common.stamp_done, common.meaning_done),
        Stamp::Fine => ("stamp ack", common.stamp_fine, common.meaning_fine),
        Stamp::Untold => ("stamp", common.stamp_untold, common.meaning_untold),
        Stamp::Changed => ("stamp", common.stamp_changed, common.meaning_changed),
    };
    html! { span class=(class) title=(meaning) { (word) } }
}

pub use crate::domain::device::{Device, DeviceKind};

impl Device {
    /// The picture of its kind.
    pub(super) fn icon(&self) -> Markup {
        icon(match self.kind {
            DeviceKind::Desk | DeviceKind::Unknown => "desk",
            DeviceKind::Phone => "phone",
            DeviceKind::Chat => "chat",
            DeviceKind::Code => "code",
        })
    }

    /// Whether nothing is known of it.
    pub(super) fn is_unknown(&self) -> bool {
        self.browser.is_empty() && self.os.is_empty()
    }

    /// `Chrome 150` with the system in the second voice.
    pub(super) fn name(&self, common: &Common) -> Markup {
        html! {
            @if self.is_unknown() {
                (common.unknown_device)
            } @else {
                @if !self.browser.is_empty() { (calm((common.program)(&self.browser))) " " }
                @if !self.version.is_empty() { (calm(&self.version)) " " }
                @if !self.os.is_empty() { span.os { (calm(&self.os)) } }
            }
        }
    }

    /// `Chrome on Windows`, for sentences.
    pub(super) fn sentence(&self, common: &Common) -> String {
        match (self.browser.is_empty(), self.os.is_empty()) {
            (true, true) => common.unknown_device.to_owned(),
            (false, true) => calm((common.program)(&self.browser)).into_owned(),
            (true, false) => calm(&self.os).into_owned(),
            (false, false) => (common.on)(&calm((common.program)(&self.browser)), &calm(&self.os)),
        }
    }

    /// `Chrome 150 Windows`, for labels.
    pub(super) fn label(&self, common: &Common) -> String {
        let words: Vec<&str> = [(common.program)(&self.browser), &*self.version, &*self.os]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() { common.unknown_device.to_owned() } else { calm(&words.join(" ")).into_owned() }
    }
}

/// One line of text to be filled in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub id: &'a str,
    pub label: &'a str,
    pub value: &'a str,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub hint: Option<&'a str>,
    pub optional: bool,
    pub problem: Option<FieldProblem>,
}

impl<'a> Field<'a> {
    pub(super) fn text(id: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { id, label, value, kind: "text", autocomplete: "off", hint: None, optional: false, problem: None }
    }

    pub(super) fn markup(&self, frame: &Frame) -> Markup {
        let (why, about) = (format!("{}-why", self.id), format!("{}-hint", self.id));
        let described = match (self.problem, self.hint) {
            (Some(_), Some(_)) => Some(format!("{why} {about}")),
            (Some(_), None) => Some(why.clone()),
            (None, Some(_)) => Some(about.clone()),
            (None, None) => None,
        };
        let secret = self.kind == "password";
        html! {
            div.field {
                label for=(self.id) { (self.label) @if self.optional { " " span.hint { (frame.words().common.optional) } } }
                div.with {
                    input.input #(self.id) name=(self.id) type=(self.kind) value=[(!secret).then_some(self.value)]
                        autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false"
                        aria-invalid=[self.problem.map(|_| "true")] aria-describedby=[described];
                    @if secret { (show_button(frame, self.id)) }
                }
                @if let Some(problem) = self.problem { p.why #(why) { (problem.sentence(frame.lang)) } }
                @if let Some(hint) = self.hint { p.hint #(about) { (hint) } }
            }
        }
    }
}

/// The button that shows a password; it appears when the script can serve it.
pub(super) fn show_button(frame: &Frame, field: &str) -> Markup {
    let common = &frame.words().common;
    html! {
        button.btn.bare type="button" hidden data-show=(field) data-on=(common.hide) aria-label=(common.show_password) aria-pressed="false" {
            (common.show)
        }
    }
}

/// The button that copies the text of the element with this id; it appears when the script can serve it.
pub(super) fn copy_button(frame: &Frame, target: &str, label: Option<&str>) -> Markup {
    let common = &frame.words().common;
    html! {
        button.btn.s.bare type="button" hidden data-copy=(target) data-done=(common.copied) data-keys=(common.select_copy) {
            (icon("copy"))
            @if let Some(label) = label { span.hid { (label) } } @else { span { (common.copy) } }
        }
    }
}

/// What a form has to say on top.
pub(super) enum Notice<'a> {
    /// It was refused; each problem links to its field.
    Refused { title: &'a str, line: &'a str, fields: Vec<(&'a str, String)> },
    /// It was done.
    Done(&'a str),
}

impl Notice<'_> {
    pub(super) fn markup(&self, frame: &Frame) -> Markup {
        let common = &frame.words().common;
        html! {
            @match self {
                Self::Refused { title, line, fields } => div.notice.no role="alert" tabindex="-1" autofocus {
                    (stamp(common, Stamp::Error))
                    div {
                        p { b { (title) } }
                        @if !line.is_empty() { p { (line) } }
                        @if !fields.is_empty() {
                            ul.faults { @for (id, sentence) in fields { li { a href={ "#" (id) } { (sentence) } } } }
                        }
                    }
                },
                Self::Done(line) => div.notice role="status" tabindex="-1" autofocus {
                    (stamp(common, Stamp::Done))
                    div { p { b { (line) } } }
                },
            }
        }
    }
}

/// What was done just now, where it was.
pub(super) fn said(frame: &Frame) -> Markup {
    html! { @if let Some(said) = frame.said { (Notice::Done(&calm(said)).markup(frame)) } }
}

/// A list of names as a phrase: `笔记、信箱`, `Notes, Mail`; after six the rest is counted.
pub(super) fn listed(common: &Common, names: &[String]) -> String {
    const SHOWN: usize = 6;
    let mut shown: Vec<Cow<'_, str>> = names.iter().take(SHOWN).map(|name| calm(name)).collect();
    if shown.is_empty() {
        shown.push(Cow::Borrowed(common.nothing));
    }
    let mut phrase = shown.join(common.list_comma);
    if names.len() > SHOWN {
        phrase.push_str(&(common.and_others)((names.len() - SHOWN).into()));
    }
    phrase
}

/// An em dash that screen readers read as its meaning.
pub(super) fn dash(meaning: &str) -> Markup {
    html! { span.none { span aria-hidden="true" { "—" } span.hid { (meaning) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::words::Lang;

    #[test]
    fn a_name_cannot_turn_the_page_around() {
        assert_eq!(calm("李\u{202e}雷\u{7}"), "李雷");
        assert_eq!(name("<b>").into_string(), "<bdi>&lt;b&gt;</bdi>");
        assert_eq!(
            seal("\u{200f} 𠮷田", Seal::Row).into_string(),
            r#"<span class="seal s20" aria-hidden="true">𠮷</span>"#
        );
        assert_eq!(seal("", Seal::Row).into_string(), r#"<span class="seal s20" aria-hidden="true">?</span>"#);
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (1..=8).map(|n| n.to_string()).collect();
        assert_eq!(listed(&Lang::En.words().common, &names), "1, 2, 3, 4, 5, 6 and 2 more");
        assert_eq!(listed(&Lang::Zh.words().common, &names[..2]), "1、2");
        assert_eq!(listed(&Lang::Zh.words().common, &[]), "没有");
    }
}
