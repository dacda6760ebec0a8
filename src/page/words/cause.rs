//! Why a session ended, as a page needs it.

/// Why a session ended. The names are those of the wire and of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The user, in the personal center.
    PersonalCenter,
    /// The user, by an application's log-out link.
    FrontEnd,
    /// An administrator, by the API or the command line.
    Kicked,
    /// An administrator, in the console.
    Console,
    /// The user, by the end-session endpoint of `OpenID` Connect.
    EndSession,
    /// The password was changed.
    PasswordChanged,
    /// The user was disabled.
    Disabled,
    /// The user was deleted.
    Deleted,
    /// The application was deleted.
    ApplicationDeleted,
    /// Its time was up.
    Expired,
    /// A newer log-in on the same device took its place.
    Replaced,
}

impl Cause {
    /// All of them.
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

    /// The name on the wire.
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

    /// Reads the name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == name)
    }

    /// Did the person do it with their own hand? Then its stamp is plain; else it is red.
    pub fn is_own_act(self) -> bool {
        match self {
            Self::PersonalCenter
            | Self::FrontEnd
            | Self::EndSession
            | Self::PasswordChanged
            | Self::Expired
            | Self::Replaced => true,
            Self::Kicked | Self::Console | Self::Disabled | Self::Deleted | Self::ApplicationDeleted => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;

    #[test]
    fn every_cause_reads_its_own_name() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
        }
        assert_eq!(Cause::parse("boredom"), None);
    }
}
