//! `GET`, `POST /oidc/auth`: the browser's side of a log-in (OpenID Connect Core 3.1.2); and `/oauth/auth`, the same in plain
//! OAuth 2.0 (RFC 6749 4.1).
//!
//! 1. A POST becomes a GET of the same site: posted by another site it comes without the session cookie (security.md S13).
//! 2. A pushed request is taken out under its one-time name; if the person must be sent to the log-in page it gets another
//!    name, so that nobody can change it on the way (RFC 9126).
//! 3. Application and address are judged first. What is wrong with them is shown to the person and sent nowhere (D15).
//! 4. Everything else that is wrong is told to the application, at its registered address, with `iss` (RFC 9207).
//! 5. `flow::authorize` decides: the log-in page, the question, or the answer; and issues in one transaction.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{face, failed, respond, unanswerable, unknown};
use super::wire::given;
use crate::domain::application::Application;
use crate::domain::authorization::{Addressee, AuthorizationRequest, Dialect, Params};
use crate::domain::id::ApplicationId;
use crate::domain::oauth::{OauthCode, OauthError, Scope};
use crate::domain::session::Session;
use crate::flow::authorize::{self, Decision, INTERACTION_SECONDS, PUSHED_PREFIX, Progress};
use crate::flow::error::FlowError;
use crate::page::authorize as page;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::protect::{self, Navigation};
use crate::web::visit::Visit;
use crate::web::{cookie, crossing, reply};

/// Octets of a request that still fits into addresses everywhere.
const LONGEST: usize = 16 * 1024;
/// Where a request came back from the log-in page; the rest of the value is sealed.
const ASKED: &str = "exeunt_asked";
/// The other hosts of the house have been asked for a session.
const CROSSED: &str = "exeunt_crossed";

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Which of the two a request came to.
fn dialect(visit: &Visit) -> Dialect {
    Dialect::of_path(visit.request.path())
}

/// `GET /oidc/auth`, `GET /oauth/auth`.
pub async fn authorize(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    if protect::is_prefetch(&request) {
        return Err(Refusal::Forbidden("not as a prefetch"));
    }
    let query = request.query_string().to_owned();
    carry_out(&visit, &query, false).await
}

/// `POST /oidc/auth`, `POST /oauth/auth`.
pub async fn posted(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    let pairs: Vec<(&str, &str)> = form.pairs().iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let query = encoded(&pairs);
    if query.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    Ok(reply::see_other(&format!("{}?{query}", dialect(&visit).endpoint()), None))
}

/// `POST /oidc/auth/answer`, `POST /oauth/auth/answer`: what the person said when they were asked. The request comes as one
/// hidden field and is judged again.
pub async fn answered(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    protect::own_form(&visit, form.text("csrf")?)?;
    let query = form.text("request")?;
    if form.text("answer")? == "yes" {
        return carry_out(&visit, query, true).await;
    }
    let asked = match Asked::read(&visit, query).await? {
        Ok(asked) => asked,
        Err(page) => return Ok(page),
    };
    let to = match Addressee::of(&asked.application, &asked.params) {
        Ok(to) => to,
        Err(why) => return Ok(unanswerable(&visit, &asked.application, &why, asked.wanted())),
    };
    let refused = OauthError::new(OauthCode::AccessDenied, "the person said no");
    Ok(respond(&visit, &asked.application, &to, failed(refused)))
}

/// A request, with what became of it in the browser so far.
struct Asked {
    application: Arc<Application>,
    params: Params,
    /// As it was sent, without our own marks.
    bare: String,
    pushed: bool,
    /// The mark it came with, if that is ours.
    mark: Option<String>,
    progress: Progress,
    crossed: bool,
}

