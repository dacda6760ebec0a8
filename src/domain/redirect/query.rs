//! Finding the wanted destination in a raw query, as Authing's SDKs really send it.
//!
//! They write the address into the link without encoding it: `?redirect_uri=http://rp/bye?x=1&y=2`. So a value has two
//! readings. The *short* one is the standard's: up to the next `&`, `+` is a space, escapes decoded once. The *long* one is
//! everything to the end of the raw query, taken verbatim; it exists only when the value visibly came unencoded, that is
//! when it begins with `http://` or `https://` in so many letters. The long reading is tried when the short one is not
//! allowed, first whole, then without the server's own parameters at its end (`&app_id=…`). Each reading has to be registered
//! by itself, and the one that was checked is the one that is sent, so two readings open nothing.

use url::Url;

use super::list::{Closest, RedirectList, Refusal, Registered, Rule};
use super::local::{LocalPath, Next};
use super::shape::percent_decode;

/// What a raw query says for one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawValue<'a> {
    /// The name does not occur, or with nothing behind it.
    Absent,
    /// The name occurs more than once, in whatever spelling: an error (RFC 6749 3.1).
    Doubled,
    /// The value is not UTF-8 once it is decoded; here as it was sent.
    NotUtf8(&'a str),
    /// The name occurs once.
    Once {
        /// Up to the next `&`, decoded once.
        short: String,
        /// To the end of the raw query, verbatim, when the value came unencoded.
        long: Option<&'a str>,
    },
}

/// Reads the one value of `name` from a raw query (without its `?`).
///
/// Names are compared decoded, so `redirect%5Furi` beside `redirect_uri` is a doubled parameter and no way round.
pub fn raw_query_value<'a>(raw_query: &'a str, name: &str) -> RawValue<'a> {
    let mut found: Option<(usize, &str)> = None;
    let mut offset = 0;
    for pair in raw_query.split('&') {
        let key = pair.split('=').next().unwrap_or_default();
        if form_decode(key) == name.as_bytes() {
            if found.is_some() {
                return RawValue::Doubled;
            }
            let value = pair.get(key.len() + 1..).unwrap_or_default();
            found = Some((offset + pair.len() - value.len(), value));
        }
        offset += pair.len() + 1;
    }
    let Some((start, value)) = found else {
        return RawValue::Absent;
    };
    let long = raw_query.get(start..).filter(|rest| came_unencoded(rest));
    match String::from_utf8(form_decode(value)) {
        Ok(short) if short.is_empty() => RawValue::Absent,
        Ok(short) => RawValue::Once { short, long },
        Err(_) => RawValue::NotUtf8(value),
    }
}

fn form_decode(text: &str) -> Vec<u8> {
    percent_decode(text.replace('+', " ").as_bytes())
}

fn came_unencoded(value: &str) -> bool {
    ["http://", "https://"].iter().any(|s| value.get(..s.len()).is_some_and(|head| head.eq_ignore_ascii_case(s)))
}

/// What becomes of a wanted destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// None was named.
    Absent,
    /// It may be gone to.
    Allowed(Next),
    /// It may not; beside the refusal stands the address as it may be shown: as text, never as a link.
    Refused(Refusal, String),
}

/// Judges `redirect_uri` in the raw query of a log-out: absolute by the list, relative as a path of the own site.
pub fn choose(list: &RedirectList, raw_query: &str, own_origin: &Url) -> Choice {
    judge(raw_query, "redirect_uri", &["app_id", "client_id"], |text| {
        if text.starts_with('/') {
            LocalPath::parse(text, own_origin).map(Next::Path)
        } else {
            list.allow(text).map(Next::Registered)
        }
    })
}

/// Judges `post_logout_redirect_uri` in the raw query of the end-session endpoint: absolute only, compared as text.
pub fn choose_post_logout(list: &RedirectList, raw_query: &str) -> Choice {
    let own = ["client_id", "id_token_hint", "logout_hint", "state", "ui_locales"];
    judge(raw_query, "post_logout_redirect_uri", &own, |text| list.allow_text(text).map(Next::Registered))
}

/// Judges `service` in the raw query of CAS: absolute only. `own`: what else that endpoint takes.
pub fn choose_service(list: &RedirectList, raw_query: &str, own: &[&str]) -> Choice {
    judge(raw_query, "service", own, |text| list.allow(text).map(Next::Registered))
}

fn judge(raw_query: &str, name: &str, own: &[&str], allow: impl Fn(&str) -> Result<Next, Refusal>) -> Choice {
    let (short, long) = match raw_query_value(raw_query, name) {
        RawValue::Absent => return Choice::Absent,
        RawValue::Doubled => return Choice::Refused(Rule::Doubled.into(), String::new()),
        RawValue::NotUtf8(sent) => return Choice::Refused(Rule::Encoding.into(), shown(sent)),
        RawValue::Once { short, long } => (short, long),
    };
    let mut refusal = match allow(&short) {
        Ok(next) => return Choice::Allowed(next),
        Err(refusal) => refusal,
    };
    for reading in long.into_iter().flat_map(|long| readings(long, own)) {
        match allow(reading) {
            Ok(next) => return Choice::Allowed(next),
            Err(other) if came_closer(&other, &refusal) => refusal = other,
            Err(_) => {}
        }
    }
    let text = long.map_or(short.as_str(), |long| readings(long, own).last().unwrap_or(long));
    Choice::Refused(refusal, shown(text))
}

/// The long value, then the same with the server's own parameters taken off its end, one by one.
fn readings<'a>(long: &'a str, own: &[&str]) -> impl Iterator<Item = &'a str> {
    std::iter::successors(Some(long), move |text| {
        let (head, last) = text.rsplit_once('&')?;
        own.contains(&last.split('=').next()?).then_some(head)
    })
}

fn came_closer(one: &Refusal, other: &Refusal) -> bool {
    let reach = |r: &Refusal| r.closest.as_ref().map(|Closest { differs_at, .. }| *differs_at);
    reach(one) > reach(other)
}

/// Most characters of a refused address that are ever shown.
const SHOWN: usize = 512;

/// The address as plain text: bounded, without controls and without characters that reorder what people read.
fn shown(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut out: String = text.chars().take(SHOWN).map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

impl Choice {
    /// The registered address, when one was allowed.
    pub fn registered(&self) -> Option<&Registered> {
        match self {
            Self::Allowed(Next::Registered(registered)) => Some(registered),
            Self::Allowed(Next::PersonalCenter | Next::Console | Next::Path(_)) | Self::Absent | Self::Refused(..) => {
                None
            }
        }
    }
}
