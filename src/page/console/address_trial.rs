//! "Test an address": which registered entry lets it through, or which rule refuses it and from which character on.

use maud::{Markup, html};

use crate::domain::redirect::{Differs, ListKind};
use crate::page::frame::Frame;
use crate::page::logout::difference;
use crate::page::parts::{Stamp, icon, name, stamp};
use crate::page::words::Rule;

/// An address that somebody tries on one of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// As it was typed.
    pub url: String,
    /// On which list.
    pub list: ListKind,
    /// What came of it; none when nothing was typed.
    pub verdict: Option<TrialVerdict>,
}

impl Default for Trial {
    fn default() -> Self {
        Self { url: String::new(), list: ListKind::Logout, verdict: None }
    }
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialVerdict {
    /// Allowed.
    Allowed {
        /// By this entry, as it was registered.
        entry: String,
        /// The browser goes to this: the address as it was checked.
        sent: String,
        /// Whether the end-session endpoint, which compares texts, allows it too.
        as_text: bool,
    },
    /// No entry covers it.
    Differs {
        /// In this it differs from the one that came nearest.
        differs: Differs,
        /// The address as it was compared.
        asked: String,
        /// That entry.
        entry: String,
        /// The first character that differs.
        at: usize,
    },
    /// Refused whatever the list says, or because there is none.
    Refused(Rule),
}

/// The field, the choice of the list, and what came of it; part of a form that is posted to `action`.
pub(super) fn trial(frame: &Frame, action: &str, trial: &Trial) -> Markup {
    let (words, directory) = (&frame.words().applications, &frame.words().directory);
    let lists = [(ListKind::Logout, directory.logout_redirect_uris), (ListKind::Login, directory.redirect_uris)];
    html! {
        fieldset.trial #trial {
            legend { (words.trial) }
            div.tools {
                div.pick {
                    select.input.s name="try_list" aria-label=(words.trial_list) {
                        @for (list, label) in lists { option value=(list.as_str()) selected[list == trial.list] { (label) } }
                    }
                    (icon("down"))
                }
                div.with {
                    input.input.s #try_url type="text" inputmode="url" name="try_url" value=(trial.url) aria-label=(words.trial)
                        aria-describedby="try_url-hint" placeholder="https://" autocomplete="off" autocapitalize="none" spellcheck="false";
                }
                button.btn.s name="check" value="1" formaction={ (action) "#trial" } { (words.check) }
            }
            p.hint #try_url-hint { (words.trial_hint) }
            div role="status" { div #try-verdict data-checked { @if let Some(verdict) = &trial.verdict { (outcome(frame, verdict)) } } }
        }
    }
}

fn outcome(frame: &Frame, verdict: &TrialVerdict) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().applications);
    let refused = |why: &str, more: Markup| {
        html! { div.notice.no { (stamp(common, Stamp::No)) div { p { b { (words.trial_refused) } } p { (why) } (more) } } }
    };
    match verdict {
        TrialVerdict::Refused(rule) => refused(rule.sentence(frame.lang), html! {}),
        TrialVerdict::Differs { differs, asked, entry, at } => {
            refused(Rule::Differs(*differs).sentence(frame.lang), difference(frame, asked, entry, *at))
        }
        TrialVerdict::Allowed { entry, sent, as_text } => html! {
            div.notice {
                (stamp(common, Stamp::Fine))
                div {
                    p { b { (words.trial_allowed) } }
                    code.id { (name(entry)) }
                    p { (words.trial_sent) }
                    code.id { (name(sent)) }
                    @if !as_text { p.ochre { (words.trial_not_text) } }
                }
            }
        },
    }
}
