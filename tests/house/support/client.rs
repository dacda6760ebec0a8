//! An application as it stands at the other end: it asks for codes, trades them for tokens, and reads what it gets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use exeunt::crypto::jws::{PublicKey, Unverified};
use exeunt::domain::id::ApplicationId;
use serde_json::Value;
use url::Url;

use super::browser::encoded;
use super::people::CLIENT_SECRET;
use super::wire::{self, Answer};
use super::{Browser, House};

/// The verifier of RFC 7636 appendix B, and its challenge.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// See the head of this file.
#[derive(Debug, Clone)]
pub struct Client {
    port: u16,
    pub id: ApplicationId,
    pub secret: Option<String>,
    pub callback: String,
    /// Host that is asked; empty for the base host.
    pub host: String,
    /// Where the endpoints lie.
    pub below: &'static str,
}

/// What the token endpoint gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub id: String,
    pub refresh: String,
}

impl Client {
    /// The application of this label, at the base host.
    pub fn of(house: &House, identifier: &'static str) -> Self {
        Self {
            port: house.port,
            id: house.application(identifier).id,
            secret: Some(CLIENT_SECRET.to_owned()),
            callback: format!("http://{identifier}.example/callback"),
            host: house.host(""),
            below: "/oidc",
        }
    }

    /// The same at another host.
    pub fn at(self, host: String) -> Self {
        Self { host, ..self }
    }

    /// The same in plain OAuth 2.0, as Authing's SDKs speak it.
    pub fn plain(self) -> Self {
        Self { below: "/oauth", ..self }
    }

    pub fn issuer(&self) -> String {
        format!("http://{}/oidc", self.host)
    }

    /// The address of an authorization request, with what is usual unless `params` say otherwise; an empty value leaves a
    /// parameter out.
    pub fn request(&self, params: &[(&str, &str)]) -> String {
        let id = self.id.to_string();
        let scope = if self.below == "/oidc" { "openid profile email offline_access" } else { "user" };
        let usual = [
            ("client_id", id.as_str()),
            ("redirect_uri", &self.callback),
            ("response_type", "code"),
            ("scope", scope),
            ("state", "st-1"),
            ("nonce", "n-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut all: Vec<(&str, &str)> =
            usual.into_iter().filter(|(name, _)| !params.iter().any(|(other, _)| other == name)).collect();
        all.extend(params.iter().filter(|(_, value)| !value.is_empty()));
        format!("http://{}{}/auth?{}", self.host, self.below, encoded(&all))
    }

    /// Opens an authorization request and follows wherever the house leads.
    pub fn asks(&self, browser: &mut Browser, params: &[(&str, &str)]) -> Reply {
        let answer = browser.comes_from_elsewhere(&self.request(params));
        Reply::of(&answer)
    }

    /// The code for somebody who is in.
    #[track_caller]
    pub fn code(&self, browser: &mut Browser) -> String {
        let reply = self.asks(browser, &[]);
        reply.param("code").unwrap_or_else(|| panic!("no code: {reply:?}"))
    }

    /// A call as this application.
    pub fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let id = self.id.to_string();
        let mut all = vec![("client_id", id.as_str())];
        if let Some(secret) = &self.secret {
            all.push(("client_secret", secret));
        }
        all.extend_from_slice(fields);
        form(self.port, &self.host, path, &all, &[])
    }

    pub fn trades(&self, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.callback),
            ("code_verifier", VERIFIER),
        ];
        self.posts(&format!("{}/token", self.below), &fields)
    }

    pub fn refreshes(&self, token: &str) -> Answer {
        self.posts(&format!("{}/token", self.below), &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// Code and tokens for somebody who is in.
    #[track_caller]
    pub fn tokens(&self, browser: &mut Browser) -> Tokens {
        let code = self.code(browser);
        Tokens::of(&self.trades(&code))
    }

    pub fn userinfo(&self, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let path = format!("{}/me", self.below);
        wire::request(self.port, &self.host, ("GET", &path), &[("Authorization", &bearer)], None)
    }

    #[track_caller]
    pub fn introspects(&self, token: &str) -> Value {
        let answer = self.posts(&format!("{}/token/introspection", self.below), &[("token", token)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// The published keys.
    pub fn keys(&self) -> Vec<PublicKey> {
        let answer = wire::request(self.port, &self.host, ("GET", "/oidc/.well-known/jwks.json"), &[], None);
        answer.json()["keys"].as_array().unwrap().iter().map(|jwk| PublicKey::parse(jwk).unwrap()).collect()
    }

    /// The claims of a token that a published key signed.
    #[track_caller]
    pub fn reads(&self, token: &str) -> Value {
        Unverified::parse(token).unwrap().by(&self.keys()).unwrap_or_else(|| panic!("not signed by the house: {token}"))
    }

    /// Nothing of these tokens works any more.
    #[track_caller]
    pub fn is_out(&self, tokens: &Tokens) {
        assert_eq!(self.userinfo(&tokens.access).status, 401, "userinfo");
        assert_eq!(self.introspects(&tokens.access), serde_json::json!({ "active": false }));
        assert_eq!(self.introspects(&tokens.refresh), serde_json::json!({ "active": false }));
        let answer = self.refreshes(&tokens.refresh);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")), "refresh");
    }
}

impl Tokens {
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self { access: text("access_token"), id: text("id_token"), refresh: text("refresh_token") }
    }
}

/// Posts a form.
pub fn form(port: u16, host: &str, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    wire::request(port, host, ("POST", path), &all, Some(encoded(fields).as_bytes()))
}

/// What an authorization request came to.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Where the browser was sent; empty when it was shown a page.
    pub location: String,
    pub params: Vec<(String, String)>,
    pub text: String,
}

impl Reply {
    pub fn of(answer: &Answer) -> Self {
        let location = answer.location().to_owned();
        let params = Url::parse(&location)
            .map(|url| {
                let fragment = url::form_urlencoded::parse(url.fragment().unwrap_or_default().as_bytes()).into_owned();
                url.query_pairs().into_owned().chain(fragment).collect()
            })
            .unwrap_or_default();
        Self { status: answer.status, location, params, text: answer.text() }
    }

    pub fn param(&self, name: &str) -> Option<String> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    }

    #[track_caller]
    pub fn error(&self) -> String {
        self.param("error").unwrap_or_else(|| panic!("no error: {self:?}"))
    }

    /// Whether the log-in page was shown.
    pub fn asks_password(&self) -> bool {
        self.status == 200 && self.text.contains("name=\"password\"")
    }
}

/// A token whose header or claims were changed, signature and all kept.
pub fn tampered(token: &str, part: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&parts[part]).unwrap()).unwrap();
    change(&mut value);
    parts[part] = URL_SAFE_NO_PAD.encode(value.to_string());
    parts.join(".")
}
