//! One user: who they are and whether they are here, what can be done with them, and a tab for each thing to know.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, room};
use super::user_form::{Making, UserForm, form};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::Role;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Seal, Stamp, calm, copy_button, csrf, hidden, icon, seal, stamp};
use crate::page::words::FieldProblem;

/// What stands above every tab.
#[derive(Debug, Clone)]
pub struct UserHead<'a> {
    /// Their id.
    pub id: UserId,
    /// Their name as it is kept.
    pub name: &'a str,
    /// Their user name, email or phone.
    pub identifier: &'a str,
    /// What they may do in the console.
    pub role: Role,
    /// Whether they may log in.
    pub enabled: bool,
    /// Whether it is the reader.
    pub own: bool,
    /// Sessions that live.
    pub sessions: Count,
    /// The last log-in.
    pub last_login: Option<Timestamp>,
}

/// What there is to know of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserTab {
    Information,
    Devices,
    Applications,
    History,
    Raw,
}

impl UserHead<'_> {
    pub(super) fn home(&self) -> String {
        format!("/console/users/{}", self.id)
    }
}

/// A tab of a user's, with the head above it.
pub(super) fn user_room(
    frame: &Frame,
    rail: &Rail,
    head: &UserHead,
    tab: UserTab,
    error: bool,
    inside: &Markup,
) -> Markup {
    let console = &frame.words().console;
    let main = html! { (head_markup(frame, head)) (tabs(frame, head, tab)) (inside) };
    let crumbs = vec![Crumb::new(console.users, "/console/users"), Crumb::new(head.name, head.home())];
    let title = calm(head.name);
    room(frame, rail, &Room { title: &title, error, section: Section::Users, crumbs, slip: true, main })
}

fn head_markup(frame: &Frame, head: &UserHead) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().directory, frame.times());
    let (mark, meaning) = match (head.enabled, head.sessions.is_none()) {
        (false, _) => (Stamp::Off, common.meaning_off),
        (true, true) => (Stamp::Out, common.none_here),
        (true, false) => (Stamp::In, common.meaning_in),
    };
    html! {
        div.title {
            span.doorline {}
            (seal(head.name, Seal::Bar))
            h1 { (calm(head.name)) }
            div.acts {
                @if !head.sessions.is_none() { a.btn.s.ends href={ (head.home()) "/kick" } { (icon("leave")) (words.force_everything) } }
                @if frame.may_act() { (more(frame, head)) }
            }
            p.small #title-line data-live-region {
                (stamp(common, mark)) " "
                @if head.role.may_read() { span.tag { (words.of_role(head.role).0) } (frame.words().gate.clause_comma) }
                (meaning)
                @if !head.sessions.is_none() { (frame.words().gate.clause_comma) ((common.sessions)(head.sessions)) }
                @if let Some(at) = head.last_login { (frame.words().gate.clause_comma) (times.tag(at, &(words.last_login_at)(&times.moment(at)))) }
            }
        }
    }
}

/// What is done seldom, each with what it does.
fn more(frame: &Frame, head: &UserHead) -> Markup {
    let (words, link) = (&frame.words().directory, &frame.words().password_link);
    let home = head.home();
    html! {
        button.btn.s.deeds type="button" popovertarget="more" { (words.more) (icon("down")) }
        div.menu.deed-menu #more popover {
            ul {
                @if head.enabled && !head.own {
                    li {
                        form method="post" action={ (home) "/reset-link" } { (csrf(frame)) button { (link.make) small { (link.make_note) } } }
                    }
                }
                @if !head.own {
                    li {
                        form method="post" action={ (home) "/status" } {
                            (csrf(frame))
                            @if head.enabled {
                                (hidden("status", "disabled"))
                                button.end-text { (words.disable) small { (words.disabled_note) } }
                            } @else {
                                (hidden("status", "enabled"))
                                button { (words.enable) small { (words.enable_note) } }
                            }
                        }
                    }
                }
                li { a.end-text href={ (home) "#delete" } { (words.delete_user) "…" small { (words.delete_note) } } }
            }
        }
    }
}

fn tabs(frame: &Frame, head: &UserHead, tab: UserTab) -> Markup {
    let (common, words, home) = (&frame.words().common, &frame.words().directory, head.home());
    let tabs = [
        (UserTab::Information, home.clone(), words.tab_information),
        (UserTab::Devices, format!("{home}/devices"), common.devices),
        (UserTab::Applications, format!("{home}/applications"), words.tab_applications),
        (UserTab::History, format!("{home}/history"), words.tab_history),
        (UserTab::Raw, format!("{home}/data"), words.tab_raw),
    ];
    html! {
        nav.tabs aria-label=(calm(head.name)) {
            @for (entry, href, label) in tabs { a href=(href) aria-current=[(entry == tab).then_some("page")] { (label) } }
        }
    }
}

/// What the first tab shows.
#[derive(Debug, Clone)]
pub struct UserView<'a> {
    /// What stands above it.
    pub head: UserHead<'a>,
    /// The form.
    pub form: UserForm,
    /// Why they were not deleted.
    pub delete_problem: Option<FieldProblem>,
}

/// Who a user is: the form, and the end of them.
pub fn user(frame: &Frame, rail: &Rail, view: &UserView) -> Markup {
    let words = &frame.words().directory;
    let home = view.head.home();
    let inside = html! {
        (form(frame, &home, &view.form, Making::Change))
        dl.pairs { dt { (words.user_id) } dd { code #user-id { (view.head.id) } (copy_button(frame, "user-id", None)) } }
        (danger(frame, view, &home))
    };
    let error = !view.form.problems.is_empty() || view.form.theirs.is_some() || view.delete_problem.is_some();
    user_room(frame, rail, &view.head, UserTab::Information, error, &inside)
}

fn danger(frame: &Frame, view: &UserView, home: &str) -> Markup {
    let words = &frame.words().directory;
    let confirm = (words.confirm_name)(&calm(view.head.identifier));
    html! {
        section #delete {
            div.head { h2 { (words.danger) } }
            form.danger method="post" action={ (home) "/delete" } {
                (csrf(frame))
                div {
                    b { (words.delete_user) }
                    p.small { ((words.delete_user_line)(&calm(view.head.name))) }
                    (Field { problem: view.delete_problem, ..Field::text("confirm", &confirm, "") }.markup(frame))
                }
                button.btn.s.ends { (words.delete_user) }
            }
        }
    }
}
