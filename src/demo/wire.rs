//! The addresses of an application, and what a browser may ask there.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::web::{Bytes, Data, ServiceConfig, get, post, resource, scope, to};
use actix_web::{HttpRequest, HttpResponse, Resource};
use std::sync::Arc;

use super::memory::{Behaviour, Question};
use super::page::{self, View};
use super::party::{Answer, Ground, Kind, Party, Wish};
use super::provider::{Credentials, Provider, Trouble};
use super::words::Lang;
use super::{live, told};

/// Both applications.
#[derive(Clone)]
pub struct Demo(Vec<Data<Party>>);

impl Demo {
    /// Both, with what each registered at the house.
    pub fn new(ground: &Ground, registered: [(Kind, Credentials); 2]) -> Result<Self, reqwest::Error> {
        let provider = Arc::new(Provider::new()?);
        let party = |(kind, credentials)| Data::new(Party::new(kind, ground.clone(), credentials, provider.clone()));
        Ok(Self(registered.into_iter().map(party).collect()))
    }

    /// The server stops: open pages are told to come again.
    pub fn close(&self) {
        self.0.iter().for_each(|party| party.close());
    }
}

fn only(path: &str, allow: &'static str) -> Resource {
    let refused = move || async move {
        HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, allow))
            .content_type(ContentType::plaintext())
            .body("")
    };
    resource(path).default_service(to(refused))
}

/// Mounts both.
pub fn sheet(sheet: &mut ServiceConfig, demo: &Demo) {
    for party in &demo.0 {
        let here = scope(party.kind.path())
            .app_data(party.clone())
            // People
            .service(only("", "GET").route(get().to(home)))
            .service(only("/login", "GET").route(get().to(log_in)))
            .service(only("/callback", "GET").route(get().to(callback)))
            .service(only("/userinfo", "POST").route(post().to(userinfo)))
            .service(only("/renew", "POST").route(post().to(renew)))
            .service(only("/logout", "POST").route(post().to(log_out)))
            .service(only("/signed-out", "GET").route(get().to(signed_out)))
            .service(only("/behave", "POST").route(post().to(behave)))
            .service(only("/live", "GET").route(get().to(live::live)))
            // The provider
            .service(only("/backchannel", "POST").route(post().to(told::back_channel)))
            .service(only("/frontchannel", "GET").route(get().to(told::front_channel)));
        sheet.service(here);
    }
}

// ---- what a request says

/// A form of names and values.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The query of a request. None when a name stands twice: who reads the first and who the second would differ.
    pub fn of_query(request: &HttpRequest) -> Option<Self> {
        Self::parse(request.query_string().as_bytes())
    }

    /// A posted form.
    pub fn of_body(request: &HttpRequest, body: &[u8]) -> Option<Self> {
        let kind = header_text(request, header::CONTENT_TYPE.as_str())?;
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") { Self::parse(body) } else { None }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if pairs.iter().any(|(other, _)| *other == name) {
                return None;
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Some(Self(pairs))
    }

    /// The value of a name.
    pub fn one(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }
}

fn header_text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// The origin at which a page was asked for; only the known ones, whatever the request says (forwarding headers are not
/// looked at).
pub fn origin<'a>(party: &'a Party, request: &HttpRequest) -> Option<&'a str> {
    let host = header_text(request, header::HOST.as_str())?;
    let of_host = |origin: &&String| origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host));
    party.ground.origins.iter().find(of_host).map(String::as_str)
}

/// Whether a form or a stream was asked for by a page of this application's own origin. The cookies are `SameSite=Lax`,
/// so another site's form would come without them too.
pub fn from_own_page(party: &Party, request: &HttpRequest) -> bool {
    let Some(own) = origin(party, request) else { return false };
    match header_text(request, "sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => header_text(request, "origin").is_none_or(|origin| origin == own),
    }
}

// ---- cookies

#[derive(Clone, Copy)]
enum Jar {
    /// The application's own session.
    Session,
    /// Binds a log-in to the browser that began it.
    Login,
}

fn cookie_name(kind: Kind, jar: Jar) -> String {
    match jar {
        Jar::Session => format!("demo_{}", kind.as_str()),
        Jar::Login => format!("demo_{}_login", kind.as_str()),
    }
}

fn cookie(party: &Party, request: &HttpRequest, jar: Jar) -> Option<String> {
    let name = cookie_name(party.kind, jar);
    let pairs = request.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
    let mut pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value.to_owned())
}

fn set_cookie(party: &Party, origin: &str, (jar, value): (Jar, &str)) -> (header::HeaderName, String) {
    let secure = if origin.starts_with("https:") { "; Secure" } else { "" };
    let (name, path) = (cookie_name(party.kind, jar), party.kind.path());
    (header::SET_COOKIE, format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}"))
}

// ---- answers

/// Why a request is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Another site asks, or the address is not one of ours.
    Elsewhere,
    /// The form is not one of ours.
    Malformed,
    /// Too many listen.
    TooMany,
}

/// A refusal that no person should meet.
pub fn plain(why: Refused) -> HttpResponse {
    let (status, says) = match why {
        Refused::Elsewhere => (StatusCode::FORBIDDEN, "only pages of this application may ask this\n"),
        Refused::Malformed => (StatusCode::BAD_REQUEST, "this is no form of this application\n"),
        Refused::TooMany => (StatusCode::SERVICE_UNAVAILABLE, "too many pages are open\n"),
    };
    HttpResponse::build(status).content_type(ContentType::plaintext()).body(says)
}

