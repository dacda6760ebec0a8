//! Client assertions: an application proves itself with a key of its own (RFC 7523, OpenID Connect Core section 9).

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize as _;

/// Algorithms with which an application may sign; none of them takes a shared secret.
pub const ALGS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// Their names on the wire.
pub const ALG_NAMES: [&str; 5] = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];

/// Claims of an assertion (RFC 7523 section 3).
#[derive(Debug, Clone, serde::Deserialize)]
pub struct AssertionClaims {
    /// The application.
    pub iss: String,
    /// The application.
    pub sub: String,
    /// For whom: one or several.
    pub aud: Audience,
    /// Seconds since the epoch.
    #[serde(deserialize_with = "numeric_date")]
    pub exp: i64,
    /// Seconds since the epoch.
    #[serde(default, deserialize_with = "maybe_numeric_date")]
    pub nbf: Option<i64>,
    /// Works once.
    pub jti: Option<String>,
}

/// A `NumericDate` may have fractions (RFC 7519 section 2), which are of no matter here.
fn numeric_date<'de, D: serde::Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
    maybe_numeric_date(value)?.ok_or(serde::de::Error::custom("not a NumericDate"))
}

fn maybe_numeric_date<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(value)? else { return Ok(None) };
    let text = number.to_string();
    let whole = text.split('.').next().and_then(|whole| whole.parse().ok());
    whole.map(Some).ok_or(serde::de::Error::custom("not a NumericDate"))
}

/// One audience or several.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// Whether `wanted` is among them.
    pub fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Several(list) => list.iter().any(|one| one == wanted),
        }
    }
}

fn keys(jwks: &str) -> Vec<Jwk> {
    serde_json::from_str::<JwkSet>(jwks).map(|set| set.keys).unwrap_or_default()
}

fn asymmetric(key: &Jwk) -> bool {
    !matches!(key.algorithm, jsonwebtoken::jwk::AlgorithmParameters::OctetKey(_)) && DecodingKey::from_jwk(key).is_ok()
}

/// Whether a JWK Set holds a public key that can prove something.
pub fn can_verify(jwks: &str) -> bool {
    keys(jwks).iter().any(asymmetric)
}

/// Whether a JWK Set holds what must never leave its owner: a private or a shared key (RFC 7518 6.2.2, 6.3.2, 6.4).
pub fn holds_private(jwks: &str) -> bool {
    let set: serde_json::Value = serde_json::from_str(jwks).unwrap_or_default();
    set["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key.get("d").or(key.get("k")).is_some()))
}

/// The claims of an assertion that one of the application's own keys signed. Times and audience are judged by the caller.
pub fn read(jwks: &str, assertion: &str) -> Option<AssertionClaims> {
    let header = decode_header(assertion).ok()?;
    if !ALGS.contains(&header.alg) {
        return None;
    }
    let mut validation = Validation::new(header.alg);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    let fits = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    keys(jwks)
        .iter()
        .filter(|key| asymmetric(key))
        .filter(fits)
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| decode::<AssertionClaims>(assertion, &key, &validation).ok())
        .map(|data| data.claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

    #[test]
    fn only_a_set_of_public_keys_proves_anything() {
        assert!(can_verify(PUBLIC) && !holds_private(PUBLIC));
        for useless in [
            "",
            "[]",
            "{}",
            r#"{"keys":[]}"#,
            r#"{"keys":{}}"#,
            r#"{"keys":[{"kty":"EC"}]}"#,
            &PUBLIC[..PUBLIC.len() - 3],
        ] {
            assert!(!can_verify(useless) && !holds_private(useless), "{useless}");
        }
        let shared = r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#;
        assert!(!can_verify(shared) && holds_private(shared));
        assert!(holds_private(&PUBLIC.replace("\"kty\"", "\"d\":\"x\",\"kty\"")));
    }
}
