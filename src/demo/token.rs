//! Tokens as a relying party judges them: nothing of one is believed before all of it holds.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use crate::domain::clock::Timestamp;

/// Seconds by which two clocks may differ.
const LEEWAY: i64 = 60;
/// Seconds after which a logout token is too old to act on, whatever it says of itself.
const STALE: i64 = 600;
/// Signatures that are made with a key nobody else holds.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::ES256];
/// The member of `events` that makes a token a logout token (Back-Channel Logout 1.0 section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// What [`Unsound`] names when the key is not in the set, which may be older than the key.
pub const UNKNOWN_KEY: &str = "kid";

/// Why a token is not believed: the part that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsound(pub &'static str);

/// Whose token it has to be.
#[derive(Debug, Clone, Copy)]
pub struct Parties<'a> {
    /// Who must have made it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
}

/// What an ID token says about a log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// Who.
    pub sub: String,
    /// The session at the provider.
    pub sid: Option<String>,
    /// Until when the token may be used.
    pub expires: Timestamp,
}

/// What a logout token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedOut {
    /// Whose sessions, when all of a user's.
    pub sub: Option<String>,
    /// Which session.
    pub sid: Option<String>,
    /// Id of the token.
    pub jti: String,
    /// Until when the token may be used.
    pub expires: Timestamp,
}

struct Claims(Map<String, Value>);

impl Claims {
    fn text(&self, name: &'static str) -> Result<Option<String>, Unsound> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(Unsound(name)),
        }
    }

    fn needed(&self, name: &'static str) -> Result<String, Unsound> {
        self.text(name)?.ok_or(Unsound(name))
    }

    fn seconds(&self, name: &'static str) -> Result<i64, Unsound> {
        self.0.get(name).and_then(Value::as_i64).ok_or(Unsound(name))
    }

    /// Issuer and audience; a token for several names us as the party it was issued to (Core 3.1.3.7, 4 and 5).
    fn between(&self, parties: Parties) -> Result<(), Unsound> {
        if self.needed("iss")? != parties.issuer {
            return Err(Unsound("iss"));
        }
        let ours = match self.0.get("aud") {
            Some(Value::String(one)) => one == parties.client_id,
            Some(Value::Array(several)) => several.iter().any(|one| one == parties.client_id),
            Some(_) | None => false,
        };
        if !ours {
            return Err(Unsound("aud"));
        }
        match self.text("azp")? {
            Some(azp) if azp != parties.client_id => Err(Unsound("azp")),
            Some(_) | None => Ok(()),
        }
    }

    /// Made not later than now, and not expired.
    fn timely(&self, now: Timestamp) -> Result<Timestamp, Unsound> {
        let (made, expires) = (self.seconds("iat")?, self.seconds("exp")?);
        if made > now.seconds() + LEEWAY {
            return Err(Unsound("iat"));
        }
        if expires <= now.seconds() - LEEWAY {
            return Err(Unsound("exp"));
        }
        Ok(Timestamp(expires.saturating_mul(1_000)))
    }
}

/// The `typ` and the claims of a token that a key of the set signed. The header chooses among the keys; what kind of
/// signature it is must fit the key too, and `none` is no signature (RFC 8725 3.1).
fn signed(keys: &JwkSet, token: &str) -> Result<(Option<String>, Claims), Unsound> {
    let header = decode_header(token).map_err(|_| Unsound("token"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Unsound("alg"));
    }
    if header.crit.is_some() {
        return Err(Unsound("crit"));
    }
    let kid = header.kid.as_deref().ok_or(Unsound(UNKNOWN_KEY))?;
    let key = keys.find(kid).filter(|key| may_sign(key, header.alg)).ok_or(Unsound(UNKNOWN_KEY))?;
    let key = DecodingKey::from_jwk(key).map_err(|_| Unsound(UNKNOWN_KEY))?;
    // Issuer, audience and times are judged below, by our own clock.
    let mut validation = Validation::new(header.alg);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    let data = decode::<Map<String, Value>>(token, &key, &validation).map_err(|_| Unsound("signature"))?;
    Ok((data.header.typ, Claims(data.claims)))
}

fn may_sign(key: &Jwk, alg: Algorithm) -> bool {
    let kept_for_other_use =
        matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)));
    let named = key.common.key_algorithm.map(|of_key| of_key.to_string());
    !kept_for_other_use && named.is_none_or(|named| named == format!("{alg:?}"))
}