impl Asked {
    /// `Err` inside: the page that says what is wrong.
    async fn read(visit: &Visit, query: &str) -> Result<Result<Self, HttpResponse>, Refusal> {
        if query.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let ours = |pair: &&str| pair.split('=').next().is_some_and(|name| name == ASKED || name == CROSSED);
        let mut bare: String = query.split('&').filter(|pair| !ours(pair)).collect::<Vec<_>>().join("&");
        let marks = Form::parse(query.split('&').filter(ours).collect::<Vec<_>>().join("&").as_bytes())?;
        let mut form = Form::parse(bare.as_bytes())?;
        let Some(application) = application(visit, form.one("client_id").unwrap_or_default()) else {
            return Ok(Err(unknown(visit, "client_id is missing, sent twice, or no application of this host")));
        };
        let pushed = match given(&form, "request_uri")?.filter(|uri| uri.starts_with(PUSHED_PREFIX)) {
            None => None,
            Some(uri) => {
                let (id, uri) = (application.id, uri.to_owned());
                let taken = visit.state.write(move |act, _| authorize::take_pushed(act, id, &uri)).await?;
                let Some(query) = taken else {
                    return Ok(Err(unknown(
                        visit,
                        "request_uri was used before, is too old, or of another application",
                    )));
                };
                Some(query)
            }
        };
        let mark = given(&marks, ASKED)?;
        let asked_at = mark.and_then(|mark| authorize::marked(&visit.state, mark, pushed.as_ref().unwrap_or(&bare)));
        let (is_pushed, mark) = (pushed.is_some(), mark.filter(|_| asked_at.is_some()).map(str::to_owned));
        if let Some(query) = pushed {
            form = Form::parse(query.as_bytes())?;
            bare = query;
        }
        Ok(Ok(Self {
            application,
            params: Params::new(form.pairs().to_vec()),
            bare,
            pushed: is_pushed,
            mark,
            progress: Progress { asked_at, agreed: false },
            crossed: given(&marks, CROSSED)?.is_some(),
        }))
    }

    /// The address that was asked for, to be shown as text.
    fn wanted(&self) -> &str {
        self.params.one("redirect_uri").ok().flatten().unwrap_or_default()
    }

    /// The query with which the browser comes back here; `fresh`: only a log-in from now on will do.
    async fn again(&self, visit: &Visit, fresh: bool) -> Result<String, Refusal> {
        let mut query = if self.pushed {
            let (id, bare) = (self.application.id, self.bare.clone());
            let uri = visit.state.write(move |act, _| authorize::push(act, id, &bare, INTERACTION_SECONDS)).await?;
            encoded(&[("client_id", id.as_str()), ("request_uri", &uri)])
        } else {
            self.bare.clone()
        };
        let mark = if fresh { Some(authorize::mark(&visit.state, &self.bare)?) } else { self.mark.clone() };
        if let Some(mark) = mark {
            query.push_str(&format!("&{}", encoded(&[(ASKED, &mark)])));
        }
        if self.crossed {
            query.push_str(&format!("&{}", encoded(&[(CROSSED, "1")])));
        }
        Ok(query)
    }
}

/// The application of a request: on its own host that one and no other; on the base host the one that is named.
fn application(visit: &Visit, named: Option<&str>) -> Option<Arc<Application>> {
    let id = ApplicationId::parse(named?).ok()?;
    let found = visit.state.directory().application(id).cloned();
    let here = |application: &Arc<Application>| visit.place.own.as_ref().is_none_or(|own| own.id == application.id);
    found.filter(here)
}

async fn carry_out(visit: &Visit, query: &str, agreed: bool) -> Answer {
    let mut asked = match Asked::read(visit, query).await? {
        Ok(asked) => asked,
        Err(page) => return Ok(page),
    };
    asked.progress.agreed = agreed;
    let application = asked.application.clone();
    let to = match Addressee::of(&application, &asked.params) {
        Ok(to) => to,
        Err(why) => return Ok(unanswerable(visit, &application, &why, asked.wanted())),
    };
    let request = match AuthorizationRequest::of(&application, &asked.params, &to, dialect(visit)) {
        Ok(request) => request,
        Err(error) => return Ok(respond(visit, &application, &to, failed(error))),
    };
    let session = visit.session.as_deref();
    let decision = authorize::decide(&visit.state, session, &application, &request, asked.progress);
    // Whoever has a session on another host of the house has one here: it is fetched before anybody is asked or refused.
    let not_in = matches!(decision, Ok(Decision::LogIn { again: false })) || (session.is_none() && decision.is_err());
    if not_in && may_cross(visit, &asked) {
        asked.crossed = true;
        return crossing::begin(visit, &format!("{}?{}", dialect(visit).endpoint(), asked.again(visit, false).await?));
    }
    match decision {
        Err(error) => Ok(respond(visit, &application, &to, failed(error))),
        Ok(Decision::LogIn { again }) => log_in(visit, &asked, &request, again).await,
        Ok(Decision::Ask) => ask(visit, &asked, &request).await,
        Ok(Decision::Issue) => issue(visit, &asked, &to, request).await,
    }
}

