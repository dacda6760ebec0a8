//! Signed tokens (RFC 7515 compact form) with keys that are parsed once.
//!
//! The library that reads management tokens parses its key at each use, which costs an RSA signature half as much again;
//! so the few lines that put a token together stand here, on the same primitives. The algorithm always comes from the
//! key, never from the token: `alg`, `jku`, `jwk` and `x5u` of a header are compared or passed over (RFC 8725 3.1).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::oauth::TokenAlg;

/// Octets of a token that is looked at.
const LONGEST: usize = 16 * 1024;

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

/// A key that signs.
pub struct SigningKey {
    kid: String,
    pair: Pair,
}

/// A key could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadKey;

impl std::fmt::Display for BadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a signing key cannot be used")
    }
}

impl std::error::Error for BadKey {}

/// Makes a private key, PKCS #8. RSA takes a tenth of a second or so.
pub fn generate(alg: TokenAlg) -> Result<Vec<u8>, BadKey> {
    match alg {
        TokenAlg::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| BadKey)?;
            Ok(AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'static>>::as_der(&pair).map_err(|_| BadKey)?.as_ref().to_vec())
        }
        TokenAlg::Es256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| BadKey)?;
            Ok(pair.to_pkcs8v1().map_err(|_| BadKey)?.as_ref().to_vec())
        }
        TokenAlg::Hs256 => Err(BadKey),
    }
}

impl SigningKey {
    /// Parses a private key.
    pub fn parse(kid: &str, alg: TokenAlg, pkcs8: &[u8]) -> Result<Self, BadKey> {
        let pair = match alg {
            TokenAlg::Rs256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| BadKey)?),
            TokenAlg::Es256 => {
                Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| BadKey)?)
            }
            TokenAlg::Hs256 => return Err(BadKey),
        };
        Ok(Self { kid: kid.to_owned(), pair })
    }

    /// How it signs.
    pub fn alg(&self) -> TokenAlg {
        match self.pair {
            Pair::Rsa(_) => TokenAlg::Rs256,
            Pair::Ec(_) => TokenAlg::Es256,
        }
    }

    /// Its public half as a JWK (RFC 7517, RFC 7518 6.2 and 6.3).
    pub fn public_jwk(&self) -> serde_json::Value {
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let text = |n: &[u8]| URL_SAFE_NO_PAD.encode(n);
                serde_json::json!({
                    "kty": "RSA",
                    "n": text(public.modulus().big_endian_without_leading_zero()),
                    "e": text(public.exponent().big_endian_without_leading_zero()),
                })
            }
            Pair::Ec(pair) => {
                // An uncompressed point: 4, x, y.
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..).unwrap_or_default().split_at(32.min(point.len().saturating_sub(1)));
                serde_json::json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) })
            }
        };
        jwk["use"] = "sig".into();
        jwk["alg"] = self.alg().as_str().into();
        jwk["kid"] = self.kid.as_str().into();
        jwk
    }

    /// Signs claims as a token of kind `typ`. `None` is a fault of the library.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Option<String> {
        let mut token = beginning(self.alg(), typ, Some(&self.kid), claims)?;
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature).ok()?;
                signature
            }
            Pair::Ec(pair) => pair.sign(&SystemRandom::new(), token.as_bytes()).ok()?.as_ref().to_vec(),
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }
}

fn beginning(alg: TokenAlg, typ: &str, kid: Option<&str>, claims: &impl Serialize) -> Option<String> {
    let header = match kid {
        Some(kid) => serde_json::json!({ "alg": alg.as_str(), "typ": typ, "kid": kid }),
        None => serde_json::json!({ "alg": alg.as_str(), "typ": typ }),
    };
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).ok()?, &mut token);
    Some(token)
}

/// Signs with an application's secret.
pub fn sign_hs256(secret: &str, typ: &str, claims: &impl Serialize) -> Option<String> {
    let mut token = beginning(TokenAlg::Hs256, typ, None, claims)?;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(tag, &mut token);
    Some(token)
}

/// A public key that is known by its id.
pub struct PublicKey {
    kid: String,
    alg: TokenAlg,
    key: ParsedPublicKey,
}

impl PublicKey {
    /// Reads a JWK of ours.
    pub fn parse(jwk: &serde_json::Value) -> Result<Self, BadKey> {
        let text = |name: &str| jwk[name].as_str().ok_or(BadKey);
        let octets = |name: &str| text(name).and_then(|t| URL_SAFE_NO_PAD.decode(t).map_err(|_| BadKey));
        let alg = TokenAlg::parse(text("alg")?).ok_or(BadKey)?;
        let key = match alg {
            TokenAlg::Rs256 => PublicKeyComponents { n: octets("n")?, e: octets("e")? }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .map_err(|_| BadKey)?,
            TokenAlg::Es256 => {
                let point = [vec![4], octets("x")?, octets("y")?].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| BadKey)?
            }
            TokenAlg::Hs256 => return Err(BadKey),
        };
        Ok(Self { kid: text("kid")?.to_owned(), alg, key })
    }
}

