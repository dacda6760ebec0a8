//! The visit: one request, with everything that a handler asks about it.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest, web};

use super::cookie::{self, Jar};
use super::error::Refusal;
use super::flash::{self, Flash};
use super::place::{self, Place};
use crate::domain::contact::ZoneName;
use crate::domain::id::PoolId;
use crate::domain::logout::{Actor, Origin};
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::user::Role;
use crate::flow::directory::Pool;
use crate::flow::error::Done;
use crate::flow::login::From as CameFrom;
use crate::flow::session::{self, Use};
use crate::flow::state::State;
use crate::page::{Brand, Frame, Lang, Person, Theme, Zone};

/// Characters of a user agent that are remembered.
const USER_AGENT: usize = 400;

/// The id of a request; the edge puts it into the request and into the answer.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// See the head of this file.
pub struct Visit {
    /// The house.
    pub state: Arc<State>,
    /// The request.
    pub request: HttpRequest,
    /// The host it came to.
    pub place: Place,
    /// The secret the browser holds here, alive or not.
    pub secret: Option<String>,
    /// The living session behind it.
    pub session: Option<Arc<Session>>,
    /// Living sessions of a browser that sent several secrets; a log-out ends them all.
    pub rivals: Vec<Arc<Session>>,
    /// The pool whose look the page wears, where that is not the visitor's own: of an application that somebody logs in to.
    pub about: Option<PoolId>,
    /// What was done just now, if this page is the one to say so.
    pub flash: Option<Flash>,
}

/// Whether a request is the person's own doing. What an open page asks by itself does not keep a session from idling out.
fn use_of(request: &HttpRequest) -> Use {
    if request.headers().contains_key("x-exeunt-live") { Use::ByItself } else { Use::ByThePerson }
}

impl Visit {
    /// Reads a request: host first, then cookie, then session.
    pub fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        let mut visit = Self::before_it_speaks(request)?;
        visit.flash = flash::read(&visit);
        Ok(visit)
    }

    fn before_it_speaks(request: &HttpRequest) -> Result<Self, Refusal> {
        let state = state(request)?;
        let place = place::of(&state, request)?;
        let mut sent = cookie::all(request, &place, Jar::Session)?;
        if let [secret] = sent.as_mut_slice() {
            let secret = std::mem::take(secret);
            let session = session::resume(&state, &secret, &place.host, use_of(request))?;
            return Ok(Self {
                state,
                request: request.clone(),
                place,
                secret: Some(secret),
                session,
                rivals: Vec::new(),
                about: None,
                flash: None,
            });
        }
        Self::of_several(request, state, place, sent)
    }

    /// A browser that sends several secrets: another host of the site may have planted one. The one that lives counts;
    /// if several do, none does, since nobody can say whose page this is (security.md S18).
    fn of_several(request: &HttpRequest, state: Arc<State>, place: Place, sent: Vec<String>) -> Result<Self, Refusal> {
        let mut living = Vec::new();
        for secret in sent {
            if let Some(session) = session::resume(&state, &secret, &place.host, use_of(request))? {
                living.push((secret, session));
            }
        }
        let (mut secret, mut session, mut rivals) = (None, None, Vec::new());
        if living.len() == 1 {
            (secret, session) = living.pop().map_or((None, None), |(secret, session)| (Some(secret), Some(session)));
        } else {
            rivals = living.into_iter().map(|(_, session)| session).collect();
        }
        Ok(Self { state, request: request.clone(), place, secret, session, rivals, about: None, flash: None })
    }

    /// The cookies of a log-in that begins here: its secret; and what frames of applications compare is that of the one
    /// before (OpenID Connect Session Management 3.2), so they ask anew.
    pub fn begins(&self, secret: &Secret) -> Vec<String> {
        let cookie = cookie::set(&self.place, Jar::Session, secret.reveal(), Some(self.cookie_seconds()));
        let mark = cookie::browser_state(&self.request).map(|_| cookie::set_browser_state(&self.place, ""));
        std::iter::once(cookie).chain(mark).collect()
    }

    /// The session, if the person is in the application whose host this is; on the base host, any living one.
    pub fn here(&self) -> Option<&Arc<Session>> {
        self.session.as_ref().filter(|s| self.place.own.as_ref().is_none_or(|own| s.is_in(own.id)))
    }

    /// The session, or a refusal.
    pub fn signed_in(&self) -> Result<&Arc<Session>, Refusal> {
        self.here().ok_or(Refusal::Unauthenticated)
    }

    /// The session of somebody with this right in the console, or a refusal.
    fn of_the_console(&self, may: fn(Role) -> bool, why: &'static str) -> Result<&Arc<Session>, Refusal> {
        let session = self.signed_in()?;
        if may(session.role) { Ok(session) } else { Err(Refusal::Forbidden(why)) }
    }

    /// The session of somebody who may look at everything in the console, or a refusal.
    pub fn reader(&self) -> Result<&Arc<Session>, Refusal> {
        self.of_the_console(Role::may_read, "administrators only")
    }

    /// The session of somebody who may also act there, or a refusal.
    pub fn admin(&self) -> Result<&Arc<Session>, Refusal> {
        self.of_the_console(Role::may_act, "administrators who may act")
    }

    /// The pool this visit is about.
    pub fn pool(&self) -> Result<PoolId, Refusal> {
        if let Some(session) = &self.session {
            return Ok(session.pool);
        }
        if let Some(own) = &self.place.own {
            return Ok(own.pool);
        }
        self.state.directory().default_pool().map(|p| p.id).ok_or(Refusal::absent("user pool"))
    }

    /// How long a browser keeps the cookie of a session that begins here.
    pub fn cookie_seconds(&self) -> i64 {
        let ms = self.pool().map_or(0, |pool| self.state.lifetimes_of(pool).absolute_ms);
        (ms / 1_000).max(i64::from(self.state.config.session_absolute_seconds))
    }

    /// What a session and the audit log remember of where this came from.
    pub fn from(&self) -> CameFrom {
        came_from(&self.state, &self.request)
    }

    /// Origin of an act by `actor` in this request.
    pub fn origin(&self, actor: Actor) -> Origin {
        Origin { actor, ip: address(&self.state, &self.request), request: request_id(&self.request) }
    }

    /// Whether a forwarding header came that nobody believes, because no trusted proxy sent it.
    pub fn has_strange_proxy(&self) -> bool {
        let peer = self.request.peer_addr().map(|a| a.ip().to_canonical());
        let trusted = |ip: IpAddr| self.state.config.trusted_proxies.iter().any(|net| net.contains(ip));
        self.request.headers().contains_key("x-forwarded-for") && !peer.is_some_and(trusted)
    }

    /// Path and query as asked.
    pub fn path(&self) -> &str {
        self.request.uri().path_and_query().map_or("/", |p| p.as_str())
    }

    /// What every page knows, lent to `draw`.
    pub fn frame<T>(
        &self,
        csrf: &str,
        live: Option<&str>,
        path: Option<&str>,
        draw: impl FnOnce(&Frame<'_>) -> T,
    ) -> T {
        let zone = self.zone();
        let theme = cookie::plain(&self.request, "theme").map_or(Theme::System, |t| Theme::parse(&t));
        let who = self.session.as_ref().filter(|_| self.here().is_some()).map(|s| Person {
            name: &s.name,
            identifier: &s.identifier,
            role: s.role,
        });
        let directory = self.state.directory();
        let pool = self.about.or_else(|| self.pool().ok()).and_then(|id| directory.pool(id));
        let said = self.flash.map(|flash| flash.sentence(self));
        let frame = Frame {
            said: said.as_deref(),
            lang: self.lang(),
            zone: &zone,
            now: self.state.now(),
            theme,
            who,
            csrf,
            path: path.unwrap_or_else(|| self.path()),
            pool_name: pool.map_or("exeunt", |pool| pool.name.as_str()),
            brand: pool.map(brand).unwrap_or_default(),
            version: env!("CARGO_PKG_VERSION"),
            dev: self.state.config.dev,
            live,
        };
        draw(&frame)
    }

    /// The zone: set by the person, or the browser's.
    pub fn zone(&self) -> Zone {
        let chosen = self.here().and_then(|session| session.zone.clone());
        let zone = chosen.or_else(|| self.zone_cookie().map(|zone| zone.as_str().to_owned()));
        Zone::named(zone.as_deref())
    }

    /// The browser's zone, which a script has written.
    pub fn zone_cookie(&self) -> Option<ZoneName> {
        ZoneName::parse(&cookie::plain(&self.request, "tz")?.replace("%2F", "/"))
    }

    /// The language: asked for in the query, switched to in this browser, set by the person, or what the browser prefers.
    pub fn lang(&self) -> Lang {
        let asked = super::body::Form::query(&self.request).ok();
        let asked = asked.as_ref().and_then(|q| q.one("lang").ok().flatten().map(str::to_owned));
        let set = || self.here().and_then(|session| session.lang.clone());
        let chosen = asked.or_else(|| cookie::plain(&self.request, "lang")).or_else(set);
        let accepts = self.request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        Lang::negotiate(chosen.as_deref(), accepts)
    }
}

