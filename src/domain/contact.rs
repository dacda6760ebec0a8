//! What a person is called and reached by, and what they type to log in: parse and normalise.
//!
//! The three log-in names never collide: a user name contains no `@` and does not read as a phone number, so the shape of
//! what was typed decides what it is ([`LoginName`]). Comparison is by *key*: lower case, without spaces. A throttle that
//! counts by key cannot be split by `john` and `JOHN ` (CVE-2026-47203). No Unicode normalisation takes place: user names
//! compare by code points in lower case, and passwords are the octets that were typed.

use std::fmt;

/// Why a text is no user name, e-mail address, phone number, name or password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ContactRefused {
    /// Nothing, or more than 64 characters.
    #[error("a user name has 1 to 64 characters")]
    UsernameLength,
    /// White space, a control or an invisible character.
    #[error("a user name contains no spaces and no invisible characters")]
    UsernameCharacter,
    /// It contains an `@`.
    #[error("a user name contains no @, so that it is never taken for an e-mail address")]
    UsernameLooksLikeEmail,
    /// It reads as a phone number.
    #[error("a user name does not read as a phone number")]
    UsernameLooksLikePhone,
    /// Not an address of the form `name@domain`.
    #[error("an e-mail address has the form name@domain")]
    Email,
    /// More than 254 octets.
    #[error("an e-mail address is at most 254 octets long")]
    EmailTooLong,
    /// Neither `+` with 5 to 15 digits nor a Chinese mobile number.
    #[error("a phone number is a + and 5 to 15 digits, or a chinese mobile number of 11 digits")]
    Phone,
    /// Nothing, or more than 200 characters.
    #[error("a name has 1 to 200 characters")]
    NameLength,
    /// A control character, or one that reorders text.
    #[error("a name contains no control characters")]
    NameCharacter,
    /// Nothing.
    #[error("the password is empty")]
    PasswordEmpty,
    /// More than 1024 octets, which are refused before anything is hashed.
    #[error("a password is at most 1024 octets long")]
    PasswordTooLong,
    /// A NUL octet.
    #[error("a password contains no NUL")]
    PasswordNul,
    /// Fewer than eight characters, where a new one is chosen.
    #[error("a new password has at least 8 characters")]
    PasswordTooShort,
}

impl ContactRefused {
    /// The stable name of this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::UsernameLength => "username_length",
            Self::UsernameCharacter => "username_character",
            Self::UsernameLooksLikeEmail => "username_looks_like_email",
            Self::UsernameLooksLikePhone => "username_looks_like_phone",
            Self::Email => "email",
            Self::EmailTooLong => "email_too_long",
            Self::Phone => "phone",
            Self::NameLength => "name_length",
            Self::NameCharacter => "name_character",
            Self::PasswordEmpty => "password_empty",
            Self::PasswordTooLong => "password_too_long",
            Self::PasswordNul => "password_nul",
            Self::PasswordTooShort => "password_too_short",
        }
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text as it is shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

texts! {
    /// A name to log in with: 1 to 64 characters without spaces and `@`, and no phone number.
    ///
    /// ```
    /// use exeunt::domain::contact::Username;
    /// assert_eq!(Username::parse(" LiLei ").unwrap().key(), "lilei");
    /// assert!(Username::parse("138 0000 0000").is_err());
    /// ```
    Username,
    /// An e-mail address, spelled as it was given; two that differ in case only are the same.
    Email,
    /// A phone number: `+` and 5 to 15 digits.
    ///
    /// ```
    /// use exeunt::domain::contact::Phone;
    /// assert_eq!(Phone::parse("138-0000-0000").unwrap().as_str(), "+8613800000000");
    /// ```
    Phone,
    /// What a person is called on pages: at most 200 characters.
    DisplayName,
}

/// A time zone by its IANA name, spelled as it should be.
///
/// ```
/// use exeunt::domain::contact::ZoneName;
/// assert_eq!(ZoneName::parse("asia/shanghai").unwrap().as_str(), "Asia/Shanghai");
/// assert!(ZoneName::parse("Atlantis/Capital").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneName(String);

