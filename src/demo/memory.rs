//! What an application remembers: log-ins that were begun, its own sessions, log-outs it heard of.
//!
//! In memory and within bounds: what a stranger can make it remember is forgotten again, the oldest first.

use std::collections::{HashMap, VecDeque};

use crate::domain::clock::Timestamp;

/// How long a log-in may take.
const LOGIN_MS: i64 = 10 * 60_000;
/// How long a session of the application lasts.
const SESSION_MS: i64 = 8 * 3_600_000;
/// Log-ins, sessions and token ids that are remembered at once.
const MOST: usize = 1_000;
/// Log-outs that are shown.
const SHOWN: usize = 8;

/// A log-in that was begun and has not come back.
#[derive(Debug, Clone)]
pub struct Login {
    /// The browser it began in, as its cookie says.
    pub browser: String,
    /// Bound to the ID token.
    pub nonce: String,
    /// Behind the PKCE challenge.
    pub verifier: String,
    /// Whom we asked.
    pub issuer: String,
    /// Where the answer comes to.
    pub redirect_uri: String,
    /// When.
    pub begun: Timestamp,
}

/// Tokens of a session.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// ID token, kept as the hint for the log-out.
    pub id_token: String,
    /// Until when it may be used.
    pub id_expires: Timestamp,
    /// Access token.
    pub access: String,
    /// Until when it may be used, when the provider said so.
    pub access_expires: Option<Timestamp>,
    /// Refresh token, when there is one.
    pub refresh: Option<String>,
}

/// What came of asking the provider with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub at: Timestamp,
    /// What for.
    pub what: Question,
    /// The error, when it was refused or could not be asked.
    pub refused: Option<String>,
}

/// What a token is taken to the provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Claims of the user.
    Userinfo,
    /// Fresh tokens.
    Renew,
}

/// How somebody was logged out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The provider told the application's server.
    BackChannel,
    /// The provider told it through the user's browser.
    FrontChannel,
    /// By the button of this application.
    Here,
}

/// A session of the application's own.
#[derive(Debug, Clone)]
pub struct Session {
    /// Provider.
    pub issuer: String,
    /// User.
    pub sub: String,
    /// Session at the provider.
    pub sid: Option<String>,
    /// Name of the user.
    pub name: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Tokens.
    pub tokens: Tokens,
    /// The last question.
    pub asked: Option<Asked>,
    /// When and how it ended.
    pub ended: Option<(Timestamp, Way)>,
    /// A public name for it, by which a page may ask how it ended once the cookie is gone: a provider on the same site
    /// may have the browser forget every cookie of the site when somebody logs out there.
    pub was: String,
    /// The `state` of its log-out, while the browser is at the provider.
    pub leaving: Option<String>,
    /// Whether the browser came back from there.
    pub is_back: bool,
}

/// A log-out that was heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// When.
    pub at: Timestamp,
    /// How.
    pub way: Way,
    /// User.
    pub sub: Option<String>,
    /// Session at the provider.
    pub sid: Option<String>,
    /// What was done.
    pub deed: Deed,
}

/// What an application did about a log-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It ended so many of its sessions.
    Ended(usize),
    /// It did not believe the token: the part that does not hold.
    Disbelieved(&'static str),
    /// It answered as it was told to behave, and did nothing.
    Misbehaved(Behaviour),
}

/// How an application answers logout tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behaviour {
    /// As it should.
    #[default]
    Well,
    /// 500, each time.
    Fail,
    /// As it should, but after 10 seconds, which is too late.
    Hang,
    /// 400: it claims that the token is wrong.
    Reject,
    /// 403: it will not hear of it.
    Refuse,
}

impl Behaviour {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Well, Self::Fail, Self::Hang, Self::Reject, Self::Refuse];

    /// As in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Fail => "fail",
            Self::Hang => "hang",
            Self::Reject => "reject",
            Self::Refuse => "refuse",
        }
    }

    /// From the form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Whose sessions a log-out is about.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// Provider.
    pub issuer: &'a str,
    /// User; all of the user's sessions when no session is named.
    pub sub: Option<&'a str>,
    /// Session at the provider.
    pub sid: Option<&'a str>,
}

