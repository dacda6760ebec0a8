//! A line of the log: who did what, or what was done to whom.

use std::borrow::Cow;

use maud::{Markup, html};

use crate::page::frame::Frame;
use crate::page::parts::{calm, name};
use crate::page::words::{Deed, Whom};

/// What happened, with those whom it is about.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub deed: &'a Deed,
    pub whom: &'a Whom,
    pub application: Option<&'a str>,
}

/// Keeps the place of a name in a sentence.
const PLACE: &str = "\u{fffc}";

impl Told<'_> {
    fn sentence(&self, frame: &Frame) -> String {
        let application = self.application.filter(|_| !self.deed.has_object()).map(calm);
        self.deed.sentence(frame.lang, application.as_deref())
    }

    /// The act before its object; else the person before the act.
    fn order(&self, frame: &Frame, whom: &str) -> String {
        let sentence = self.sentence(frame);
        if self.deed.has_object() {
            (frame.words().event.done_to)(&sentence, whom)
        } else {
            format!("{whom} {sentence}")
        }
    }

    /// As one text.
    pub(super) fn plain(&self, frame: &Frame) -> String {
        match self.whom.words(frame.lang) {
            Some(whom) => self.order(frame, &calm(&whom)),
            None => self.sentence(frame),
        }
    }

    /// With the name set off, and what else there is to say of the act behind it.
    pub(super) fn markup(&self, frame: &Frame, rest: &Markup) -> Markup {
        let Some(whom) = self.whom.words(frame.lang) else {
            return html! { span.muted { (self.sentence(frame)) (rest) } };
        };
        let sentence = self.order(frame, PLACE);
        let (before, after) = sentence.split_once(PLACE).unwrap_or((&sentence, ""));
        let title: Cow<str> = calm(&whom);
        html! {
            @if !before.is_empty() { span.muted { (before) } }
            b title=(title) { (name(&whom)) }
            @if !after.is_empty() || !rest.0.is_empty() { span.muted { (after) (rest) } }
        }
    }
}
