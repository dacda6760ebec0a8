//! Telling an application that a session ended: what an attempt may come to, and what follows from it.
//!
//! OpenID Connect Back-Channel Logout 1.0 section 2.8: an answer of 200 or 204 is success, and a token should not be sent
//! again unless the trouble is one that may pass. So only silence, 429 and 5xx are tried again, ever more seldom; a
//! refusal is the application's last word.

use super::clock::Timestamp;

/// How telling stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The application has no address for such messages.
    Unreachable,
    /// It is to be told, for the first time or again.
    Waiting,
    /// It confirmed.
    Acked,
    /// It will not be told again.
    GaveUp,
}

impl Standing {
    /// As stored and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Waiting => "waiting",
            Self::Acked => "acked",
            Self::GaveUp => "gave_up",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Unreachable, Self::Waiting, Self::Acked, Self::GaveUp].into_iter().find(|s| s.as_str() == word)
    }
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It answered with this status.
    Status(u16),
    /// No answer in time.
    TimedOut,
    /// No connection, or one that broke.
    NoConnection,
    /// Its name is unknown.
    NoSuchHost,
    /// Its certificate is not to be trusted.
    Certificate,
    /// Its address may not be called (security.md B7).
    ForbiddenAddress,
    /// Something else.
    Other,
}

impl Trouble {
    /// As stored and in JSON; the number of a status stands beside it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::TimedOut => "timed_out",
            Self::NoConnection => "no_connection",
            Self::NoSuchHost => "no_such_host",
            Self::Certificate => "certificate",
            Self::ForbiddenAddress => "forbidden_address",
            Self::Other => "other",
        }
    }

    /// From the stored word and status.
    pub fn parse(word: &str, status: Option<u16>) -> Self {
        match (word, status) {
            ("status", Some(status)) => Self::Status(status),
            ("timed_out", _) => Self::TimedOut,
            ("no_connection", _) => Self::NoConnection,
            ("no_such_host", _) => Self::NoSuchHost,
            ("certificate", _) => Self::Certificate,
            ("forbidden_address", _) => Self::ForbiddenAddress,
            _ => Self::Other,
        }
    }

    /// The status, when there was an answer.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::TimedOut
            | Self::NoConnection
            | Self::NoSuchHost
            | Self::Certificate
            | Self::ForbiddenAddress
            | Self::Other => None,
        }
    }

    /// Whether it may pass by itself.
    fn may_pass(self) -> bool {
        match self {
            Self::Status(status) => status == 429 || (500..600).contains(&status),
            Self::TimedOut | Self::NoConnection | Self::NoSuchHost | Self::Certificate => true,
            Self::ForbiddenAddress | Self::Other => false,
        }
    }

    /// Whether the application did not say a word, so that others wait for it in vain too.
    pub fn is_silence(self) -> bool {
        matches!(self, Self::TimedOut | Self::NoConnection | Self::NoSuchHost)
    }
}

/// What one attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It confirmed, with this status.
    Confirmed(u16),
    /// It did not.
    Failed {
        /// Why.
        trouble: Trouble,
        /// Milliseconds after which the application wants to be asked again.
        retry_after_ms: Option<i64>,
    },
}

impl Attempt {
    /// An attempt that failed for a reason of the way there.
    pub fn failed(trouble: Trouble) -> Self {
        Self::Failed { trouble, retry_after_ms: None }
    }

    /// What an answer means. Redirects are not followed and so are failures.
    pub fn answered(status: u16, retry_after_ms: Option<i64>) -> Self {
        match status {
            200..=204 => Self::Confirmed(status),
            _ => Self::Failed { trouble: Trouble::Status(status), retry_after_ms },
        }
    }
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Told.
    Acked,
    /// Once more, in so many milliseconds.
    Again {
        /// From now.
        in_ms: i64,
    },
    /// Never again by itself.
    GaveUp,
}

/// Milliseconds between one attempt and the next: seconds for a restart, hours for a bad night.
const WAITS_MS: [i64; 10] =
    [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000];
/// Longest that an application may put us off.
const PATIENCE_MS: i64 = 3_600_000;

/// Attempts at most.
pub const TRIES: usize = WAITS_MS.len() + 1;

