//! The words of OAuth 2.0: error codes, ways in which an application proves itself, algorithms, scopes.

/// Error codes of the wire (RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, OpenID Connect Core 3.1.2.6, RFC 7591 3.2.2, RFC 8707 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OauthCode {
    /// A parameter is missing, doubled or malformed.
    InvalidRequest,
    /// The application did not prove to be itself.
    InvalidClient,
    /// A code, refresh token or assertion is dead, foreign, or bound to something else.
    InvalidGrant,
    /// The application may not use this grant.
    UnauthorizedClient,
    /// No such grant.
    UnsupportedGrantType,
    /// No such response type, or the application may not use it.
    UnsupportedResponseType,
    /// More than was granted.
    InvalidScope,
    /// No such resource.
    InvalidTarget,
    /// The person said no.
    AccessDenied,
    /// The password must be asked, and may not be (`prompt=none`).
    LoginRequired,
    /// The person must be asked for consent, and may not be.
    ConsentRequired,
    /// Request objects are not supported.
    RequestNotSupported,
    /// Request objects by reference are not supported.
    RequestUriNotSupported,
    /// A bearer token is dead or foreign.
    InvalidToken,
    /// An address was refused at registration.
    InvalidRedirectUri,
    /// Something else was refused at registration.
    InvalidClientMetadata,
    /// Too much to do; try again.
    TemporarilyUnavailable,
    /// A fault of ours.
    ServerError,
}

impl OauthCode {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidToken => "invalid_token",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }
}

/// A refusal on the wire: the code, and one sentence for developers that repeats nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct OauthError {
    /// Code.
    pub code: OauthCode,
    /// Sentence, ASCII without quotes (RFC 6749 5.2).
    pub description: &'static str,
}

impl OauthError {
    /// A code and its sentence.
    pub fn new(code: OauthCode, description: &'static str) -> Self {
        Self { code, description }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$of])* $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As on the wire and in rows.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From the word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// How an application proves itself at the token endpoint (OpenID Connect Core section 9).
    AuthMethod {
        /// By its secret, in whichever of the two ways.
        Secret = "client_secret",
        /// By its secret in the `Authorization` header.
        SecretBasic = "client_secret_basic",
        /// By its secret in the form.
        SecretPost = "client_secret_post",
        /// By an assertion signed with a key of its own (RFC 7523).
        PrivateKeyJwt = "private_key_jwt",
        /// Not at all: it runs where no secret keeps. PKCE is required of it.
        None = "none",
    }
}

words! {
    /// How ID tokens and logout tokens are signed.
    TokenAlg {
        /// RSA, what every client must understand (OpenID Connect Core 15.1).
        Rs256 = "RS256",
        /// Elliptic curve P-256, smaller and faster.
        Es256 = "ES256",
        /// With the application's secret, as Authing by default.
        Hs256 = "HS256",
    }
}

words! {
    /// Grants (the parameter `grant_type`).
    GrantType {
        /// A code from the authorization endpoint.
        AuthorizationCode = "authorization_code",
        /// A refresh token.
        RefreshToken = "refresh_token",
        /// The application for itself.
        ClientCredentials = "client_credentials",
        /// Tokens straight from the authorization endpoint.
        Implicit = "implicit",
        /// The application asks for the password itself (RFC 6749 4.3). Off unless an old SDK needs it (security.md T13).
        Password = "password",
        /// A log-in token of Authing's SDKs becomes tokens of OAuth. Off unless an SDK needs it.
        AuthingToken = "http://authing.cn/oidc/grant_type/authing_token",
        /// No grant of OAuth: tickets of CAS, which anybody may ask about who holds one. Off unless the application speaks CAS.
        Cas = "cas",
    }
}

words! {
    /// Response types (OpenID Connect Core section 3; the words of one are in alphabetical order).
    ResponseType {
        /// A code: the flow for everybody.
        Code = "code",
        /// Implicit flow, ID token only.
        IdToken = "id_token",
        /// Implicit flow with an access token.
        IdTokenToken = "id_token token",
        /// Hybrid flow.
        CodeIdToken = "code id_token",
        /// Hybrid flow.
        CodeToken = "code token",
        /// Hybrid flow.
        CodeIdTokenToken = "code id_token token",
    }
}

impl GrantType {
    /// Whether it is for one application that cannot do without, and so neither published nor registered by strangers.
    pub fn is_by_exception(self) -> bool {
        matches!(self, Self::Password | Self::AuthingToken | Self::Cas)
    }
}

impl ResponseType {
    /// Reads the parameter `response_type`, whose words come in any order.
    pub fn of_request(text: &str) -> Option<Self> {
        let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
        words.sort_unstable();
        Self::parse(&words.join(" "))
    }

    /// Whether the answer holds a code.
    pub fn has_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Whether the answer holds an ID token.
    pub fn has_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::IdTokenToken | Self::CodeIdToken | Self::CodeIdTokenToken)
    }

    /// Whether the answer holds an access token.
    pub fn has_token(self) -> bool {
        matches!(self, Self::IdTokenToken | Self::CodeToken | Self::CodeIdTokenToken)
    }
}

words! {
    /// Scopes that mean something here; others are passed over (OpenID Connect Core 3.1.2.1).
    Scope {
        /// This is OpenID Connect.
        OpenId = "openid",
        /// Name and the like.
        Profile = "profile",
        /// Authing's own: the log-in name.
        Username = "username",
        /// E-mail.
        Email = "email",
        /// Phone.
        Phone = "phone",
        /// A refresh token.
        OfflineAccess = "offline_access",
        /// Authing's plain OAuth 2.0: the whole profile, by an opaque access token. It marks a grant of that dialect.
        User = "user",
    }
}

/// A set of scopes, in the order they were asked for, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads the parameter `scope`; what is not known is passed over.
    ///
    /// ```
    /// use exeunt::domain::oauth::{Scope, Scopes};
    /// let scopes = Scopes::parse("openid weather email openid");
    /// assert_eq!(scopes.to_string(), "openid email");
    /// assert!(scopes.has(Scope::OpenId) && !scopes.has(Scope::Profile));
    /// ```
    pub fn parse(text: &str) -> Self {
        let mut found = Vec::new();
        for scope in text.split_ascii_whitespace().filter_map(Scope::parse) {
            if !found.contains(&scope) {
                found.push(scope);
            }
        }
        Self(found)
    }

    /// Whether it is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Those that `keep` keeps.
    #[must_use]
    pub fn only(&self, keep: impl Fn(Scope) -> bool) -> Self {
        Self(self.0.iter().copied().filter(|scope| keep(*scope)).collect())
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, scope: Scope) -> Self {
        if !self.has(scope) {
            self.0.push(scope);
        }
        self
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, scope) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}
