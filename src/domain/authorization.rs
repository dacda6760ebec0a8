//! An authorization request (RFC 6749 4.1.1, OpenID Connect Core 3.1.2.1), read in two steps.
//!
//! First where an answer may go ([`Addressee`]): without a known application and one of its registered addresses nothing
//! is ever sent anywhere, and the person sees a page. Then the rest, whose faults are told to that address.

use super::application::Application;
use super::oauth::{AuthMethod, GrantType, OauthCode, OauthError, ResponseType, Scope, Scopes};
use super::redirect::Registered;

/// Characters of a value that is sent back as it came.
const LONGEST: usize = 2_048;

/// Names and values as they were sent, decoded once.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

/// A parameter came more than once (RFC 6749 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubled;

impl Params {
    /// These.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The one value of a parameter; without a value it counts as left out (RFC 6749 3.1).
    pub fn one(&self, name: &str) -> Result<Option<&str>, Doubled> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let first = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() { Err(Doubled) } else { Ok(first) }
    }

    fn of_answer(&self, name: &str) -> Result<Option<&str>, OauthError> {
        self.one(name).map_err(|Doubled| OauthError::new(OauthCode::InvalidRequest, "a parameter came more than once"))
    }
}

/// In which of two dialects an application speaks: they share everything but scopes and the form of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OpenID Connect.
    OpenId,
    /// OAuth 2.0 without it, as Authing's SDKs speak it with the protocol `oauth`.
    Plain,
}

impl Dialect {
    /// By the path of an endpoint.
    pub fn of_path(path: &str) -> Self {
        if path.starts_with("/oauth/") { Self::Plain } else { Self::OpenId }
    }

    /// The path of the authorization endpoint.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::OpenId => "/oidc/auth",
            Self::Plain => "/oauth/auth",
        }
    }

    /// The scopes of a request. `user` is what makes a grant plain: there it is always, elsewhere it means nothing.
    pub fn scopes(self, asked: &str) -> Scopes {
        let asked = Scopes::parse(asked);
        match self {
            Self::OpenId => asked.only(|scope| scope != Scope::User),
            Self::Plain => asked.only(|scope| scope != Scope::OpenId).with(Scope::User),
        }
    }
}

/// How an answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the address.
    Query,
    /// In its fragment.
    Fragment,
    /// As a form that the browser posts there.
    FormPost,
    /// To the window that opened this one, or that holds it in a frame (Authing's browser SDKs).
    WebMessage,
}

impl ResponseMode {
    /// As on the wire.
    pub const ALL: [(&'static str, Self); 4] = [
        ("query", Self::Query),
        ("fragment", Self::Fragment),
        ("form_post", Self::FormPost),
        ("web_message", Self::WebMessage),
    ];

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, mode)| mode)
    }
}

/// Where the answer goes, good or bad.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The address, as it was checked.
    pub redirect: Registered,
    /// The address as it was asked for: the token request has to repeat it.
    pub redirect_text: String,
    /// Given back as it came.
    pub state: Option<String>,
    /// How.
    pub mode: ResponseMode,
    /// What is asked for; none: no such response type.
    pub response_type: Option<ResponseType>,
}

/// A request that cannot be answered by a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswerable {
    /// `redirect_uri` is missing, or a parameter that decides came twice.
    Malformed(&'static str),
    /// The address is not registered; which rule refused it, and the nearest registered one.
    Refused(super::redirect::Refusal),
}

impl Addressee {
    /// Reads where to answer.
    pub fn of(application: &Application, params: &Params) -> Result<Self, Unanswerable> {
        let one = |name: &'static str| params.one(name).map_err(|Doubled| Unanswerable::Malformed(name));
        let text = one("redirect_uri")?.ok_or(Unanswerable::Malformed("redirect_uri"))?;
        let redirect = application.login.allow(text).map_err(Unanswerable::Refused)?;
        let state = one("state")?.filter(|state| state.len() <= LONGEST).map(str::to_owned);
        let response_type = one("response_type")?.and_then(ResponseType::of_request);
        let usual = match response_type {
            Some(kind) if kind.has_id_token() || kind.has_token() => ResponseMode::Fragment,
            Some(_) | None => ResponseMode::Query,
        };
        // A mode that cannot be had is told in the usual one; tokens never go into a query, where logs keep them.
        let wanted = one("response_mode")?.and_then(ResponseMode::parse).unwrap_or(usual);
        let mode = if wanted == ResponseMode::Query { usual } else { wanted };
        Ok(Self { redirect, redirect_text: text.to_owned(), state, mode, response_type })
    }
}

