//! Users: the list, and a new one.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Search, Section, pages, room, search, title};
use super::user_form::{Making, UserForm, form};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::domain::user::Role;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Seal, Stamp, calm, listed, name, seal, stamp};

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
    /// Applications that they are in.
    pub applications: Vec<String>,
    /// The last log-in.
    pub last_login: Option<Timestamp>,
    /// From where.
    pub last_ip: Option<String>,
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
            table.ledger.folds.plain.users #users data-live-region role="table" {
                caption.hid { (console.users) }
                thead {
                    tr role="row" {
                        th.c-state scope="col" role="columnheader" { (common.state) }
                        th.c-who scope="col" role="columnheader" { (console.user) }
                        th.c-dev scope="col" role="columnheader" { (words.sessions) }
                        th.c-apps scope="col" role="columnheader" { (words.applications) }
                        th.c-seen scope="col" role="columnheader" { (words.last_login) }
                        th.c-ip scope="col" role="columnheader" { (console.address) }
                    }
                }
                tbody {
                    @if view.users.is_empty() {
                        tr role="row" { td.c-who colspan="6" role="cell" {
                                @if view.q.is_empty() { (words.no_users) " " a href="/console/users/import" { (frame.words().import.title) } }
                                @else { (console.nothing_found) }
                            } }
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
            td.c-dev role="cell" {
                @if user.sessions.is_none() { span.muted { (common.none_here) } } @else { ((common.sessions)(user.sessions)) }
            }
            td.c-apps role="cell" { @if !user.applications.is_empty() { (few(frame, &user.applications)) } }
            td.c-seen.nowrap role="cell" { @match user.last_login { Some(at) => (times.tag(at, &times.moment(at))), None => span.muted { (words.never) } } }
            td.c-ip role="cell" { @if let Some(ip) = &user.last_ip { span.id title=(ip) { (ip) } } }
        }
    }
}

/// As many names as a column has room for.
fn few(frame: &Frame, names: &[String]) -> String {
    const SHOWN: usize = 2;
    let mut said = listed(&frame.words().common, &names[..names.len().min(SHOWN)]);
    if names.len() > SHOWN {
        said.push_str(&(frame.words().directory.of_all)((names.len() - SHOWN).into(), names.len().into()));
    }
    said
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