fn brand(pool: &Pool) -> Brand<'_> {
    Brand {
        contact: &pool.contact,
        sheet: pool.sheet.as_ref().map(|sheet| sheet.href.as_str()),
        logo: pool.logo.as_ref().map(|logo| logo.href.as_str()),
    }
}

/// The house behind a request.
pub fn state(request: &HttpRequest) -> Result<Arc<State>, Refusal> {
    request.app_data::<web::Data<State>>().map(|d| d.clone().into_inner()).ok_or(Refusal::Broken)
}

/// The id of a request.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// See [`Visit::from`].
pub fn came_from(state: &State, request: &HttpRequest) -> CameFrom {
    let agent = request.headers().get(header::USER_AGENT).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
    let agent = agent.unwrap_or_default().chars().filter(|c| !c.is_control()).take(USER_AGENT).collect();
    CameFrom { ip: address(state, request), user_agent: agent, request: request_id(request) }
}

/// The network address of the person: the peer's, or, when the peer is a configured proxy, the nearest address in
/// `X-Forwarded-For` that is none.
pub fn address(state: &State, request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr().map(|a| a.ip().to_canonical()) else { return String::new() };
    let trusted = |ip: IpAddr| state.config.trusted_proxies.iter().any(|net| net.contains(ip));
    if !trusted(peer) {
        return peer.to_string();
    }
    let mut nearest = peer;
    let lines: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    for hop in lines.into_iter().rev() {
        let Some(ip) = forwarded_address(hop.trim()) else { break };
        nearest = ip;
        if !trusted(ip) {
            break;
        }
    }
    nearest.to_string()
}

/// An address with or without brackets and port.
fn forwarded_address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    bare.or_else(bracketed).map(|ip| ip.to_canonical())
}

/// Lists and exports go off the HTTP worker; point reads never do, the hop costs more than they (performance.md (b)).
pub async fn off_thread<T: Send + 'static>(read: impl FnOnce() -> Done<T> + Send + 'static) -> Result<T, Refusal> {
    Ok(web::block(read).await.map_err(|_| Refusal::Unavailable)??)
}