/// The policy of a page that `frames` may hold.
pub fn policy(frames: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action \
         'self'; base-uri 'none'; frame-ancestors {frames}; require-trusted-types-for 'script'; trusted-types demo"
    )
}

fn html(status: StatusCode, markup: maud::Markup) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(ContentType::html())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept-Language, Cookie"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy("'none'")))
        .body(markup.into_string())
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

fn in_trouble(party: &Party, request: &HttpRequest, trouble: &Trouble) -> HttpResponse {
    let status = match trouble {
        Trouble::Unreachable => StatusCode::BAD_GATEWAY,
        Trouble::Refused(_) | Trouble::Unsound(_) => StatusCode::BAD_REQUEST,
    };
    html(status, page::trouble(party.kind, Lang::of(request), trouble))
}

// ---- handlers

/// `GET /demo/{app}`, with `?was=` for a session that has ended and left no cookie.
async fn home(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    let lang = Lang::of(&request);
    if origin(&party, &request).is_none() {
        let first = party.ground.origins.first().map(String::as_str).unwrap_or_default();
        return html(StatusCode::MISDIRECTED_REQUEST, page::elsewhere(party.kind, lang, first));
    }
    let secret = cookie(&party, &request, Jar::Session);
    let was = Form::of_query(&request).and_then(|form| form.one("was"));
    let now = party.now();
    let mut memory = party.memory();
    let own = secret.and_then(|secret| memory.session(&secret, now).cloned());
    let session = own.or_else(|| was.and_then(|was| memory.ended(&was).cloned()));
    let view = View { kind: party.kind, lang, now, session: session.as_ref(), memory: &memory };
    html(StatusCode::OK, page::home(&view))
}

/// `GET /demo/{app}/login`, with `?quiet=1` for `prompt=none`.
async fn log_in(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    let Some(origin) = origin(&party, &request) else { return plain(Refused::Elsewhere) };
    let browser = cookie(&party, &request, Jar::Login);
    let quiet = Form::of_query(&request).is_some_and(|form| form.one("quiet").is_some());
    match party.log_in(Wish { origin, browser: browser.as_deref(), quiet }).await {
        Ok(departure) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, departure.to))
            .insert_header(set_cookie(&party, origin, (Jar::Login, &departure.browser)))
            .finish(),
        Err(trouble) => in_trouble(&party, &request, &trouble),
    }
}

/// `GET /demo/{app}/callback`
async fn callback(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    let Some(origin) = origin(&party, &request) else { return plain(Refused::Elsewhere) };
    let Some(form) = Form::of_query(&request) else { return in_trouble(&party, &request, &Trouble::Unsound("answer")) };
    let answer = Answer {
        state: form.one("state").unwrap_or_default(),
        code: form.one("code"),
        error: form.one("error"),
        iss: form.one("iss"),
    };
    let browser = cookie(&party, &request, Jar::Login).unwrap_or_default();
    let before = cookie(&party, &request, Jar::Session);
    match party.come_back(&answer, &browser, before.as_deref()).await {
        Ok(secret) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, party.kind.path()))
            .insert_header(set_cookie(&party, origin, (Jar::Session, &secret)))
            .finish(),
        Err(trouble) => in_trouble(&party, &request, &trouble),
    }
}

/// `POST /demo/{app}/userinfo`
async fn userinfo(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    ask(&party, &request, Question::Userinfo).await
}

/// `POST /demo/{app}/renew`
async fn renew(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    ask(&party, &request, Question::Renew).await
}

async fn ask(party: &Party, request: &HttpRequest, question: Question) -> HttpResponse {
    if !from_own_page(party, request) {
        return plain(Refused::Elsewhere);
    }
    if let Some(secret) = cookie(party, request, Jar::Session) {
        party.ask(&secret, question).await;
    }
    see_other(party.kind.path())
}

/// `POST /demo/{app}/logout`
async fn log_out(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    let Some(origin) = origin(&party, &request).filter(|_| from_own_page(&party, &request)) else {
        return plain(Refused::Elsewhere);
    };
    let to = match cookie(&party, &request, Jar::Session) {
        Some(secret) => party.log_out(&secret, origin).await,
        None => None,
    };
    see_other(to.as_deref().unwrap_or(party.kind.path()))
}

/// `GET /demo/{app}/signed-out`: the way back from the provider.
async fn signed_out(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    let state = Form::of_query(&request).and_then(|form| form.one("state"));
    match state.and_then(|state| party.is_back(&state)) {
        Some(was) => see_other(&format!("{}?was={was}", party.kind.path())),
        None => see_other(party.kind.path()),
    }
}

/// `POST /demo/{app}/behave`
async fn behave(party: Data<Party>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if !from_own_page(&party, &request) {
        return plain(Refused::Elsewhere);
    }
    let behaviour = Form::of_body(&request, &body).and_then(|form| Behaviour::parse(&form.one("behaviour")?));
    let Some(behaviour) = behaviour else { return plain(Refused::Malformed) };
    party.memory().behaviour = behaviour;
    party.tell();
    see_other(party.kind.path())
}
