//! The one door's rule: whose sessions (`Selection`) and why (`Cause`) become a `Plan`, all that this ending entails.
//!
//! Pure: no clock, no rows. `store::ending::carry_out` is the only reader of a plan, `flow::logout::end` its only maker
//! on behalf of the eleven callers. What came of it is a `Receipt`.

use super::clock::Timestamp;
use super::id::{ApplicationId, EndingId, PoolId, UserId};
use super::session::{Seq, SessionId};

/// Whose sessions an act is about. Authing draws four scopes: one session in one application, one application on every
/// device, one device in every application, everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// These sessions whole, left by whoever is in them, or timed out: what an application was given to keep beyond a
    /// plain log-out lives on (OpenID Connect Back-Channel Logout 1.0 section 2.7).
    Leaving(Vec<SessionId>),
    /// These sessions whole, ended from outside: each device, in every application, with all that was given.
    Sessions(Vec<SessionId>),
    /// These sessions' part in one application.
    Cells {
        /// Devices.
        sessions: Vec<SessionId>,
        /// Application.
        within: ApplicationId,
    },
    /// These users, in one application on every device, or everywhere.
    Users {
        /// Whom; never empty, never a wildcard (security.md K4).
        ids: Vec<UserId>,
        /// Only this application, or everything.
        within: Option<ApplicationId>,
    },
    /// Everybody who is in this application.
    Application(ApplicationId),
}

/// The four scopes, as the console offers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// These sessions in this application.
    Cell,
    /// These people in this application, on every device.
    App,
    /// These devices, in every application.
    Device,
    /// These people, everywhere.
    All,
}

impl Scope {
    /// From the word in a form.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "cell" => Some(Self::Cell),
            "app" => Some(Self::App),
            "device" => Some(Self::Device),
            "all" => Some(Self::All),
            _ => None,
        }
    }

    /// As in forms and rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::App => "app",
            Self::Device => "device",
            Self::All => "all",
        }
    }
}

/// Why sessions end. A new way out is a new variant; the compiler then lists every wording and count that must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The person, in the personal center.
    PersonalCenter,
    /// The person, by an application's log-out link (`/login/profile/logout`).
    FrontEnd,
    /// An administrator's program, by the kick API or the command line.
    Kicked,
    /// An administrator, in the console.
    Console,
    /// The person, by the end-session endpoint of `OpenID` Connect.
    EndSession,
    /// The password was changed.
    PasswordChanged,
    /// The user was disabled.
    Disabled,
    /// The user was deleted.
    Deleted,
    /// The application was deleted.
    ApplicationDeleted,
    /// Idle for too long, or too old.
    Expired,
    /// Another person logged in over it in the same browser.
    Replaced,
}

impl Cause {
    /// Every cause, in the order of the table in decisions.md section 4.
    pub const ALL: [Self; 11] = [
        Self::PersonalCenter,
        Self::FrontEnd,
        Self::Kicked,
        Self::Console,
        Self::EndSession,
        Self::PasswordChanged,
        Self::Disabled,
        Self::Deleted,
        Self::ApplicationDeleted,
        Self::Expired,
        Self::Replaced,
    ];

    /// As stored, in URLs and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PersonalCenter => "personal_center",
            Self::FrontEnd => "front_end",
            Self::Kicked => "kicked",
            Self::Console => "console",
            Self::EndSession => "end_session",
            Self::PasswordChanged => "password_changed",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
            Self::ApplicationDeleted => "application_deleted",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }

    /// Whether somebody else ended it, so that single sign-on must not silently let the person back in.
    pub fn asks_password_again(self) -> bool {
        match self {
            Self::Kicked | Self::Console | Self::Disabled | Self::Deleted | Self::ApplicationDeleted => true,
            Self::PersonalCenter
            | Self::FrontEnd
            | Self::EndSession
            | Self::PasswordChanged
            | Self::Expired
            | Self::Replaced => false,
        }
    }
}

