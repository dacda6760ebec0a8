//! Style sheet, script and icons: embedded with the hash of their content in the name, so they never go stale.

use actix_web::http::header::{self, EntityTag, HeaderName, HeaderValue, IfNoneMatch};
use actix_web::web::{Header, Path};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{Embed, EmbeddedFile};

use super::error::{Answer, Refusal};
use crate::page::asset;

#[derive(Embed)]
#[folder = "$OUT_DIR/assets"]
struct Assets;

/// Forever: another content has another name.
pub const FOREVER: &str = "public, max-age=31536000, immutable";

/// `GET /assets/{name}`, brotli or gzip when the client takes it.
pub async fn asset(request: HttpRequest, name: Path<String>, known: Option<Header<IfNoneMatch>>) -> Answer {
    serve(&request, &name, known)
}

/// `GET /favicon.ico`. Any page may show it: Guard does, as the logo.
pub async fn favicon(request: HttpRequest) -> Answer {
    let mut answer = named(&request, asset::MARK_SVG)?;
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    answer.headers_mut().insert(policy, HeaderValue::from_static("cross-origin"));
    Ok(answer)
}

/// One of them under another address.
pub fn named(request: &HttpRequest, url: &str) -> Answer {
    serve(request, url.trim_start_matches("/assets/"), None)
}

fn serve(request: &HttpRequest, name: &str, known: Option<Header<IfNoneMatch>>) -> Answer {
    // Only whole names: the precompressed twins are not addresses of their own.
    let kind = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        Some(_) | None => return Err(Refusal::absent("file")),
    };
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes = |coding: &str| {
        accepted.split(',').map(|c| c.trim().to_ascii_lowercase()).any(|c| {
            let (name, q) = c.split_once(';').unwrap_or((&c, ""));
            name.trim() == coding && !matches!(q.trim().strip_prefix("q="), Some("0" | "0.0" | "0.00" | "0.000"))
        })
    };
    let (file, coding) = [("br", "br"), ("gz", "gzip")]
        .into_iter()
        .filter(|(_, coding)| takes(coding))
        .find_map(|(suffix, coding)| Some((Assets::get(&format!("{name}.{suffix}"))?, Some(coding))))
        .or_else(|| Some((Assets::get(name)?, None)))
        .ok_or(Refusal::absent("file"))?;
    let tag = entity_tag(&file);
    let fresh = match known.map(|h| h.0) {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|t| t.weak_eq(&tag)),
        None => false,
    };
    let mut answer = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, FOREVER)).insert_header(header::ETag(tag));
    answer.insert_header((header::VARY, "Accept-Encoding")).insert_header((header::CONTENT_TYPE, kind));
    if let Some(coding) = coding {
        answer.insert_header((header::CONTENT_ENCODING, coding));
    }
    Ok(if fresh { answer.finish() } else { answer.body(file.data.into_owned()) })
}

fn entity_tag(file: &EmbeddedFile) -> EntityTag {
    let hash = file.metadata.sha256_hash();
    let number = hash[..16].iter().fold(0u128, |n, octet| n << 8 | u128::from(*octet));
    EntityTag::new_strong(format!("{number:032x}"))
}
