//! The session cookie and its small companions: read, set, clear.
//!
//! Host-only, HttpOnly, `SameSite=Lax`, `Path=/`; `__Host-` and `Secure` when the place is https. Strict would make a
//! log-out link from another site arrive without a cookie and the farewell page lie (security.md S12, S13).

use actix_web::HttpRequest;
use actix_web::http::header;

use super::error::Refusal;
use super::place::Place;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    /// The session secret.
    Session,
    /// Binds the forms of people who are not logged in.
    Visitor,
    /// Binds a single sign-on between hosts to the browser that began it.
    Crossing,
    /// What the next page has to say, once.
    Flash,
}

impl Jar {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-exeunt",
            (Self::Session, false) => "exeunt",
            (Self::Visitor, true) => "__Host-exeunt_visitor",
            (Self::Visitor, false) => "exeunt_visitor",
            (Self::Crossing, true) => "__Host-exeunt_crossing",
            (Self::Crossing, false) => "exeunt_crossing",
            (Self::Flash, true) => "__Host-exeunt_flash",
            (Self::Flash, false) => "exeunt_flash",
        }
    }
}

/// Characters in a secret: 256 bits in base64url.
const SECRET_LENGTH: usize = 43;

fn well_formed(value: &str) -> bool {
    value.len() == SECRET_LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A secret from a cookie. Absent, malformed, or sent twice with different values: none; a doubled name could be another
/// site's work (security.md S18).
pub fn read(request: &HttpRequest, place: &Place, jar: Jar) -> Option<String> {
    plain(request, jar.name(place.is_https())).filter(|value| well_formed(value))
}

/// A value that carries its own seal, which the reader judges.
pub fn sealed(request: &HttpRequest, place: &Place, jar: Jar) -> Option<String> {
    plain(request, jar.name(place.is_https()))
}

/// Every well-formed secret that a browser sent under this name, each once. Too many are refused, not passed over: among
/// them may be the one that somebody is logging out.
pub fn all(request: &HttpRequest, place: &Place, jar: Jar) -> Result<Vec<String>, Refusal> {
    let mut found: Vec<String> = Vec::new();
    for value in values(request, jar.name(place.is_https())).filter(|value| well_formed(value)) {
        if !found.iter().any(|other| other == value) {
            found.push(value.to_owned());
        }
        if found.len() > MOST {
            return Err(Refusal::bad("cookie"));
        }
    }
    Ok(found)
}

/// Cookies of one name that are looked at; browsers keep fewer for a host.
const MOST: usize = 200;

/// A preference cookie's value, whatever it holds; none when it came twice with different values.
pub fn plain(request: &HttpRequest, name: &str) -> Option<String> {
    let mut found = values(request, name);
    let first = found.next()?;
    found.all(|other| other == first).then(|| first.to_owned())
}

/// Values of a name, in the order they came. Read octet by octet: a neighbour's cookie with other letters must not hide
/// ours.
fn values<'a>(request: &'a HttpRequest, name: &'a str) -> impl Iterator<Item = &'a str> {
    let headers = request.head().headers().get_all(header::COOKIE);
    let pairs = headers.flat_map(|header| header.as_bytes().split(|b| *b == b';'));
    let pairs = pairs.filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='));
    pairs.filter(move |(key, _)| *key == name).map(|(_, value)| value)
}

/// The header that sets a secret. A session cookie ends with the browser's own memory of it at `max_age` seconds.
pub fn set(place: &Place, jar: Jar, secret: &str, max_age: Option<i64>) -> String {
    let https = place.is_https();
    let secure = if https { "; Secure" } else { "" };
    let age = max_age.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
    format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", jar.name(https))
}

/// The header that clears it: same name, path and attributes as it was set with (S17).
pub fn clear(place: &Place, jar: Jar) -> String {
    set(place, jar, "", Some(0))
}

/// Name of the cookie that the page of OpenID Connect Session Management compares; scripts must read it, so it is nothing
/// but a mark of the session (security.md M1).
const BROWSER_STATE: &str = "exeunt_state";

/// What the browser holds as its state.
pub fn browser_state(request: &HttpRequest) -> Option<String> {
    plain(request, BROWSER_STATE)
}

/// The header that sets the state of the browser; empty clears it. Applications ask for it from frames of their own, which
/// other sites may only be under https.
pub fn set_browser_state(place: &Place, value: &str) -> String {
    let site = if place.is_https() { "SameSite=None; Secure" } else { "SameSite=Lax" };
    let age = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{BROWSER_STATE}={value}; Path=/; {site}{age}")
}

/// The header of a preference, which scripts may read and which says nothing about anybody.
pub fn preference(place: &Place, name: &str, value: &str) -> String {
    let secure = if place.is_https() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; SameSite=Lax; Max-Age=31536000{secure}")
}

/// The header that takes a preference back.
pub fn no_preference(place: &Place, name: &str) -> String {
    let secure = if place.is_https() { "; Secure" } else { "" };
    format!("{name}=; Path=/; SameSite=Lax; Max-Age=0{secure}")
}
