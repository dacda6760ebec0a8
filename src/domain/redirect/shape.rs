//! The shape of a URL before it is compared: what is unsafe whatever the list says, and what hides in a path.
//!
//! Kept apart because entries and requests must be judged by the same words (ASVS 3.7.2).

use url::Url;

/// The longest text that is looked at, in octets.
pub const MAX_LENGTH: usize = 4096;

/// Why a text is no safe absolute URL, whatever is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Unsafe {
    /// Nothing was given.
    #[error("the address is empty")]
    Empty,
    /// More than [`MAX_LENGTH`] octets.
    #[error("the address is longer than 4096 octets")]
    TooLong,
    /// A C0 control or DEL: parsers strip them in silence.
    #[error("the address contains a control character")]
    Control,
    /// A backslash: browsers read it as a slash.
    #[error("the address contains a backslash")]
    Backslash,
    /// No scheme, so it is relative to something.
    #[error("the address is not absolute: it begins with http:// or https://")]
    NotAbsolute,
    /// A scheme that is not http or https.
    #[error("only http and https addresses are allowed")]
    Scheme,
    /// WHATWG parsing fails.
    #[error("the address is not a valid url")]
    Unparsable,
    /// `user@`, `user:password@` or a bare `@` before the host.
    #[error("the address names a user before the host")]
    UserInfo,
    /// A `#`, also an empty one.
    #[error("the address has a fragment")]
    Fragment,
}

impl Unsafe {
    /// The stable name of this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Control => "control_character",
            Self::Backslash => "backslash",
            Self::NotAbsolute => "not_absolute",
            Self::Scheme => "scheme",
            Self::Unparsable => "unparsable",
            Self::UserInfo => "userinfo",
            Self::Fragment => "fragment",
        }
    }
}

/// Refuses what parsers repair in silence; runs before anything is parsed.
pub(super) fn safe_text(text: &str) -> Result<(), Unsafe> {
    if text.len() > MAX_LENGTH {
        return Err(Unsafe::TooLong);
    }
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Err(Unsafe::Control);
    }
    if text.contains('\\') {
        return Err(Unsafe::Backslash);
    }
    if text.trim_matches(' ').is_empty() {
        return Err(Unsafe::Empty);
    }
    Ok(())
}

/// Parses a safe absolute http or https URL.
pub(super) fn absolute(text: &str) -> Result<Url, Unsafe> {
    safe_text(text)?;
    let url = Url::parse(text).map_err(|error| {
        let relative = error == url::ParseError::RelativeUrlWithoutBase;
        if relative { Unsafe::NotAbsolute } else { Unsafe::Unparsable }
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Unsafe::Scheme);
    }
    // An empty `@` vanishes in parsing; the written text is asked too.
    if !url.username().is_empty() || url.password().is_some() || Written::of(text).authority.contains('@') {
        return Err(Unsafe::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(Unsafe::Fragment);
    }
    // Parsers let more into a name than any name has; a comma or semicolon would be read as an end where policies list hosts.
    let nameable = |b: u8| b.is_ascii_alphanumeric() || b"-._*[]:".contains(&b);
    if !url.host_str().is_some_and(|host| !host.is_empty() && host.bytes().all(nameable)) {
        return Err(Unsafe::Unparsable);
    }
    Ok(url)
}

/// The parts of a safe absolute URL as they were written, before parsing changed them.
pub(super) struct Written<'a> {
    /// What stands between scheme and authority: `//` in a well-written URL.
    pub slashes: &'a str,
    /// Userinfo, host and port.
    pub authority: &'a str,
    /// The path, escapes untouched.
    pub path: &'a str,
}

impl<'a> Written<'a> {
    /// Takes `text` apart as WHATWG does for http and https once backslashes and controls are excluded.
    pub fn of(text: &'a str) -> Self {
        let text = text.trim_matches(' ');
        let after = text.split_once(':').map_or("", |(_, rest)| rest);
        let rest = after.trim_start_matches('/');
        let slashes = &after[..after.len() - rest.len()];
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let path = &tail[..tail.find(['?', '#']).unwrap_or(tail.len())];
        Self { slashes, authority, path }
    }
}

/// Decodings after which a path that still changes is refused outright.
const ROUNDS: usize = 4;

/// Tells whether a written path hides a step upwards from whoever decodes it once more, or strips `;` parameters.
///
/// Plain `.` and `..` segments are not hidden: parsing has resolved them before anything was compared.
pub(super) fn hides_traversal(written: &str) -> bool {
    if has_malformed_escape(written) {
        return true;
    }
    let mut path: Vec<u8> =
        written.split('/').filter(|s| !matches!(*s, "." | "..")).collect::<Vec<_>>().join("/").into();
    for _ in 0..=ROUNDS {
        if path.iter().any(|b| *b == b'\\' || b.is_ascii_control()) || has_dot_segment(&path) {
            return true;
        }
        // Over-long encodings of the dot (`%c0%ae`) are not UTF-8.
        if std::str::from_utf8(&path).is_err() {
            return true;
        }
        let decoded = percent_decode(&path);
        if decoded == path {
            return false;
        }
        path = decoded;
    }
    true
}

fn has_dot_segment(path: &[u8]) -> bool {
    path.split(|b| *b == b'/').any(|segment| {
        let name = segment.split(|b| *b == b';').next().unwrap_or_default();
        matches!(name, b"." | b"..")
    })
}

fn has_malformed_escape(path: &str) -> bool {
    let octets = path.as_bytes();
    (0..octets.len()).any(|at| octets[at] == b'%' && escaped(&octets[at..]).is_none())
}

/// The octet that an escape at the beginning of `octets` stands for.
fn escaped(octets: &[u8]) -> Option<u8> {
    let (Some(b'%'), Some(high), Some(low)) = (octets.first(), octets.get(1), octets.get(2)) else {
        return None;
    };
    let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Decodes every well-formed escape once; a lone `%` stays.
pub(super) fn percent_decode(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut at = 0;
    while at < octets.len() {
        if let Some(octet) = escaped(&octets[at..]) {
            out.push(octet);
            at += 3;
        } else {
            out.push(octets[at]);
            at += 1;
        }
    }
    out
}
