//! `/console/applications/{id}/sessions`: login status administration.

use actix_web::HttpRequest;
use actix_web::web::Path;

use super::desk::{Desk, desk};
use crate::domain::id::ApplicationId;
use crate::domain::session::Seq;
use crate::flow::applications;
use crate::flow::ledger::{self, LOOKED_AT, OnlineRow, Wanted};
use crate::flow::online::COUNTED;
use crate::page::console::{self as page, Asked, LedgerView};
use crate::page::{Count, LedgerRow, SessionRow};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::view;
use crate::web::visit::off_thread;

/// Characters that a search reads.
const TYPED: usize = 100;

fn row(desk: &Desk, row: &OnlineRow) -> LedgerRow {
    LedgerRow {
        user: row.user,
        name: row.name.clone(),
        identifier: row.identifier.clone(),
        own: row.user == desk.session.user,
        session: SessionRow {
            sid: row.sid,
            device: view::device(&row.user_agent),
            ip: row.ip.clone(),
            since: row.joined_at,
            seen: row.last_seen_at,
            applications: Vec::new(),
            this: row.session == desk.session.id,
            ended: None,
        },
    }
}

/// `GET /console/applications/{id}/sessions?q=&kind=&idle=&by=&after=`.
pub async fn sessions(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let id = ApplicationId::parse(&id).map_err(|_| Refusal::absent("application"))?;
    let application = applications::find(&desk.visit.state, desk.pool, id)?;
    let query = Form::query(&request)?;
    let q: String = query.text("q")?.trim().chars().take(TYPED).collect();
    let asked = Asked::parse(query.text("kind")?, query.text("idle")?, query.text("by")?);
    let before = query.cursor("after")?.map(Seq);
    let wanted =
        Wanted { search: q.clone(), kind: asked.kind, idle_ms: asked.idle_ms, ungrouped: asked.ungrouped, before };
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || ledger::page(&state, id, pool, &wanted)).await?;
    let home = format!("/console/applications/{id}/sessions");
    let at = |after: String| {
        let [kind, idle, by] = asked.pairs();
        view::address(&home, &[("q", q.clone()), kind, idle, by, ("after", after)])
    };
    let origin = desk.visit.state.directory().application(id).map(|a| desk.visit.place.origin_of(a));
    let try_login = format!("{}/login", origin.unwrap_or_default());
    let view = LedgerView {
        application: id,
        name: &application.name,
        people: view::capped(read.people_count, COUNTED),
        sessions: view::capped(read.session_count, COUNTED),
        q: &q,
        asked,
        tired: read.tired.then(|| Count::from(LOOKED_AT)),
        rows: read.rows.iter().map(|one| row(&desk, one)).collect(),
        first: before.map(|_| at(String::new())),
        next: read.next.map(|seq| at(seq.0.to_string())),
        try_login: &try_login,
    };
    Ok(desk.page(|frame, rail| page::ledger(frame, rail, &view)))
}
