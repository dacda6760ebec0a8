//! A link by which a user sets a new password, shown once.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, room, title};
use crate::domain::clock::Timestamp;
use crate::domain::id::UserId;
use crate::page::frame::Frame;
use crate::page::parts::{calm, copy_button, name};

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct UserLinkView<'a> {
    /// Whose.
    pub id: UserId,
    /// Their name.
    pub name: &'a str,
    /// The link.
    pub link: &'a str,
    /// Until when it works.
    pub until: Timestamp,
}

/// The page.
pub fn user_link(frame: &Frame, rail: &Rail, view: &UserLinkView) -> Markup {
    let (console, words, times) = (&frame.words().console, &frame.words().password_link, frame.times());
    let home = format!("/console/users/{}", view.id);
    let main = html! {
        (title(words.made_title, &html! { (name(view.name)) }, &html! {}))
        section {
            p { b { (words.once) } }
            p.small { ((words.hand_over)(&calm(view.name))) }
            dl.pairs.secret {
                dt { (words.link) } dd { code #link { (view.link) } (copy_button(frame, "link", None)) }
                dt { (words.until) } dd { (times.tag(view.until, &times.moment(view.until))) }
            }
            p.small { (words.what_happens) }
        }
        div.acts { a.btn.go.s href=(home) { (words.copied_it) } }
    };
    let crumbs = vec![
        Crumb::new(console.users, "/console/users"),
        Crumb::new(view.name, home.clone()),
        Crumb::new(words.made_title, format!("{home}/reset-link")),
    ];
    room(
        frame,
        rail,
        &Room { title: words.made_title, error: false, section: Section::Users, crumbs, slip: true, main },
    )
}