/// Who ends sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person in their own browser.
    User(UserId),
    /// An administrator in the console.
    Admin(UserId),
    /// A program with the pool's secret.
    Pool(PoolId),
    /// A program with an access key.
    AccessKey(String),
    /// Whoever runs the binary, by the command line.
    Operator,
    /// The same, by a seed file.
    SeedFile,
    /// The same, by the link that sets a new house up.
    SetupLink,
    /// A program that registers itself with the token that the operator gave out.
    Registration,
    /// The house itself: expiry.
    House,
}

impl Actor {
    /// Kind as stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Admin(_) => "admin",
            Self::Pool(_) => "pool",
            Self::AccessKey(_) => "access_key",
            Self::Operator | Self::SeedFile | Self::SetupLink | Self::Registration => "operator",
            Self::House => "house",
        }
    }

    /// Id as stored; empty for the command line and the house.
    pub fn id(&self) -> String {
        match self {
            Self::User(id) | Self::Admin(id) => id.to_string(),
            Self::Pool(id) => id.to_string(),
            Self::AccessKey(id) => id.clone(),
            Self::SeedFile => "seed_file".to_owned(),
            Self::SetupLink => "setup_link".to_owned(),
            Self::Registration => "registration".to_owned(),
            Self::Operator | Self::House => String::new(),
        }
    }
}

/// By whom and from where an act comes; the same on every way.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Who.
    pub actor: Actor,
    /// Network address, empty for the command line and the house.
    pub ip: String,
    /// Id of the request, empty when there was none.
    pub request: String,
}

/// All that an ending entails. Private fields, one constructor: nothing smaller exists to call.
#[derive(Debug)]
pub struct Plan {
    pool: PoolId,
    selection: Selection,
    cause: Cause,
    origin: Origin,
}

/// Why there is nothing to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// An empty list never means everybody.
    #[error("nobody was named")]
    Nobody,
}

impl Plan {
    /// The plan for ending `selection` in `pool` because of `cause`. Duplicates count once.
    pub fn of(pool: PoolId, mut selection: Selection, cause: Cause, origin: Origin) -> Result<Self, NoPlan> {
        match &mut selection {
            Selection::Leaving(sessions) | Selection::Sessions(sessions) | Selection::Cells { sessions, within: _ } => {
                sessions.sort_unstable();
                sessions.dedup();
                if sessions.is_empty() {
                    return Err(NoPlan::Nobody);
                }
            }
            Selection::Users { ids, within: _ } => {
                ids.sort_unstable();
                ids.dedup();
                if ids.is_empty() {
                    return Err(NoPlan::Nobody);
                }
            }
            Selection::Application(_) => {}
        }
        Ok(Self { pool, selection, cause, origin })
    }

    /// Pool in which it happens; nothing crosses it.
    pub fn pool(&self) -> PoolId {
        self.pool
    }

    /// Whose.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Why.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// By whom and from where.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// What came of an ending, as far as it is known when the transaction commits. Applications are told afterwards; the
/// rest of the receipt is read by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Id under which everybody finds it.
    pub id: EndingId,
    /// Place in the order.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Pool.
    pub pool: PoolId,
    /// Why.
    pub cause: Cause,
    /// Users concerned, to turn their open pages; empty when a whole application was meant.
    pub users: Vec<UserId>,
    /// Named users that exist in the pool.
    pub known: usize,
    /// Named users that do not; never which.
    pub unknown: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(selection: Selection) -> Result<Plan, NoPlan> {
        let pool = PoolId::parse("5f9d0cef60d09ff5a4c87c06").unwrap();
        let origin = Origin { actor: Actor::House, ip: String::new(), request: String::new() };
        Plan::of(pool, selection, Cause::Kicked, origin)
    }

    #[test]
    fn an_empty_list_is_nobody() {
        assert_eq!(plan(Selection::Users { ids: vec![], within: None }).unwrap_err(), NoPlan::Nobody);
        assert_eq!(plan(Selection::Sessions(vec![])).unwrap_err(), NoPlan::Nobody);
    }

    #[test]
    fn duplicates_count_once() {
        let id = UserId::parse("60aa0000000000000000000a").unwrap();
        let plan = plan(Selection::Users { ids: vec![id, id], within: None }).unwrap();
        assert_eq!(*plan.selection(), Selection::Users { ids: vec![id], within: None });
    }

    #[test]
    fn every_cause_is_read_back_from_its_word() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
        }
    }
}
