//! The session cookie and its small companions: read, set, clear.
//!
//! Host-only, HttpOnly, `SameSite=Lax`, `Path=/`; `__Host-` and `Secure` when the place is https. Strict would make a
//! log-out link from another site arrive without a cookie and the farewell page lie (security.md S12, S13).

use actix_web::HttpRequest;
use actix_web::http::header;

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
        }
    }
}

/// Characters in a secret: 256 bits in base64url.
const SECRET_LENGTH: usize = 43;

/// A secret from a cookie. Absent, malformed, or sent twice with different values: none; a doubled name could be another
/// site's work (security.md S18).
pub fn read(request: &HttpRequest, place: &Place, jar: Jar) -> Option<String> {
    let value = plain(request, jar.name(place.is_https()))?;
    let well_formed =
        value.len() == SECRET_LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    well_formed.then_some(value)
}

/// A preference cookie's value, whatever it holds.
pub fn plain(request: &HttpRequest, name: &str) -> Option<String> {
    let mut found: Option<&str> = None;
    for header in request.head().headers().get_all(header::COOKIE) {
        // Octet by octet: a neighbour's cookie with other letters must not hide ours.
        let pairs = header.as_bytes().split(|b| *b == b';').filter_map(|pair| std::str::from_utf8(pair).ok());
        for (key, value) in pairs.filter_map(|pair| pair.trim().split_once('=')) {
            if key == name {
                match found {
                    Some(other) if other != value => return None,
                    Some(_) | None => found = Some(value),
                }
            }
        }
    }
    found.map(str::to_owned)
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

/// The header of a preference, which scripts may read and which says nothing about anybody.
pub fn preference(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; SameSite=Lax; Max-Age=31536000")
}
