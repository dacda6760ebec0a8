//! Users: the list, a new one, and one with the sessions that can be ended.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Search, Section, pages, room, search, title};
use super::user_form::{Making, UserForm, form};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::Role;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Seal, Stamp, calm, csrf, icon, listed, name, seal, stamp};
use crate::page::session::SessionRow;
use crate::page::time::Ago;
use crate::page::words::FieldProblem;

/// One user of the list.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their user name, email or phone.
    pub identifier: String,
    /// What they may do in the console.
    pub role: Role,
    /// Whether they may log in.
    pub enabled: bool,
    /// Sessions that live.
    pub sessions: Count,
    /// The last log-in.
    pub last_login: Option<Timestamp>,
}

/// What the list shows.
#[derive(Debug, Clone, Default)]
pub struct UsersView<'a> {
    /// How many there are.
    pub count: Count,
    /// What was searched for.
    pub q: &'a str,
    /// The users of this page.
    pub users: Vec<UserRow>,
    /// The first page, unless this is it.
    pub first: Option<String>,
    /// What comes after these.
    pub next: Option<String>,
}

/// The list of users.
pub fn users(frame: &Frame, rail: &Rail, view: &UsersView) -> Markup {
    let (common, console, words) = (&frame.words().common, &frame.words().console, &frame.words().directory);
    let acts = html! {
        a.btn.s href="/console/users/import" { (frame.words().import.from_list) }
        a.btn.s.go href="/console/users/new" { (words.new_user) }
    };
    let main = html! {
        (title(console.users, &html! { ((words.n_users)(view.count)) }, &acts))
        div {
            (search(frame, &Search { action: "/console/users", q: view.q, placeholder: words.search_users, filters: html! {}, tail: html! {} }))
            table.ledger.folds.plain #users data-live-region role="table" {
                caption.hid { (console.users) }
                thead {
                    tr role="row" {
                        th.c-state scope="col" role="columnheader" { (common.state) }
                        th.c-who scope="col" role="columnheader" { (console.user) }
                        th.c-dev scope="col" role="columnheader" { (words.sessions) }
                        th.c-seen scope="col" role="columnheader" { (words.last_login) }
                    }
                }
                tbody {
                    @if view.users.is_empty() {
                        tr role="row" { td.c-who colspan="4" role="cell" { @if view.q.is_empty() { (words.no_users) } @else { (console.nothing_found) } } }
                    }
                    @for user in &view.users { (row(frame, user)) }
                }
            }
            (pages(frame, view.first.as_deref(), view.next.as_deref()))
        }
    };
    let crumbs = vec![Crumb::new(console.users, "/console/users")];
    room(frame, rail, &Room { title: console.users, error: false, section: Section::Users, crumbs, slip: false, main })
}

fn row(frame: &Frame, user: &UserRow) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().directory, frame.times());
    let mark = match (user.enabled, user.sessions.is_none()) {
        (false, _) => Stamp::Off,
        (true, true) => Stamp::Out,
        (true, false) => Stamp::In,
    };
    html! {
        tr.left[!user.enabled] role="row" {
            td.c-state role="cell" { (stamp(common, mark)) }
            td.c-who role="cell" {
                div.who {
                    (seal(&user.name, Seal::Row))
                    div { a href={ "/console/users/" (user.id) } { b title=(calm(&user.name)) { (name(&user.name)) } } }
                    small.id { (name(&user.identifier)) }
                    @if user.role.may_read() { span.tag.nowrap { (words.of_role(user.role).0) } }
                }
            }
            td.c-dev role="cell" { @if user.sessions.is_none() { span.muted { (common.none_here) } } @else { ((common.sessions)(user.sessions)) } }
            td.c-seen.nowrap role="cell" { @match user.last_login { Some(at) => (times.tag(at, &times.moment(at))), None => span.muted { (words.never) } } }
        }
    }
}