/// Judges an ID token that came with an access token (Core 3.1.3.7 and 3.1.3.8). `nonce` is what the log-in began with;
/// none when tokens were renewed (Core 12.2).
pub fn id_token(
    keys: &JwkSet,
    token: &str,
    parties: Parties,
    (nonce, access_token, now): (Option<&str>, &str, Timestamp),
) -> Result<LoggedIn, Unsound> {
    let (_, claims) = signed(keys, token)?;
    claims.between(parties)?;
    let expires = claims.timely(now)?;
    if nonce.is_some() && claims.text("nonce")?.as_deref() != nonce {
        return Err(Unsound("nonce"));
    }
    if claims.text("at_hash")?.is_some_and(|hash| hash != half_hash(access_token)) {
        return Err(Unsound("at_hash"));
    }
    Ok(LoggedIn { sub: claims.needed("sub")?, sid: claims.text("sid")?, expires })
}

/// Judges a logout token (Back-Channel Logout 1.0 section 2.6). Whether it was seen before is the caller's to know.
pub fn logout_token(keys: &JwkSet, token: &str, parties: Parties, now: Timestamp) -> Result<LoggedOut, Unsound> {
    let (typ, claims) = signed(keys, token)?;
    // An ID token must not log anybody out: the kinds are told apart (section 2.4; RFC 8725 3.11).
    let typ = typ.unwrap_or_default().to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != "logout+jwt" {
        return Err(Unsound("typ"));
    }
    claims.between(parties)?;
    let expires = claims.timely(now)?;
    if claims.seconds("iat")? < now.seconds() - STALE {
        return Err(Unsound("iat"));
    }
    if !claims.0.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
        return Err(Unsound("events"));
    }
    if claims.0.contains_key("nonce") {
        return Err(Unsound("nonce"));
    }
    let (sub, sid) = (claims.text("sub")?, claims.text("sid")?);
    if sub.is_none() && sid.is_none() {
        return Err(Unsound("sub"));
    }
    Ok(LoggedOut { sub, sid, jti: claims.needed("jti")?, expires })
}

/// The issuer a token names, unproven: only to choose whose keys to ask.
pub fn issuer(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}

/// The left half of a SHA-256 (Core 3.1.3.6).
fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16])
}