impl Whose<'_> {
    fn fits(&self, session: &Session) -> bool {
        let of_user = self.sub.is_none_or(|sub| sub == session.sub);
        let of_session = self.sid.is_none_or(|sid| session.sid.as_deref() == Some(sid));
        session.issuer == self.issuer && of_user && of_session && (self.sub.is_some() || self.sid.is_some())
    }
}

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Memory {
    logins: HashMap<String, Login>,
    sessions: HashMap<String, Session>,
    /// Ids of logout tokens that were acted on, until when they could be sent again.
    seen: HashMap<String, Timestamp>,
    heard: VecDeque<Heard>,
    /// How it was told to behave.
    pub behaviour: Behaviour,
}

impl Memory {
    /// Remembers a log-in by its `state`.
    pub fn begin(&mut self, state: String, login: Login) {
        let now = login.begun;
        self.logins.retain(|_, login| now.since_ms(login.begun) < LOGIN_MS);
        bound(&mut self.logins, |login| login.begun);
        self.logins.insert(state, login);
    }

    /// The log-in of a `state`, once, and only in the browser it began in.
    pub fn come_back(&mut self, state: &str, browser: &str, now: Timestamp) -> Option<Login> {
        self.logins.get(state).filter(|login| login.browser == browser && now.since_ms(login.begun) < LOGIN_MS)?;
        self.logins.remove(state)
    }

    /// Remembers a session by its secret; whoever had another in this browser has it no longer.
    pub fn enter(&mut self, secret: String, session: Session, before: Option<&str>) {
        let now = session.since;
        if let Some(before) = before {
            self.sessions.remove(before);
        }
        self.sessions.retain(|_, session| now.since_ms(session.since) < SESSION_MS);
        bound(&mut self.sessions, |session| session.since);
        self.sessions.insert(secret, session);
    }

    /// The session of a secret, living or ended.
    pub fn session(&mut self, secret: &str, now: Timestamp) -> Option<&mut Session> {
        self.sessions.get_mut(secret).filter(|session| now.since_ms(session.since) < SESSION_MS)
    }

    /// An ended session by its public name; of a living one nothing is told without its secret.
    pub fn ended(&self, was: &str) -> Option<&Session> {
        self.sessions.values().find(|session| session.was == was && session.ended.is_some())
    }

    /// The browser comes back from the log-out with this `state`; the session that it was about.
    pub fn is_back(&mut self, state: &str) -> Option<&Session> {
        let session = self.sessions.values_mut().find(|session| session.leaving.as_deref() == Some(state))?;
        session.leaving = None;
        session.is_back = true;
        Some(session)
    }

    /// Ends the living sessions concerned; how many there were.
    pub fn end(&mut self, whose: Whose, (now, way): (Timestamp, Way)) -> usize {
        let mut count = 0;
        for session in self.sessions.values_mut().filter(|session| session.ended.is_none() && whose.fits(session)) {
            session.ended = Some((now, way));
            count += 1;
        }
        count
    }

    /// Remembers the id of a logout token; whether it is new (Back-Channel Logout 1.0 section 2.6, 7).
    pub fn is_new(&mut self, jti: &str, expires: Timestamp, now: Timestamp) -> bool {
        const AFTER_MS: i64 = 120_000;
        self.seen.retain(|_, until| *until > now);
        bound(&mut self.seen, |until| *until);
        self.seen.insert(jti.to_owned(), expires.plus_ms(AFTER_MS)).is_none()
    }

    /// Keeps what was heard, to be shown.
    pub fn keep(&mut self, heard: Heard) {
        self.heard.push_front(heard);
        self.heard.truncate(SHOWN);
    }

    /// What was heard, the latest first.
    pub fn heard(&self) -> impl Iterator<Item = &Heard> {
        self.heard.iter()
    }
}

