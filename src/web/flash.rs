//! What an act has just done, said once by the page it leads to.
//!
//! It travels in a cookie of a minute that the redirect sets and that page clears, never in an address: a link that is sent
//! to somebody, or loaded again, must not tell of a deed that nobody did. The cookie carries a mark on the person, the page
//! and the moment, so that another host of the site cannot plant one.

use super::cookie::{self, Jar};
use super::reply;
use super::visit::Visit;
use crate::domain::clock::Timestamp;
use crate::domain::id::ApplicationId;
use crate::page::console::UserDone;
use actix_web::HttpResponse;
use actix_web::http::Method;

/// Life of the cookie in seconds; between the two there is one redirect, or a few between hosts.
const LIFE: i64 = 60;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flash {
    /// What was typed is kept.
    Saved,
    /// One session of one's own ended.
    DeviceEnded,
    /// All of one's other sessions ended.
    DevicesEnded,
    /// Somebody was logged out whom the person does not know.
    StrangerOut,
    /// The password is another one.
    PasswordChanged,
    /// An application was left.
    Left(ApplicationId),
    /// Something became of a user in the console.
    User(UserDone),
}

impl Flash {
    fn word(self) -> String {
        match self {
            Self::Saved => "saved".to_owned(),
            Self::DeviceEnded => "device".to_owned(),
            Self::DevicesEnded => "devices".to_owned(),
            Self::StrangerOut => "stranger".to_owned(),
            Self::PasswordChanged => "password".to_owned(),
            Self::Left(application) => format!("left-{application}"),
            Self::User(done) => format!("user-{}", done.as_str()),
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "saved" => Self::Saved,
            "device" => Self::DeviceEnded,
            "devices" => Self::DevicesEnded,
            "stranger" => Self::StrangerOut,
            "password" => Self::PasswordChanged,
            other => match other.split_once('-')? {
                ("left", id) => Self::Left(ApplicationId::parse(id).ok()?),
                ("user", done) => Self::User(UserDone::parse(done)),
                _ => return None,
            },
        })
    }

    /// The sentence, in the language of the visit.
    pub fn sentence(self, visit: &Visit) -> String {
        let words = visit.lang().words();
        match self {
            Self::Saved | Self::User(UserDone::Saved) => words.refusal.saved.to_owned(),
            // The page says of whom; its title has the name beside it.
            Self::User(UserDone::Created) => words.directory.created.to_owned(),
            Self::User(UserDone::Disabled) => words.directory.disabled.to_owned(),
            Self::User(UserDone::Enabled) => words.directory.enabled.to_owned(),
            Self::DeviceEnded => words.person.device_ended.to_owned(),
            Self::DevicesEnded => words.person.devices_ended.to_owned(),
            Self::StrangerOut => words.person.stranger_out.to_owned(),
            Self::PasswordChanged => words.person.password_changed.to_owned(),
            Self::Left(application) => {
                let directory = visit.state.directory();
                let name = directory.application(application).map_or("", |application| application.name.as_str());
                (words.person.left_application)(name)
            }
        }
    }
}

/// On to a page of this host that says it.
pub fn see_other(visit: &Visit, page: &str, flash: Flash) -> HttpResponse {
    reply::see_other(page, said_at(visit, page, flash))
}

/// The cookie by which that page will say it.
pub fn said_at(visit: &Visit, page: &str, flash: Flash) -> Option<String> {
    let path = page.split('#').next().unwrap_or(page);
    let (word, until) = (flash.word(), visit.state.now().plus_ms(LIFE * 1_000).to_string());
    let person = visit.session.as_ref()?.user;
    let mark = visit.state.key.mark("flash", &[person.as_str(), path, &word, &until]);
    Some(cookie::set(&visit.place, Jar::Flash, &format!("{word}.{until}.{mark}"), Some(LIFE)))
}

/// What this page has to say. What an open page asks by itself is not what was led here.
pub fn read(visit: &Visit) -> Option<Flash> {
    if visit.request.method() != Method::GET || visit.request.headers().contains_key("x-exeunt-live") {
        return None;
    }
    let value = cookie::sealed(&visit.request, &visit.place, Jar::Flash)?;
    let mut parts = value.splitn(3, '.');
    let (word, until, sent) = (parts.next()?, parts.next()?, parts.next()?);
    let fresh = until.parse().is_ok_and(|until| visit.state.now() < Timestamp(until));
    let session = visit.session.as_ref()?;
    let parts = [session.user.as_str(), visit.request.path(), word, until];
    (fresh && visit.state.key.recognises("flash", &parts, sent)).then(|| Flash::parse(word)).flatten()
}

/// The header by which a page that has said it forgets it.
pub fn over(visit: &Visit) -> Option<String> {
    visit.flash.map(|_| cookie::clear(&visit.place, Jar::Flash))
}
