//! Pages that change by themselves, by server-sent events: a stream says that something changed, never what.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::stream;
use tokio::sync::watch;

use super::party::Party;
use super::wire::{self, Refused};

/// A comment line this often finds readers who are gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// `GET /demo/{app}/live`
pub async fn live(party: Data<Party>, request: HttpRequest) -> HttpResponse {
    if !wire::from_own_page(&party, &request) {
        return wire::plain(Refused::Elsewhere);
    }
    let Some(ear) = party.listen() else { return wire::plain(Refused::TooMany) };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold((ear, true), next))
}

type Listening = (watch::Receiver<bool>, bool);

async fn next((mut ear, first): Listening) -> Option<(Result<Bytes, Error>, Listening)> {
    if first {
        return Some((Ok(Bytes::from_static(b"retry: 2000\n\n")), (ear, false)));
    }
    let said = match tokio::time::timeout(HEARTBEAT, ear.changed()).await {
        Err(_) => Bytes::from_static(b": still here\n\n"),
        Ok(Ok(())) if !*ear.borrow_and_update() => Bytes::from_static(b"event: changed\ndata: {}\n\n"),
        Ok(_) => return None,
    };
    Some((Ok(said), (ear, false)))
}