/// The form of a new user, posted to its own address.
pub fn new_user(frame: &Frame, rail: &Rail, view: &UserForm) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let main = html! {
        (title(words.new_user, &html! {}, &html! {}))
        (form(frame, "/console/users/new", view, Making::New))
    };
    let crumbs = vec![Crumb::new(console.users, "/console/users"), Crumb::new(words.new_user, "/console/users/new")];
    let error = !view.problems.is_empty();
    room(frame, rail, &Room { title: words.new_user, error, section: Section::Users, crumbs, slip: true, main })
}

/// What the page of one user shows.
#[derive(Debug, Clone)]
pub struct UserView<'a> {
    /// Their id.
    pub id: UserId,
    /// Their name as it is kept.
    pub name: &'a str,
    /// Their user name; typed once more to delete them.
    pub username: &'a str,
    /// The form.
    pub form: UserForm,
    /// Sessions that live.
    pub sessions: Vec<SessionRow>,
    /// Whether a link to set a new password can be made: not for oneself, nor for whoever may not log in.
    pub can_get_link: bool,
    /// Why they were not deleted.
    pub delete_problem: Option<FieldProblem>,
}

/// One user.
pub fn user(frame: &Frame, rail: &Rail, view: &UserView) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let home = format!("/console/users/{}", view.id);
    let acts = html! {
        @if view.can_get_link {
            form method="post" action={ (home) "/reset-link" } { (csrf(frame)) button.btn.s { (frame.words().password_link.make) } }
        }
        @if !view.sessions.is_empty() { a.btn.s.ends href={ (home) "/kick" } { (icon("leave")) (words.force_everything) } }
    };
    let main = html! {
        (title(&calm(view.name), &html! { (words.user_id) " " code { (view.id) } }, &acts))
        section #sessions data-live-region {
            div.head { h2 { (words.user_sessions) } }
            @if view.sessions.is_empty() { p.small { (words.no_sessions) } } @else { (sessions(frame, view)) }
        }
        (form(frame, &home, &view.form, Making::Change))
        (danger(frame, view, &home))
    };
    let crumbs = vec![Crumb::new(console.users, "/console/users"), Crumb::new(view.name, home.clone())];
    let error = !view.form.problems.is_empty() || view.delete_problem.is_some();
    room(frame, rail, &Room { title: view.name, error, section: Section::Users, crumbs, slip: true, main })
}

fn sessions(frame: &Frame, view: &UserView) -> Markup {
    let (common, console, words, times) =
        (&frame.words().common, &frame.words().console, &frame.words().kick, frame.times());
    html! {
        table.ledger.folds.plain role="table" {
            caption.hid { (frame.words().directory.user_sessions) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (console.device) }
                    th.c-dev scope="col" role="columnheader" { (words.application) }
                    th.c-ip scope="col" role="columnheader" { (console.address) }
                    th.c-seen scope="col" role="columnheader" { (console.last_seen) }
                }
            }
            tbody {
                @for session in &view.sessions {
                    tr role="row" {
                        td.c-state role="cell" { (stamp(common, session.stamp(frame.now))) }
                        td.c-who role="cell" { div.dev { (session.device.icon()) span { (session.device.name(common)) } } }
                        td.c-dev role="cell" { (listed(common, &session.applications)) }
                        td.c-ip role="cell" { span.id { (session.ip) } }
                        td.c-seen.nowrap role="cell" { (times.ago_tag(session.seen, Ago::Short)) }
                    }
                }
            }
        }
    }
}

fn danger(frame: &Frame, view: &UserView, home: &str) -> Markup {
    let words = &frame.words().directory;
    let confirm = (words.confirm_name)(&calm(view.username));
    html! {
        section {
            div.head { h2 { (words.danger) } }
            form.danger method="post" action={ (home) "/delete" } {
                (csrf(frame))
                div {
                    b { (words.delete_user) }
                    p.small { ((words.delete_user_line)(&calm(view.name))) }
                    (Field { problem: view.delete_problem, ..Field::text("confirm", &confirm, "") }.markup(frame))
                }
                button.btn.s.ends { (words.delete_user) }
            }
        }
    }
}
