//! The SM2 key under which Authing's SDKs encrypt passwords on their way when they are told to (GB/T 32918.4;
//! authing-contract.md 3.2).
//!
//! As with RSA (`transport`), whatever has the shape of a ciphertext opens: to the password, or to one that nobody has.

use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::pke::DecryptingKey;

use super::jws::BadKey;
use super::transport::NoCiphertext;
use super::{random, seal};

/// Octets of a private key.
const KEY: usize = 32;
/// Octets around a password: a point of the curve, and a hash.
const AROUND: usize = 64 + 32;
/// No password is longer (security.md P4).
const LONGEST: usize = 1_024;
/// What stands before a point that is written out whole; `sm-crypto` leaves it away.
const WHOLE: u8 = 4;

/// A key that opens passwords.
pub struct Sm2Key(DecryptingKey);

/// Makes a private key: a number below the order of the curve.
pub fn generate() -> Vec<u8> {
    loop {
        let octets = random::octets::<KEY>();
        if Sm2Key::parse(&octets).is_ok() {
            return octets.to_vec();
        }
    }
}

impl Sm2Key {
    /// Parses a private key.
    pub fn parse(octets: &[u8]) -> Result<Self, BadKey> {
        // Its mode is the newer order of a ciphertext: point, hash, text. SDKs send no other.
        DecryptingKey::from_slice(octets).map(Self).map_err(|_| BadKey)
    }

    /// The public half, as SDKs take it: a point in 130 hex digits.
    pub fn public_hex(&self) -> String {
        seal::hex(self.0.encrypting_key().as_affine().to_sec1_point(false).as_bytes())
    }

    /// Opens an encrypted password. What has the right shape always opens: to the password, or to one that nobody has.
    pub fn open(&self, sent: &str) -> Result<String, NoCiphertext> {
        let text = sent.trim();
        if text.len() > 2 * (1 + AROUND + LONGEST) {
            return Err(NoCiphertext);
        }
        let octets = seal::unhex(text).filter(|octets| octets.len() > AROUND).ok_or(NoCiphertext)?;
        let nobodys = seal::fresh().0.reveal().to_owned();
        let opened = self.decrypted(&[&[WHOLE], octets.as_slice()].concat());
        let opened = opened.or_else(|| self.decrypted(&octets).filter(|_| octets[0] == WHOLE));
        Ok(opened.unwrap_or(nobodys))
    }

    fn decrypted(&self, octets: &[u8]) -> Option<String> {
        String::from_utf8(self.0.decrypt(octets).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = "6b5c1d9a3f8e7d2c4b1a09f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4";
    const PUBLIC: &str = "04024b7d2470ed78d1090064ab31d0ae3eb27a77f45460f1aaae08463533db370a3b05b8829fa9c760c9d12249b8a8fd18e01a5a1cf08e7c3bc3a2195f359ed10f";
    /// What the npm package sm-crypto 0.5.8 made of "correct 马" under that key.
    const SEALED: &str = "528f256596e471f8cfda00d7cfef2914288cc30e2a95136583dc6a0e77f800a76d5c696cb85b66e06bcc376f82440e5c83a6f9d37f0b55cb036d67b7f893dc5dec35f33155dc33cafc60f4b19f345608f42e1101dc04c9eba6c0534b959f5e99afa22a1d81857a4440c862";
    /// And of seventy times the letter a: more than one block of the key stream.
    const LONG: &str = "2d6fc65f83058db15075edd18d33ae308e7d7fe760084b94388df0111acc8acdadea1b666a2e3e38cb535400869c2b83d5d3fb853a41a4c931a5c67412b55957957f4f81d433e8f71f06faf7f066001e84a4765c42ff0f2d9fb30708bc0eb16425eccee3c1716b9e38a8fa48e8bd158c195eef63de4638376058c33ad22aaf10767aee4e85dd71d1174ebdab9cd4df087bf84e6470c4bbb4f7aa5e2847a8d41d564025ff398d";

    fn key() -> Sm2Key {
        Sm2Key::parse(&seal::unhex(PRIVATE).unwrap()).unwrap()
    }

    #[test]
    fn what_sm_crypto_sealed_opens() {
        let key = key();
        assert_eq!(key.public_hex(), PUBLIC);
        for sent in [SEALED.to_owned(), SEALED.to_uppercase(), format!("04{SEALED}"), format!(" {SEALED}\n")] {
            assert_eq!(key.open(&sent).unwrap(), "correct 马");
        }
        assert_eq!(key.open(LONG).unwrap(), "a".repeat(70));
    }

    #[test]
    fn anything_else_of_its_shape_is_nobodys_and_of_another_shape_nothing() {
        let key = key();
        let other = Sm2Key::parse(&generate()).unwrap();
        assert!(other.open(SEALED).is_ok_and(|opened| opened.len() == 43), "another key");
        for at in [0, 64, 127, 128, 191, 192, SEALED.len() - 1] {
            let mut broken = SEALED.to_owned();
            broken.replace_range(at..=at, if broken.as_bytes()[at] == b'0' { "1" } else { "0" });
            let (one, two) = (key.open(&broken).unwrap(), key.open(&broken).unwrap());
            assert!(one.len() == 43 && one != two, "at {at}: a password that nobody has");
        }
        for point in ["0".repeat(128), "f".repeat(128), format!("04{}", "0".repeat(126))] {
            assert_eq!(key.open(&format!("{point}{}", "0".repeat(80))).unwrap().len(), 43, "{point}");
        }
        let too_long = "ab".repeat(1 + AROUND + LONGEST + 1);
        for none in ["", "sm2", "zz", "abc", &SEALED[..2 * AROUND], &too_long, "马"] {
            assert_eq!(key.open(none), Err(NoCiphertext), "{none}");
        }
        for bad in [[0u8; 32].as_slice(), &[0xff; 32], &[1; 31], &[1; 33], &[]] {
            assert!(Sm2Key::parse(bad).is_err());
        }
    }
}
