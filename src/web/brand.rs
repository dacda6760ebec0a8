//! `/brand/{pool}/{name}`: the picture of a pool and the style sheet of its colour, on every host of the house. The name holds
//! a hash of the content, so an answer never goes stale.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::assets::FOREVER;
use super::error::{Answer, Refusal};
use super::visit;
use crate::domain::id::PoolId;

/// Whatever hides in a picture, it is no page: opened by itself it may load and run nothing.
const CSP: &str = "default-src 'none'; sandbox";

/// See the head of this file.
pub async fn served(request: HttpRequest, path: Path<(String, String)>) -> Answer {
    let state = visit::state(&request)?;
    let (pool, name) = path.into_inner();
    let absent = || Refusal::absent("file");
    let pool = PoolId::parse(&pool).map_err(|_| absent())?;
    let directory = state.directory();
    let pool = directory.pool(pool).ok_or_else(absent)?;
    let served = pool.served(&format!("/brand/{}/{name}", pool.id)).ok_or_else(absent)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, FOREVER));
    answer.insert_header((header::CONTENT_TYPE, served.media_type));
    answer.insert_header((header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)));
    Ok(answer.body(served.octets.to_vec()))
}
