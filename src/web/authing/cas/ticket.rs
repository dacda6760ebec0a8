//! `GET /cas-idp/:appId/validate`, `…/serviceValidate`, `…/p3/serviceValidate`: whose ticket this is (CAS Protocol 2.4, 2.5, 2.8).
//!
//! CAS has no proof of the application: whoever shows a ticket with its service is told, once. So tickets are given only to
//! applications that speak CAS, live for a minute, and go to registered addresses only.

use std::fmt::Write as _;

use actix_web::http::header::ContentType;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::entry::speaking;
use crate::domain::redirect::{Registered, choose_service};
use crate::flow::cas::{self, Invalid, Known};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::protect;
use crate::web::visit::Visit;

/// What these endpoints take besides the service.
const OWN: [&str; 5] = ["ticket", "renew", "format", "pgtUrl", "pgtIou"];

/// How the answer is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Xml,
    Json,
}

/// Why nothing is told (CAS Protocol 2.5.3).
struct Failure {
    code: &'static str,
    description: &'static str,
}

const INVALID_REQUEST: Failure =
    Failure { code: "INVALID_REQUEST", description: "service and ticket are required, each once" };
const INVALID_SERVICE: Failure = Failure {
    code: "INVALID_SERVICE",
    description: "the ticket was given for another service, or none that is registered",
};
const INVALID_TICKET: Failure =
    Failure { code: "INVALID_TICKET", description: "the ticket is unknown, used, too old, or its login has ended" };

async fn validated(request: &HttpRequest, app: &str) -> Result<Result<Known, Failure>, Refusal> {
    let visit = Visit::of(request)?;
    if protect::is_prefetch(request) {
        return Err(Refusal::Forbidden("not as a prefetch"));
    }
    let application = speaking(&visit, app)?;
    let query = Form::query(request)?;
    let (Ok(Some(ticket)), Ok(Some(_)), Ok(renew)) = (query.one("ticket"), query.one("service"), query.one("renew"))
    else {
        return Ok(Err(INVALID_REQUEST));
    };
    let service = choose_service(&application.login, request.query_string(), &OWN).registered().cloned();
    let (ticket, renew) = (ticket.to_owned(), renew.is_some_and(|value| value != "false"));
    let came = visit
        .state
        .write(move |act, state| {
            let service = service.as_ref().map(Registered::as_str);
            cas::validate(act, state, &application, (&ticket, service), renew)
        })
        .await?;
    Ok(came.map_err(|invalid| match invalid {
        Invalid::Ticket => INVALID_TICKET,
        Invalid::Service => INVALID_SERVICE,
    }))
}

/// CAS 1.0: two lines of text.
pub async fn validate(request: HttpRequest, app: Path<String>) -> Answer {
    let text = match validated(&request, &app).await? {
        Ok(known) => format!("yes\n{}\n", known.user),
        Err(_) => "no\n\n".to_owned(),
    };
    Ok(HttpResponse::Ok().insert_header(ContentType::plaintext()).body(text))
}

/// CAS 2.0 and 3.0: XML, or JSON where `format` says so.
pub async fn service_validate(request: HttpRequest, app: Path<String>) -> Answer {
    let format = match Form::query(&request)?.one("format")? {
        None | Some("" | "XML" | "xml") => Format::Xml,
        Some("JSON" | "json") => Format::Json,
        Some(_) => return Err(Refusal::bad("format")),
    };
    let came = validated(&request, &app).await?;
    Ok(match format {
        Format::Json => HttpResponse::Ok().json(as_json(&came)),
        Format::Xml => {
            let mut answer = HttpResponse::Ok();
            answer.insert_header(("content-type", "application/xml; charset=utf-8")).body(as_xml(&came))
        }
    })
}

fn as_json(came: &Result<Known, Failure>) -> Value {
    let inner = match came {
        Ok(known) => json!({ "authenticationSuccess": { "user": known.user, "attributes": known.attributes } }),
        Err(why) => json!({ "authenticationFailure": { "code": why.code, "description": why.description } }),
    };
    json!({ "serviceResponse": inner })
}

fn as_xml(came: &Result<Known, Failure>) -> String {
    let inner = match came {
        Ok(known) => {
            let mut attributes = String::new();
            for (name, value) in &known.attributes {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                // Names are our own words; writing to a string cannot fail.
                let _ = write!(attributes, "<cas:{name}>{}</cas:{name}>", escaped(&text));
            }
            let user = escaped(&known.user);
            format!(
                "<cas:authenticationSuccess><cas:user>{user}</cas:user><cas:attributes>{attributes}</cas:attributes></cas:authenticationSuccess>"
            )
        }
        Err(Failure { code, description }) => {
            format!("<cas:authenticationFailure code=\"{code}\">{description}</cas:authenticationFailure>")
        }
    };
    format!("<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">{inner}</cas:serviceResponse>\n")
}

/// Text of XML 1.0: what is markup is escaped, what no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_somebody_is_called_is_markup() {
        assert_eq!(escaped("a<b>&\"'\u{0}\u{1b}\u{ffff}中"), "a&lt;b&gt;&amp;&quot;&apos;中");
        let mut attributes = serde_json::Map::new();
        attributes.insert("name".to_owned(), json!("</cas:name><cas:user>root</cas:user>"));
        let text = as_xml(&Ok(Known { user: "]]>".to_owned(), attributes }));
        assert_eq!(text.matches("<cas:user>").count(), 1, "{text}");
        assert!(text.contains("<cas:user>]]&gt;</cas:user>"));
    }
}