/// What the person must be asked (`prompt`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four words of the wire that combine")]
pub struct Prompts {
    /// Nothing at all.
    pub none: bool,
    /// The password.
    pub login: bool,
    /// Consent.
    pub consent: bool,
    /// Who it is.
    pub select_account: bool,
}

/// The claims parameter (OpenID Connect Core 5.5), as far as it is understood here: names of claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClaimsAsked {
    /// From userinfo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo: Vec<String>,
    /// In the ID token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_token: Vec<String>,
    /// The person it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
}

/// Claims that may be asked for one by one.
pub const CLAIMS: [&str; 8] = [
    "name",
    "preferred_username",
    "username",
    "updated_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
];

impl ClaimsAsked {
    fn parse(text: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let whole = value.as_object()?;
        let names = |part: &str| -> Option<Vec<String>> {
            match whole.get(part) {
                None | Some(serde_json::Value::Null) => Some(Vec::new()),
                Some(part) => {
                    Some(part.as_object()?.keys().filter(|n| CLAIMS.contains(&n.as_str())).cloned().collect())
                }
            }
        };
        let sub = value["id_token"]["sub"]["value"].as_str().map(str::to_owned);
        Some(Self { userinfo: names("userinfo")?, id_token: names("id_token")?, sub })
    }
}

/// How people prove themselves here, as ID tokens name it (`acr`): by a password.
pub const ACR: &str = "password";

/// Whether the claims parameter insists on a way of logging in that does not exist here: that is a failed authentication
/// (OpenID Connect Core 5.5.1.1).
fn demands_another_acr(claims: &str) -> bool {
    let asked: serde_json::Value = serde_json::from_str(claims).unwrap_or_default();
    let acr = &asked["id_token"]["acr"];
    let fits = |value: &serde_json::Value| value.as_str() == Some(ACR);
    let met = match (&acr["value"], &acr["values"]) {
        (serde_json::Value::Null, serde_json::Value::Array(values)) => values.iter().any(fits),
        (serde_json::Value::Null, _) => true,
        (value, _) => fits(value),
    };
    acr["essential"] == true && !met
}

/// A request that can be carried out, as far as its own words go.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// What is asked for.
    pub response_type: ResponseType,
    /// Address as it was asked for.
    pub redirect_text: String,
    /// What it is about.
    pub scopes: Scopes,
    /// Comes back in the ID token.
    pub nonce: Option<String>,
    /// PKCE, S256.
    pub challenge: Option<String>,
    /// What to ask the person.
    pub prompts: Prompts,
    /// Seconds since the password was asked, at most.
    pub max_age: Option<i64>,
    /// An ID token of the person it should be.
    pub hint: Option<String>,
    /// What to fill in as the name.
    pub login_hint: Option<String>,
    /// Languages, the best first.
    pub ui_locales: Option<String>,
    /// Single claims.
    pub claims: ClaimsAsked,
}

fn invalid(description: &'static str) -> OauthError {
    OauthError::new(OauthCode::InvalidRequest, description)
}

impl AuthorizationRequest {
    /// Reads the rest of a request.
    pub fn of(
        application: &Application,
        params: &Params,
        to: &Addressee,
        dialect: Dialect,
    ) -> Result<Self, OauthError> {
        for (name, code) in [
            ("request", OauthCode::RequestNotSupported),
            ("request_uri", OauthCode::RequestUriNotSupported),
            ("resource", OauthCode::InvalidTarget),
        ] {
            if params.of_answer(name)?.is_some() {
                return Err(OauthError::new(code, "this parameter is not supported"));
            }
        }
        if to.state.is_none() && params.of_answer("state")?.is_some() {
            return Err(invalid("state is too long"));
        }
        let response_type = response_type(application, params, to)?;
        if dialect == Dialect::Plain && response_type != ResponseType::Code {
            return Err(OauthError::new(OauthCode::UnsupportedResponseType, "there are only codes here"));
        }
        let mut scopes = dialect.scopes(params.of_answer("scope")?.unwrap_or_default());
        if !application.protocol.may(GrantType::RefreshToken) || !response_type.has_code() {
            scopes = scopes.only(|scope| scope != Scope::OfflineAccess);
        }
        let nonce = params.of_answer("nonce")?.map(str::to_owned);
        if nonce.as_ref().is_some_and(|nonce| nonce.len() > LONGEST) {
            return Err(invalid("nonce is too long"));
        }
        if response_type.has_id_token() && nonce.is_none() {
            return Err(invalid("nonce is required when the ID token comes from here"));
        }
        let max_age = match params.of_answer("max_age")? {
            None => None,
            Some(text) => {
                let seconds = text.parse::<i64>().ok().filter(|seconds| *seconds >= 0);
                Some(seconds.ok_or(invalid("max_age is a number of seconds"))?)
            }
        };
        let claims = match params.of_answer("claims")? {
            None => ClaimsAsked::default(),
            Some(text) if demands_another_acr(text) => {
                return Err(OauthError::new(
                    OauthCode::AccessDenied,
                    "the essential acr cannot be met: there are passwords",
                ));
            }
            Some(text) => ClaimsAsked::parse(text).ok_or(invalid("claims is not a claims request"))?,
        };
        for name in ["acr_values", "display"] {
            params.of_answer(name)?; // means nothing here, and is an error when it comes twice
        }
        let text = |name| -> Result<Option<String>, OauthError> { Ok(params.of_answer(name)?.map(str::to_owned)) };
        Ok(Self {
            response_type,
            redirect_text: to.redirect_text.clone(),
            scopes,
            nonce,
            challenge: challenge(application, params, response_type)?,
            prompts: prompts(params.of_answer("prompt")?.unwrap_or_default())?,
            max_age,
            hint: text("id_token_hint")?,
            login_hint: text("login_hint")?,
            ui_locales: text("ui_locales")?,
            claims,
        })
    }
}

