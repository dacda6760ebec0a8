//! `GET /api/v1/revocations`: what an application lost, as pages of JSON or as a stream of events.
//!
//! 1. Who asks: the application by HTTP Basic or by an access token of its own (`client_credentials`), or a program of its
//!    pool by a management token that names it with `app_id`. Nobody sees another's feed.
//! 2. From where: `after`, or `Last-Event-ID` on a stream; nothing is the oldest that is kept, `now` is the end. A cursor
//!    of somebody else is 400, one that is too old is 410.
//! 3. `Accept: text/event-stream` is answered with events that have the cursor as their id, at once after each commit. A
//!    stream reads from where it stands when it is poked, holds no rows open, and closes when what admitted it holds no
//!    longer.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde_json::{Value, json};

use super::authing::caller;
use super::body::Form;
use super::error::{Answer, Refusal};
use super::oidc::wire::{self, Call};
use super::visit::off_thread;
use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::oauth::{OauthCode, OauthError};
use crate::domain::revocation::Revocation;
use crate::flow::client;
use crate::flow::feed::{self, Admission, Ear, Signed};
use crate::flow::state::State;
use crate::flow::token;

/// Revocations in one answer: at most, and unless another number is asked for.
const MOST: usize = 1_000;
const USUAL: usize = 100;
/// Tokens signed in one go; others get their turn in between.
const SLICE: usize = 32;
/// Longest that somebody waits for their turn before hearing 503.
const PATIENCE: Duration = Duration::from_secs(5);
/// A line this often keeps proxies from closing the stream, finds readers who are gone, and moves the cursor on.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Somebody who may read one feed.
struct Reader {
    state: Arc<State>,
    application: Arc<Application>,
    admission: Admission,
}

/// The feed.
pub async fn revocations(request: HttpRequest) -> Answer {
    let call = Call::of_header(&request)?;
    let reader = admitted(&request, &call).await?;
    let streamed = wants_events(&request);
    let resumed = request.headers().get("last-event-id").filter(|id| streamed && !id.is_empty());
    let after = match resumed {
        Some(id) => id.to_str().map_err(|_| Refusal::bad("Last-Event-ID"))?,
        None => call.form.text("after")?,
    };
    let place = feed::place(&reader.state, reader.application.id, after)?;
    let place = place.ok_or(Refusal::bad("after: not a cursor of this application"))?;
    if streamed { open(reader, place).await } else { page(&reader, place, limit(&call.form)?).await }
}

fn limit(query: &Form) -> Result<usize, Refusal> {
    let Some(text) = query.one("limit")? else { return Ok(USUAL) };
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or(Refusal::bad("limit: a number from 1 to 1000"))
}

