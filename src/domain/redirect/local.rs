//! Destinations on the own site, and the typed answer to "where to next".

use std::fmt;

use url::Url;

use super::list::{Refusal, Registered, Rule};
use super::shape;

/// A path of this site, with its query, as it is written into a `Location` header.
///
/// ```
/// use exeunt::domain::redirect::LocalPath;
/// let own = url::Url::parse("http://127.0.0.1:9010").unwrap();
/// assert_eq!(LocalPath::parse("/u?tab=2#x", &own).unwrap().as_str(), "/u?tab=2");
/// assert_eq!(LocalPath::parse("/.//evil.com", &own).unwrap_err().code(), "double_slash");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocalPath(String);

impl LocalPath {
    /// Reads a relative target: one slash, own origin, and no `//` at its head once it is resolved.
    ///
    /// Its fragment is dropped. Escaped controls and backslashes in the path are refused, so that nobody who decodes once
    /// more (a proxy, an older browser) meets what rule 3 keeps out.
    pub fn parse(text: &str, own_origin: &Url) -> Result<Self, Refusal> {
        shape::safe_text(text)?;
        if !text.starts_with('/') || text.starts_with("//") {
            return Err(Rule::OneSlash.into());
        }
        let mut url = own_origin.join(text).map_err(|_| Rule::Unsafe(shape::Unsafe::Unparsable))?;
        url.set_fragment(None);
        let (ours, theirs) = (own_origin.origin(), url.origin());
        if ours != theirs || !theirs.is_tuple() || !url.username().is_empty() || url.password().is_some() {
            return Err(Rule::LeavesOrigin.into());
        }
        let decoded = shape::percent_decode(url.path().as_bytes());
        if decoded.starts_with(b"//") {
            return Err(Rule::DoubleSlash.into());
        }
        if decoded.iter().any(|b| b.is_ascii_control() || *b == b'\\') {
            return Err(Rule::HiddenCharacter.into());
        }
        Ok(Self(url[url::Position::BeforePath..].to_owned()))
    }

    /// Path and query, beginning with exactly one slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a browser goes after an act: a value, never a string that came in with the request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Next {
    /// The personal center of whoever is logged in.
    PersonalCenter,
    /// The console of administrators.
    Console,
    /// Another page of this site.
    Path(LocalPath),
    /// An address that an application registered.
    Registered(Registered),
}

impl Next {
    /// The text of the `Location` header: relative for own pages, absolute for registered addresses.
    pub fn location(&self) -> String {
        match self {
            Self::PersonalCenter => "/u".to_owned(),
            Self::Console => "/console".to_owned(),
            Self::Path(path) => path.as_str().to_owned(),
            Self::Registered(registered) => registered.as_str().to_owned(),
        }
    }
}
