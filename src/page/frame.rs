//! What every page knows: who reads, in which language and zone, and where they are.

use super::time::{Times, Zone};
use super::words::{Lang, Words};
use crate::domain::clock::Timestamp;
use crate::domain::user::Role;

/// Light or dark, or as the reader's system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The name in the cookie and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the name; anything unknown follows the system.
    pub fn parse(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The person who reads, when somebody is logged in.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// What we call them.
    pub name: &'a str,
    /// Their user name, email or phone.
    pub identifier: &'a str,
    /// What they may do in the console.
    pub role: Role,
}

/// What a pool's pages look like, and whom they name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Brand<'a> {
    /// Whom people may ask; may be empty.
    pub contact: &'a str,
    /// The style sheet of its colour.
    pub sheet: Option<&'a str>,
    /// Its picture.
    pub logo: Option<&'a str>,
}

/// What every page knows.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// What was done just now, which this page says first.
    pub said: Option<&'a str>,
    /// The language of the page.
    pub lang: Lang,
    /// The reader's zone.
    pub zone: &'a Zone,
    /// The present.
    pub now: Timestamp,
    /// Light or dark.
    pub theme: Theme,
    /// Who reads, if anybody is logged in.
    pub who: Option<Person<'a>>,
    /// The hidden value that each form sends back.
    pub csrf: &'a str,
    /// Path and query of this page, for the switches that come back to it.
    pub path: &'a str,
    /// Name of the user pool.
    pub pool_name: &'a str,
    /// Its look.
    pub brand: Brand<'a>,
    /// Version of the server.
    pub version: &'a str,
    /// Whether this is a development server.
    pub dev: bool,
    /// URL of the event stream that keeps this page fresh.
    pub live: Option<&'a str>,
}

impl<'a> Frame<'a> {
    /// The sentences of the page's language.
    pub fn words(&self) -> &'static Words {
        self.lang.words()
    }

    /// Whether the person who reads may also act in the console.
    pub fn may_act(&self) -> bool {
        self.who.is_some_and(|who| who.role.may_act())
    }

    /// Tells times to the reader.
    pub fn times(&self) -> Times<'a> {
        Times { lang: self.lang, zone: self.zone, now: self.now }
    }

    /// This page in another language: the same path and query with `lang` set.
    pub fn path_in(&self, lang: Lang) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
        let mut href = format!("{path}?");
        for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")) {
            href.push_str(pair);
            href.push('&');
        }
        href.push_str("lang=");
        href.push_str(lang.key());
        href
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_switch_keeps_the_rest_of_the_query() {
        let zone = Zone::default();
        let mut frame = Frame {
            said: None,
            lang: Lang::Zh,
            zone: &zone,
            now: Timestamp(0),
            theme: Theme::System,
            who: None,
            csrf: "c",
            path: "/login?next=a%26b&lang=zh&x=1",
            pool_name: "Acme",
            brand: Brand::default(),
            version: "0",
            dev: false,
            live: None,
        };
        assert_eq!(frame.path_in(Lang::En), "/login?next=a%26b&x=1&lang=en");
        frame.path = "/login";
        assert_eq!(frame.path_in(Lang::En), "/login?lang=en");
    }
}
