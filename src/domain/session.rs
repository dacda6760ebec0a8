//! What a session is, and when it lives.
//!
//! A session is one browser that is logged in to the house. It holds *participants*: the applications that the person
//! entered in it. Everything that may end it is compared by counter, never by clock: a barrier raised by a kick is a
//! number, and what was issued before that number is dead (security.md K2, K3, Q12).

use super::clock::Timestamp;
use super::id::{ApplicationId, PoolId, Sid, UserId};
use super::user::Role;

/// Row number of a session; never leaves the house.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SessionId(pub i64);

/// Place in the one order of everything that happens in the house.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Seq(pub i64);

/// How long a session may last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Milliseconds without a request after which it is over.
    pub idle_ms: i64,
    /// Milliseconds after the log-in at which it is over in any case.
    pub absolute_ms: i64,
}

/// How rows judge whether a session has idled out.
#[derive(Clone, Copy, Debug)]
pub struct IdleRule {
    /// Milliseconds without a request, where a pool has settled nothing else.
    pub ms: i64,
    /// Milliseconds of the pool that is the least patient.
    pub least_ms: i64,
    /// Whether pools may have settled something else at all.
    pub by_pool: bool,
}

/// `last seen` is written at most this often, in milliseconds (security.md S5).
pub const TOUCH_EVERY_MS: i64 = 60_000;

/// An application within a session, with the numbers that decide whether it still is.
#[derive(Clone, Copy, Debug)]
pub struct Participation {
    /// Which application.
    pub application: ApplicationId,
    /// When it was entered, as a place in the order.
    pub seq: Seq,
    /// Highest barrier raised against it: a kick of this user here, of everybody here, or of this session here.
    pub barrier: Seq,
    /// Ended by a log-out of this session in this application.
    pub ended: bool,
}

impl Participation {
    /// Whether the person is in this application in this session.
    pub fn is_live(&self) -> bool {
        !self.ended && self.seq > self.barrier
    }
}

/// A session as the check of each request sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Row.
    pub id: SessionId,
    /// Public id.
    pub sid: Sid,
    /// Whose.
    pub user: UserId,
    /// Pool of the user.
    pub pool: PoolId,
    /// Name to greet the person by.
    pub name: String,
    /// What they log in with.
    pub identifier: String,
    /// What they may do.
    pub role: Role,
    /// The language they chose; none: what the browser prefers.
    pub lang: Option<String>,
    /// The time zone they chose, by its IANA name; none: the browser's.
    pub zone: Option<String>,
    /// Place of the last log-in (password asked) in the order.
    pub auth_seq: Seq,
    /// When the password was last asked.
    pub auth_at: Timestamp,
    /// Start.
    pub created_at: Timestamp,
    /// Last request, to the minute.
    pub last_seen_at: Timestamp,
    /// Absolute end.
    pub expires_at: Timestamp,
    /// Place of the log-in behind the presented secret; what was handed out before a barrier stays below it, also when the
    /// person has entered the application anew since.
    pub secret_seq: Seq,
    /// Host the presented secret belongs to; a secret of one host is nothing on another (security.md S20).
    pub host: String,
    /// Applications in it, dead ones too.
    pub participants: Vec<Participation>,
}

impl Session {
    /// Whether neither the idle nor the absolute lifetime is over.
    pub fn is_within(&self, now: Timestamp, idle_ms: i64) -> bool {
        now < self.expires_at && now.since_ms(self.last_seen_at) < idle_ms
    }

    /// A session that has lost its last application has ended altogether (decisions.md section 4).
    pub fn has_someone_to_serve(&self) -> bool {
        self.participants.is_empty() || self.participants.iter().any(Participation::is_live)
    }

    /// Whether the person is in `application` in this session, as far as the presented secret may say.
    pub fn is_in(&self, application: ApplicationId) -> bool {
        self.participants.iter().any(|p| p.application == application && p.is_live() && self.secret_seq > p.barrier)
    }

    /// Whether the person has entered `application` anew since a kick that the presented secret is older than: a newer
    /// secret of the same browser may vouch for it, this one may not.
    pub fn is_outdated_in(&self, application: ApplicationId) -> bool {
        self.participants.iter().any(|p| p.application == application && p.is_live() && self.secret_seq <= p.barrier)
    }

    /// Whether single sign-on may let the person into `application` without asking the password: not after a kick
    /// from it that came later than the last log-in, or than the log-in behind the presented secret. `barrier` is the highest one raised there.
    pub fn may_enter(&self, barrier: Seq) -> bool {
        self.auth_seq > barrier && self.secret_seq > barrier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn participation(seq: i64, barrier: i64) -> Participation {
        let application = ApplicationId::parse("6099a1b2c3d4e5f60718293a").unwrap();
        Participation { application, seq: Seq(seq), barrier: Seq(barrier), ended: false }
    }

    #[test]
    fn a_kick_is_a_barrier_and_not_a_ban() {
        assert!(participation(5, 0).is_live());
        assert!(!participation(5, 6).is_live(), "entered before the kick");
        assert!(participation(7, 6).is_live(), "entered after it");
    }
}