/// What follows from attempt number `made`, counted from 1. `chance` spreads the next one over a fifth of its wait to
/// both sides, so that what failed together does not come back together.
///
/// ```
/// use exeunt::domain::delivery::{Attempt, Verdict, judge};
/// assert_eq!(judge(&Attempt::answered(204, None), 1, 128), Verdict::Acked);
/// assert_eq!(judge(&Attempt::answered(400, None), 1, 128), Verdict::GaveUp);
/// assert_eq!(judge(&Attempt::answered(503, Some(9_000)), 1, 128), Verdict::Again { in_ms: 9_000 });
/// ```
pub fn judge(attempt: &Attempt, made: usize, chance: u8) -> Verdict {
    let (trouble, retry_after) = match attempt {
        Attempt::Confirmed(_) => return Verdict::Acked,
        Attempt::Failed { trouble, retry_after_ms } => (trouble, retry_after_ms),
    };
    let wait = made.checked_sub(1).and_then(|at| WAITS_MS.get(at)).filter(|_| trouble.may_pass());
    let Some(wait) = wait else { return Verdict::GaveUp };
    let spread = wait * (i64::from(chance) - 128) / 640;
    Verdict::Again { in_ms: (wait + spread).max(retry_after.unwrap_or(0).min(PATIENCE_MS)) }
}

/// A `Retry-After` (RFC 9110 section 10.2.3), seconds or a date, as milliseconds from `now`.
pub fn retry_after_ms(value: &str, now: Timestamp) -> Option<i64> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(i64::from(seconds) * 1_000);
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    Some(Timestamp(date.timestamp().as_millisecond()).since_ms(now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(attempt: Attempt, made: usize) -> Option<i64> {
        match judge(&attempt, made, 128) {
            Verdict::Again { in_ms } => Some(in_ms),
            Verdict::Acked | Verdict::GaveUp => None,
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (status, again) in
            [(429, true), (500, true), (503, true), (599, true), (301, false), (400, false), (404, false), (205, false)]
        {
            assert_eq!(wait(Attempt::answered(status, None), 1).is_some(), again, "{status}");
        }
        for (trouble, again) in [
            (Trouble::TimedOut, true),
            (Trouble::NoConnection, true),
            (Trouble::NoSuchHost, true),
            (Trouble::Certificate, true),
            (Trouble::ForbiddenAddress, false),
            (Trouble::Other, false),
        ] {
            assert_eq!(wait(Attempt::failed(trouble), 1).is_some(), again, "{trouble:?}");
        }
        for status in [200, 204] {
            assert_eq!(judge(&Attempt::answered(status, None), 1, 0), Verdict::Acked);
        }
    }

    #[test]
    fn attempts_grow_rarer_and_end() {
        let waits: Vec<i64> = (1..TRIES).map(|made| wait(Attempt::failed(Trouble::TimedOut), made).unwrap()).collect();
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert_eq!((waits[0], waits.len()), (1_000, 10));
        assert_eq!(judge(&Attempt::failed(Trouble::TimedOut), TRIES, 0), Verdict::GaveUp);
    }

    #[test]
    fn chance_moves_an_attempt_by_a_fifth_at_most() {
        for chance in [0, 255] {
            let Verdict::Again { in_ms } = judge(&Attempt::failed(Trouble::TimedOut), 2, chance) else { panic!() };
            assert!((4_000..=6_000).contains(&in_ms), "{in_ms}");
        }
    }

    #[test]
    fn an_application_may_put_us_off_but_neither_hurry_us_nor_for_long() {
        assert_eq!(wait(Attempt::answered(503, Some(20_000)), 1), Some(20_000));
        assert_eq!(wait(Attempt::answered(503, Some(0)), 2), Some(5_000));
        assert_eq!(wait(Attempt::answered(429, Some(i64::MAX)), 1), Some(PATIENCE_MS));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Timestamp(1_763_796_000_000); // Sat, 22 Nov 2025 07:20:00 GMT
        assert_eq!(retry_after_ms("120", now), Some(120_000));
        assert_eq!(retry_after_ms("Sat, 22 Nov 2025 07:20:30 GMT", now), Some(30_000));
        assert_eq!(retry_after_ms("Sat, 22 Nov 2025 07:00:00 GMT", now), Some(0));
        for odd in ["", "-1", "soon", "1.5", "99999999999999"] {
            assert_eq!(retry_after_ms(odd, now), None, "{odd}");
        }
    }

    #[test]
    fn words_are_read_back() {
        for trouble in [Trouble::Status(503), Trouble::TimedOut, Trouble::Certificate, Trouble::ForbiddenAddress] {
            assert_eq!(Trouble::parse(trouble.as_str(), Some(503)), trouble);
        }
        assert_eq!(Standing::parse("gave_up"), Some(Standing::GaveUp));
        assert_eq!(Standing::parse("later"), None);
    }
}
