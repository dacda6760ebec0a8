//! `/console`, `/console/audit`.

use actix_web::HttpRequest;

use super::desk::{Desk, desk};
use crate::domain::id::PoolId;
use crate::flow::account::AuditRow as Row;
use crate::flow::online::{self, COUNTED};
use crate::page::console::{
    self as page, AuditKind, AuditRow, AuditView, ByApplication, DashboardView, Health, TickerRow,
};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::view;
use crate::web::visit::off_thread;

fn some(text: &str) -> Option<String> {
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

fn ticker(desk: &Desk, row: &Row) -> TickerRow {
    let named = [&row.user_name, &row.target].into_iter().find(|name| !name.is_empty());
    let who = named.cloned().unwrap_or_else(|| called(desk, row.actor.clone()));
    TickerRow {
        at: row.at,
        deed: view::deed(&row.act),
        application: some(&row.target).filter(|_| !row.user_name.is_empty()),
        device: some(&row.user_agent).map(|agent| view::device(&agent)),
        by: by(desk, row).filter(|by| *by != who),
        who,
    }
}

/// A pool acts under its id; people know it by its name.
fn called(desk: &Desk, id: String) -> String {
    let directory = desk.visit.state.directory();
    PoolId::parse(&id).ok().and_then(|pool| directory.pool(pool)).map_or(id, |pool| pool.name.clone())
}

fn by(desk: &Desk, row: &Row) -> Option<String> {
    if matches!(row.actor_kind.as_str(), "admin" | "pool" | "access_key" | "operator") {
        some(&row.actor).map(|actor| called(desk, actor))
    } else {
        None
    }
}

/// `GET /console`.
pub async fn dashboard(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || online::dashboard(&state, pool)).await?;
    let directory = desk.visit.state.directory().clone();
    let by_application: Vec<ByApplication> = read
        .applications
        .iter()
        .filter_map(|(id, people)| {
            let name = directory.application(*id)?.name.clone();
            Some(ByApplication { id: *id, name, people: view::capped(*people, COUNTED) })
        })
        .collect();
    let open = by_application.iter().filter(|a| !a.people.is_none()).count();
    let origin = desk.visit.place.base.clone();
    let warn = origin.starts_with("http:") && desk.visit.state.config.public_url.is_some();
    let (waiting, given_up) = read.deliveries;
    let deliveries =
        Health::Deliveries { waiting: view::capped(waiting, COUNTED), given_up: view::capped(given_up, COUNTED) };
    let shown = DashboardView {
        people: view::capped(read.people, COUNTED),
        sessions: view::capped(read.sessions, COUNTED),
        open_applications: view::count(open),
        ticker: read.events.iter().map(|row| ticker(&desk, row)).collect(),
        by_application,
        logins: None,
        health: vec![deliveries, Health::PublicUrl { url: origin, warn }, Health::Running(desk.visit.state.since)],
    };
    Ok(desk.page(|frame, rail| page::dashboard(frame, rail, &shown)))
}

/// `GET /console/audit?before=`.
pub async fn audit(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let query = Form::query(&request)?;
    let kind = match query.text("kind")? {
        "logins" => AuditKind::Logins,
        "endings" => AuditKind::Endings,
        "admin" => AuditKind::Admin,
        _ => AuditKind::All,
    };
    let before =
        query.one("before")?.filter(|t| !t.is_empty()).map(|t| t.parse::<i64>().map_err(|_| Refusal::bad("before")));
    let (before, q) = (before.transpose()?, query.text("q")?.trim().to_owned());
    let (state, pool, wanted) = (desk.visit.state.clone(), desk.pool, q.clone());
    let (rows, next) = off_thread(move || online::audit_page(&state, pool, before, &wanted, kind_word(kind))).await?;
    let link = |id: i64| {
        let pairs = [("q", q.as_str()), ("kind", kind_word(kind)), ("before", &id.to_string())];
        format!("/console/audit?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    };
    let shown = AuditView {
        q: &q,
        kind,
        rows: rows.iter().map(|row| audit_row(&desk, row)).collect(),
        first: before.map(|_| "/console/audit".to_owned()),
        next: next.map(link),
    };
    Ok(desk.page(|frame, rail| page::audit(frame, rail, &shown)))
}

fn kind_word(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::All => "",
        AuditKind::Logins => "logins",
        AuditKind::Endings => "endings",
        AuditKind::Admin => "admin",
    }
}

fn audit_row(desk: &Desk, row: &Row) -> AuditRow {
    AuditRow {
        at: row.at,
        about: if row.user_name.is_empty() { called(desk, row.target.clone()) } else { row.user_name.clone() },
        deed: view::deed(&row.act),
        application: some(&row.target),
        by: by(desk, row),
        ip: row.ip.clone(),
        receipt: row.ending,
        request_id: some(&row.request),
    }
}