fn wants_events(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .any(|range| range.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream")))
}

async fn admitted(request: &HttpRequest, call: &Call) -> Result<Reader, Refusal> {
    let named = call.form.one("app_id")?.map(|id| ApplicationId::parse(id).map_err(|_| Refusal::absent("application")));
    let named = named.transpose()?;
    let state = call.state.clone();
    if let Some(bearer) = wire::bearer(request)? {
        return by_token(request, call, named, bearer);
    }
    let application = call.application().await?;
    if named.is_some_and(|id| id != application.id) {
        return Err(Refusal::Forbidden("the feed of another application"));
    }
    let admission = Admission::Secret(application.secret);
    Ok(Reader { state, application, admission })
}

fn by_token(request: &HttpRequest, call: &Call, named: Option<ApplicationId>, bearer: &str) -> Result<Reader, Refusal> {
    let state = call.state.clone();
    let (id, admission) = match token::holder(&state, bearer)? {
        Some((id, None)) => (id, Admission::Token(bearer.to_owned())),
        Some((_, Some(_))) => return Err(Refusal::Forbidden("this token speaks for a person")),
        None => {
            let dead = || OauthError::new(OauthCode::InvalidToken, "the token is dead or not of this house").into();
            let caller = caller::admin(&state, request)
                .map_err(|refusal| if matches!(refusal, Refusal::Unauthenticated) { dead() } else { refusal })?;
            let id = named.ok_or(Refusal::bad("app_id"))?;
            if state.directory().application(id).is_none_or(|application| application.pool != caller.pool) {
                return Err(Refusal::absent("application"));
            }
            (id, Admission::Management(bearer.to_owned(), caller.pool))
        }
    };
    if named.is_some_and(|named| named != id) {
        return Err(Refusal::Forbidden("the feed of another application"));
    }
    // On an application's own host there is that one and no other.
    let application = state.directory().application(id).filter(|a| call.place.serves(a)).cloned();
    let application = application.ok_or_else(client::refused)?;
    Ok(Reader { state, application, admission })
}

/// Signs off the HTTP worker, a few at a time, each slice in the order of asking.
async fn signed(reader: &Reader, rows: Vec<Revocation>) -> Result<Vec<Signed>, Refusal> {
    let mut all = Vec::with_capacity(rows.len());
    for slice in rows.chunks(SLICE) {
        let turn = tokio::time::timeout(PATIENCE, reader.state.feeds.desk()).await;
        let _desk = turn.ok().flatten().ok_or(Refusal::Unavailable)?;
        let (state, application, slice) = (reader.state.clone(), reader.application.clone(), slice.to_vec());
        all.extend(off_thread(move || feed::sign(&state, &application, &slice)).await?);
    }
    Ok(all)
}

async fn stretch(reader: &Reader, after: i64, limit: usize) -> Result<(Vec<Signed>, i64, bool), Refusal> {
    let (state, id) = (reader.state.clone(), reader.application.id);
    let page = off_thread(move || feed::read(&state, id, after, limit)).await?;
    Ok((signed(reader, page.rows).await?, page.next, page.more))
}

async fn page(reader: &Reader, after: i64, limit: usize) -> Answer {
    let (signed, next, more) = stretch(reader, after, limit).await?;
    let revocations: Value = signed.iter().map(|one| json!({ "cursor": one.cursor, "token": one.token })).collect();
    let next = feed::cursor(&reader.state, reader.application.id, next);
    Ok(HttpResponse::Ok()
        .insert_header((header::VARY, "Accept"))
        .json(json!({ "revocations": revocations, "next": next, "more": more })))
}

struct Stream {
    reader: Reader,
    ear: Ear,
    place: i64,
    step: Step,
}

enum Step {
    Read,
    Listen,
    /// Events that were read before the stream was opened.
    Say(Vec<Signed>, bool),
}

async fn open(reader: Reader, after: i64) -> Answer {
    // It listens before it reads, so that nothing falls between the two; and what is refused is refused with a status.
    let ear = feed::listen(&reader.state, reader.application.id)?;
    let (first, place, more) = stretch(&reader, after, SLICE).await?;
    let stream = Stream { reader, ear, place, step: Step::Say(first, more) };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::VARY, "Accept"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(stream, next)))
}

/// What a stream says next. It ends without a word: its reader comes again from where it stood, and hears the reason then.
async fn next(mut stream: Stream) -> Option<(Result<Bytes, Refusal>, Stream)> {
    loop {
        match std::mem::replace(&mut stream.step, Step::Listen) {
            Step::Say(first, more) => {
                stream.step = if more { Step::Read } else { Step::Listen };
                let said = format!("retry: 1000\n{}", events(&stream, &first));
                return Some((Ok(said.into()), stream));
            }
            Step::Read => {
                let (signed, place, more) = stretch(&stream.reader, stream.place, SLICE).await.ok()?;
                stream.place = place;
                stream.step = if more { Step::Read } else { Step::Listen };
                if !signed.is_empty() {
                    return Some((Ok(events(&stream, &signed).into()), stream));
                }
            }
            Step::Listen => {
                let silent = tokio::time::timeout(HEARTBEAT, stream.ear.poked()).await.is_err();
                let Reader { state, application, admission } = &stream.reader;
                if state.is_closing() || !feed::holds(state, application.id, admission).ok()? {
                    return None;
                }
                if !silent {
                    stream.step = Step::Read;
                    continue;
                }
                let (signed, place, more) = stretch(&stream.reader, stream.place, SLICE).await.ok()?;
                stream.place = place;
                stream.step = if more { Step::Read } else { Step::Listen };
                return Some((Ok(format!(": still here\n{}", events(&stream, &signed)).into()), stream));
            }
        }
    }
}

/// Events, each with its cursor, then where the reader stands: an id without data is remembered and tells nothing else.
fn events(stream: &Stream, signed: &[Signed]) -> String {
    // The id last: who reads line by line then keeps it after the event was taken in.
    let one = |signed: &Signed| format!("event: revocation\ndata: {}\nid: {}\n\n", signed.token, signed.cursor);
    let here = feed::cursor(&stream.reader.state, stream.reader.application.id, stream.place);
    signed.iter().map(one).chain([format!("id: {here}\n\n")]).collect()
}
