//! A person who can log in.

use super::clock::Timestamp;
use super::id::{PoolId, UserId};

/// What a user may do in the console of the pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// Nothing: own personal center only.
    #[default]
    Person,
    /// Sees everything in the pool's console, changes nothing there.
    Auditor,
    /// Everything in the pool.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Person, Self::Auditor, Self::Admin];

    /// Whether the console is open to them.
    pub fn may_read(self) -> bool {
        matches!(self, Self::Auditor | Self::Admin)
    }

    /// Whether they may change something there.
    pub fn may_act(self) -> bool {
        self == Self::Admin
    }

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "person" => Some(Self::Person),
            "auditor" => Some(Self::Auditor),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// Whether a user may log in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserStatus {
    /// May log in (Authing `Activated`).
    Activated,
    /// May not, until enabled again (Authing `Suspended`).
    Disabled,
    /// Gone; kept for receipts and the audit log only.
    Deleted,
}

impl UserStatus {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "activated" => Some(Self::Activated),
            "disabled" => Some(Self::Disabled),
            "deleted" => Some(Self::Deleted),
            _ => None,
        }
    }
}

/// A user without the password.
#[derive(Clone, Debug)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Pool.
    pub pool: PoolId,
    /// User name as typed at creation.
    pub username: Option<String>,
    /// Display name, may be empty.
    pub name: String,
    /// E-mail.
    pub email: Option<String>,
    /// Phone in E.164 form.
    pub phone: Option<String>,
    /// Role.
    pub role: Role,
    /// Status.
    pub status: UserStatus,
    /// Creation.
    pub created_at: Timestamp,
    /// Last change; a form that was opened before it is stale.
    pub updated_at: Timestamp,
    /// Last log-in.
    pub last_login_at: Option<Timestamp>,
    /// Address of the last log-in.
    pub last_ip: Option<String>,
    /// Number of log-ins.
    pub logins: i64,
}

impl User {
    /// Whether a right password lets them in.
    pub fn may_log_in(&self) -> bool {
        self.status == UserStatus::Activated
    }

    /// What to greet them by.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { self.identifier() } else { &self.name }
    }

    /// The shortest of what they log in with.
    pub fn identifier(&self) -> &str {
        self.username.as_deref().or(self.email.as_deref()).or(self.phone.as_deref()).unwrap_or(self.id.as_str())
    }
}
