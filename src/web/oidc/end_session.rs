//! `GET`, `POST /oidc/session/end` (OpenID Connect RP-Initiated Logout 1.0), and the frame of Session Management.
//!
//! 1. What is no page load (image, frame, fetch) ends nothing: a captured hint in an image would be a forced log-out.
//! 2. A POST becomes a GET of the same site: posted by another site it comes without the session cookie (security.md S13).
//! 3. The hint is read: signed by the house, present or retired keys, expired ones too. An empty or foreign one is refused,
//!    which is not the same as none. It names the application and spares the question; the cookie decides whose session ends.
//! 4. The address is judged by the list of the application that hint, host or `client_id` name; they must agree. As text.
//! 5. Without a hint of the person who is in, they are asked (section 2).
//! 6. The session ends in one transaction; only then the answer. A refused address: it ends, and the page says so.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;

use super::wire::given;
use crate::domain::id::ApplicationId;
use crate::domain::logout::Cause;
use crate::domain::redirect::{Choice, Next, RedirectList, choose_post_logout};
use crate::domain::session::Session;
use crate::flow::authorize;
use crate::flow::token::{self, Hint};
use crate::page;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::logout::{self, Which};
use crate::web::protect::{self, Navigation};
use crate::web::visit::Visit;
use crate::web::{cookie, reply};

/// Octets of a request that still fits into addresses everywhere.
const LONGEST: usize = 16 * 1024;

/// What is asked for.
struct Asked {
    /// A hint that the house believes.
    hint: Option<Hint>,
    choice: Choice,
    state: Option<String>,
}

impl Asked {
    fn read(visit: &Visit, query: &str) -> Result<Self, Refusal> {
        if query.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let form = Form::parse(query.as_bytes())?;
        let shown = form.one("id_token_hint")?;
        let hint = shown.and_then(|hint| token::hinted(&visit.state, hint));
        let named = given(&form, "client_id")?;
        let of_hint = hint.as_ref().map(|hint| hint.aud.clone());
        let own = visit.place.own.as_ref().map(|own| own.id.to_string());
        let mut names = [of_hint.as_deref(), named, own.as_deref()].into_iter().flatten();
        let first = names.next();
        let (refused_hint, disagree) = (shown.is_some() && hint.is_none(), names.any(|name| Some(name) != first));
        let list = if refused_hint || disagree { None } else { Self::list(visit, first) };
        let choice = choose_post_logout(&list.unwrap_or_default(), query);
        let state = form.one("state")?.map(str::to_owned);
        // A hint of another application than the one that is named vouches for nobody (section 2).
        Ok(Self { hint: hint.filter(|_| !disagree), choice, state })
    }

    /// The log-out list of the application that is named; when none is, of the default one.
    fn list(visit: &Visit, named: Option<&str>) -> Option<RedirectList> {
        let directory = visit.state.directory();
        match named {
            Some(named) => directory.application(ApplicationId::parse(named).ok()?).map(|a| a.logout.clone()),
            None => directory.default_application().map(|a| a.logout.clone()),
        }
    }

    /// Whether the hint is of the person whose session this is.
    fn vouches_for(&self, session: &Session) -> bool {
        self.hint.as_ref().is_some_and(|hint| hint.sub == session.user.as_str())
    }

    /// Where to go, with `state` as it came.
    fn onward(&self) -> Option<String> {
        let Choice::Allowed(Next::Registered(to)) = &self.choice else { return None };
        Some(match &self.state {
            Some(state) => to.with_params(&[("state", state)]),
            None => to.as_str().to_owned(),
        })
    }
}

/// `GET /oidc/session/end`.
pub async fn end_session(request: HttpRequest) -> Answer {
    if protect::navigation(&request) == Navigation::None {
        return Err(Refusal::Forbidden("a log-out link acts only as a page load"));
    }
    let visit = Visit::of(&request)?;
    let query = request.query_string();
    let asked = Asked::read(&visit, query)?;
    if visit.session.as_ref().is_some_and(|session| !asked.vouches_for(session)) {
        return logout::confirm(&visit, "/oidc/session/confirm", query, None);
    }
    if !visit.rivals.iter().all(|session| asked.vouches_for(session)) {
        return Err(Refusal::bad("cookie"));
    }
    leave(&visit, asked, query, Which::This).await
}

/// `POST /oidc/session/end`.
pub async fn posted(request: HttpRequest, mut payload: Payload) -> Answer {
    Visit::of(&request)?;
    let form = Form::read(&request, &mut payload).await?;
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.pairs()).finish();
    if query.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    Ok(reply::see_other(&format!("/oidc/session/end?{query}"), None))
}

/// `POST /oidc/session/confirm`: the button of the question. What was asked for comes as one hidden field and is judged again.
pub async fn confirmed(request: HttpRequest, mut payload: Payload) -> Answer {
    let visit = Visit::of(&request)?;
    protect::own_site(&visit)?;
    let form = Form::read(&request, &mut payload).await?;
    if visit.session.is_some() {
        protect::own_form(&visit, form.text("csrf")?)?;
    }
    let query = form.text("redirect_uri")?.to_owned();
    let asked = Asked::read(&visit, &query)?;
    leave(&visit, asked, &query, Which::of(&form)?).await
}

async fn leave(visit: &Visit, asked: Asked, query: &str, which: Which) -> Answer {
    let ended = which.end(visit, Cause::EndSession).await?;
    let path = format!("/oidc/session/end?{query}");
    let onward = asked.onward();
    let refused = match &asked.choice {
        Choice::Refused(refusal, shown) => Some((refusal, shown.as_str())),
        Choice::Allowed(_) | Choice::Absent => None,
    };
    logout::farewell(visit, Cause::EndSession, ended.as_ref(), &logout::Onward { to: onward, refused, path: &path })
}

/// Who may hold the frame: pages of registered applications (security.md H5).
fn holders(visit: &Visit) -> String {
    let directory = visit.state.directory();
    let own = visit.place.own.as_ref().map(|own| own.id);
    let here = directory.applications().filter(|application| own.is_none_or(|own| own == application.id));
    let mut origins: Vec<String> = here.flat_map(|application| application.login.policy_sources()).collect();
    origins.sort_unstable();
    origins.dedup();
    if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") }
}

/// `GET /oidc/session/check`: the frame that tells an application whether the browser's state is still the one it knows
/// (OpenID Connect Session Management 1.0 section 3). It asks the house nothing, whoever sends it messages (CVE-2024-1249).
pub async fn check(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let html = visit.frame("", None, None, page::authorize::check_session).into_string();
    // A session that was ended elsewhere left its mark here; whoever asks now hears that it changed.
    let mark = visit.session.as_ref().map(|session| authorize::browser_state(&visit.state, session.sid));
    let stale = cookie::browser_state(&request).is_some_and(|held| mark.is_none_or(|mark| mark != held));
    let mut answer = reply::page(StatusCode::OK, html, stale.then(|| cookie::set_browser_state(&visit.place, "")));
    reply::allow_framing(&mut answer, &holders(&visit));
    Ok(answer)
}
