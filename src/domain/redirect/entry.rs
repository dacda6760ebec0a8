//! One registered address: what may be registered, and which addresses it covers.

use std::fmt;

use url::{Host, Url};

use super::shape::{self, Unsafe, Written};

/// Why an address cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum EntryRefused {
    /// Unsafe whatever the list says.
    #[error(transparent)]
    Unsafe(#[from] Unsafe),
    /// A `*` in the host that is not the complete leftmost label.
    #[error("a star in the host is the complete leftmost label, as in https://*.example.com/")]
    HostStar,
    /// A wildcard that would cover names of strangers.
    #[error("a star may not stand directly over a public suffix such as com, co.uk or github.io")]
    PublicSuffix,
    /// A `*` in the path that is not the whole last segment.
    #[error("a star in the path is its whole last segment, as in https://example.com/app/*")]
    PathStar,
    /// A `*` in a query that is more than `?*`.
    #[error("a star in the query is the whole query, as in https://example.com/app?*")]
    QueryStar,
    /// A hidden step upwards before a trailing star.
    #[error("the path hides a step upwards before its star")]
    Traversal,
}

impl EntryRefused {
    /// The stable name of this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unsafe(reason) => reason.code(),
            Self::HostStar => "host_star",
            Self::PublicSuffix => "public_suffix",
            Self::PathStar => "path_star",
            Self::QueryStar => "query_star",
            Self::Traversal => "traversal",
        }
    }
}

/// In what an address differs from an entry; later ones came closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Differs {
    /// Another host, or not exactly one label in place of the star.
    #[error("the host is not registered")]
    Host,
    /// The star would stand for a public suffix.
    #[error("the host is a public suffix, which no wildcard covers")]
    PublicSuffix,
    /// Another port, and no loopback http entry.
    #[error("the port differs from the registered one")]
    Port,
    /// Another path.
    #[error("the path differs from the registered one")]
    Path,
    /// Below a trailing star, but hiding a step upwards.
    #[error("the path hides a step upwards")]
    Traversal,
    /// Another query, and the entry does not end in `?*`.
    #[error("the query differs from the registered one; an entry that ends in ?* allows any")]
    Query,
    /// All the rest fits, but http is not https.
    #[error("the scheme differs from the registered one")]
    Scheme,
    /// The same address, written otherwise, where texts are compared.
    #[error("the address is written otherwise than it is registered")]
    Text,
}

impl Differs {
    /// All of them, the farthest first.
    pub const ALL: [Self; 8] = [
        Self::Host,
        Self::PublicSuffix,
        Self::Port,
        Self::Path,
        Self::Traversal,
        Self::Query,
        Self::Scheme,
        Self::Text,
    ];

    /// The stable name of this difference.
    pub fn code(self) -> &'static str {
        match self {
            Self::Scheme => "scheme_differs",
            Self::Host => "host_differs",
            Self::PublicSuffix => "public_suffix",
            Self::Port => "port_differs",
            Self::Path => "path_differs",
            Self::Traversal => "traversal",
            Self::Query => "query_differs",
            Self::Text => "text_differs",
        }
    }
}

/// An address as an application registered it.
///
/// ```
/// use exeunt::domain::redirect::RedirectEntry;
/// assert_eq!(RedirectEntry::parse("HTTPS://A.com:443/app/*").unwrap().as_str(), "https://a.com/app/*");
/// assert_eq!(RedirectEntry::parse("https://*.co.uk/").unwrap_err().code(), "public_suffix");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RedirectEntry {
    original: String,
    url: Url,
    any_label: bool,
    below: bool,
    any_query: bool,
}

impl RedirectEntry {
    /// Reads an address for registration.
    pub fn parse(text: &str) -> Result<Self, EntryRefused> {
        let original = text.trim_matches(' ');
        let url = shape::absolute(original)?;
        let written = Written::of(original);
        if written.slashes != "//" {
            return Err(Unsafe::NotAbsolute.into());
        }
        let any_label = wildcard_host(url.host_str().unwrap_or_default(), written.authority)?;
        let below = trailing_star(url.path())?;
        if below && shape::hides_traversal(written.path) {
            return Err(EntryRefused::Traversal);
        }
        let any_query = match url.query() {
            Some("*") => true,
            Some(query) if query.contains('*') => return Err(EntryRefused::QueryStar),
            Some(_) | None => false,
        };
        Ok(Self { original: original.to_owned(), url, any_label, below, any_query })
    }

    /// The normalised form, which is shown.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The text as it was registered, which `post_logout_redirect_uri` is compared with.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// Tells whether the entry names exactly one address.
    pub fn is_plain(&self) -> bool {
        !(self.any_label || self.below || self.any_query)
    }

    /// Whether a page of this origin may be one of the application's.
    pub(super) fn is_of_origin(&self, asking: &Url) -> bool {
        let port = self.any_port() || asking.port_or_known_default() == self.url.port_or_known_default();
        asking.scheme() == self.url.scheme() && asking.host_str() == self.url.host_str() && port
    }

