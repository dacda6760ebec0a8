//! Secrets that are shown once, and the hash that is kept.
//!
//! A stolen database must not open a single session (OWASP ASVS 7.2, 13): what is stored is SHA-256 of a random value
//! of 256 bits, which needs no slow hash. `Debug` prints neither. The exception is a secret with which a program signs: to
//! check a signature one needs the secret itself, so it is kept sealed beside its hash (security.md X3).

use std::fmt;

/// SHA-256 of a secret, the only form that is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// What is kept of a secret with which a program may also sign its calls.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptSecret {
    /// To compare with a secret that is shown.
    pub hash: SecretHash,
    /// The secret, sealed with the house's key: to check what was signed with it.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for KeptSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptSecret(…)")
    }
}

/// A secret on its way to the one who may know it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes charge of a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself; name the reason where you call this.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
