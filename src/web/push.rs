//! Live pages, by server-sent events.
//!
//! A stream carries no facts about anybody: it says `changed`, and the page asks for itself again, or `ended`, with where
//! to go. Whether its own session lives is asked anew at each poke, so a kick closes it (security.md H7).

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

use super::error::{Answer, Refusal};
use super::visit::Visit;
use crate::domain::id::ApplicationId;
use crate::domain::logout::Cause;
use crate::domain::session::SessionId;
use crate::flow::receipt;
use crate::flow::session::{self, Use};
use crate::flow::state::State;
use crate::notify::hub::{Ear, Watching};

/// A comment line this often keeps proxies from closing the stream, and finds readers who are gone.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A busy list is told at most this often.
const CALM: Duration = Duration::from_millis(200);

/// `GET /u/live`: the person's own pages.
pub async fn own(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    open(&visit, Watching::Self_)
}

/// `GET /console/live`: an administrator's pages.
pub async fn console(request: HttpRequest) -> Answer {
    let visit = Visit::of(&request)?;
    visit.reader()?;
    open(&visit, Watching::Pool)
}

struct Stream {
    state: Arc<State>,
    session: SessionId,
    secret: String,
    host: String,
    own: Option<ApplicationId>,
    ear: Ear,
    lang: &'static str,
    step: Step,
}

enum Step {
    Greet,
    Listen,
    Close,
}

fn open(visit: &Visit, watching: Watching) -> Answer {
    let other_site = visit.request.headers().get("sec-fetch-site").is_some_and(|v| v != "same-origin");
    let origin = visit.request.headers().get(header::ORIGIN);
    if other_site || origin.is_some_and(|o| o != visit.place.origin.as_str()) {
        return Err(Refusal::Forbidden("only pages of this site may listen"));
    }
    let (session, secret) = (visit.signed_in()?, visit.secret.clone().ok_or(Refusal::Unauthenticated)?);
    let ear = visit.state.hub.listen(session.user, session.pool, watching).ok_or(Refusal::Unavailable)?;
    let stream = Stream {
        state: visit.state.clone(),
        session: session.id,
        secret,
        host: visit.place.host.clone(),
        own: visit.place.own.as_ref().map(|a| a.id),
        ear,
        lang: visit.lang().key(),
        step: Step::Greet,
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(stream, next)))
}

async fn next(mut stream: Stream) -> Option<(Result<Bytes, Refusal>, Stream)> {
    let said = match stream.step {
        Step::Close => return None,
        Step::Greet => {
            // Asked once at the start: an ending between the page and its stream poked nobody.
            stream.step = Step::Listen;
            match ended(&stream) {
                Some(to) => farewell(&mut stream, &to),
                None => Bytes::from_static(b"retry: 2000\n\n"),
            }
        }
        Step::Listen => match tokio::time::timeout(HEARTBEAT, stream.ear.poked()).await {
            // The browser comes again by itself, when the house is back.
            _ if stream.state.is_closing() || stream.ear.is_given_up() => return None,
            Err(_) => Bytes::from_static(b": still here\n\n"),
            Ok(()) => {
                let mut over = ended(&stream);
                if over.is_none() {
                    // Pokes that come meanwhile are one; and if the session ended in that time, the page hears that.
                    tokio::time::sleep(CALM).await;
                    over = ended(&stream);
                }
                match over {
                    Some(to) => farewell(&mut stream, &to),
                    None => Bytes::from_static(b"event: changed\ndata: {}\n\n"),
                }
            }
        },
    };
    Some((Ok(said), stream))
}

fn farewell(stream: &mut Stream, to: &str) -> Bytes {
    stream.step = Step::Close;
    Bytes::from(format!("event: ended\ndata: {{\"to\":\"{to}\"}}\n\n"))
}

/// Where to send a page whose session is over; nothing while it lives. Rows that cannot be read say nothing either way.
fn ended(stream: &Stream) -> Option<String> {
    let lives = session::resume(&stream.state, &stream.secret, &stream.host, Use::ByItself).ok()?;
    if lives.is_some_and(|s| s.id == stream.session && stream.own.is_none_or(|own| s.is_in(own))) {
        return None;
    }
    let lang = stream.lang;
    match session::how_it_ended(&stream.state, &stream.secret) {
        Ok(Some((cause, ending))) => {
            receipt::page_told(&stream.state, ending);
            let mark = receipt::farewell_mark(&stream.state, ending, stream.state.now());
            Some(format!("/signed-out?reason={}&r={mark}&lang={lang}", cause.as_str()))
        }
        Ok(None) => Some(format!("/signed-out?reason={}&lang={lang}", Cause::Kicked.as_str())),
        Err(_) => None,
    }
}
