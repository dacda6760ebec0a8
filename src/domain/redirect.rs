//! Where a browser may be sent: the one matching rule, for log-in, log-out and everything else.
//!
//! A destination is parsed, never cleaned: [`RedirectList::allow`] compares parsed to parsed (WHATWG, as browsers do) and
//! hands back a [`Registered`], which holds the serialised URL that was checked. Nothing else makes a `Registered`, so an
//! open redirect is a type error. The rules, in the order in which they are judged:
//!
//! 1. C0 controls, DEL and backslash are refused before parsing: WHATWG would strip or turn them (CVE-2019-20479,
//!    CVE-2022-23527).
//! 2. Only absolute http and https URLs without userinfo and fragment, in entries and in requests (RFC 6749 3.1.2).
//! 3. Equal after parsing and nothing else normalised: host without case, path and query with it, escapes as they are.
//! 4. A `*` that is the complete leftmost label matches exactly one label, never over a public suffix.
//! 5. `/*` at the end of a path matches any suffix below that prefix; hidden traversal is refused there, also after more
//!    decoding (CVE-2022-3782, CVE-2024-1132).
//! 6. The query is equal unless the entry ends in `?*`.
//! 7. Loopback http entries match their host on any port (RFC 8252 7.3): host first, port ignored after.
//! 8. A relative target is a [`LocalPath`]: one slash, own origin, and never `//` once serialised.
//! 9. An empty list allows nothing absolute; a doubled parameter is an error (RFC 6749 3.1).
//!
//! ```
//! use exeunt::domain::redirect::{RedirectEntry, RedirectList};
//! let list = RedirectList::new(vec![RedirectEntry::parse("https://App.example.com/bye").unwrap()]);
//! assert_eq!(list.allow("https://app.example.com:443/bye").unwrap().as_str(), "https://app.example.com/bye");
//! assert!(list.allow("https://app.example.com.evil.org/bye").is_err());
//! ```

mod entry;
mod list;
mod local;
mod query;
mod shape;
#[cfg(test)]
mod tests;

pub use entry::{Differs, EntryRefused, RedirectEntry};
pub use list::{Closest, ListKind, RedirectList, Refusal, Registered, Rule};
pub use local::{LocalPath, Next};
pub use query::{Choice, RawValue, choose, choose_post_logout, choose_service, raw_query_value};
pub use shape::{MAX_LENGTH, Unsafe};
