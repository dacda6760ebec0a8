//! Nonces of signed calls: each is remembered until the call that carried it is too old to count anyway, so nothing is ever
//! forgotten too early. A credential that fills its room is told to wait; the others have rooms of their own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::crypto::seal;
use crate::domain::clock::Timestamp;

/// Nonces of one credential at most: 870 calls a second, for ever.
const ROOM: usize = 262_144;

/// The first half of a nonce's SHA-256: no two are alike.
type Mark = [u8; 16];
/// Until when each is remembered.
type Room = HashMap<Mark, Timestamp>;

/// See the head of this file.
#[derive(Default)]
pub struct Nonces(Mutex<HashMap<String, Room>>);

/// Whether a nonce was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// No; now it is.
    Never,
    /// Yes.
    Before,
    /// The room is full.
    TooMany,
}

impl Nonces {
    /// Remembers that this credential used this nonce, in a call that counts until `until`.
    pub fn note(&self, credential: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Seen {
        let mut mark = Mark::default();
        mark.copy_from_slice(&seal::hash(nonce).0[..16]);
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = rooms.entry(credential.to_owned()).or_default();
        if room.get(&mark).is_some_and(|kept| *kept >= now) {
            return Seen::Before;
        }
        if room.len() >= ROOM {
            room.retain(|_, kept| *kept >= now);
            if room.len() >= ROOM {
                return Seen::TooMany;
            }
        }
        room.insert(mark, until);
        Seen::Never
    }

    /// Forgets what nobody can repeat any more; called by the upkeep.
    pub fn tidy(&self, now: Timestamp) {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|_, room| {
            room.retain(|_, kept| *kept >= now);
            !room.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_works_once_for_each_credential_until_its_call_is_too_old() {
        let nonces = Nonces::default();
        let note = |who, what, now| nonces.note(who, what, Timestamp(100), Timestamp(now));
        assert_eq!(note("a", "1", 0), Seen::Never);
        assert_eq!(note("a", "1", 100), Seen::Before);
        assert_eq!(note("b", "1", 0), Seen::Never);
        assert_eq!(note("a", "2", 0), Seen::Never);
        nonces.tidy(Timestamp(100));
        assert_eq!(note("a", "2", 100), Seen::Before, "tidied too early");
        nonces.tidy(Timestamp(101));
        assert!(nonces.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_full_room_keeps_what_counts_and_makes_way_when_it_does_not() {
        let nonces = Nonces::default();
        let note = |who, what: usize, now| nonces.note(who, &what.to_string(), Timestamp(100), Timestamp(now));
        for n in 0..ROOM {
            assert_eq!(note("a", n, 0), Seen::Never);
        }
        assert_eq!((note("a", ROOM, 100), note("b", ROOM, 100)), (Seen::TooMany, Seen::Never));
        assert_eq!(note("a", 0, 100), Seen::Before);
        assert_eq!(note("a", ROOM, 101), Seen::Never);
        assert_eq!(nonces.0.lock().unwrap()["a"].len(), 1);
    }
}