fn response_type(application: &Application, params: &Params, to: &Addressee) -> Result<ResponseType, OauthError> {
    let unsupported = |why| OauthError::new(OauthCode::UnsupportedResponseType, why);
    if params.of_answer("response_type")?.is_none() {
        return Err(invalid("response_type is missing"));
    }
    let asked = to.response_type.ok_or(unsupported("there is no such response_type"))?;
    if !application.protocol.response_types.contains(&asked) {
        return Err(unsupported("this response_type is off for the application"));
    }
    if asked.has_code() && !application.protocol.may(GrantType::AuthorizationCode) {
        return Err(OauthError::new(OauthCode::UnauthorizedClient, "codes are off for the application"));
    }
    match params.of_answer("response_mode")? {
        Some(word) if ResponseMode::parse(word).is_none() => Err(invalid("there is no such response_mode")),
        Some("query") if to.mode != ResponseMode::Query => Err(invalid("tokens do not travel in a query")),
        Some(_) | None => Ok(asked),
    }
}

/// PKCE (RFC 7636): S256 only, since `plain` protects nothing that leaks; required of whoever holds no secret.
fn challenge(
    application: &Application,
    params: &Params,
    response_type: ResponseType,
) -> Result<Option<String>, OauthError> {
    let method = params.of_answer("code_challenge_method")?;
    match params.of_answer("code_challenge")? {
        Some(_) if method != Some("S256") => Err(invalid("code_challenge_method must be S256")),
        Some(text) if text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) => {
            Ok(Some(text.to_owned()))
        }
        Some(_) => Err(invalid("code_challenge is not an S256 challenge")),
        None if method.is_some() => Err(invalid("code_challenge is missing")),
        None if application.protocol.auth_method == AuthMethod::None && response_type.has_code() => {
            Err(invalid("an application without a secret must send code_challenge"))
        }
        None => Ok(None),
    }
}

fn prompts(text: &str) -> Result<Prompts, OauthError> {
    let mut prompts = Prompts::default();
    for word in text.split_ascii_whitespace() {
        match word {
            "none" => prompts.none = true,
            "login" => prompts.login = true,
            "consent" => prompts.consent = true,
            "select_account" => prompts.select_account = true,
            _ => return Err(invalid("there is no such prompt")),
        }
    }
    if prompts.none && (prompts.login || prompts.consent || prompts.select_account) {
        return Err(invalid("prompt=none stands alone"));
    }
    Ok(prompts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claims_request_is_read_as_far_as_it_is_understood() {
        let text =
            r#"{"userinfo":{"name":{"essential":true},"moon":null},"id_token":{"email":null,"sub":{"value":"x"}}}"#;
        let asked = ClaimsAsked::parse(text).unwrap();
        assert_eq!((asked.userinfo, asked.id_token), (vec!["name".to_owned()], vec!["email".to_owned()]));
        assert_eq!(asked.sub.as_deref(), Some("x"));
        for bad in ["", "[]", "1", r#"{"userinfo":[]}"#, "{"] {
            assert_eq!(ClaimsAsked::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn prompts_combine_but_none_stands_alone() {
        assert!(prompts("login consent").is_ok_and(|p| p.login && p.consent && !p.none));
        assert!(prompts("none login").is_err() && prompts("moon").is_err());
        assert_eq!(prompts(""), Ok(Prompts::default()));
    }
}
