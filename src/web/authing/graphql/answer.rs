//! The call itself: reads the document, has its field answered, dresses answer or refusal.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::document::{self, Field};
use super::fields;
use crate::web::authing::{envelope, signin};
use crate::web::body;
use crate::web::error::{Answer, Refusal};

/// What `__schema` answers; made from `schema.graphql` beside it.
const INTROSPECTION: &str = include_str!("introspection.json");

#[derive(Deserialize)]
struct Call {
    query: String,
    #[serde(default)]
    variables: Value,
    #[serde(rename = "operationName")]
    operation: Option<String>,
}

/// `POST /graphql/v2`.
pub async fn call(request: HttpRequest, mut payload: Payload) -> Answer {
    match answered(&request, &mut payload).await {
        Err(refusal) if envelope::was_understood(&refusal) => Ok(refused(&request, &refusal)),
        other => other,
    }
}

async fn answered(request: &HttpRequest, payload: &mut Payload) -> Answer {
    let visit = signin::visit(request)?;
    let call: Call = body::json(request, payload).await?;
    if !matches!(call.variables, Value::Null | Value::Object(_)) {
        return Err(Refusal::Bad("variables"));
    }
    let field = document::asked(&call.query, call.operation.as_deref()).ok_or(Refusal::Bad("query"))?;
    if field.name == "__schema" {
        let schema = serde_json::from_str::<&RawValue>(INTROSPECTION).map_err(|_| Refusal::Broken)?;
        let body = format!("{{\"data\":{}}}", schema.get());
        return Ok(HttpResponse::Ok().content_type("application/json").body(body));
    }
    let answered = fields::answer(&visit, &field.name, &call.variables).await?;
    let answer = dressed(answered.value, &field);
    Ok(match &answered.welcome {
        Some(welcome) => signin::with_cookie(&visit, welcome, answer),
        None => answer,
    })
}

fn dressed(value: Value, field: &Field) -> HttpResponse {
    let mut data = serde_json::Map::new();
    data.insert(field.key.clone(), document::picked(value, &field.parts));
    HttpResponse::Ok().json(json!({ "data": data }))
}

/// `message` is an object: with a text the JavaScript SDK finds no code and the Python SDK dies (contract 3.1).
fn refused(request: &HttpRequest, refusal: &Refusal) -> HttpResponse {
    let message = json!({
        "code": refusal.api_code(), "message": envelope::sentence(request, refusal), "data": envelope::details(refusal),
    });
    HttpResponse::Ok().json(json!({ "errors": [{ "message": message }], "data": null }))
}
