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
    /// The settings of a pool were changed.
    pub const SETTINGS_CHANGED: &str = "settings_changed";
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

/// The words of what became of nothing: somebody was refused, something was not delivered.
pub const FAILURES: [&str; 2] = [act::LOGIN_REFUSED, act::GIVEN_UP];

/// What an act changed: fields with what they held before and after. Never a secret.
///
/// ```
/// use exeunt::domain::audit::Detail;
/// let mut detail = Detail::default();
/// detail.change("name", "Notes", "Notebook");
/// detail.change("email", "same", "same");
/// assert_eq!(detail.as_json().as_deref(), Some(r#"{"name":["Notes","Notebook"]}"#));
/// assert_eq!(Detail::parse(r#"{"name":["Notes","Notebook"]}"#), detail);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail(Vec<Change>);

/// One field of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub field: String,
    /// What it held; `None` where there was nothing to hold it.
    pub before: Option<String>,
    /// What it holds now; `None` where nothing is left.
    pub after: Option<String>,
}

/// Detail of an ending: why, in the words of whoever did it.
pub const REASON: &str = "reason";
/// Detail of an ending: how many of the chosen sessions had left before.
pub const LEFT_BEFORE: &str = "left_before";

/// Detail of an ending: the user agent of the one other device on which a person ended their own session.
pub const OTHER_DEVICE: &str = "other_device";
/// The same of several: how many.
pub const OTHER_DEVICES: &str = "other_devices";

/// Characters of a value that are kept.
const KEPT: usize = 2_000;

impl Detail {
    /// Adds a field, unless both are the same.
    pub fn change(&mut self, field: &str, before: impl AsRef<str>, after: impl AsRef<str>) {
        let said = |text: &str| (!text.is_empty()).then(|| text.chars().take(KEPT).collect::<String>());
        let (before, after) = (before.as_ref(), after.as_ref());
        if before != after {
            self.0.push(Change { field: field.to_owned(), before: said(before), after: said(after) });
        }
    }

    /// Adds something that was said, and had nothing before it.
    pub fn say(&mut self, field: &str, what: impl AsRef<str>) {
        self.change(field, "", what);
    }

    /// The fields, in the order of the act.
    pub fn changes(&self) -> &[Change] {
        &self.0
    }

    /// What a field holds now.
    pub fn said(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|change| change.field == field)?.after.as_deref()
    }

    /// As stored; nothing when nothing changed.
    pub fn as_json(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| {
            let pair = |change: &Change| (change.field.clone(), serde_json::json!([change.before, change.after]));
            serde_json::Value::Object(self.0.iter().map(pair).collect()).to_string()
        })
    }

    /// As read back; what is no such thing is empty.
    pub fn parse(text: &str) -> Self {
        let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(text) else { return Self::default() };
        let word = |value: Option<&serde_json::Value>| match value {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        let change = |(field, value): (String, serde_json::Value)| match value.as_array() {
            Some(pair) => Change { field, before: word(pair.first()), after: word(pair.get(1)) },
            None => Change { field, before: None, after: word(Some(&value)) },
        };
        Self(fields.into_iter().map(change).collect())
    }
}
