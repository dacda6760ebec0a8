//! The log-in page: who asks on the left, the shut door, and the form on the right.

use maud::{Markup, html};

use super::count::Count;
use super::frame::Frame;
use super::parts::{Seal, Stamp, calm, csrf, hidden, name, seal, show_button, stamp, whom_to_ask};
use super::shell::{Door, Gate, gate};

/// The application that a person logs in to.
#[derive(Debug, Clone, Copy)]
pub struct AppFace<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its identifier, the first label of its host.
    pub identifier: &'a str,
}

/// A room of the house itself, which one may be on the way to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnRoom {
    /// The console.
    Console,
    /// The personal center.
    PersonalCenter,
}

/// What the log-in page shows.
#[derive(Debug, Clone, Copy)]
pub struct LoginView<'a> {
    /// Where to.
    pub application: AppFace<'a>,
    /// Where to, when it is not the application.
    pub own: Option<OwnRoom>,
    /// The host the browser goes to afterwards.
    pub return_host: Option<&'a str>,
    /// Where the form is posted.
    pub action: &'a str,
    /// An opaque value that the form sends back.
    pub next: &'a str,
    /// What was typed before.
    pub identifier: &'a str,
    /// People of the demo, by log-in name, who can be logged in as with one press.
    pub strollers: &'a [(&'a str, &'a str)],
    /// Where people make themselves a user, if they may.
    pub register: Option<&'a str>,
    /// Why it did not work.
    pub problem: Option<LoginProblem>,
}

/// Why a log-in did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// A field was left empty.
    Missing {
        /// The first one.
        identifier: bool,
        /// The second one.
        password: bool,
    },
    /// Unknown user or wrong password; nobody learns which.
    Wrong {
        /// How often one may still try.
        attempts_left: Option<u32>,
    },
    /// The same, and it was the last try for a while.
    WrongLast {
        /// How long to wait.
        seconds: u32,
    },
    /// Tried too often.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
    /// No room to check the password now.
    Busy,
    /// The hidden value of the form is too old.
    Expired,
    /// The user is disabled.
    Disabled,
}

/// The log-in page.
pub fn login(frame: &Frame, view: &LoginView) -> Markup {
    // Before there is any application, people log in to the pool itself.
    let of_the_house = view.application.identifier.is_empty() || view.own.is_some();
    let named = if of_the_house { frame.pool_name } else { view.application.name };
    let (words, app) = (frame.words(), calm(named));
    let side = html! {
        (seal(named, Seal::AppGate))
        h1 {
            @match view.own {
                Some(OwnRoom::Console) => (words.gate.log_in_to_console),
                Some(OwnRoom::PersonalCenter) => (words.gate.log_in_to_personal_center),
                None => ((words.gate.log_in_to)(&app)),
            }
        }
        @if let Some(host) = view.return_host { p { (words.gate.return_to) b { (name(host)) } } }
        @if !of_the_house { p.trust { ((words.gate.trust)(&calm(frame.pool_name), &app)) } }
    };
    gate(
        frame,
        &Gate {
            title: words.common.log_in,
            error: view.problem.is_some(),
            side,
            door: Door::Shut,
            deed: form(frame, view),
        },
    )
}

fn form(frame: &Frame, view: &LoginView) -> Markup {
    let words = frame.words();
    let (account_why, password_why) = faults(frame, view.problem);
    html! {
        form.deed method="post" action=(view.action) novalidate {
            (csrf(frame))
            (hidden("next", view.next))
            @if let Some(problem) = view.problem { (summary(frame, problem)) }
            div.field {
                label for="account" { (words.gate.account) }
                input.input #account name="account" autocomplete="username" autocapitalize="none" spellcheck="false" required
                    value=(view.identifier) aria-invalid=[account_why.map(|_| "true")] aria-describedby=[account_why.map(|_| "account-why")]
                    autofocus[view.problem.is_none()];
                @if let Some(why) = account_why { p.why #account-why { (why) } }
            }
            div.field {
                label for="password" { (words.gate.password) }
                div.with {
                    input.input #password name="password" type="password" autocomplete="current-password" required
                        aria-invalid=[password_why.map(|_| "true")] aria-describedby=[password_why.map(|_| "password-why")];
                    (show_button(frame, "password"))
                }
                @if let Some(why) = password_why { p.why #password-why { (why) } }
            }
            button.btn.go.wide { (words.common.log_in) }
            @if view.problem.is_none() { p.small { (words.gate.shared_computer) } }
            p.small { (words.gate.who_to_ask) }
            (whom_to_ask(frame))
            @if let Some(path) = view.register { p.small { (words.gate.no_account) a href=(path) { (words.gate.register) } } }
            @if !view.strollers.is_empty() {
                section.strollers {
                    h2 { (words.gate.log_in_as) }
                    div.acts { @for (account, called) in view.strollers { button.btn.s name="as" value=(account) formnovalidate { (name(called)) } } }
                }
            }
        }
    }
}

/// The sentences under the two fields.
fn faults(frame: &Frame, problem: Option<LoginProblem>) -> (Option<&'static str>, Option<&'static str>) {
    let refusal = &frame.words().refusal;
    match problem {
        Some(LoginProblem::Missing { identifier, password }) => {
            (identifier.then_some(refusal.missing_account), password.then_some(refusal.missing_password))
        }
        Some(LoginProblem::Wrong { .. } | LoginProblem::Expired | LoginProblem::Busy) => {
            (None, Some(refusal.enter_again))
        }
        Some(LoginProblem::WrongLast { .. } | LoginProblem::Throttled { .. } | LoginProblem::Disabled) | None => {
            (None, None)
        }
    }
}

/// What went wrong, on top and focused, with links to the fields it concerns.
fn summary(frame: &Frame, problem: LoginProblem) -> Markup {
    let words = frame.words();
    let refusal = &words.refusal;
    let line = match problem {
        LoginProblem::Missing { .. } => String::new(),
        LoginProblem::Wrong { attempts_left: Some(left) } => (refusal.wrong_left)(Count::from(left)),
        LoginProblem::Wrong { attempts_left: None } => refusal.wrong.to_owned(),
        LoginProblem::WrongLast { seconds } => (refusal.wrong_last)(Count::from(seconds)),
        LoginProblem::Throttled { seconds } => (refusal.throttled)(Count::from(seconds)),
        LoginProblem::Busy => refusal.busy.to_owned(),
        LoginProblem::Expired => refusal.expired.to_owned(),
        LoginProblem::Disabled => refusal.disabled.to_owned(),
    };
    let (account_why, password_why) = faults(frame, Some(problem));
    html! {
        div.notice.no role="alert" tabindex="-1" autofocus {
            (stamp(&words.common, Stamp::Error))
            div {
                p { b { (words.gate.not_logged_in) } }
                @if !line.is_empty() { p { (line) } }
                @if let Some(why) = account_why { p { a href="#account" { (why) } } }
                @if let Some(why) = password_why { p { a href="#password" { (why) } } }
            }
        }
    }
}