/// Makes room for one more by forgetting the oldest.
fn bound<T>(map: &mut HashMap<String, T>, since: impl Fn(&T) -> Timestamp) {
    while map.len() >= MOST {
        let oldest = map.iter().min_by_key(|(_, value)| since(value)).map(|(key, _)| key.clone());
        let Some(oldest) = oldest else { return };
        map.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_763_796_000_000);

    fn login(begun: Timestamp) -> Login {
        Login {
            browser: "b".into(),
            nonce: "n".into(),
            verifier: "v".into(),
            issuer: "i".into(),
            redirect_uri: "r".into(),
            begun,
        }
    }

    fn session(sub: &str, sid: &str) -> Session {
        Session {
            issuer: "i".into(),
            sub: sub.into(),
            sid: Some(sid.into()),
            name: None,
            since: NOW,
            tokens: Tokens {
                id_token: String::new(),
                id_expires: NOW,
                access: String::new(),
                access_expires: None,
                refresh: None,
            },
            asked: None,
            ended: None,
            was: format!("was {sid}"),
            leaving: None,
            is_back: false,
        }
    }

    #[test]
    fn an_ended_session_is_told_of_by_its_public_name_and_a_living_one_is_not() {
        let mut memory = Memory::default();
        memory.enter("secret".into(), session("lilei", "1"), None);
        assert!(memory.ended("was 1").is_none() && memory.ended("secret").is_none());
        memory.end(Whose { issuer: "i", sub: None, sid: Some("1") }, (NOW, Way::BackChannel));
        assert!(memory.ended("was 1").is_some() && memory.ended("secret").is_none() && memory.ended("").is_none());
    }

    #[test]
    fn a_log_out_comes_back_once_and_by_its_own_state() {
        let mut memory = Memory::default();
        memory.enter("secret".into(), Session { leaving: Some("s".into()), ..session("lilei", "1") }, None);
        assert!(memory.is_back("t").is_none());
        assert_eq!(memory.is_back("s").map(|session| session.is_back), Some(true));
        assert!(memory.is_back("s").is_none(), "a second time");
    }

    #[test]
    fn a_log_in_comes_back_once_in_time_and_to_its_own_browser() {
        let mut memory = Memory::default();
        memory.begin("s".into(), login(NOW));
        assert!(memory.come_back("s", "thief", NOW).is_none());
        assert!(memory.come_back("t", "b", NOW).is_none());
        assert!(memory.come_back("s", "b", NOW.plus_ms(LOGIN_MS)).is_none());
        assert!(memory.come_back("s", "b", NOW).is_some());
        assert!(memory.come_back("s", "b", NOW).is_none(), "a second time");
    }

    #[test]
    fn a_log_out_ends_one_session_or_all_of_a_user_and_nobody_elses() {
        let whose = |sub, sid| Whose { issuer: "i", sub, sid };
        for (whose, left) in [
            (whose(Some("lilei"), Some("1")), ["2", "3"].as_slice()),
            (whose(None, Some("1")), &["2", "3"]),
            (whose(Some("lilei"), None), &["3"]),
            (whose(Some("maya"), Some("1")), &["1", "2", "3"]),
            (whose(None, None), &["1", "2", "3"]),
            (Whose { issuer: "j", sub: Some("lilei"), sid: None }, &["1", "2", "3"]),
        ] {
            let mut memory = Memory::default();
            for (secret, sub) in [("1", "lilei"), ("2", "lilei"), ("3", "maya")] {
                memory.enter(secret.into(), session(sub, secret), None);
            }
            let ended = memory.end(whose, (NOW, Way::BackChannel));
            assert_eq!(ended, 3 - left.len(), "{whose:?}");
            assert_eq!(memory.end(whose, (NOW, Way::BackChannel)), 0, "again");
            let lives = |secret: &&str| memory.sessions[*secret].ended.is_none();
            assert_eq!(["1", "2", "3"].into_iter().filter(lives).collect::<Vec<_>>(), left, "{whose:?}");
        }
    }

    #[test]
    fn memory_stays_within_its_bounds() {
        let mut memory = Memory::default();
        for n in 0..=MOST {
            let at = NOW.plus_ms(i64::try_from(n).unwrap());
            memory.begin(n.to_string(), login(at));
            memory.enter(n.to_string(), Session { since: at, ..session("lilei", "1") }, None);
            assert!(memory.is_new(&n.to_string(), at.plus_ms(60_000), NOW));
            memory.keep(Heard { at, way: Way::BackChannel, sub: None, sid: None, deed: Deed::Ended(0) });
        }
        assert_eq!((memory.logins.len(), memory.sessions.len(), memory.seen.len()), (MOST, MOST, MOST));
        assert_eq!(memory.heard().count(), SHOWN);
        assert!(memory.session("0", NOW).is_none() && memory.session(&MOST.to_string(), NOW).is_some());
    }

    #[test]
    fn a_logout_token_works_once() {
        let mut memory = Memory::default();
        assert!(memory.is_new("j", NOW.plus_ms(120_000), NOW));
        assert!(!memory.is_new("j", NOW.plus_ms(120_000), NOW.plus_ms(100_000)));
    }
}