    /// An address that this entry covers, as a page at `asking` writes it: a loopback entry that leaves the port open has the
    /// port of that page, and what stars stand for is left out. None where a star stands for a host.
    pub fn written_from(&self, asking: Option<&Url>) -> Option<String> {
        if self.any_label {
            return None;
        }
        let mut url = self.url.clone();
        if self.any_query {
            url.set_query(None);
        }
        if self.below {
            url.set_path(self.url.path().trim_end_matches('*'));
        }
        if url.port().is_none()
            && let Some(asking) = asking.filter(|asking| self.is_of_origin(asking))
        {
            url.set_port(asking.port()).ok()?;
        }
        if url == self.url {
            return Some(self.original.clone());
        }
        let bare = url.path() == "/" && !self.below && !self.original.trim_end_matches("?*").ends_with('/');
        Some(if bare { url.as_str().trim_end_matches('/') } else { url.as_str() }.to_owned())
    }

    /// The origin of this entry as a content security policy names it; on loopback any port.
    pub(super) fn policy_source(&self) -> String {
        let (scheme, host) = (self.url.scheme(), self.url.host_str().unwrap_or_default());
        match self.url.port() {
            _ if self.any_port() => format!("{scheme}://{host}:*"),
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }
    }

    /// The origin it names: one host, and the usual port or a written one.
    pub(super) fn origin(&self) -> Option<String> {
        let named = !self.any_label && (!self.any_port() || self.url.port().is_some());
        named.then(|| self.url.origin().ascii_serialization())
    }

    /// Loopback http listeners take whatever port is free (RFC 8252 7.3).
    fn any_port(&self) -> bool {
        self.url.scheme() == "http" && is_loopback(&self.url)
    }

    /// Compares a safe parsed address, of which `text` is the written form, by rules 2 to 7.
    pub(super) fn covers(&self, url: &Url, text: &str) -> Result<(), Differs> {
        self.covers_host(url)?;
        if !self.any_port() && url.port() != self.url.port() {
            return Err(Differs::Port);
        }
        self.covers_path(url, text)?;
        if !self.any_query && url.query() != self.url.query() {
            return Err(Differs::Query);
        }
        // Last, so that of several entries the one counts as nearest that differs in nothing else.
        if url.scheme() != self.url.scheme() {
            return Err(Differs::Scheme);
        }
        Ok(())
    }

    fn covers_host(&self, url: &Url) -> Result<(), Differs> {
        let (host, own) = (url.host_str().unwrap_or_default(), self.url.host_str().unwrap_or_default());
        if !self.any_label {
            return if host == own { Ok(()) } else { Err(Differs::Host) };
        }
        // `own` is `*.base`; what stands before `.base` has to be one plain label.
        let label = host.strip_suffix(&own[1..]).ok_or(Differs::Host)?;
        if label.is_empty() || !label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            return Err(Differs::Host);
        }
        if is_public_suffix(host) { Err(Differs::PublicSuffix) } else { Ok(()) }
    }

    fn covers_path(&self, url: &Url, text: &str) -> Result<(), Differs> {
        if !self.below {
            return if url.path() == self.url.path() { Ok(()) } else { Err(Differs::Path) };
        }
        let prefix = self.url.path().trim_end_matches('*');
        if !url.path().starts_with(prefix) {
            return Err(Differs::Path);
        }
        if shape::hides_traversal(Written::of(text).path) { Err(Differs::Traversal) } else { Ok(()) }
    }

    /// Compares as text where the entry names one address; elsewhere the address has to be written in its normal form.
    pub(super) fn covers_text(&self, url: &Url, text: &str) -> Result<(), Differs> {
        if self.is_plain() && text == self.original {
            return Ok(());
        }
        self.covers(url, text)?;
        let free = !self.is_plain() || url.port() != self.url.port();
        if free && (text == url.as_str() || is_bare_origin(url, text)) {
            return Ok(());
        }
        Err(Differs::Text)
    }
}

impl fmt::Display for RedirectEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RedirectEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectEntry({})", self.as_str())
    }
}

/// Tells whether the host is a wildcard; refuses stars elsewhere, escaped ones, and stars over a public suffix.
fn wildcard_host(host: &str, written: &str) -> Result<bool, EntryRefused> {
    if !host.contains('*') {
        return Ok(false);
    }
    let base = host.strip_prefix("*.").filter(|_| written.starts_with("*.")).ok_or(EntryRefused::HostStar)?;
    if base.split('.').any(|label| label.is_empty() || label.contains('*')) {
        return Err(EntryRefused::HostStar);
    }
    // The second question finds rules of the list that are wildcards themselves (`*.compute.amazonaws.com`).
    if is_public_suffix(base) || is_public_suffix(&format!("any-label.{base}")) {
        return Err(EntryRefused::PublicSuffix);
    }
    Ok(true)
}

fn is_public_suffix(host: &str) -> bool {
    psl::suffix_str(host) == Some(host)
}

fn trailing_star(path: &str) -> Result<bool, EntryRefused> {
    match path.find('*') {
        None => Ok(false),
        Some(at) if at + 1 == path.len() && path.ends_with("/*") => Ok(true),
        Some(_) => Err(EntryRefused::PathStar),
    }
}

/// `https://a.com` is the normal way to write `https://a.com/`.
fn is_bare_origin(url: &Url, text: &str) -> bool {
    url.path() == "/" && url.as_str().strip_suffix('/') == Some(text)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}
