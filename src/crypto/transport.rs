//! The key under which Authing's SDKs encrypt passwords on their way (RSA, PKCS #1 v1.5; authing-contract.md 3.2).
//!
//! It protects nothing that TLS does not; it is here because the SDKs do it. That padding has a name for telling whether it
//! was right (Bleichenbacher, Marvin): so whatever does not open becomes a password that nobody has, and the caller goes on
//! as with any wrong one, at the same cost and with the same answer.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::jws::BadKey;
use super::seal;

/// How many leading octets may be missing: `JSEncrypt` inside authing-js-sdk writes a ciphertext as a number, without its leading
/// zeros, so about one in 128 is an octet short. Ciphertexts of shorter keys are much shorter.
const MISSING_ZEROS: usize = 8;

/// A key that opens passwords.
pub struct TransportKey {
    private: Pkcs1PrivateDecryptingKey,
    pem: String,
}

/// What was sent is no ciphertext for this key at all: no base64, or of another length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCiphertext;

/// Makes a private key, PKCS #8. It takes a tenth of a second or so.
pub fn generate() -> Result<Vec<u8>, BadKey> {
    let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).map_err(|_| BadKey)?;
    let der: Pkcs8V1Der<'static> = key.as_der().map_err(|_| BadKey)?;
    Ok(der.as_ref().to_vec())
}

impl TransportKey {
    /// Parses a private key.
    pub fn parse(pkcs8: &[u8]) -> Result<Self, BadKey> {
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| BadKey)?;
        let der: PublicKeyX509Der<'static> = key.public_key().as_der().map_err(|_| BadKey)?;
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for line in STANDARD.encode(der.as_ref()).as_bytes().chunks(64) {
            pem.extend(line.iter().map(|b| char::from(*b)));
            pem.push('\n');
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Ok(Self { private: Pkcs1PrivateDecryptingKey::new(key).map_err(|_| BadKey)?, pem })
    }

    /// The public half, as SDKs take it (RFC 7468 section 13).
    pub fn public_pem(&self) -> &str {
        &self.pem
    }

    /// Opens an encrypted password. What has the right shape always opens: to the password, or to one that nobody has.
    pub fn open(&self, sent: &str) -> Result<String, NoCiphertext> {
        let bare: Vec<u8> = sent.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect(); // some write it in lines
        let sent = STANDARD.decode(bare).map_err(|_| NoCiphertext)?;
        let zeros = self.private.key_size_bytes().checked_sub(sent.len()).filter(|zeros| *zeros <= MISSING_ZEROS);
        let mut sealed = vec![0; zeros.ok_or(NoCiphertext)?];
        sealed.extend(sent);
        let nobodys = seal::fresh().0.reveal().to_owned();
        let mut room = vec![0; self.private.min_output_size()];
        let opened = self.private.decrypt(&sealed, &mut room).ok();
        Ok(opened.and_then(|octets| String::from_utf8(octets.to_vec()).ok()).unwrap_or(nobodys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};

    fn encrypted(key: &TransportKey, text: &[u8]) -> String {
        let body: String = key.public_pem().lines().filter(|line| !line.starts_with('-')).collect();
        let public = PublicEncryptingKey::from_der(&STANDARD.decode(body).unwrap()).unwrap();
        let public = Pkcs1PublicEncryptingKey::new(public).unwrap();
        let mut room = vec![0; public.ciphertext_size()];
        STANDARD.encode(public.encrypt(text, &mut room).unwrap())
    }

    #[test]
    fn a_ciphertext_without_its_leading_zero_opens() {
        let key = TransportKey::parse(&generate().unwrap()).unwrap();
        let short = (0..100_000).find_map(|_| {
            let octets = STANDARD.decode(encrypted(&key, b"letmeout")).unwrap();
            octets.strip_prefix(&[0]).map(|rest| STANDARD.encode(rest))
        });
        assert_eq!(key.open(&short.unwrap()).unwrap(), "letmeout");
        assert_eq!(key.open(&STANDARD.encode([1u8; 247])), Err(NoCiphertext));
        assert_eq!(key.open(&STANDARD.encode([1u8; 257])), Err(NoCiphertext));
    }

    #[test]
    fn a_password_opens_and_anything_else_of_its_shape_is_nobodys() {
        let key = TransportKey::parse(&generate().unwrap()).unwrap();
        let sealed = encrypted(&key, "correct 马".as_bytes());
        let in_lines =
            sealed.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join("\r\n");
        for sent in [&sealed, &in_lines, &format!("{in_lines}\n")] {
            assert_eq!(key.open(sent).unwrap(), "correct 马");
        }
        assert!(key.public_pem().ends_with("-----END PUBLIC KEY-----\n"));
        assert_eq!(key.open("not base64!"), Err(NoCiphertext));
        assert_eq!(key.open(&STANDARD.encode([1u8; 128])), Err(NoCiphertext), "of a shorter key");
        for wrong in [STANDARD.encode([1u8; 256]), STANDARD.encode([0xff; 256]), encrypted(&key, &[0xff, 0xfe])] {
            let (one, other) = (key.open(&wrong).unwrap(), key.open(&wrong).unwrap());
            assert!(one.len() == 43 && one != other, "a password that nobody has");
        }
    }
}