/// The challenge of a PKCE verifier (RFC 7636 4.2, S256).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::crypto::jws::{self, SigningKey};
    use crate::domain::oauth::TokenAlg;

    const US: Parties = Parties { issuer: "http://localhost:1/oidc", client_id: "notes" };
    const NOW: Timestamp = Timestamp(1_763_796_000_000);

    fn house(kid: &str) -> (SigningKey, JwkSet) {
        let key = SigningKey::parse(kid, TokenAlg::Es256, &jws::generate(TokenAlg::Es256).unwrap()).unwrap();
        let set = serde_json::from_value(json!({ "keys": [key.public_jwk()] })).unwrap();
        (key, set)
    }

    fn logout_claims() -> Value {
        json!({
            "iss": US.issuer, "aud": US.client_id, "iat": NOW.seconds(), "exp": NOW.seconds() + 120,
            "jti": "one", "sub": "lilei", "sid": "s1", "events": { EVENT: {} },
        })
    }

    fn changed(mut claims: Value, (name, value): (&str, Value)) -> Value {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        claims
    }

    #[test]
    fn a_logout_token_is_believed_when_all_of_it_holds() {
        let (key, keys) = house("k1");
        let token = key.sign("logout+jwt", &logout_claims()).unwrap();
        let heard = logout_token(&keys, &token, US, NOW).unwrap();
        assert_eq!(
            (heard.sub.as_deref(), heard.sid.as_deref(), heard.jti.as_str()),
            (Some("lilei"), Some("s1"), "one")
        );
        for (name, value) in [("sub", json!(null)), ("sid", json!(null)), ("aud", json!(["other", "notes"]))] {
            let token = key.sign("application/logout+jwt", &changed(logout_claims(), (name, value))).unwrap();
            assert!(logout_token(&keys, &token, US, NOW).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_logout_token_with_one_part_wrong_ends_nothing() {
        let (key, keys) = house("k1");
        let now = NOW.seconds();
        for (change, why) in [
            (("iss", json!("http://localhost:2/oidc")), "iss"),
            (("iss", json!(null)), "iss"),
            (("aud", json!("mail")), "aud"),
            (("aud", json!(["mail"])), "aud"),
            (("aud", json!(null)), "aud"),
            (("azp", json!("mail")), "azp"),
            (("iat", json!(null)), "iat"),
            (("iat", json!("now")), "iat"),
            (("iat", json!(now + 3_600)), "iat"),
            (("iat", json!(now - 3_600)), "iat"),
            (("exp", json!(null)), "exp"),
            (("exp", json!(now - 3_600)), "exp"),
            (("events", json!(null)), "events"),
            (("events", json!({})), "events"),
            (("events", json!({ EVENT: true })), "events"),
            (("events", json!([EVENT])), "events"),
            (("nonce", json!("n")), "nonce"),
            (("jti", json!(null)), "jti"),
            (("jti", json!("")), "jti"),
            (("sub", json!(7)), "sub"),
            (("sid", json!([])), "sid"),
        ] {
            let token = key.sign("logout+jwt", &changed(logout_claims(), change.clone())).unwrap();
            assert_eq!(logout_token(&keys, &token, US, NOW), Err(Unsound(why)), "{change:?}");
        }
        let nobody = changed(changed(logout_claims(), ("sub", json!(null))), ("sid", json!(null)));
        let token = key.sign("logout+jwt", &nobody).unwrap();
        assert_eq!(logout_token(&keys, &token, US, NOW), Err(Unsound("sub")));
    }

    #[test]
    fn what_the_provider_did_not_sign_is_not_believed() {
        let ((key, keys), (stranger, _), (other, _)) = (house("k1"), house("k1"), house("k2"));
        let says = |token: &str| logout_token(&keys, token, US, NOW).unwrap_err().0;
        let token = key.sign("logout+jwt", &logout_claims()).unwrap();
        assert_eq!(says(&stranger.sign("logout+jwt", &logout_claims()).unwrap()), "signature");
        assert_eq!(says(&other.sign("logout+jwt", &logout_claims()).unwrap()), UNKNOWN_KEY);
        assert_eq!(says(&key.sign("JWT", &logout_claims()).unwrap()), "typ");
        assert_eq!(says(&jws::sign_hs256("secret", "logout+jwt", &logout_claims()).unwrap()), "alg");
        let payload = token.split('.').nth(1).unwrap();
        let header = |header: Value| URL_SAFE_NO_PAD.encode(header.to_string());
        let unsigned = header(json!({ "alg": "none", "typ": "logout+jwt", "kid": "k1" }));
        assert_eq!(says(&format!("{unsigned}.{payload}.")), "token");
        let other_alg = header(json!({ "alg": "RS256", "typ": "logout+jwt", "kid": "k1" }));
        assert_eq!(says(&format!("{other_alg}.{payload}.{}", token.rsplit('.').next().unwrap())), UNKNOWN_KEY);
        for text in ["", "a", "a.b.c", token.rsplit_once('.').unwrap().0] {
            assert_eq!(says(text), "token", "{text}");
        }
        assert_eq!(says(&token[..token.len() - 4]), "signature");
    }

    #[test]
    fn an_id_token_belongs_to_one_log_in_and_one_access_token() {
        let (key, keys) = house("k1");
        let claims = json!({
            "iss": US.issuer, "aud": US.client_id, "iat": NOW.seconds(), "exp": NOW.seconds() + 60, "sub": "lilei",
            "sid": "s1", "nonce": "n1", "at_hash": half_hash("at"),
        });
        let token = key.sign("JWT", &claims).unwrap();
        let judged = |nonce, access, at| id_token(&keys, &token, US, (nonce, access, at));
        let found = judged(Some("n1"), "at", NOW).unwrap();
        assert_eq!((found.sub.as_str(), found.sid.as_deref()), ("lilei", Some("s1")));
        assert!(judged(None, "at", NOW).is_ok(), "a renewed one need not repeat the nonce");
        assert_eq!(judged(Some("n2"), "at", NOW), Err(Unsound("nonce")));
        assert_eq!(judged(Some("n1"), "other", NOW), Err(Unsound("at_hash")));
        assert_eq!(judged(Some("n1"), "at", NOW.plus_ms(300_000)), Err(Unsound("exp")));
        let bare = key.sign("JWT", &changed(claims, ("nonce", json!(null)))).unwrap();
        assert_eq!(id_token(&keys, &bare, US, (Some("n1"), "at", NOW)), Err(Unsound("nonce")));
    }

    #[test]
    fn a_challenge_is_the_one_of_the_standard() {
        // RFC 7636 appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn an_issuer_is_read_from_what_looks_like_a_token_and_from_nothing_else() {
        let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(r#"{"iss":"http://a/oidc"}"#));
        assert_eq!(issuer(&token).as_deref(), Some("http://a/oidc"));
        for text in ["", "a.b", "a.b.c", "e30.e30.e30", "...."] {
            assert_eq!(issuer(text), None, "{text}");
        }
    }
}
