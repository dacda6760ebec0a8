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
use crate::web::error::Answer;
use crate::web::visit::off_thread;
use crate::web::{table, view};

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
    let kind = AuditKind::parse(query.text("kind")?);
    let (before, q) = (query.cursor("before")?, query.text("q")?.trim().to_owned());
    let (state, pool, wanted) = (desk.visit.state.clone(), desk.pool, q.clone());
    let (rows, next) = off_thread(move || online::audit_page(&state, pool, before, &wanted, kind.as_str())).await?;
    let link = |id: i64| address("/console/audit", &[("q", &q), ("kind", kind.as_str()), ("before", &id.to_string())]);
    let shown = AuditView {
        q: &q,
        kind,
        rows: rows.iter().map(|row| audit_row(&desk, row)).collect(),
        first: before.map(|_| "/console/audit".to_owned()),
        next: next.map(link),
        download: address("/console/audit.csv", &[("q", &q), ("kind", kind.as_str())]),
    };
    Ok(desk.page(|frame, rail| page::audit(frame, rail, &shown)))
}

fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// `GET /console/audit.csv?q=&kind=`: the same, to be taken home.
pub async fn audit_table(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let query = Form::query(&request)?;
    let (q, kind) = (query.text("q")?.trim().to_owned(), AuditKind::parse(query.text("kind")?));
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let rows = off_thread(move || online::whole_audit(&state, pool, &q, kind.as_str())).await?;
    let text = |id: Option<String>| id.unwrap_or_default();
    let lines = rows.into_iter().map(|row| {
        [
            row.at.iso(),
            row.act,
            row.actor_kind,
            row.actor,
            text(row.user.map(|id| id.to_string())),
            row.user_name,
            row.target,
            text(row.ending.map(|id| id.to_string())),
            row.ip,
            row.user_agent,
            row.request,
        ]
    });
    let head = [
        "time",
        "event",
        "actor_kind",
        "actor",
        "user_id",
        "user",
        "target",
        "receipt",
        "address",
        "user_agent",
        "request_id",
    ];
    table::download("audit.csv", head, lines)
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
