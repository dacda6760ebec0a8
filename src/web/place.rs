//! Which house a request came to: the base host, or an application's own.
//!
//! An unknown host is refused, never served a default (security.md V1, CVE-2026-29067). The public origin comes from the
//! configuration; only on a loopback listener without one does the request's own host count, when it is a loopback name.
//! Forwarding headers say nothing about it (D12).

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use url::{Host, Url};

use super::error::Refusal;
use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::flow::state::State;

/// Where a request came to.
#[derive(Debug, Clone)]
pub struct Place {
    /// Host and port as in the URL, lower case; what a session secret is bound to.
    pub host: String,
    /// Origin of this host.
    pub origin: String,
    /// Origin of the base host.
    pub base: String,
    /// The application whose own host this is; none on the base host.
    pub own: Option<Arc<Application>>,
}

impl Place {
    /// The issuer of OpenID Connect at this host (Authing: `{origin}/oidc`).
    pub fn issuer(&self) -> String {
        format!("{}/oidc", self.origin)
    }

    /// Whether an application is served here: every one on the base host, on an application's own host that one.
    pub fn serves(&self, application: &Application) -> bool {
        self.own.as_ref().is_none_or(|own| own.id == application.id)
    }

    /// Whether this is the base host.
    pub fn is_base(&self) -> bool {
        self.own.is_none()
    }

    /// The origin as a URL.
    pub fn url(&self) -> Option<Url> {
        Url::parse(&self.origin).ok()
    }

    /// Whether cookies travel over https only.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// The application a request is about: the host decides; on the base host the one that is named, else the default.
    /// A name that no application has is refused.
    pub fn application(&self, state: &State, named: Option<&str>) -> Result<Option<Arc<Application>>, Refusal> {
        if let Some(own) = &self.own {
            return Ok(Some(own.clone()));
        }
        let directory = state.directory();
        match named {
            None => Ok(directory.default_application().cloned()),
            Some(named) => ApplicationId::parse(named)
                .ok()
                .and_then(|id| directory.application(id).cloned())
                .map(Some)
                .ok_or(Refusal::absent("application")),
        }
    }

    /// The origin of an application's own host.
    pub fn origin_of(&self, application: &Application) -> String {
        match self.base.split_once("://") {
            Some((scheme, host)) => format!("{scheme}://{}.{host}", application.identifier),
            None => self.base.clone(),
        }
    }

    /// Where people log in to an application: at its own host, or on the base host where that is an address, which has no names
    /// below it.
    pub fn login_of(&self, application: &Application) -> String {
        let host = Url::parse(&self.base).ok();
        if matches!(host.as_ref().and_then(Url::host), Some(Host::Ipv4(_) | Host::Ipv6(_))) {
            return format!("{}/login?app_id={}", self.base, application.id);
        }
        format!("{}/login", self.origin_of(application))
    }
}

/// Reads the place of a request. Exactly one host, in whatever form it came.
pub fn of(state: &State, request: &HttpRequest) -> Result<Place, Refusal> {
    let mut hosts = request.head().headers().get_all(header::HOST);
    let named = hosts.next().map(|value| value.to_str().map_err(|_| Refusal::bad("host")));
    if hosts.next().is_some() {
        return Err(Refusal::bad("host"));
    }
    let authority = request.head().uri.authority().map(|a| a.as_str().to_owned());
    let host = match (authority, named) {
        (Some(authority), _) => authority,
        (None, Some(host)) => host?.to_owned(),
        (None, None) => return Err(Refusal::bad("host")),
    };
    let host = host.to_ascii_lowercase();
    let (name, port) = split_port(&host);
    let name = name.strip_suffix('.').unwrap_or(name);
    match &state.config.public_url {
        Some(public) => public_place(state, public, name, port),
        None => loopback_place(state, name, port),
    }
}

fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        // An empty port is none (RFC 9110 section 4.2.3), and one beyond the range is no port.
        Some((name, "")) if !name.ends_with(':') => (name, None),
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok() => {
            (name, Some(port))
        }
        Some(_) | None => (host, None),
    }
}

fn loopback_place(state: &State, name: &str, port: Option<&str>) -> Result<Place, Refusal> {
    let suffix = port.map(|p| format!(":{p}")).unwrap_or_default();
    let place = |base: &str, own: Option<Arc<Application>>| Place {
        host: format!("{name}{suffix}"),
        origin: format!("http://{name}{suffix}"),
        base: format!("http://{base}{suffix}"),
        own,
    };
    match name {
        "localhost" | "127.0.0.1" | "[::1]" => Ok(place(name, None)),
        _ => match name.strip_suffix(".localhost") {
            Some(label) => Ok(place("localhost", Some(known(state, label)?))),
            None => Err(Refusal::Misdirected),
        },
    }
}

fn public_place(state: &State, public: &Url, name: &str, port: Option<&str>) -> Result<Place, Refusal> {
    let base_name = public.host_str().unwrap_or_default();
    let port_of = |p: Option<&str>| p.and_then(|p| p.parse::<u16>().ok()).or(default_port(public.scheme()));
    if port_of(port) != public.port_or_known_default() {
        return Err(Refusal::Misdirected);
    }
    let suffix = public.port().map(|p| format!(":{p}")).unwrap_or_default();
    let own = if name == base_name {
        None
    } else {
        let label = name.strip_suffix(base_name).and_then(|l| l.strip_suffix('.')).ok_or(Refusal::Misdirected)?;
        Some(known(state, label)?)
    };
    let scheme = public.scheme();
    Ok(Place {
        host: format!("{name}{suffix}"),
        origin: format!("{scheme}://{name}{suffix}"),
        base: format!("{scheme}://{base_name}{suffix}"),
        own,
    })
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

fn known(state: &State, label: &str) -> Result<Arc<Application>, Refusal> {
    state.directory().by_identifier(label).cloned().ok_or(Refusal::Misdirected)
}
