//! A relying party: what one of the two applications does, as its pages and its provider ask of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use url::Url;

use super::memory::{Asked, Login, Memory, Question, Session, Tokens, Way, Whose};
use super::provider::{Credentials, Granted, Known, Provider, Trouble};
use super::token::{self, LoggedIn, Parties};
use crate::domain::clock::{Clock, Timestamp};

/// What is asked for at log-in.
const SCOPE: &str = "openid profile offline_access";

/// Which application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Three notes.
    Notes,
    /// Three mails.
    Mail,
}

impl Kind {
    /// In addresses, cookies and the style sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notes => "notes",
            Self::Mail => "mail",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Notes => Self::Mail,
            Self::Mail => Self::Notes,
        }
    }

    /// Where its pages are.
    pub fn path(self) -> &'static str {
        match self {
            Self::Notes => "/demo/notes",
            Self::Mail => "/demo/mail",
        }
    }
}

/// What the applications stand on.
#[derive(Clone)]
pub struct Ground {
    /// Origins at which they are opened, the first being the one for people. The provider is at `/oidc` of each.
    pub origins: Vec<String>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance: 256 bits in letters for URLs.
    pub chance: fn() -> String,
}

impl Ground {
    /// The origin of a host below the one for people: the provider keeps one for each application.
    pub fn host(&self, label: &str) -> Option<String> {
        let (scheme, host) = self.origins.first()?.split_once("://")?;
        Some(format!("{scheme}://{label}.{host}"))
    }
}

/// See the head of this file.
pub struct Party {
    /// Which one.
    pub kind: Kind,
    /// What it stands on.
    pub ground: Ground,
    credentials: Credentials,
    provider: Arc<Provider>,
    memory: Mutex<Memory>,
    changed: watch::Sender<bool>,
}

/// A log-in that goes to the provider.
pub struct Departure {
    /// Where the browser goes.
    pub to: String,
    /// The value of the cookie that binds it to this browser.
    pub browser: String,
}

/// How a log-in begins.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The origin at which the page was opened.
    pub origin: &'a str,
    /// The value of the cookie, when the browser has one.
    pub browser: Option<&'a str>,
    /// Whether the provider may ask nothing (`prompt=none`).
    pub quiet: bool,
}

/// What the browser brings back (RFC 6749 4.1.2, RFC 9207).
#[derive(Debug, Default)]
pub struct Answer {
    /// Binds it to a log-in.
    pub state: String,
    /// Code.
    pub code: Option<String>,
    /// Error.
    pub error: Option<String>,
    /// Issuer.
    pub iss: Option<String>,
}

impl Party {
    /// A party that remembers nothing yet.
    pub fn new(kind: Kind, ground: Ground, credentials: Credentials, provider: Arc<Provider>) -> Self {
        Self { kind, ground, credentials, provider, memory: Mutex::default(), changed: watch::Sender::new(false) }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.ground.clock.now()
    }

    /// What it remembers. Never held across a question to the provider.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells open pages that something changed.
    pub fn tell(&self) {
        self.changed.send_modify(|_| {});
    }

    /// Tells open pages to come again later: the server stops.
    pub fn close(&self) {
        self.changed.send_replace(true);
    }

    /// Hears of changes; the value says whether the server stops. None when too many listen.
    pub fn listen(&self) -> Option<watch::Receiver<bool>> {
        const MOST: usize = 200;
        (self.changed.receiver_count() < MOST).then(|| self.changed.subscribe())
    }

    /// Whether this is the provider we registered at: at one of our origins, or at the host that it keeps for this
    /// application. Nobody else's keys are asked for.
    pub fn trusts(&self, issuer: &str) -> bool {
        let own = self.ground.host(self.kind.as_str());
        let mut origins = self.ground.origins.iter().chain(&own);
        origins.any(|origin| issuer.strip_prefix(origin.as_str()) == Some("/oidc"))
    }

