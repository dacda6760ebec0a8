//! Answers: pages and redirects.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::edge::{CSP, CSP_LEAVING};
use super::error::Refusal;
use crate::domain::clock::Timestamp;
use crate::domain::redirect::Next;
use crate::page::{self, Brand, Frame, Lang, Theme, Zone};

/// A page, with the cookies it sets.
pub fn page(status: StatusCode, html: String, cookies: impl IntoIterator<Item = String>) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer.insert_header(ContentType::html());
    for cookie in cookies {
        answer.append_header((header::SET_COOKIE, cookie));
    }
    answer.body(html)
}

/// A page whose form may lead to an application.
pub fn leaving_page(status: StatusCode, html: String, cookies: impl IntoIterator<Item = String>) -> HttpResponse {
    let mut answer = page(status, html, cookies);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP_LEAVING));
    answer
}

/// Lets pages of these origins hold this answer in a frame or window.
pub fn allow_framing(answer: &mut HttpResponse, origin: &str) {
    let policy = CSP.replace("frame-ancestors 'none'", &format!("frame-ancestors {origin}"));
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        // The opener of a popup must stay reachable, or nothing can be passed to it.
        (HeaderName::from_static("cross-origin-opener-policy"), "unsafe-none"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        // Older browsers know no list of origins here; saying nothing lets the policy above decide.
        (header::X_FRAME_OPTIONS, ""),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}

/// Lets a page load frames of these origins.
pub fn allow_frames(answer: &mut HttpResponse, origins: &[String]) {
    if let Ok(policy) = HeaderValue::from_str(&format!("{CSP_LEAVING}; frame-src {}", origins.join(" "))) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// A redirect after an act: always 303, so that nothing posted is posted on (RFC 9700 section 4.12).
pub fn see_other(location: &str, cookies: impl IntoIterator<Item = String>) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::LOCATION, location));
    for cookie in cookies {
        answer.append_header((header::SET_COOKIE, cookie));
    }
    answer.finish()
}

/// A redirect to a typed destination.
pub fn go(next: &Next, cookies: impl IntoIterator<Item = String>) -> HttpResponse {
    see_other(&next.location(), cookies)
}

/// An error page for a request that has no place in the house: nobody is greeted, nothing is set.
pub fn plain_error(request: &HttpRequest, refusal: &Refusal, id: &str) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let zone = Zone::default();
    let frame = Frame {
        said: None,
        lang: Lang::negotiate(None, accepts),
        zone: &zone,
        now: Timestamp::default(),
        theme: Theme::System,
        who: None,
        csrf: "",
        path: "/",
        pool_name: "exeunt",
        brand: Brand::default(),
        version: env!("CARGO_PKG_VERSION"),
        dev: false,
        live: None,
    };
    let view = page::error::ErrorView {
        status: refusal.status().as_u16(),
        request_id: id,
        retry_seconds: refusal.retry_after().and_then(|s| u32::try_from(s).ok()),
        again_seconds: None,
        way_back: None,
    };
    page(refusal.status(), page::error::error(&frame, &view).into_string(), None)
}
