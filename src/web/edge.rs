//! The edge: what every answer wears, and how refusals are dressed.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse};

use super::authing::{envelope, signed};
use super::body::Form;
use super::error::Refusal;
use super::oidc::wire;
use super::visit::{RequestId, Visit};
use super::{own, reply};
use crate::flow::state::State;
use crate::page;

/// Content security policy of pages whose forms stay here.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types exeunt";
/// The same without `form-action`: browsers apply it to the redirects that follow a form, and would block the way back
/// to an application (security.md O12).
pub const CSP_LEAVING: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types exeunt";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

const WORN: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (COOP, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// Whether an application may have opened this in a popup, to log somebody in, and waits for it by its handle or its
/// opener. Any other policy takes both away for good, on a redirect too.
fn on_the_way_of_a_popup(path: &str) -> bool {
    path == "/login" || ["/oidc/", "/oauth/", "/cas-idp/", "/crossing/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Unique in this run of the house; the time it began tells runs apart.
fn fresh_request_id(state: Option<&State>) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let run = state.map_or(0, |s| s.since.0);
    format!("req_{run:x}-{:x}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// What SDKs append to a host that was set with a slash at its end, and so ask for with two in front (authing-contract.md
/// section 6). Nothing else is read so: a proxy in front may guard the console or the figures by their paths.
const FORGIVEN: [&str; 9] =
    ["oidc", "oauth", "cas-idp", "cas", "graphql", "logout", "login/profile/logout", "api/v2", "api/v3"];

/// Such a path with one slash in front and none at its end, which C# appends; none: it is written so already, or is another.
fn plain(path: &str) -> Option<&str> {
    let bare = path.strip_prefix("//").or_else(|| path.strip_prefix('/'))?;
    let known = |prefix: &str| bare.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let one = path.get(path.len() - bare.len() - 1..).filter(|_| FORGIVEN.into_iter().any(known))?;
    let plain = one.strip_suffix('/').filter(|rest| !rest.ends_with('/')).unwrap_or(one);
    (plain != path).then_some(plain)
}

/// Has such a path read as it was meant. What is asked is a path in any case, never a host: the target of the request is changed
/// before anything is decided by it, and no answer repeats it as it came (security.md D11, V3).
fn with_plain_path(request: &mut ServiceRequest) {
    let Some(path) = plain(request.path()) else { return };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(target) = PathAndQuery::try_from(format!("{path}{query}")) else { return };
    let mut parts = request.head().uri.clone().into_parts();
    parts.path_and_query = Some(target);
    let Ok(uri) = Uri::from_parts(parts) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

/// The middleware around everything.
pub async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    with_plain_path(&mut request);
    let state = request.app_data::<Data<State>>();
    let https = state.is_some_and(|s| s.config.public_url.as_ref().is_some_and(|u| u.scheme() == "https"));
    let id = fresh_request_id(state.map(|s| &***s));
    request.extensions_mut().insert(RequestId(id.clone()));
    signed::hold(&mut request).await;
    let mut response = next.call(request).await?.map_into_boxed_body();
    if response.status().is_client_error() || response.status().is_server_error() {
        response = dressed(response, &id);
    }
    tracing::debug!(request = %id, status = response.status().as_u16(), method = %response.request().method(),
        path = response.request().path(), "answered");
    let request = response.request().clone();
    let headers = response.headers_mut();
    if on_the_way_of_a_popup(request.path()) && !headers.contains_key(COOP) {
        headers.insert(COOP, HeaderValue::from_static("unsafe-none"));
    }
    for (name, value) in &WORN {
        // Set to nothing: the answer says something else in its place.
        if headers.get(name).is_some_and(HeaderValue::is_empty) {
            headers.remove(name);
        } else if !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
    if matches!(Wire::of(request.path()), Wire::Oauth | Wire::Authing) {
        wire::allow_pages(&request, headers);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// Dresses a refusal that nobody has dressed yet.
fn dressed(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let known = response.response().extensions().get::<Refusal>().cloned();
    let bare = response.headers().get(header::CONTENT_TYPE).is_none();
    let refusal = match known {
        Some(refusal) => refusal,
        None if bare => match response.status() {
            StatusCode::NOT_FOUND => Refusal::absent("page"),
            StatusCode::METHOD_NOT_ALLOWED => Refusal::Method("another method"),
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            status if status.is_client_error() => Refusal::bad("request"),
            _ => Refusal::Broken,
        },
        None => return response,
    };
    let request = response.request().clone();
    let mut answer = dress(&request, &refusal, id);
    let headers = answer.headers_mut();
    if let Some(seconds) = refusal.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Refusal::Method(allow) = &refusal
        && let Ok(allow) = HeaderValue::from_str(allow)
    {
        headers.insert(header::ALLOW, allow);
    }
    if refusal.closes() {
        answer.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    ServiceResponse::new(request, answer)
}

fn dress(request: &HttpRequest, refusal: &Refusal, id: &str) -> HttpResponse {
    match Wire::of(request.path()) {
        Wire::Authing => envelope::refused(request, refusal, id),
        Wire::Problem => own::problem(refusal, id),
        Wire::Oauth => wire::dressed(refusal, id),
        Wire::Page => error_page(request, refusal, id),
    }
}

/// Which wire a path speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Authing's envelope.
    Authing,
    /// problem+json.
    Problem,
    /// JSON in the words of OAuth.
    Oauth,
    /// HTML.
    Page,
}

impl Wire {
    /// By path.
    pub fn of(path: &str) -> Self {
        let api = |prefix: &str| path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
        let of_tickets = ["/validate", "/serviceValidate"].iter().any(|end| path.ends_with(end));
        if api("/api/v1")
            || api("/healthz")
            || api("/readyz")
            || api("/metrics")
            || path.ends_with("/live")
            || of_tickets
        {
            Self::Problem
        } else if api("/oidc/auth") || api("/oauth/auth") || api("/oidc/session") {
            Self::Page
        } else if api("/oidc") || api("/oauth") || path.starts_with("/.well-known/o") {
            Self::Oauth
        } else if api("/api") || api("/graphql") || api("/cas") || path == "/logout" || api("/svg-string") {
            Self::Authing
        } else {
            Self::Page
        }
    }
}

/// Fields of a form that no page may repeat.
const NOT_REPEATED: [&str; 6] = ["csrf", "password", "current", "new", "again", page::console::OWN_PASSWORD];

/// After how long a page that met a busy house is loaded again by itself. What was posted is not posted again, and whoever
/// was throttled waits until they want to.
fn again_seconds(request: &HttpRequest, refusal: &Refusal) -> Option<u32> {
    const CALM: u64 = 5;
    let busy = matches!(refusal, Refusal::Unavailable) && request.method() == Method::GET;
    refusal.retry_after().filter(|_| busy).and_then(|seconds| u32::try_from(seconds.max(CALM)).ok())
}

fn error_page(request: &HttpRequest, refusal: &Refusal, id: &str) -> HttpResponse {
    let status = refusal.status();
    let Ok(visit) = Visit::of(request) else {
        // An unknown host, or rows that cannot be read: a page without anybody.
        return reply::plain_error(request, refusal, id);
    };
    let (csrf, cookie) = super::protect::csrf(&visit);
    if let Some(posted) = request.extensions().get::<Form>().filter(|_| matches!(refusal, Refusal::OldForm)) {
        let fields = posted.to_keep(&NOT_REPEATED);
        let view = page::error::OldFormView { action: visit.path(), fields: &fields, has_file: posted.has_files() };
        let markup = visit.frame(&csrf, None, None, |frame| page::error::old_form(frame, &view));
        // It may be the form that leads back to an application.
        return reply::leaving_page(status, markup.into_string(), cookie);
    }
    let view = page::error::ErrorView {
        status: status.as_u16(),
        request_id: id,
        retry_seconds: refusal.retry_after().and_then(|s| u32::try_from(s).ok()),
        again_seconds: again_seconds(request, refusal),
        way_back: None,
    };
    let markup = visit.frame(&csrf, None, None, |frame| page::error::error(frame, &view));
    let mut answer = reply::page(status, markup.into_string(), cookie);
    if let Some(seconds) = view.again_seconds {
        answer.headers_mut().insert(header::REFRESH, HeaderValue::from(seconds));
    }
    answer
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_path_is_forgiven_one_slash_at_either_end() {
        for (path, expected) in [
            ("//oidc/me", "/oidc/me"),
            ("/api/v2/logout/", "/api/v2/logout"),
            ("//api/v2/logout/", "/api/v2/logout"),
            ("/cas-idp/x/validate/", "/cas-idp/x/validate"),
            ("/logout/", "/logout"),
        ] {
            assert_eq!(plain(path), Some(expected), "{path}");
        }
        for path in
            ["", "/", "//", "/logout", "/logout//", "///logout", "/console/", "/metrics/", "/u/", "/api/v1/session/"]
        {
            assert_eq!(plain(path), None, "{path}");
        }
        assert_eq!(plain("//logout//"), Some("/logout//"));
    }

    #[test]
    fn a_busy_page_comes_again_by_itself_and_nothing_else_does() {
        let (get, post) = (TestRequest::get().to_http_request(), TestRequest::post().to_http_request());
        assert_eq!(again_seconds(&get, &Refusal::Unavailable), Some(5));
        assert_eq!(again_seconds(&post, &Refusal::Unavailable), None, "nothing is posted twice");
        assert_eq!(again_seconds(&get, &Refusal::Throttled(30)), None);
        assert_eq!(again_seconds(&get, &Refusal::Broken), None);
    }
}