/// A token whose signature has not been looked at.
pub struct Unverified<'a> {
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
    /// The header.
    pub header: Header,
}

/// What of a header is looked at.
#[derive(Debug, serde::Deserialize)]
pub struct Header {
    /// Algorithm.
    pub alg: String,
    /// Kind.
    pub typ: Option<String>,
    /// Key.
    pub kid: Option<String>,
    crit: Option<serde_json::Value>,
}

impl<'a> Unverified<'a> {
    /// Takes a compact token apart; `None`: it is none, or says that something we do not know must be understood.
    pub fn parse(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if payload.contains('.') {
            return None;
        }
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if header.crit.is_some() {
            return None;
        }
        Some(Self { signed, payload, signature, header })
    }

    /// The claims, if one of `keys` signed them.
    pub fn by<T: DeserializeOwned>(&self, keys: &[PublicKey]) -> Option<T> {
        let kid = self.header.kid.as_deref()?;
        let key = keys.iter().find(|key| key.kid == kid && key.alg.as_str() == self.header.alg)?;
        key.key.verify_sig(self.signed.as_bytes(), &self.signature).ok()?;
        self.claims()
    }

    /// The claims, if this secret signed them.
    pub fn by_secret<T: DeserializeOwned>(&self, secret: &str) -> Option<T> {
        if self.header.alg != TokenAlg::Hs256.as_str() {
            return None;
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hmac::verify(&key, self.signed.as_bytes(), &self.signature).ok()?;
        self.claims()
    }

    /// The claims, whoever signed them: to find the key only.
    pub fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(self.payload).ok()?).ok()
    }
}

/// The left half of a SHA-256, as `at_hash` and `c_hash` want it (OpenID Connect Core 3.1.3.6, 3.3.2.11).
pub fn half_hash(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}

/// Whether a PKCE verifier is the one behind a challenge (RFC 7636 4.6, S256), in constant time.
pub fn proves(verifier: &str, challenge: &str) -> bool {
    let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
    constant_time::verify_slices_are_equal(URL_SAFE_NO_PAD.encode(digest).as_bytes(), challenge.as_bytes()).is_ok()
}

/// `session_state` of OpenID Connect Session Management 1.0 section 2.
pub fn session_state(parts: &str, salt: &str) -> String {
    let digest = digest::digest(&digest::SHA256, parts.as_bytes());
    format!("{}.{salt}", super::seal::hex(digest.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Claims {
        sub: String,
    }

    fn pair(alg: TokenAlg) -> (SigningKey, Vec<PublicKey>) {
        let key = SigningKey::parse("k1", alg, &generate(alg).unwrap()).unwrap();
        let public = vec![PublicKey::parse(&key.public_jwk()).unwrap()];
        (key, public)
    }

    #[test]
    fn what_a_key_signs_its_public_half_reads_and_no_other() {
        for alg in [TokenAlg::Rs256, TokenAlg::Es256] {
            let ((key, public), (_, other)) = (pair(alg), pair(alg));
            let claims = Claims { sub: "lilei".into() };
            let token = key.sign("JWT", &claims).unwrap();
            assert_eq!(Unverified::parse(&token).unwrap().by::<Claims>(&public), Some(claims));
            assert_eq!(Unverified::parse(&token).unwrap().by::<Claims>(&other), None, "another key of the same id");
            let truncated = &token[..token.len() - 2];
            assert!(Unverified::parse(truncated).is_none_or(|t| t.by::<Claims>(&public).is_none()), "truncated");
        }
    }

    #[test]
    fn neither_none_nor_the_public_key_as_a_secret_is_believed() {
        let (key, public) = pair(TokenAlg::Rs256);
        let claims = Claims { sub: "eve".into() };
        let none = beginning(TokenAlg::Rs256, "JWT", Some("k1"), &claims).unwrap().replacen(
            &URL_SAFE_NO_PAD.encode(serde_json::json!({"alg":"RS256","kid":"k1","typ":"JWT"}).to_string()),
            &URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#),
            1,
        ) + ".";
        assert!(Unverified::parse(&none).unwrap().by::<Claims>(&public).is_none(), "alg none");
        let confused = sign_hs256(&key.public_jwk().to_string(), "JWT", &claims).unwrap();
        assert!(Unverified::parse(&confused).unwrap().by::<Claims>(&public).is_none(), "HS256");
    }

    #[test]
    fn the_example_of_rfc_7636_holds() {
        let (verifier, challenge) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(proves(verifier, challenge));
        assert!(!proves(&verifier[1..], challenge));
    }
}
