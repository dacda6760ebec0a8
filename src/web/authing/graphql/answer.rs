//! The call itself: reads the document, has its field answered, dresses answer or refusal.

use std::collections::HashSet;
use std::sync::LazyLock;

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

/// Fields with their arguments, by the schema that is told.
static KNOWN: LazyLock<HashSet<(String, String)>> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(INTROSPECTION).unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let asked =
        list(&schema["__schema"]["types"]).into_iter().filter(|kind| ["Query", "Mutation"].contains(&&*name(kind)));
    let fields = asked.flat_map(|kind| list(&kind["fields"]));
    let pairs = |field: Value| list(&field["args"]).into_iter().map(move |given| (name(&field), name(&given)));
    fields.flat_map(pairs).collect()
});

/// Whether a field that is known is given something that it does not have (section 5.4.1): passed over, a slip of the pen
/// could make "this user" mean "me". What is null gives nothing.
fn names_more(field: &str, arguments: &Value) -> bool {
    let of_field = |name: &str| KNOWN.contains(&(field.to_owned(), name.to_owned()));
    let known = KNOWN.iter().any(|(name, _)| name == field);
    let given = arguments.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    known && given.into_iter().any(|(name, _)| !of_field(name))
}

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
    // PHP writes an object without anything in it as a list.
    let none = call.variables.as_array().is_some_and(Vec::is_empty);
    if !none && !matches!(call.variables, Value::Null | Value::Object(_)) {
        return Err(Refusal::Bad("variables"));
    }
    let asked = document::asked(&call.query, call.operation.as_deref()).ok_or(Refusal::Bad("query"))?;
    let field = &asked.field;
    if field.name == "__schema" {
        let schema = serde_json::from_str::<&RawValue>(INTROSPECTION).map_err(|_| Refusal::Broken)?;
        let body = format!("{{\"data\":{}}}", schema.get());
        return Ok(HttpResponse::Ok().content_type("application/json").body(body));
    }
    // `new ManagementClient({appId, secret})` leaves the pool out, and is told there what to do.
    if asked.lacks_something(&call.variables) && field.name != "accessToken" {
        return Err(Refusal::Bad("variables"));
    }
    let arguments = asked.arguments(&call.variables).map_err(|_| Refusal::Bad("query: an unknown variable"))?;
    if names_more(&field.name, &arguments) {
        return Err(Refusal::Bad("query: an unknown argument"));
    }
    let answered = fields::answer(&visit, &field.name, &arguments).await?;
    let answer = dressed(answered.value, field);
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