/// Only a page load can go through the base host, once, and not where the person has a session of another time.
fn may_cross(visit: &Visit, asked: &Asked) -> bool {
    let page = visit.request.headers().get("sec-fetch-dest").is_none_or(|dest| dest == "document");
    !visit.place.is_base() && !asked.crossed && page
}

async fn issue(visit: &Visit, asked: &Asked, to: &Addressee, request: AuthorizationRequest) -> Answer {
    let Some(session) = &visit.session else { return Err(Refusal::Unauthenticated) };
    let application = &asked.application;
    let (silent, again) = (request.prompts.none, request.clone());
    let issued =
        authorize::issue(&visit.state, session, application, request, visit.place.issuer(), visit.from()).await;
    match issued {
        Ok(issued) => {
            let mut params = issued.params;
            let (value, cookie) = browser_state(visit, session);
            let watched = dialect(visit) == Dialect::OpenId;
            if let Some(state) = authorize::session_state(application.id, to, &value).filter(|_| watched) {
                params.push(("session_state", state));
            }
            let mut answer = respond(visit, application, to, params);
            if let Some(Ok(cookie)) = cookie.map(|cookie| HeaderValue::from_str(&cookie)) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        Err(FlowError::Oauth(error)) if error.code == OauthCode::LoginRequired => {
            if session.is_outdated_in(application.id) && may_cross(visit, asked) {
                return crossing::begin(
                    visit,
                    &format!("{}?{}", dialect(visit).endpoint(), asked.again(visit, false).await?),
                );
            }
            if silent {
                Ok(respond(visit, application, to, failed(error)))
            } else {
                log_in(visit, asked, &again, true).await
            }
        }
        Err(other) => Err(other.into()),
    }
}

/// The state of this browser: a mark of its session, and the cookie that must be set when it holds another.
fn browser_state(visit: &Visit, session: &Session) -> (String, Option<String>) {
    let value = authorize::browser_state(&visit.state, session.sid);
    let held = cookie::browser_state(&visit.request);
    let cookie = (held.as_deref() != Some(&value)).then(|| cookie::set_browser_state(&visit.place, &value));
    (value, cookie)
}

/// To the log-in page, and back here.
async fn log_in(visit: &Visit, asked: &Asked, request: &AuthorizationRequest, again: bool) -> Answer {
    if protect::navigation(&visit.request) == Navigation::None {
        return Err(Refusal::Forbidden("the log-in page is no frame"));
    }
    let meant = request.hint.is_some() || request.claims.sub.is_some();
    let fresh = again || request.prompts.login || request.max_age.is_some() || meant;
    let back = format!("{}?{}", dialect(visit).endpoint(), asked.again(visit, fresh).await?);
    let id = asked.application.id.to_string();
    let mut pairs = vec![("app_id", id.as_str()), ("next", back.as_str()), ("crossed", "1")];
    if again {
        pairs.push(("again", "1"));
    }
    if let Some(hint) = &request.login_hint {
        pairs.push(("login_hint", hint));
    }
    let lang = request.ui_locales.as_deref().and_then(crate::page::Lang::first_of);
    if let Some(lang) = lang {
        pairs.push(("lang", lang.key()));
    }
    Ok(reply::see_other(&format!("/login?{}", encoded(&pairs)), None))
}

async fn ask(visit: &Visit, asked: &Asked, request: &AuthorizationRequest) -> Answer {
    if protect::navigation(&visit.request) == Navigation::None {
        return Err(Refusal::Forbidden("the question is no frame"));
    }
    let query = asked.again(visit, false).await?;
    let login = [("app_id", asked.application.id.as_str()), ("again", "1"), ("crossed", "1")];
    let scopes: Vec<Scope> = if request.prompts.consent { request.scopes.iter().collect() } else { Vec::new() };
    let (csrf, cookie) = protect::csrf(visit);
    let other = format!(
        "/login?{}&next={}",
        encoded(&login),
        encoded(&[("", &format!("{}?{query}", dialect(visit).endpoint()))]).trim_start_matches('=')
    );
    let view = page::AskView {
        action: &format!("{}/answer", dialect(visit).endpoint()),
        request: &query,
        application: face(&asked.application),
        scopes: &scopes,
        other_account: &other,
        choose: request.prompts.select_account,
    };
    let html = visit.frame(&csrf, None, None, |frame| page::ask(frame, &view)).into_string();
    Ok(reply::leaving_page(StatusCode::OK, html, cookie))
}
