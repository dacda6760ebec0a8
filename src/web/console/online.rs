//! `/console/online`: who is online in the whole pool.

use actix_web::HttpRequest;

use super::desk::{Desk, desk};
use crate::domain::clock::Timestamp;
use crate::domain::id::ApplicationId;
use crate::domain::logout::Scope;
use crate::domain::session::SessionId;
use crate::flow::online::{self, COUNTED, OnlineRow};
use crate::page::console::{self as page, OnlineEntry, OnlineView};
use crate::page::{LedgerRow, SessionRow};
use crate::web::body::Form;
use crate::web::error::Answer;
use crate::web::view;
use crate::web::visit::off_thread;

/// `GET /console/online?seen=&after=`.
pub async fn list(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let query = Form::query(&request)?;
    let before = query.cursor("seen")?.zip(query.cursor("after")?).map(|(seen, id)| (Timestamp(seen), SessionId(id)));
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || online::in_pool(&state, pool, before)).await?;
    let shown = OnlineView {
        people: view::capped(read.people, COUNTED),
        sessions: view::capped(read.sessions, COUNTED),
        rows: read.rows.iter().map(|(row, inside)| entry(&desk, row, inside)).collect(),
        first: before.map(|_| "/console/online".to_owned()),
        next: read.next.map(|(seen, id)| format!("/console/online?seen={}&after={}", seen.0, id.0)),
    };
    Ok(desk.page(|frame, rail| page::online(frame, rail, &shown)))
}

fn entry(desk: &Desk, row: &OnlineRow, inside: &[ApplicationId]) -> OnlineEntry {
    let (sid, user) = (row.sid, row.user);
    OnlineEntry {
        // The page that asks how far stands in an application; a session that is in none is ended among its person's devices.
        end: match inside.first() {
            Some(id) => format!("/console/applications/{id}/kick?sid={sid}&scope={}", Scope::Device.as_str()),
            None => format!("/console/users/{user}/devices"),
        },
        of: LedgerRow {
            user,
            name: row.name.clone(),
            identifier: row.identifier.clone(),
            own: user == desk.session.user,
            session: SessionRow {
                sid,
                device: view::device(&row.user_agent),
                ip: row.ip.clone(),
                since: row.joined_at,
                seen: row.last_seen_at,
                applications: view::names(&desk.visit, inside.iter().copied()),
                this: row.session == desk.session.id,
                ended: None,
            },
        },
    }
}
