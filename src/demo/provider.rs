//! The provider, as an application meets it: discovery, keys, the token endpoint, userinfo. All over HTTP.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::JwkSet;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::token::{UNKNOWN_KEY, Unsound};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// This machine; the port is the one of the URL.
const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Octets of an answer that are read.
const LONGEST: usize = 256 * 1024;

/// What an application reads of the metadata (Discovery 1.0 section 3).
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// Must be the one that was asked for (section 4.3).
    pub issuer: String,
    /// Where the browser goes to log in.
    pub authorization_endpoint: String,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// Claims of the user.
    pub userinfo_endpoint: String,
    /// Its keys.
    pub jwks_uri: String,
    /// Where the browser goes to log out.
    pub end_session_endpoint: String,
    /// Whether answers name their issuer (RFC 9207 section 3).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// A provider that was read.
#[derive(Debug)]
pub struct Known {
    /// Metadata.
    pub metadata: Metadata,
    /// Its keys at that time.
    pub keys: JwkSet,
}

/// How an application proves to be itself: `client_secret_basic`.
#[derive(Clone)]
pub struct Credentials {
    /// Id.
    pub client_id: String,
    /// Secret.
    pub secret: String,
}

/// Tokens as they come (RFC 6749 5.1, Core 3.1.3.3).
#[derive(Deserialize)]
pub struct Granted {
    /// Access token.
    pub access_token: String,
    /// Must be `Bearer`.
    pub token_type: String,
    /// Seconds for which the access token works.
    pub expires_in: Option<i64>,
    /// ID token.
    pub id_token: Option<String>,
    /// Refresh token.
    pub refresh_token: Option<String>,
}

/// Claims of the user (Core 5.3.2).
#[derive(Debug, Clone, Deserialize)]
pub struct Userinfo {
    /// Must be the one of the ID token.
    pub sub: String,
    /// Name.
    pub name: Option<String>,
}

/// Why the provider gave no answer to build on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No connection, no answer in time, or none that can be read.
    Unreachable,
    /// It said no: its error code.
    Refused(String),
    /// What it said does not hold.
    Unsound(&'static str),
}

impl From<Unsound> for Trouble {
    fn from(Unsound(part): Unsound) -> Self {
        Self::Unsound(part)
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        tracing::debug!(%error, "the provider does not answer");
        Self::Unreachable
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable => f.write_str("unreachable"),
            Self::Refused(error) => f.write_str(error),
            Self::Unsound(part) => write!(f, "unsound: {part}"),
        }
    }
}

/// See the head of this file.
pub struct Provider {
    http: Client,
    known: Mutex<HashMap<String, Arc<Known>>>,
}

impl Provider {
    /// A client without proxies and cookies, which follows no redirects.
    pub fn new() -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .no_proxy()
            // RFC 6761 6.3: names under localhost are this machine, whatever its resolver knows of them.
            .resolve("notes.localhost", LOOPBACK)
            .resolve("mail.localhost", LOOPBACK)
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            // The asking thread may end before the next question: each opens a connection of its own.
            .pool_max_idle_per_host(0)
            .user_agent("exeunt-demo")
            .build()?;
        Ok(Self { http, known: Mutex::default() })
    }

    /// Reads the provider's metadata and keys.
    pub async fn read(&self, issuer: &str) -> Result<Arc<Known>, Trouble> {
        let metadata: Metadata = read_json(self.http.get(format!("{issuer}/.well-known/openid-configuration"))).await?;
        if metadata.issuer != issuer {
            return Err(Trouble::Unsound("issuer"));
        }
        let keys = read_json(self.http.get(&metadata.jwks_uri)).await?;
        let known = Arc::new(Known { metadata, keys });
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(issuer.to_owned(), known.clone());
        Ok(known)
    }

    /// The provider as it was read last, or is read now.
    pub async fn known(&self, issuer: &str) -> Result<Arc<Known>, Trouble> {
        let found = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        match found {
            Some(known) => Ok(known),
            None => self.read(issuer).await,
        }
    }

    /// Judges a token by the keys of its issuer; they are read again when its key is not among them (Core 10.1.1).
    pub async fn judged<T>(&self, issuer: &str, judge: impl Fn(&JwkSet) -> Result<T, Unsound>) -> Result<T, Trouble> {
        match judge(&self.known(issuer).await?.keys) {
            Err(Unsound(UNKNOWN_KEY)) => Ok(judge(&self.read(issuer).await?.keys)?),
            judged => Ok(judged?),
        }
    }

    /// Asks the token endpoint.
    pub async fn grant(
        &self,
        known: &Known,
        credentials: &Credentials,
        form: &[(&str, &str)],
    ) -> Result<Granted, Trouble> {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        // RFC 6749 2.3.1: id and secret are form-encoded before they become a user and a password.
        let pair = format!("{}:{}", encoded(&credentials.client_id), encoded(&credentials.secret));
        let request = self
            .http
            .post(&known.metadata.token_endpoint)
            .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(Serializer::new(String::new()).extend_pairs(form).finish());
        let granted: Granted = read_json(request).await?;
        if granted.token_type.eq_ignore_ascii_case("bearer") {
            Ok(granted)
        } else {
            Err(Trouble::Unsound("token_type"))
        }
    }

    /// Asks for the claims of the user whom `sub` names.
    pub async fn userinfo(&self, known: &Known, access_token: &str, sub: &str) -> Result<Userinfo, Trouble> {
        let request = self.http.get(&known.metadata.userinfo_endpoint).bearer_auth(access_token);
        let userinfo: Userinfo = read_json(request).await?;
        // Core 5.3.4: claims of somebody else must not be used.
        if userinfo.sub == sub { Ok(userinfo) } else { Err(Trouble::Unsound("sub")) }
    }
}

async fn read_json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Trouble> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let mut answer = request.send().await?;
    let status = answer.status();
    // A bearer token is refused in a header (RFC 6750 section 3), everything else in the body.
    let challenge = answer.headers().get("www-authenticate").and_then(|v| v.to_str().ok()).and_then(bearer_error);
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LONGEST {
            return Err(Trouble::Unreachable);
        }
        body.extend_from_slice(&chunk);
    }
    if status == StatusCode::OK {
        return serde_json::from_slice(&body).map_err(|_| Trouble::Unsound("answer"));
    }
    let named = serde_json::from_slice::<Refusal>(&body).ok().map(|refusal| refusal.error);
    Err(Trouble::Refused(challenge.or(named).unwrap_or_else(|| status.as_u16().to_string())))
}

/// The `error` of a `Bearer` challenge.
fn bearer_error(challenge: &str) -> Option<String> {
    let (_, rest) = challenge.split_once("error=\"")?;
    rest.split_once('"').map(|(error, _)| error.to_owned())
}

#[cfg(test)]
mod tests {
    use super::bearer_error;

    #[test]
    fn a_challenge_names_its_error() {
        let challenge = r#"Bearer realm="x", error="invalid_token", error_description="ended""#;
        assert_eq!(bearer_error(challenge).as_deref(), Some("invalid_token"));
        assert_eq!(bearer_error("Bearer realm=\"x\""), None);
    }
}
