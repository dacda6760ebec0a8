//! `/_dev/gallery`: every page in every state from fixtures, in development mode only.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::error::{Answer, Refusal};
use super::{reply, visit};
use crate::page::{Lang, gallery};

fn dev_only(request: &HttpRequest) -> Result<(), Refusal> {
    if visit::state(request)?.config.dev { Ok(()) } else { Err(Refusal::absent("page")) }
}

/// `GET /_dev/gallery`: the addresses, one a line.
pub async fn index(request: HttpRequest) -> Answer {
    dev_only(&request)?;
    let mut list = String::new();
    for lang in [Lang::Zh, Lang::En] {
        for (name, _) in gallery::all(lang) {
            list.push_str(&format!("/_dev/gallery/{}/{name}\n", lang.key()));
        }
    }
    Ok(HttpResponse::Ok().insert_header(ContentType::plaintext()).body(list))
}

/// `GET /_dev/gallery/{lang}/{name}`.
pub async fn show(request: HttpRequest, path: Path<(String, String)>) -> Answer {
    dev_only(&request)?;
    let lang = if path.0 == "zh" { Lang::Zh } else { Lang::En };
    let page = gallery::all(lang).into_iter().find(|(name, _)| *name == path.1).ok_or(Refusal::absent("page"))?.1;
    Ok(reply::page(StatusCode::OK, page.into_string(), None))
}
