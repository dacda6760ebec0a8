//! The registered addresses of one application for one purpose, and the only maker of [`Registered`].

use std::fmt;

use url::Url;

use super::entry::{Differs, RedirectEntry};
use super::shape::{self, Unsafe};

/// Which of an application's two lists is meant; they never stand in for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Where a log-in goes back to (OIDC `redirect_uris`).
    Login,
    /// Where a log-out may go (Authing `logoutRedirectUris`, OIDC `post_logout_redirect_uris`).
    Logout,
}

impl ListKind {
    /// The name of the list as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Logout => "logout",
        }
    }
}

/// The rule that refused a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Rule {
    /// Unsafe whatever the list says.
    #[error(transparent)]
    Unsafe(#[from] Unsafe),
    /// No entry covers it; this is where the nearest one differs.
    #[error(transparent)]
    Differs(#[from] Differs),
    /// Nothing is registered, so nothing absolute is allowed.
    #[error("the application has registered no addresses")]
    NothingRegistered,
    /// A relative target that does not begin with exactly one slash.
    #[error("a relative address begins with exactly one slash")]
    OneSlash,
    /// A relative target that leaves the own origin.
    #[error("the address leaves this site")]
    LeavesOrigin,
    /// A relative target that turns into `//…` when it is written out.
    #[error("the path begins with two slashes once it is resolved")]
    DoubleSlash,
    /// A relative target with an escaped control or backslash in its path.
    #[error("the path hides a control character or a backslash")]
    HiddenCharacter,
    /// The parameter came more than once.
    #[error("the parameter was given more than once")]
    Doubled,
    /// The parameter is not UTF-8 once decoded.
    #[error("the parameter is not valid utf-8 once decoded")]
    Encoding,
}

impl Rule {
    /// The stable name of this rule.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unsafe(reason) => reason.code(),
            Self::Differs(reason) => reason.code(),
            Self::NothingRegistered => "nothing_registered",
            Self::OneSlash => "one_slash",
            Self::LeavesOrigin => "leaves_origin",
            Self::DoubleSlash => "double_slash",
            Self::HiddenCharacter => "hidden_character",
            Self::Doubled => "doubled",
            Self::Encoding => "encoding",
        }
    }
}

/// The entry that came nearest, for developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closest {
    /// Its normalised form.
    pub entry: String,
    /// Index of the first character of the asked address, in its normalised form, that differs from the entry.
    pub differs_at: usize,
}

/// Why a destination was refused. The sentence repeats nothing that came with the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}")]
pub struct Refusal {
    /// The rule that refused.
    pub rule: Rule,
    /// The registered entry that came nearest, when there is one to compare with.
    pub closest: Option<Closest>,
}

impl Refusal {
    /// The stable name of the rule that refused.
    pub fn code(&self) -> &'static str {
        self.rule.code()
    }
}

impl<R: Into<Rule>> From<R> for Refusal {
    fn from(rule: R) -> Self {
        Self { rule: rule.into(), closest: None }
    }
}

/// An address that the application registered, exactly as it was checked: the serialised URL, never the raw text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Registered(Url);

impl Registered {
    /// The serialised URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its origin, as `form-action` and `postMessage` want it.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Its host, with the port where it is not the usual one, for people to read.
    pub fn host(&self) -> Option<String> {
        let host = self.0.host_str()?;
        Some(self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// The URL with more query parameters, encoded, after those it has (`state`, `code`, …).
    pub fn with_params(&self, params: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        url.into()
    }
}

impl Registered {
    /// The URL with parameters in its fragment, encoded; entries have none of their own.
    pub fn with_fragment(&self, params: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        url.set_fragment(Some(&url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()));
        url.into()
    }
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registered({})", self.as_str())
    }
}

/// The addresses that one application registered for one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedirectList(Vec<RedirectEntry>);

impl RedirectList {
    /// A list of these entries, in this order.
    pub fn new(entries: Vec<RedirectEntry>) -> Self {
        Self(entries)
    }

    /// The entries, in the order in which they were registered.
    pub fn entries(&self) -> &[RedirectEntry] {
        &self.0
    }

    /// Whether one of the plain entries is of this origin; on loopback any port counts (RFC 8252 7.3).
    pub fn has_origin(&self, asking: &Url) -> bool {
        self.0.iter().filter(|entry| entry.is_plain()).any(|entry| entry.is_of_origin(asking))
    }

    /// Where the application itself probably lives: the origin of the first entry that names one host and one port. That an
    /// entry on loopback covers other ports too does not matter, if it names one.
    pub fn home(&self) -> Option<String> {
        self.0.iter().find_map(RedirectEntry::origin)
    }

    /// The origins of the entries as a content security policy names them.
    pub fn policy_sources(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(RedirectEntry::policy_source)
    }

    /// Allows an absolute address that an entry covers, parsed to parsed.
    pub fn allow(&self, text: &str) -> Result<Registered, Refusal> {
        self.judge(text, RedirectEntry::covers)
    }

    /// The same for `post_logout_redirect_uri`, which OIDC RP-Initiated Logout 1.0 section 3 compares as text.
    ///
    /// An entry that names one address allows that very text. Wildcards and free loopback ports have no text to be equal
    /// to, so they ask for an address that is written in its normal form. All other rules hold.
    pub fn allow_text(&self, text: &str) -> Result<Registered, Refusal> {
        self.judge(text, RedirectEntry::covers_text)
    }

    fn judge(
        &self,
        text: &str,
        covers: impl Fn(&RedirectEntry, &Url, &str) -> Result<(), Differs>,
    ) -> Result<Registered, Refusal> {
        let url = shape::absolute(text)?;
        let mut nearest: Option<(Differs, usize, &RedirectEntry)> = None;
        for entry in &self.0 {
            let Err(differs) = covers(entry, &url, text) else {
                return Ok(Registered(url));
            };
            let at = first_difference(url.as_str(), entry.as_str());
            if nearest.is_none_or(|(other, other_at, _)| (other, other_at) < (differs, at)) {
                nearest = Some((differs, at, entry));
            }
        }
        let Some((differs, differs_at, entry)) = nearest else {
            return Err(Rule::NothingRegistered.into());
        };
        let closest = Some(Closest { entry: entry.as_str().to_owned(), differs_at });
        Err(Refusal { rule: differs.into(), closest })
    }
}

fn first_difference(asked: &str, entry: &str) -> usize {
    asked.chars().zip(entry.chars()).take_while(|(a, b)| a == b).count()
}
