//! Hashes of secrets, and short values that the house hands out and recognises again (CSRF values, farewell links).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::random;
use crate::domain::secret::{Secret, SecretHash};

/// SHA-256 of a secret as presented. The whole value counts: a truncated one hashes to something else (GHSA-6mq3-xmgp-pjm5).
pub fn hash(secret: &str) -> SecretHash {
    hash_octets(secret.as_bytes())
}

/// SHA-256 of what is no secret, to tell one from another.
pub fn hash_octets(octets: &[u8]) -> SecretHash {
    let digest = digest::digest(&digest::SHA256, octets);
    let mut bytes = [0u8; 32];
    bytes.copy_from_slice(digest.as_ref());
    SecretHash(bytes)
}

/// Whether two hashes are the same, in constant time.
pub fn same(a: &SecretHash, b: &SecretHash) -> bool {
    constant_time::verify_slices_are_equal(&a.0, &b.0).is_ok()
}

/// A new secret of 256 bits in URL-safe characters, and its hash.
pub fn fresh() -> (Secret, SecretHash) {
    let text = base64url(&random::octets::<32>());
    let hash = hash(&text);
    (Secret::new(text), hash)
}

/// A new secret in Authing's shape: 32 hex digits (128 bits).
pub fn fresh_hex32() -> (Secret, SecretHash) {
    let text = hex(&random::octets::<16>());
    let hash = hash(&text);
    (Secret::new(text), hash)
}

/// The house's own key, kept beside the database with mode 0600; every other key is derived from it by purpose.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A new one.
    pub fn fresh() -> Self {
        Self(random::octets())
    }

    /// Reads the key file, or makes it with mode 0600. A file of another length is refused, never overwritten.
    pub fn load(path: &Path) -> std::io::Result<Self> {
        match std::fs::read(path) {
            Ok(octets) => octets.as_slice().try_into().map(Self).map_err(|_| {
                let says = format!("{} must hold 32 octets; restore it from your backup", path.display());
                std::io::Error::new(std::io::ErrorKind::InvalidData, says)
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let key = Self::fresh();
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(&key.0)?;
                file.sync_all()?;
                Ok(key)
            }
            Err(e) => Err(e),
        }
    }

    /// The key for one purpose: HMAC-SHA-256 of the purpose's name.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), purpose.as_bytes());
        let mut key = [0u8; 32];
        key.copy_from_slice(tag.as_ref());
        key
    }

    /// Seals octets for one purpose (AES-256-GCM): a nonce, then the sealed octets.
    pub fn seal(&self, purpose: &str, octets: &[u8]) -> Option<Vec<u8>> {
        let nonce = random::octets::<NONCE_LEN>();
        let mut sealed = octets.to_vec();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.derive(purpose)).ok()?);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for the same purpose with the same key; `None` for anything else.
    pub fn unseal(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.derive(purpose)).ok()?);
        let mut octets = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = key.open_in_place(nonce, Aad::empty(), &mut octets).ok()?.len();
        octets.truncate(opened);
        Some(octets)
    }

    /// A keyed mark on `parts` for `purpose`, to be recognised later by [`MasterKey::recognises`].
    pub fn mark(&self, purpose: &str, parts: &[&str]) -> String {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose)), &framed(parts));
        base64url(&tag.as_ref()[..24])
    }

    /// Whether `mark` is the house's own on `parts`; constant time.
    pub fn recognises(&self, purpose: &str, parts: &[&str], mark: &str) -> bool {
        constant_time::verify_slices_are_equal(self.mark(purpose, parts).as_bytes(), mark.as_bytes()).is_ok()
    }

    /// A number as others may hold it: the same each time for the same number and `owner`, and telling nothing. A mark on
    /// the number, and the number hidden by a mask that only its mark gives.
    pub fn veil(&self, purpose: &str, owner: &str, number: u64) -> String {
        let mark = self.veil_mark(purpose, owner, number);
        let hidden = number ^ self.veil_mask(purpose, &mark);
        base64url(&[mark.as_slice(), &hidden.to_be_bytes()].concat())
    }

    /// The number behind a veil, if the house drew it for the same purpose and owner.
    pub fn unveil(&self, purpose: &str, owner: &str, text: &str) -> Option<u64> {
        let octets: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (mark, hidden) = octets.split_at(16);
        let number = u64::from_be_bytes(hidden.try_into().ok()?) ^ self.veil_mask(purpose, mark);
        constant_time::verify_slices_are_equal(&self.veil_mark(purpose, owner, number), mark).ok().map(|()| number)
    }

    fn veil_mark(&self, purpose: &str, owner: &str, number: u64) -> [u8; 16] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose));
        let tag = hmac::sign(&key, &framed(&[owner, &number.to_string()]));
        let mut mark = [0u8; 16];
        mark.copy_from_slice(&tag.as_ref()[..16]);
        mark
    }

    fn veil_mask(&self, purpose: &str, mark: &[u8]) -> u64 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(&format!("{purpose}: mask")));
        let mut mask = [0u8; 8];
        mask.copy_from_slice(&hmac::sign(&key, mark).as_ref()[..8]);
        u64::from_be_bytes(mask)
    }
}

