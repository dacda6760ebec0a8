//! `/u/security`: a new password, which by default logs out every other device.

use maud::{Markup, html};

use crate::domain::clock::Timestamp;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, csrf, said};
use crate::page::shell::{House, Tab, house};
use crate::page::time::Ago;
use crate::page::words::FieldProblem;

/// A field of the password form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordField {
    /// `current`
    Current,
    /// `new`
    New,
    /// `again`
    Again,
}

impl PasswordField {
    /// The name of the field in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::New => "new",
            Self::Again => "again",
        }
    }
}

/// What the security page shows.
#[derive(Debug, Clone, Default)]
pub struct SecurityView {
    /// When the password was last changed.
    pub password_changed: Option<Timestamp>,
    /// What was refused.
    pub problems: Vec<(PasswordField, FieldProblem)>,
    /// Seconds to wait, when it was tried too often.
    pub throttled: Option<u32>,
    /// Whether the tick was taken out before.
    pub keep_others: bool,
}

impl SecurityView {
    fn problem(&self, field: PasswordField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The security page.
pub fn security(frame: &Frame, view: &SecurityView) -> Markup {
    let (words, who) = (&frame.words().person, frame.who);
    let refused = !view.problems.is_empty() || view.throttled.is_some();
    let secret = |label, field: PasswordField, autocomplete| Field {
        kind: "password",
        autocomplete,
        problem: view.problem(field),
        ..Field::text(field.as_str(), label, "")
    };
    let main = html! {
        div.title {
            span.doorline {}
            h1 { (words.security) }
            p {
                @match view.password_changed {
                    Some(at) => { (words.password_age) " " (frame.times().ago_tag(at, Ago::Long)) },
                    None => (words.password_never),
                }
            }
        }
        form.form method="post" action="/u/security/password" novalidate {
            (csrf(frame))
            h2 { (words.password_heading) }
            (notice(frame, view))
            // Password managers want to know whose password this is.
            @if let Some(who) = who { input.hid type="text" name="username" autocomplete="username" value=(who.identifier) readonly tabindex="-1" aria-hidden="true"; }
            (secret(words.current_password, PasswordField::Current, "current-password").markup(frame))
            (Field { hint: Some(words.password_line), ..secret(words.new_password, PasswordField::New, "new-password") }.markup(frame))
            (secret(words.again_password, PasswordField::Again, "new-password").markup(frame))
            label.check {
                input type="checkbox" name="end_others" value="1" checked[!view.keep_others];
                span { (words.end_others) small { (words.end_others_note) } }
            }
            div.acts { button.btn.go { (words.password_heading) } }
        }
    };
    house(frame, &House { title: words.security, error: refused, tab: Tab::Security, main })
}

fn notice(frame: &Frame, view: &SecurityView) -> Markup {
    let words = frame.words();
    let line = view.throttled.map(|seconds| (words.gate.wait_seconds)(seconds.into())).unwrap_or_default();
    if view.problems.is_empty() && line.is_empty() {
        return said(frame);
    }
    let fields = view.problems.iter().map(|(field, problem)| (field.as_str(), problem.sentence(frame.lang))).collect();
    Notice::Refused { title: words.person.password_not_changed, line: &line, fields }.markup(frame)
}
