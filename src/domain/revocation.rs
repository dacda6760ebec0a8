//! A revocation as the application reads it: a security event token (RFC 8417) that says one session of its own is over.
//!
//! One token tells one event, `session-revoked` of CAEP 1.0 (its interoperability profile, section 2.8.1, allows no
//! second). The subject is complex: the session by its `sid`, the person by issuer and `sub`. There is neither `sub` nor
//! `exp` at the top, and the kind is its own, so that nobody takes it for another token (Shared Signals Framework 1.0,
//! sections 4.1.2, 4.1.3 and 4.1.7).

use serde_json::{Value, json};

use super::clock::Timestamp;
use super::id::{ApplicationId, EndingId, Sid, UserId};
use super::logout::Cause;

/// The kind of the token (RFC 8417 2.3).
pub const TYP: &str = "secevent+jwt";
/// The event.
pub const SESSION_REVOKED: &str = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

/// One session that an application lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Place in the feed; only its order means something.
    pub number: i64,
    /// Whose feed.
    pub application: ApplicationId,
    /// The ending it came with.
    pub ending: EndingId,
    /// By which the application knows the house.
    pub issuer: String,
    /// The person.
    pub user: UserId,
    /// The session, by its public id.
    pub sid: Sid,
    /// When it ended.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// Kind of whoever ended it, as stored.
    pub actor_kind: String,
}

impl Revocation {
    /// What the token says, signed at `now` under the name `jti`, which must be the same each time for the same event.
    pub fn claims(&self, jti: &str, now: Timestamp) -> Value {
        json!({
            "iss": self.issuer,
            "aud": self.application,
            "iat": now.seconds(),
            "jti": jti,
            "txn": self.ending,
            "toe": self.at.seconds(),
            "sub_id": {
                "format": "complex",
                "session": { "format": "opaque", "id": self.sid },
                "user": { "format": "iss_sub", "iss": self.issuer, "sub": self.user },
            },
            "events": { SESSION_REVOKED: {
                "event_timestamp": self.at.seconds(),
                "initiating_entity": initiating_entity(self.cause, &self.actor_kind),
                "reason_admin": { "en": self.cause.as_str().replace('_', " ") },
            } },
        })
    }
}

/// Who began it, in CAEP's words (section 2). A session that grew too old was ended by a rule, not by the house's mood.
fn initiating_entity(cause: Cause, actor_kind: &str) -> &'static str {
    match actor_kind {
        "user" => "user",
        "house" if cause == Cause::Expired => "policy",
        "house" => "system",
        _ => "admin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::logout::Actor;

    #[test]
    fn every_actor_has_a_word_of_caep() {
        let pool = super::super::id::PoolId::from_random([1; 12]);
        let user = UserId::from_random([2; 12]);
        for (actor, cause, word) in [
            (Actor::User(user), Cause::FrontEnd, "user"),
            (Actor::Admin(user), Cause::Console, "admin"),
            (Actor::Pool(pool), Cause::Kicked, "admin"),
            (Actor::AccessKey(String::new()), Cause::Kicked, "admin"),
            (Actor::Operator, Cause::Kicked, "admin"),
            (Actor::House, Cause::Expired, "policy"),
            (Actor::House, Cause::Replaced, "system"),
        ] {
            assert_eq!(initiating_entity(cause, actor.kind()), word, "{actor:?}");
        }
    }
}
