//! A session as pages show it: on the devices page, in the console's ledger, with a user.

use super::bars::{IDLE_MS, Stretch};
use super::parts::{Device, Stamp};
use super::words::Cause;
use crate::domain::clock::Timestamp;
use crate::domain::id::{Sid, UserId};

/// One session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its public id.
    pub sid: Sid,
    /// What it runs on.
    pub device: Device,
    /// Where it comes from.
    pub ip: String,
    /// When it began.
    pub since: Timestamp,
    /// The last sign of life.
    pub seen: Timestamp,
    /// The applications that take part in it.
    pub applications: Vec<String>,
    /// Whether it is the reader's own.
    pub this: bool,
    /// When and why it ended.
    pub ended: Option<(Timestamp, Cause)>,
}

impl SessionRow {
    pub(super) fn stretch(&self) -> Stretch {
        Stretch { since: self.since, seen: self.seen, ended: self.ended.map(|(at, _)| at) }
    }

    /// In, idle, or out.
    pub(super) fn stamp(&self, now: Timestamp) -> Stamp {
        if self.ended.is_some() {
            Stamp::Out
        } else if now.since_ms(self.seen) > IDLE_MS {
            Stamp::Idle
        } else {
            Stamp::In
        }
    }
}

/// One session in the console's ledger, with whose it is.
#[derive(Debug, Clone)]
pub struct LedgerRow {
    /// Whose.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their user name, email or phone.
    pub identifier: String,
    /// The session.
    pub session: SessionRow,
}
