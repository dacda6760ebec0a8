//! One table: what went wrong → how it looks on each wire (decisions.md section 6).
//!
//! A handler answers with a [`Refusal`]; the edge dresses it once, by the path it was asked on: a page, Authing's envelope
//! (HTTP 200, because Authing's SDKs lose the body otherwise), or RFC 9457 problem+json.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::authing::codes::Coded;
use crate::domain::oauth::{OauthCode, OauthError};
use crate::flow::error::{FieldRefused, FlowError, StoreError};

/// Why a request was not done.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The request itself is malformed; the word names the part.
    Bad(&'static str),
    /// Not logged in, or no valid credential.
    Unauthenticated,
    /// Not allowed.
    Forbidden(&'static str),
    /// A form of ours with a hidden value that is not this visit's: too old, or of another login.
    OldForm,
    /// There is no such thing.
    Absent(&'static str),
    /// It is no longer kept; the words say how to go on.
    Gone(&'static str),
    /// Another method is wanted.
    Method(&'static str),
    /// Fields were refused.
    Invalid(Vec<FieldRefused>),
    /// Somebody else changed it meanwhile.
    Stale,
    /// Too large.
    TooLarge,
    /// Another media type is wanted.
    MediaType(&'static str),
    /// A host that this house does not serve.
    Misdirected,
    /// Refused in the words of OAuth.
    Oauth(OauthError),
    /// Refused with a number of Authing's.
    Coded(Coded),
    /// Too many tries.
    Throttled(u64),
    /// Too slow in sending.
    TooSlow,
    /// Too much to do, or the storage cannot be used.
    Unavailable,
    /// A fault of ours.
    Broken,
}

impl Refusal {
    /// A malformed part.
    pub fn bad(part: &'static str) -> Self {
        Self::Bad(part)
    }

    /// No such thing.
    pub fn absent(thing: &'static str) -> Self {
        Self::Absent(thing)
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::OldForm => StatusCode::FORBIDDEN,
            Self::Absent(_) => StatusCode::NOT_FOUND,
            Self::Gone(_) => StatusCode::GONE,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Stale => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Oauth(error) => oauth_status(error.code),
            Self::Coded(coded) => StatusCode::from_u16(coded.said.status).unwrap_or(StatusCode::BAD_REQUEST),
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Authing's number for it (authing-contract.md section 5).
    pub fn api_code(&self) -> u32 {
        match self {
            Self::Bad(_) | Self::Invalid(_) | Self::Oauth(_) => 2231,
            Self::Coded(coded) => coded.said.code,
            Self::Unauthenticated => 2020,
            Self::Forbidden(_) | Self::OldForm | Self::Misdirected => 1001,
            Self::Absent("application") => 2011,
            Self::Absent("user") => 2004,
            Self::Absent(_) => 404,
            Self::Gone(_) => 410,
            Self::Method(_) => 405,
            Self::Stale => 409,
            Self::TooLarge => 413,
            Self::MediaType(_) => 415,
            Self::Throttled(_) => 429,
            Self::TooSlow => 408,
            Self::Unavailable => 1000,
            Self::Broken => 500,
        }
    }

    /// Seconds after which to try again, where that helps.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Throttled(seconds) => Some((*seconds).max(1)),
            Self::Unavailable => Some(2),
            Self::Bad(_)
            | Self::Unauthenticated
            | Self::Forbidden(_)
            | Self::OldForm
            | Self::Absent(_)
            | Self::Gone(_)
            | Self::Method(_)
            | Self::Invalid(_)
            | Self::Stale
            | Self::TooLarge
            | Self::MediaType(_)
            | Self::Misdirected
            | Self::Oauth(_)
            | Self::Coded(_)
            | Self::TooSlow
            | Self::Broken => None,
        }
    }

    /// Whether the connection should not be used again: the body was not read to its end.
    pub fn closes(&self) -> bool {
        matches!(self, Self::TooLarge | Self::TooSlow)
    }

    /// One sentence for programs. No data of the user, no path, no SQL.
    pub fn sentence(&self) -> String {
        match self {
            Self::Bad(part) => format!("the request is malformed: {part}"),
            Self::Unauthenticated => "not logged in, or the credential is not valid".into(),
            Self::Forbidden(why) => format!("not allowed: {why}"),
            Self::OldForm => "not allowed: the form is too old; open the page again".into(),
            Self::Absent(thing) => format!("there is no such {thing}"),
            Self::Gone(what) => format!("no longer kept: {what}"),
            Self::Method(allow) => format!("use {allow}"),
            Self::Invalid(fields) => {
                let list: Vec<String> = fields.iter().map(|f| format!("{}: {}", f.field, f.code)).collect();
                format!("refused, nothing was changed: {}", list.join(", "))
            }
            Self::Stale => "changed by somebody else meanwhile; read it again".into(),
            Self::TooLarge => "the request is too large".into(),
            Self::MediaType(wanted) => format!("send {wanted}"),
            Self::Misdirected => "this host is not served here; check the address and the public URL".into(),
            Self::Oauth(error) => error.description.to_owned(),
            Self::Coded(coded) => coded.said.en.to_owned(),
            Self::Throttled(seconds) => format!("too many tries; wait {seconds} seconds"),
            Self::TooSlow => "the request took too long to arrive".into(),
            Self::Unavailable => "too busy or unable to store; nothing was changed, try again".into(),
            Self::Broken => "something broke; nothing was changed".into(),
        }
    }
}

/// RFC 6749 5.2, RFC 6750 3.1: 401 for whoever did not prove to be themselves, 400 for the rest.
fn oauth_status(code: OauthCode) -> StatusCode {
    match code {
        OauthCode::InvalidClient | OauthCode::InvalidToken => StatusCode::UNAUTHORIZED,
        OauthCode::AccessDenied => StatusCode::FORBIDDEN,
        OauthCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        OauthCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        OauthCode::InvalidRequest
        | OauthCode::InvalidGrant
        | OauthCode::UnauthorizedClient
        | OauthCode::UnsupportedGrantType
        | OauthCode::UnsupportedResponseType
        | OauthCode::InvalidScope
        | OauthCode::InvalidTarget
        | OauthCode::LoginRequired
        | OauthCode::ConsentRequired
        | OauthCode::RequestNotSupported
        | OauthCode::RequestUriNotSupported
        | OauthCode::InvalidRedirectUri
        | OauthCode::InvalidClientMetadata => StatusCode::BAD_REQUEST,
    }
}

impl From<OauthError> for Refusal {
    fn from(error: OauthError) -> Self {
        Self::Oauth(error)
    }
}

impl From<Coded> for Refusal {
    fn from(coded: Coded) -> Self {
        Self::Coded(coded)
    }
}

impl From<FlowError> for Refusal {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Unauthenticated => Self::Unauthenticated,
            FlowError::Forbidden => Self::Forbidden("rights"),
            FlowError::Absent(thing) => Self::Absent(thing),
            FlowError::Gone(what) => Self::Gone(what),
            FlowError::Invalid(fields) => Self::Invalid(fields),
            FlowError::Stale => Self::Stale,
            FlowError::Oauth(error) => Self::Oauth(error),
            FlowError::Throttled { seconds } => Self::Throttled(seconds),
            FlowError::Busy => Self::Unavailable,
            FlowError::Storage(error) => {
                tracing::warn!(%error, "storage");
                match error {
                    StoreError::Busy | StoreError::CannotWrite(_) => Self::Unavailable,
                    StoreError::Conflict(_) => Self::Stale,
                    StoreError::Damaged(_) | StoreError::Fault(_) => Self::Broken,
                }
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for Refusal {}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Bare; the edge dresses it.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status()).finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// What a handler answers.
pub type Answer = Result<HttpResponse, Refusal>;
