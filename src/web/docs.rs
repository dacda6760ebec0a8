//! `GET /docs/authing`: the table of Authing's wire, for developers.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;

use super::authing::table::{ANSWERED, MISSING};
use super::error::Answer;
use super::visit::Visit;
use super::{protect, reply};
use crate::page::Lang;
use crate::page::docs::{self, AnsweredRow, DocsView, MissingRow};

/// The page; nobody has to be logged in.
pub async fn authing(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    let lang = visit.lang();
    let answered =
        ANSWERED.iter().map(|row| AnsweredRow { method: row.method, path: row.path, callers: row.callers }).collect();
    let why = |en, zh| if lang == Lang::Zh { zh } else { en };
    let missing = MISSING.iter().map(|row| MissingRow { what: row.what, why: why(row.en, row.zh) }).collect();
    let (csrf, cookie) = protect::csrf(&visit);
    let view = DocsView { answered, missing };
    let html = visit.frame(&csrf, None, None, |frame| docs::authing(frame, &view)).into_string();
    Ok(reply::page(StatusCode::OK, html, cookie))
}