/// Length before content, so that no two lists of parts look the same.
fn framed(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// Lower-case hex digits.
pub fn hex(octets: &[u8]) -> String {
    let digit = |n: u8| char::from(b"0123456789abcdef"[usize::from(n)]);
    octets.iter().flat_map(|o| [digit(o >> 4), digit(o & 15)]).collect()
}

/// The octets behind hex digits, in small or capital letters; `None` for anything else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[a, b]| Some(digit(*a)? << 4 | digit(*b)?)).collect())?
}

/// The text behind padded base64 (RFC 4648 section 4), as HTTP Basic has it.
pub fn base64_text(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// Unpadded base64url (RFC 4648 section 5).
pub fn base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_for_one_purpose_and_one_list() {
        let key = MasterKey::fresh();
        let mark = key.mark("csrf", &["ab", "c"]);
        assert!(key.recognises("csrf", &["ab", "c"], &mark));
        assert!(!key.recognises("csrf", &["a", "bc"], &mark));
        assert!(!key.recognises("farewell", &["ab", "c"], &mark));
        assert!(!key.recognises("csrf", &["ab", "c"], ""));
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_purpose_only() {
        let key = MasterKey::fresh();
        let sealed = key.seal("keys", b"secret").unwrap();
        assert_eq!(key.unseal("keys", &sealed).unwrap(), b"secret");
        assert!(key.unseal("other", &sealed).is_none());
        assert!(MasterKey::fresh().unseal("keys", &sealed).is_none());
        assert!(key.unseal("keys", &sealed[..sealed.len() - 1]).is_none());
        assert!(key.unseal("keys", b"short").is_none());
        assert_ne!(key.seal("keys", b"secret").unwrap(), sealed, "a nonce is used once");
    }

    #[test]
    fn a_veil_is_stable_and_opens_for_its_owner_only() {
        let key = MasterKey::fresh();
        let veils: Vec<String> = [0, 1, 2, u64::MAX].iter().map(|n| key.veil("feed", "notes", *n)).collect();
        for (veil, number) in veils.iter().zip([0, 1, 2, u64::MAX]) {
            assert_eq!(key.unveil("feed", "notes", veil), Some(number));
            assert_eq!(*veil, key.veil("feed", "notes", number), "stable");
            assert_eq!(key.unveil("feed", "board", veil), None, "another owner");
            assert_eq!(key.unveil("other", "notes", veil), None, "another purpose");
            assert_eq!(MasterKey::fresh().unveil("feed", "notes", veil), None, "another house");
            for at in 0..veil.len() {
                let mut other = veil.clone();
                other.replace_range(at..=at, if veil.as_bytes()[at] == b'A' { "B" } else { "A" });
                assert_eq!(key.unveil("feed", "notes", &other), None, "tampered at {at}");
            }
            assert_eq!(key.unveil("feed", "notes", &veil[1..]), None, "truncated");
            assert_eq!(key.unveil("feed", "notes", &format!("{veil}=")), None, "padded");
        }
        let alike = veils[1].bytes().zip(veils[2].bytes()).filter(|(a, b)| a == b).count();
        assert!(alike < 8, "neighbours look alike: {veils:?}");
    }

    #[test]
    fn fresh_secrets_differ_and_hold_256_bits() {
        let secrets: std::collections::HashSet<String> = (0..1000).map(|_| fresh().0.reveal().to_owned()).collect();
        assert_eq!(secrets.len(), 1000);
        assert!(secrets.iter().all(|s| s.len() == 43));
    }
}