impl ZoneName {
    /// Those that are offered first; every other one is accepted too.
    pub const USUAL: [&'static str; 16] = [
        "Asia/Shanghai",
        "Asia/Hong_Kong",
        "Asia/Taipei",
        "Asia/Singapore",
        "Asia/Tokyo",
        "Asia/Kolkata",
        "Asia/Dubai",
        "Australia/Sydney",
        "Europe/London",
        "Europe/Paris",
        "Europe/Berlin",
        "Europe/Moscow",
        "America/Sao_Paulo",
        "America/New_York",
        "America/Los_Angeles",
        "UTC",
    ];

    /// Reads a name that the tables of zones know.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 64 {
            return None;
        }
        let zone = jiff::tz::TimeZone::get(text).ok()?;
        zone.iana_name().map(|name| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Username {
    /// Reads a user name, trimmed.
    pub fn parse(text: &str) -> Result<Self, ContactRefused> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 64 {
            return Err(ContactRefused::UsernameLength);
        }
        if text.contains('@') {
            return Err(ContactRefused::UsernameLooksLikeEmail);
        }
        if text.starts_with('+') || Phone::parse(text).is_ok() {
            return Err(ContactRefused::UsernameLooksLikePhone);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || is_invisible(c)) {
            return Err(ContactRefused::UsernameCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// What it is compared by.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Email {
    /// Reads an address of the form `name@domain`, trimmed. The domain may be a single label, as in a test house.
    pub fn parse(text: &str) -> Result<Self, ContactRefused> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(ContactRefused::EmailTooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(ContactRefused::Email)?;
        let plain = |c: char| !(c.is_whitespace() || c.is_control() || is_invisible(c) || "@<>()[]\\,;:\"".contains(c));
        let dots = |part: &str| part.split('.').all(|atom| !atom.is_empty());
        let label = |part: &str| part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-');
        let named = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
        let local_fits = local.len() <= 64 && dots(local) && local.chars().all(plain);
        if local_fits && dots(domain) && domain.chars().all(named) && domain.split('.').all(label) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ContactRefused::Email)
        }
    }

    /// What it is compared by.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Phone {
    /// Reads a number after spaces and dashes are taken out; 11 bare digits that begin with 13 to 19 are Chinese.
    pub fn parse(text: &str) -> Result<Self, ContactRefused> {
        let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let (digits, number) = match bare.strip_prefix('+') {
            Some(digits) => (digits, bare.clone()),
            None if is_chinese_mobile(&bare) => (bare.as_str(), format!("+86{bare}")),
            None => return Err(ContactRefused::Phone),
        };
        let fits = (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits && !digits.starts_with('0') { Ok(Self(number)) } else { Err(ContactRefused::Phone) }
    }

    /// What it is compared by.
    pub fn key(&self) -> String {
        self.0.clone()
    }
}

impl DisplayName {
    /// Reads a name, trimmed.
    pub fn parse(text: &str) -> Result<Self, ContactRefused> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 200 {
            return Err(ContactRefused::NameLength);
        }
        if text.chars().any(|c| c.is_control() || is_reordering(c)) {
            return Err(ContactRefused::NameCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

fn is_chinese_mobile(digits: &str) -> bool {
    let octets = digits.as_bytes();
    octets.len() == 11
        && octets[0] == b'1'
        && (b'3'..=b'9').contains(&octets[1])
        && octets.iter().all(u8::is_ascii_digit)
}

/// Characters that make two names look the same.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}') || is_reordering(c)
}

fn is_reordering(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a person typed at log-in, told apart by its shape and reduced to the key it is looked up and throttled by.
///
/// It never fails: what nobody can be called is the key of nobody, and costs the caller the same as a wrong password.
///
/// ```
/// use exeunt::domain::contact::LoginName;
/// assert_eq!(LoginName::parse(" LiLei "), LoginName::Username("lilei".into()));
/// assert_eq!(LoginName::parse("Li@Example.com"), LoginName::Email("li@example.com".into()));
/// assert_eq!(LoginName::parse("138 0000 0000"), LoginName::Phone("+8613800000000".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LoginName {
    /// The key of a user name.
    Username(String),
    /// The key of an e-mail address.
    Email(String),
    /// The key of a phone number.
    Phone(String),
}

/// Most characters of a log-in name that are kept: more than any valid one has, so a cut one is nobody's.
const LONGEST_NAME: usize = 256;

impl LoginName {
    /// Decides by shape; case and spaces do not count.
    pub fn parse(typed: &str) -> Self {
        let plain = typed.chars().filter(|c| !(c.is_whitespace() || c.is_control() || is_invisible(*c)));
        let bare: String = plain.take(LONGEST_NAME).collect();
        if bare.contains('@') {
            return Self::Email(bare.to_lowercase());
        }
        Phone::parse(&bare).map_or_else(|_| Self::Username(bare.to_lowercase()), |phone| Self::Phone(phone.0))
    }

    /// The key, whatever it is of.
    pub fn key(&self) -> &str {
        match self {
            Self::Username(key) | Self::Email(key) | Self::Phone(key) => key,
        }
    }
}

/// A password as it was typed: 1 to 1024 octets, no NUL. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Reads a password; nothing is trimmed and nothing is normalised.
    pub fn parse(text: &str) -> Result<Self, ContactRefused> {
        match text.len() {
            0 => Err(ContactRefused::PasswordEmpty),
            1..=1024 if text.contains('\0') => Err(ContactRefused::PasswordNul),
            1..=1024 => Ok(Self(text.to_owned())),
            _ => Err(ContactRefused::PasswordTooLong),
        }
    }

    /// The password itself, for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password that is being chosen: eight characters or more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPassword(Password);

impl NewPassword {
    /// Reads a password of at least 8 characters.
    pub fn parse(text: &str) -> Result<Self, ContactRefused> {
        let password = Password::parse(text)?;
        if text.chars().count() < 8 {
            return Err(ContactRefused::PasswordTooShort);
        }
        Ok(Self(password))
    }

    /// The same as a password to verify.
    pub fn password(&self) -> &Password {
        &self.0
    }

    /// The password itself, for hashing.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: fmt::Display>(parsed: Result<T, ContactRefused>) -> String {
        parsed.map_or_else(|refused| refused.code().to_owned(), |value| value.to_string())
    }

    #[test]
    fn user_names_are_neither_addresses_nor_numbers() {
        let long = "x".repeat(65);
        for (text, expected) in [
            ("lilei", "lilei"),
            (" LiLei\n", "LiLei"),
            ("张三", "张三"),
            ("li.lei-1_x", "li.lei-1_x"),
            ("12345", "12345"),
            ("12800000000", "12800000000"),
            ("", "username_length"),
            ("  ", "username_length"),
            (&long, "username_length"),
            ("li lei", "username_character"),
            ("li\u{200b}lei", "username_character"),
            ("li\u{0}lei", "username_character"),
            ("li\u{202e}lei", "username_character"),
            ("@lilei", "username_looks_like_email"),
            ("li@lei", "username_looks_like_email"),
            ("+861", "username_looks_like_phone"),
            ("13800000000", "username_looks_like_phone"),
            ("138-0000-0000", "username_looks_like_phone"),
            ("138 0000 0000", "username_looks_like_phone"),
        ] {
            assert_eq!(code(Username::parse(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn addresses_are_sane_and_compare_without_case() {
        let long = format!("a@{}.com", "x".repeat(250));
        for (text, expected) in [
            ("lilei@example.com", "lilei@example.com"),
            (" Li.Lei+tag@Example.COM ", "Li.Lei+tag@Example.COM"),
            ("root@localhost", "root@localhost"),
            ("李雷@例子.公司", "李雷@例子.公司"),
            ("", "email"),
            ("lilei", "email"),
            ("@example.com", "email"),
            ("lilei@", "email"),
            ("a@b@c.com", "email"),
            ("a b@c.com", "email"),
            ("a@c .com", "email"),
            (".a@c.com", "email"),
            ("a..b@c.com", "email"),
            ("a@c..com", "email"),
            ("a@-c.com", "email"),
            ("a@c.com.", "email"),
            ("<a>@c.com", "email"),
            ("a@c.com\r\nBcc: x@y.z", "email"),
            ("a\u{202e}@c.com", "email"),
            (&long, "email_too_long"),
        ] {
            assert_eq!(code(Email::parse(text)), expected, "{text:?}");
        }
        assert_eq!(Email::parse("A@B.com").unwrap().key(), "a@b.com");
    }

    #[test]
    fn numbers_are_plus_and_digits() {
        for (text, expected) in [
            ("+8613800000000", "+8613800000000"),
            (" +86 138-0000-0000 ", "+8613800000000"),
            ("13800000000", "+8613800000000"),
            ("+1 202 555 0100", "+12025550100"),
            ("+12345", "+12345"),
            ("+1234", "phone"),
            ("+1234567890123456", "phone"),
            ("+0123456", "phone"),
            ("12800000000", "phone"),
            ("1380000000", "phone"),
            ("++8613800000000", "phone"),
            ("+86x3800000000", "phone"),
            ("+٨٦١٣٨٠٠", "phone"),
            ("", "phone"),
        ] {
            assert_eq!(code(Phone::parse(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_for_people() {
        let long = "名".repeat(201);
        for (text, expected) in [
            (" Li Lei ", "Li Lei"),
            ("韩梅梅", "韩梅梅"),
            ("👩‍💻", "👩‍💻"),
            ("", "name_length"),
            (&long, "name_length"),
            ("Li\nLei", "name_character"),
            ("Li\u{202e}ieL", "name_character"),
        ] {
            assert_eq!(code(DisplayName::parse(text)), expected, "{text:?}");
        }
        assert!(DisplayName::parse(&"名".repeat(200)).is_ok());
    }

    #[test]
    fn case_and_spaces_do_not_split_a_login_name() {
        for typed in ["john", "JOHN", " john ", "j ohn", "\u{3000}John\t", "jo\u{200b}hn"] {
            assert_eq!(LoginName::parse(typed), LoginName::Username("john".into()), "{typed:?}");
        }
        for typed in ["a@b.com", "A@B.COM", " a@b .com"] {
            assert_eq!(LoginName::parse(typed), LoginName::Email("a@b.com".into()), "{typed:?}");
        }
        for typed in ["13800000000", "138-0000 0000", "+86 138 0000 0000"] {
            assert_eq!(LoginName::parse(typed), LoginName::Phone("+8613800000000".into()), "{typed:?}");
        }
        assert_eq!(LoginName::parse("").key(), "");
        assert_eq!(LoginName::parse(&"x".repeat(100_000)).key().len(), LONGEST_NAME);
    }

    #[test]
    fn every_stored_name_is_found_by_what_is_typed() {
        for name in ["LiLei", "张三", "ẞtraße", "12345"] {
            assert_eq!(LoginName::parse(name), LoginName::Username(Username::parse(name).unwrap().key()));
        }
        assert_eq!(LoginName::parse("Li@X.com"), LoginName::Email(Email::parse("Li@X.com").unwrap().key()));
    }

    #[test]
    fn passwords_are_bounded_and_print_nothing() {
        assert_eq!(Password::parse("").unwrap_err().code(), "password_empty");
        assert_eq!(Password::parse("a\0b").unwrap_err().code(), "password_nul");
        assert_eq!(Password::parse(&"x".repeat(1025)).unwrap_err().code(), "password_too_long");
        assert_eq!(Password::parse(&"x".repeat(1024)).unwrap().expose().len(), 1024);
        assert_eq!(Password::parse(" p ").unwrap().expose(), " p ");
        assert_eq!(NewPassword::parse("1234567").unwrap_err().code(), "password_too_short");
        assert_eq!(NewPassword::parse("密码密码密码密码").unwrap().expose(), "密码密码密码密码");
        assert_eq!(format!("{:?}", NewPassword::parse("correct horse").unwrap()), "NewPassword(Password(…))");
    }
}