    /// Begins a log-in: reads the provider, and remembers what the answer has to fit (Core 3.1.2.1, RFC 7636 4.3).
    pub async fn log_in(&self, wish: Wish<'_>) -> Result<Departure, Trouble> {
        let known = self.provider.read(&format!("{}/oidc", wish.origin)).await?;
        let chance = self.ground.chance;
        let (state, nonce, verifier) = (chance(), chance(), chance());
        let browser = wish.browser.map_or_else(chance, str::to_owned);
        let redirect_uri = format!("{}{}/callback", wish.origin, self.kind.path());
        let mut to = url(&known.metadata.authorization_endpoint)?;
        to.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.credentials.client_id),
            ("redirect_uri", &redirect_uri),
            ("scope", SCOPE),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &token::challenge(&verifier)),
            ("code_challenge_method", "S256"),
        ]);
        if wish.quiet {
            to.query_pairs_mut().append_pair("prompt", "none");
        }
        let issuer = known.metadata.issuer.clone();
        let login = Login { browser: browser.clone(), nonce, verifier, issuer, redirect_uri, begun: self.now() };
        self.memory().begin(state, login);
        Ok(Departure { to: to.into(), browser })
    }

    /// Ends a log-in that came back; the secret of the new session.
    ///
    /// 1. The answer belongs to a log-in that this browser began, once (RFC 9700 section 4.7).
    /// 2. It comes from the issuer we asked (RFC 9207 2.4), before anything of it is used.
    /// 3. The code becomes tokens, with the PKCE verifier.
    /// 4. The ID token is judged; only then somebody is logged in.
    pub async fn come_back(&self, answer: &Answer, browser: &str, before: Option<&str>) -> Result<String, Trouble> {
        let login = self.memory().come_back(&answer.state, browser, self.now()).ok_or(Trouble::Unsound("state"))?;
        let known = self.provider.known(&login.issuer).await?;
        let named = answer.iss.as_deref();
        if named.map_or(known.metadata.authorization_response_iss_parameter_supported, |iss| iss != login.issuer) {
            return Err(Trouble::Unsound("iss"));
        }
        if let Some(error) = &answer.error {
            return Err(Trouble::Refused(error.clone()));
        }
        let code = answer.code.as_deref().ok_or(Trouble::Unsound("code"))?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &login.redirect_uri),
            ("code_verifier", &login.verifier),
        ];
        let granted = self.provider.grant(&known, &self.credentials, &form).await?;
        let who = self.judged(&login.issuer, &granted, Some(&login.nonce)).await?;
        // The name may stand at userinfo only (Core 5.4); a session without one is a session all the same.
        let userinfo = self.provider.userinfo(&known, &granted.access_token, &who.sub).await?;
        let session = self.session(&login, who, granted, userinfo.name)?;
        let secret = (self.ground.chance)();
        self.memory().enter(secret.clone(), session, before);
        self.tell();
        Ok(secret)
    }

    fn session(
        &self,
        login: &Login,
        who: LoggedIn,
        granted: Granted,
        name: Option<String>,
    ) -> Result<Session, Trouble> {
        let now = self.now();
        Ok(Session {
            issuer: login.issuer.clone(),
            sub: who.sub.clone(),
            sid: who.sid.clone(),
            name,
            since: now,
            tokens: tokens(granted, Some(&who), None, now)?,
            asked: None,
            ended: None,
            was: (self.ground.chance)(),
            leaving: None,
            is_back: false,
        })
    }

    async fn judged(&self, issuer: &str, granted: &Granted, nonce: Option<&str>) -> Result<LoggedIn, Trouble> {
        let text = granted.id_token.as_deref().ok_or(Trouble::Unsound("id_token"))?;
        let parties = Parties { issuer, client_id: &self.credentials.client_id };
        let about = (nonce, granted.access_token.as_str(), self.now());
        self.provider.judged(issuer, |keys| token::id_token(keys, text, parties, about)).await
    }

    /// Takes the tokens of a session to the provider, and keeps what came of it.
    pub async fn ask(&self, secret: &str, what: Question) {
        let found = self.memory().session(secret, self.now()).filter(|session| session.ended.is_none()).cloned();
        let Some(session) = found else { return };
        let outcome = match what {
            Question::Userinfo => self.ask_userinfo(&session).await.map(|()| None),
            Question::Renew => self.renew(&session).await.map(Some),
        };
        let at = self.now();
        if let Some(session) = self.memory().session(secret, at) {
            let refused = outcome.as_ref().err().map(ToString::to_string);
            session.asked = Some(Asked { at, what, refused });
            if let Ok(Some(tokens)) = outcome {
                session.tokens = tokens;
            }
        }
        self.tell();
    }

    async fn ask_userinfo(&self, session: &Session) -> Result<(), Trouble> {
        let known = self.provider.known(&session.issuer).await?;
        self.provider.userinfo(&known, &session.tokens.access, &session.sub).await.map(drop)
    }

    /// RFC 6749 section 6, Core section 12.
    async fn renew(&self, session: &Session) -> Result<Tokens, Trouble> {
        let known = self.provider.known(&session.issuer).await?;
        let refresh = session.tokens.refresh.as_deref().ok_or(Trouble::Unsound("refresh_token"))?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let granted = self.provider.grant(&known, &self.credentials, &form).await?;
        let who = match granted.id_token {
            Some(_) => Some(self.judged(&session.issuer, &granted, None).await?),
            None => None,
        };
        if who.as_ref().is_some_and(|who| who.sub != session.sub) {
            return Err(Trouble::Unsound("sub"));
        }
        tokens(granted, who.as_ref(), Some(&session.tokens), self.now())
    }

    /// Ends the session here, and says where the browser goes to end it at the provider (RP-Initiated Logout 1.0 section
    /// 2). None when there is nothing to end, or the provider cannot be read.
    pub async fn log_out(&self, secret: &str, origin: &str) -> Option<String> {
        let state = (self.ground.chance)();
        let (issuer, hint) = {
            let now = self.now();
            let mut memory = self.memory();
            let session = memory.session(secret, now).filter(|session| session.ended.is_none())?;
            session.ended = Some((now, Way::Here));
            session.leaving = Some(state.clone());
            (session.issuer.clone(), session.tokens.id_token.clone())
        };
        self.tell();
        let known: Arc<Known> = self.provider.known(&issuer).await.ok()?;
        let mut to = url(&known.metadata.end_session_endpoint).ok()?;
        to.query_pairs_mut().extend_pairs([
            ("id_token_hint", hint.as_str()),
            ("client_id", &self.credentials.client_id),
            ("post_logout_redirect_uri", &format!("{origin}{}/signed-out", self.kind.path())),
            ("state", &state),
        ]);
        Some(to.into())
    }

    /// The browser comes back from a log-out; only the answer to our own question counts. The public name of the session.
    pub fn is_back(&self, state: &str) -> Option<String> {
        let was = self.memory().is_back(state).map(|session| session.was.clone());
        self.tell();
        was
    }

    /// Judges a logout token and ends what it is about; or the part of it that does not hold.
    pub async fn hear(&self, text: &str) -> (Option<token::LoggedOut>, Result<usize, Trouble>) {
        let issuer = match token::issuer(text) {
            Some(issuer) if self.trusts(&issuer) => issuer,
            Some(_) => return (None, Err(Trouble::Unsound("iss"))),
            None => return (None, Err(Trouble::Unsound("token"))),
        };
        let now = self.now();
        let parties = Parties { issuer: &issuer, client_id: &self.credentials.client_id };
        let judged = self.provider.judged(&issuer, |keys| token::logout_token(keys, text, parties, now)).await;
        let told = match judged {
            Ok(told) => told,
            Err(trouble) => return (None, Err(trouble)),
        };
        let mut memory = self.memory();
        if !memory.is_new(&told.jti, told.expires, now) {
            return (Some(told), Err(Trouble::Unsound("jti")));
        }
        let whose = Whose { issuer: &issuer, sub: told.sub.as_deref(), sid: told.sid.as_deref() };
        let ended = memory.end(whose, (now, Way::BackChannel));
        drop(memory);
        (Some(told), Ok(ended))
    }
}

fn url(text: &str) -> Result<Url, Trouble> {
    Url::parse(text).map_err(|_| Trouble::Unsound("metadata"))
}

/// Tokens to keep: what was not given anew stays as it was.
fn tokens(
    granted: Granted,
    who: Option<&LoggedIn>,
    before: Option<&Tokens>,
    now: Timestamp,
) -> Result<Tokens, Trouble> {
    let (id_token, id_expires) = match (granted.id_token.zip(who), before) {
        (Some((id_token, who)), _) => (id_token, who.expires),
        (None, Some(before)) => (before.id_token.clone(), before.id_expires),
        (None, None) => return Err(Trouble::Unsound("id_token")),
    };
    Ok(Tokens {
        id_token,
        id_expires,
        access: granted.access_token,
        access_expires: granted.expires_in.map(|seconds| now.plus_ms(seconds.saturating_mul(1_000))),
        refresh: granted.refresh_token.or_else(|| before.and_then(|before| before.refresh.clone())),
    })
}
