//! What is worth remembering besides endings, which are remembered by their cause.

/// Words of the audit log.
pub mod act {
    /// Somebody logged in.
    pub const LOGIN: &str = "login";
    /// A log-in was refused: wrong password.
    pub const LOGIN_REFUSED: &str = "login_refused";
    /// A person changed their own password.
    pub const PASSWORD_CHANGED: &str = "password_set";
    /// A link was made by which a user sets a new password.
    pub const PASSWORD_LINK: &str = "password_link";
    /// A person changed their own profile.
    pub const PROFILE_CHANGED: &str = "profile_changed";
    /// Somebody made themselves a user, through an application that lets them.
    pub const REGISTERED: &str = "registered";
    /// An administrator created a user.
    pub const USER_CREATED: &str = "user_created";
    /// An administrator changed a user.
    pub const USER_CHANGED: &str = "user_changed";
    /// An administrator created an application.
    pub const APPLICATION_CREATED: &str = "application_created";
    /// An administrator changed an application.
    pub const APPLICATION_CHANGED: &str = "application_changed";
    /// The secret of an application was made anew.
    pub const APPLICATION_SECRET: &str = "application_secret";
    /// An access key was made.
    pub const KEY_CREATED: &str = "key_created";
    /// An access key was revoked.
    pub const KEY_REVOKED: &str = "key_revoked";
    /// An application was sent a token to try whether it hears.
    pub const TEST_SENT: &str = "test_sent";
    /// The house gave up telling an application of an ending.
    pub const GIVEN_UP: &str = "delivery_given_up";
    /// What was not told was sent again by hand.
    pub const TOLD_AGAIN: &str = "told_again";
    /// A management token was handed out.
    pub const TOKEN_ISSUED: &str = "token_issued";
    /// The house has new signing keys; the old ones are still believed.
    pub const KEYS_ROTATED: &str = "keys_rotated";
    /// The house has new signing keys, and believes the old ones no more.
    pub const KEYS_REPLACED: &str = "keys_replaced";
}
