//! *Confirm it is you*: the password once more, before an act of consequence. What was typed waits in the form.

use maud::{Markup, html};

use crate::domain::user::Role;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, Seal, calm, csrf, hidden, name, seal};
use crate::page::shell::{Door, Gate, gate};
use crate::page::words::{FieldProblem, Lang};

/// An act of consequence, with whom or what it is about.
#[derive(Debug, Clone, Copy)]
pub enum Grave<'a> {
    /// A user goes for good.
    DeleteUser(&'a str),
    /// An application goes for good.
    DeleteApplication(&'a str),
    /// An application gets another secret.
    NewSecret(&'a str),
    /// A program gets in.
    NewKey(&'a str),
    /// Somebody's rights change.
    GiveRole(&'a str, Role),
    /// Somebody gets a link by which to set a password.
    ResetLink(&'a str),
    /// Somebody gets a password.
    SetPassword(&'a str),
    /// Another administrator may not log in any more.
    DisableAdmin(&'a str),
    /// The pool is set up otherwise.
    Settings,
    /// Everybody must leave an application.
    KickEverybody(&'a str),
    /// Many people must leave.
    KickMany(Count),
}

impl Grave<'_> {
    /// The act in words.
    pub fn sentence(&self, lang: Lang) -> String {
        let (words, directory) = (&lang.words().settings, &lang.words().directory);
        match self {
            Self::DeleteUser(name) => (words.grave_delete_user)(&calm(name)),
            Self::DeleteApplication(name) => (words.grave_delete_application)(&calm(name)),
            Self::NewSecret(name) => (words.grave_new_secret)(&calm(name)),
            Self::NewKey(label) => (words.grave_new_key)(&calm(label)),
            Self::GiveRole(name, role) => (words.grave_role)(&calm(name), directory.of_role(*role).0),
            Self::ResetLink(name) => (words.grave_reset_link)(&calm(name)),
            Self::SetPassword(name) => (words.grave_password)(&calm(name)),
            Self::DisableAdmin(name) => (words.grave_disable)(&calm(name)),
            Self::Settings => words.grave_settings.to_owned(),
            Self::KickEverybody(application) => (words.grave_everybody)(&calm(application)),
            Self::KickMany(people) => (words.grave_many)(*people),
        }
    }
}

/// Why the act was not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotConfirmed {
    /// Nothing was typed.
    Missing,
    /// It is not the password.
    Wrong {
        /// How often one may still try.
        left: u32,
    },
    /// Tried too often.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
    /// No room to check the password now.
    Busy,
}

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmItIsYou<'a> {
    /// The act.
    pub act: Grave<'a>,
    /// Its own address, which the form goes to once more.
    pub action: &'a str,
    /// What was posted there, without the proof of the page it came from.
    pub fields: &'a [(String, String)],
    /// Whether a file is among it, for which the usual way of writing forms has no room.
    pub has_file: bool,
    /// Why it was not done at this try.
    pub problem: Option<NotConfirmed>,
    /// Where *cancel* leads.
    pub cancel: &'a str,
}

/// Name of the field for the password.
pub const OWN_PASSWORD: &str = "own_password";

/// The page.
pub fn confirm_it_is_you(frame: &Frame, view: &ConfirmItIsYou) -> Markup {
    let words = &frame.words().settings;
    let who = frame.who.map_or(("", ""), |who| (who.name, who.identifier));
    let side = html! {
        (seal(who.0, Seal::Gate))
        h1 { (words.confirm_title) }
        p { b { (name(who.0)) } " " span.os { (name(who.1)) } }
        p.trust { (words.confirm_why) }
    };
    let wrong = matches!(view.problem, Some(NotConfirmed::Missing | NotConfirmed::Wrong { .. }));
    let password = Field {
        kind: "password",
        autocomplete: "current-password",
        problem: wrong.then_some(match view.problem {
            Some(NotConfirmed::Missing) => FieldProblem::Missing,
            _ => FieldProblem::WrongPassword,
        }),
        ..Field::text(OWN_PASSWORD, words.confirm_password, "")
    };
    let deed = html! {
        form.deed method="post" action=(view.action) enctype=[view.has_file.then_some("multipart/form-data")] novalidate {
            (csrf(frame))
            @for (name, value) in view.fields { (hidden(name, value)) }
            @if let Some(problem) = view.problem { (notice(frame, problem)) }
            section {
                h2 { (words.confirm_then) }
                p { (view.act.sentence(frame.lang)) }
            }
            // Password managers want to know whose password this is.
            input.hid type="text" name="" autocomplete="username" value=(who.1) readonly tabindex="-1" aria-hidden="true";
            (password.markup(frame))
            div.acts {
                button.btn.go { (words.confirm_act) }
                a.btn href=(view.cancel) { (frame.words().common.cancel) }
            }
            p.small { (words.confirm_kept) }
        }
    };
    gate(frame, &Gate { title: words.confirm_title, error: view.problem.is_some(), side, door: Door::Ajar, deed })
}

fn notice(frame: &Frame, problem: NotConfirmed) -> Markup {
    let (words, refusal) = (&frame.words().settings, &frame.words().refusal);
    let (line, fields) = match problem {
        NotConfirmed::Missing => (String::new(), vec![(OWN_PASSWORD, refusal.missing_password.to_owned())]),
        NotConfirmed::Wrong { left } => {
            ((words.confirm_left)(left.into()), vec![(OWN_PASSWORD, refusal.enter_again.to_owned())])
        }
        NotConfirmed::Throttled { seconds } => ((refusal.throttled)(seconds.into()), Vec::new()),
        NotConfirmed::Busy => (refusal.busy.to_owned(), Vec::new()),
    };
    Notice::Refused { title: words.confirm_not, line: &line, fields }.markup(frame)
}
