//! Management tokens: JWTs that admit an administrator's program (Authing `access-token`, `get-management-token`).
//!
//! HS256 with a key derived from the house's own: nobody but the house has to verify them. The signature only says that
//! the house made the token; whether its credential still holds is read from the database at every call (security.md K7).

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};

use super::seal::MasterKey;

/// The media type in the header; a token of another kind is no management token (security.md K8).
const TYPE: &str = "management+jwt";
const PURPOSE: &str = "management token";

/// Claims of a management token. Authing's SDKs read `scoped_userpool_id` and `exp`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct ManagementClaims {
    /// The credential: a pool id, or an access key id.
    pub sub: String,
    /// Pool.
    pub scoped_userpool_id: String,
    /// Place in the order at which it was made; compared with the credential's own.
    pub seq: i64,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch.
    pub exp: i64,
    /// Who made it.
    pub iss: String,
    /// Id of this token.
    pub jti: String,
}

/// Signs; `None` when the library refuses, which is a fault.
pub fn sign(key: &MasterKey, claims: &ManagementClaims) -> Option<String> {
    let header = Header { typ: Some(TYPE.to_owned()), alg: Algorithm::HS256, ..Header::default() };
    encode(&header, claims, &EncodingKey::from_secret(&key.derive(PURPOSE))).ok()
}

/// Reads a token of ours; `None` for any other. The algorithm is fixed, `kid`, `jku` and `jwk` are not looked at. Expiry
/// is judged by the caller's clock.
pub fn read(key: &MasterKey, token: &str) -> Option<ManagementClaims> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let data = decode::<ManagementClaims>(token, &DecodingKey::from_secret(&key.derive(PURPOSE)), &validation).ok()?;
    (data.header.typ.as_deref() == Some(TYPE)).then_some(data.claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_tokens_of_this_kind_are_read() {
        let key = MasterKey::fresh();
        let claims = ManagementClaims {
            sub: "5f9d0cef60d09ff5a4c87c06".into(),
            scoped_userpool_id: "5f9d0cef60d09ff5a4c87c06".into(),
            seq: 3,
            iat: 1,
            exp: 2,
            iss: "http://127.0.0.1:9010/oidc".into(),
            jti: "x".into(),
        };
        let token = sign(&key, &claims).unwrap();
        assert_eq!(read(&key, &token).unwrap().seq, 3);
        assert!(read(&MasterKey::fresh(), &token).is_none(), "another house");
        assert!(read(&key, &token[..token.len() - 1]).is_none(), "truncated");
        let other_kind = encode(&Header::default(), &claims, &EncodingKey::from_secret(&key.derive(PURPOSE))).unwrap();
        assert!(read(&key, &other_kind).is_none(), "another type");
        let unsigned =
            format!("eyJ0eXAiOiJtYW5hZ2VtZW50K2p3dCIsImFsZyI6Im5vbmUifQ.{}.", token.split('.').nth(1).unwrap());
        assert!(read(&key, &unsigned).is_none(), "alg none");
    }
}
