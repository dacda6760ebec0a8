//! `/console/deliveries`.

use actix_web::HttpRequest;

use super::desk::{Desk, desk};
use super::receipts::delivery_state;
use crate::flow::telling::{self, Which};
use crate::page::console::{self as page, Delivery, OutboxKind, OutboxRow, OutboxView, Recipient};
use crate::page::words::Channel;
use crate::web::body::Form;
use crate::web::error::Answer;
use crate::web::view;
use crate::web::visit::off_thread;

/// `GET /console/deliveries?state=&before=`.
pub async fn deliveries(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let query = Form::query(&request)?;
    let (kind, before) = (OutboxKind::parse(query.text("state")?), query.cursor("before")?);
    let which = match kind {
        OutboxKind::All => Which::All(before.unwrap_or(i64::MAX)),
        OutboxKind::Waiting => Which::Waiting,
        OutboxKind::Lost => Which::Lost,
    };
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let (rows, next) = off_thread(move || telling::deliveries(&state, pool, which)).await?;
    let shown = OutboxView {
        kind,
        rows: rows.iter().map(|row| outbox_row(&desk, row)).collect(),
        first: before.map(|_| "/console/deliveries".to_owned()),
        next: next.map(|id| format!("/console/deliveries?before={id}")),
    };
    Ok(desk.page(|frame, rail| page::outbox(frame, rail, &shown)))
}

/// A delivery as lists show it.
pub fn outbox_row(desk: &Desk, row: &telling::NoticeRow) -> OutboxRow {
    let (directory, now) = (desk.visit.state.directory(), desk.visit.state.now());
    let name = directory.application(row.application).map(|a| a.name.clone()).unwrap_or_default();
    OutboxRow {
        at: row.at,
        receipt: row.ending,
        delivery: Delivery {
            number: Some(row.id),
            recipient: Some(Recipient { id: row.application, name, is_there: true }),
            about: row.ending.map(|_| (row.name.clone(), view::device(&row.user_agent))),
            channel: Channel::BackChannel,
            state: delivery_state(row, now),
            attempts_ms: row.tries.clone(),
        },
        address: directory.application(row.application).and_then(|a| a.protocol.backchannel_logout_uri.clone()),
        claims: serde_json::to_string_pretty(&claims(row)).unwrap_or_default(),
    }
}

/// What a logout token about this says, whenever it is signed (OpenID Connect Back-Channel Logout 1.0 section 2.4).
fn claims(row: &telling::NoticeRow) -> serde_json::Value {
    serde_json::json!({
        "iss": row.issuer,
        "aud": row.application,
        "sub": row.user,
        "sid": row.sid,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}
