//! The identifier of an application: the first label of its own host, `{identifier}.{base host}`.

use std::fmt;

/// Why a text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotAnIdentifier {
    /// Nothing, or more than a DNS label holds.
    #[error("an identifier has 1 to 63 characters")]
    Length,
    /// Something that does not stand in a host as it is.
    #[error("an identifier consists of lower-case letters, digits and hyphens")]
    Character,
    /// A hyphen at an end, or in the place that marks encoded labels (`xn--`).
    #[error("an identifier has no hyphen at its ends and none at both its third and fourth place")]
    Hyphen,
    /// `www`, by which people mean the base host itself.
    #[error("this identifier is reserved")]
    Reserved,
}

impl NotAnIdentifier {
    /// Stable code of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "identifier_length",
            Self::Character => "identifier_character",
            Self::Hyphen => "identifier_hyphen",
            Self::Reserved => "identifier_reserved",
        }
    }
}

/// A DNS label in lower case: letters, digits, hyphens inside.
///
/// ```
/// use exeunt::domain::identifier::Identifier;
/// assert_eq!(Identifier::parse("notes").unwrap().as_str(), "notes");
/// assert!(Identifier::parse("Notes").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(String);

impl Identifier {
    /// Reads an identifier; nothing is trimmed, nothing put into lower case.
    pub fn parse(text: &str) -> Result<Self, NotAnIdentifier> {
        if text.is_empty() || text.len() > 63 {
            return Err(NotAnIdentifier::Length);
        }
        if !text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            return Err(NotAnIdentifier::Character);
        }
        if text.starts_with('-') || text.ends_with('-') || text.get(2..4) == Some("--") {
            return Err(NotAnIdentifier::Hyphen);
        }
        if text == "www" {
            return Err(NotAnIdentifier::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_dns_label() {
        for good in ["a", "notes", "a-1", "0", "a--b-c", &"x".repeat(63)] {
            assert_eq!(Identifier::parse(good).unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("", NotAnIdentifier::Length),
            (&*"x".repeat(64), NotAnIdentifier::Length),
            ("Notes", NotAnIdentifier::Character),
            ("a.b", NotAnIdentifier::Character),
            ("a_b", NotAnIdentifier::Character),
            ("a b", NotAnIdentifier::Character),
            ("笔记", NotAnIdentifier::Character),
            ("-a", NotAnIdentifier::Hyphen),
            ("a-", NotAnIdentifier::Hyphen),
            ("xn--a", NotAnIdentifier::Hyphen),
            ("www", NotAnIdentifier::Reserved),
        ] {
            assert_eq!(Identifier::parse(bad), Err(why), "{bad}");
        }
    }
}
