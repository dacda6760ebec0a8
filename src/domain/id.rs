//! Identifiers: Authing's shape, 24 lower-case hex digits, one type for each kind of thing.
//!
//! They live on the ground floor so that no rule has to import a wire to name a user.

use std::fmt;

/// Why a text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 24 lower-case hex digits")]
pub struct NotAnId;

/// Length of every identifier in characters.
pub const LENGTH: usize = 24;

fn is_id(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; LENGTH]);

        impl $name {
            /// Reads 24 lower-case hex digits; anything else is refused.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                if !is_id(text) {
                    return Err(NotAnId);
                }
                text.as_bytes().try_into().map(Self).map_err(|_| NotAnId)
            }

            /// Makes an id from 12 random octets.
            pub fn from_random(octets: [u8; 12]) -> Self {
                let mut hex = [0u8; LENGTH];
                for (pair, octet) in hex.chunks_exact_mut(2).zip(octets) {
                    pair[0] = b"0123456789abcdef"[usize::from(octet >> 4)];
                    pair[1] = b"0123456789abcdef"[usize::from(octet & 15)];
                }
                Self(hex)
            }

            /// The 24 hex digits.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A user pool (Authing `userPoolId`).
    PoolId,
    /// A user (Authing `userId`, OIDC `sub`).
    UserId,
    /// An application (Authing `appId`, OIDC `client_id`).
    ApplicationId,
    /// A session as told to people and in tokens (`sid`); it proves nothing.
    Sid,
    /// An access key of an administrator.
    AccessKeyId,
    /// An ending, and so its receipt.
    EndingId,
    /// What an application was given: a code, then tokens.
    GrantId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_24_lower_case_hex_digits_are_an_id() {
        assert_eq!(UserId::parse("60aa0000000000000000000a").unwrap().as_str(), "60aa0000000000000000000a");
        for bad in [
            "",
            "60aa",
            "60AA0000000000000000000A",
            "60aa0000000000000000000g",
            "60aa0000000000000000000a0",
            "六0aa000000000000000000",
        ] {
            assert_eq!(UserId::parse(bad), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn random_octets_become_hex() {
        assert_eq!(Sid::from_random([0xab; 12]).as_str(), "abababababababababababab");
    }
}
