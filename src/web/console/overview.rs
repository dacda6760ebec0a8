//! `/console`, the dashboard.

use actix_web::HttpRequest;

use super::desk::{Desk, desk};
use crate::domain::audit::act;
use crate::domain::id::{AccessKeyId, PoolId};
use crate::domain::logout::{Actor, Cause};
use crate::flow::audit::{AuditRow as Row, Covered};
use crate::flow::dashboard::{self, Dashboard};
use crate::flow::online::COUNTED;
use crate::page::console::{self as page, ByApplication, DashboardView, Health, Logins, Steps, TickerRow, Warning};
use crate::page::words::{By, Whom};
use crate::web::body::Form;
use crate::web::error::Answer;
use crate::web::visit::off_thread;
use crate::web::{reply, view};

pub(super) fn some(text: &str) -> Option<String> {
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

fn ticker(desk: &Desk, row: &Row) -> TickerRow {
    let whom = whom(desk, row);
    TickerRow {
        at: row.at,
        deed: view::deed_in_log(row),
        application: some(&row.target),
        device: some(&row.user_agent).map(|agent| view::device(&agent)),
        by: by(desk, row).filter(|by| !matches!((by, &whom), (By::Named(by), Whom::Named(who)) if by == who)),
        whom,
    }
}

/// Whom or what an event is about.
pub(super) fn whom(desk: &Desk, row: &Row) -> Whom {
    // The actor column names whose token it is, and a receipt whom was told again.
    if matches!(row.act.as_str(), act::TOKEN_ISSUED | act::TOLD_AGAIN) {
        return Whom::Nothing;
    }
    if !row.user_name.is_empty() {
        return Whom::Named(row.user_name.clone());
    }
    let deed = view::deed_in_log(row);
    match row.covered {
        _ if deed.has_object() || row.ending.is_none() => {
            some(&row.target).map_or(Whom::Nothing, |target| Whom::Named(called(desk, target)))
        }
        Some(Covered::Everybody) => Whom::Everybody,
        Some(Covered::People(n)) => Whom::People(Some(n.into())),
        None => Whom::People(None),
    }
}

/// A pool acts under its id; people know it by its name.
fn called(desk: &Desk, id: String) -> String {
    let directory = desk.visit.state.directory();
    PoolId::parse(&id).ok().and_then(|pool| directory.pool(pool)).map_or(id, |pool| pool.name.clone())
}

/// Who did it to others, or by themselves as the house.
pub(super) fn by(desk: &Desk, row: &Row) -> Option<By> {
    match (row.actor_kind.as_str(), row.actor.as_str()) {
        ("operator", actor) if actor == Actor::SeedFile.id() => Some(By::SeedFile),
        ("operator", actor) if actor == Actor::SetupLink.id() => Some(By::SetupLink),
        ("operator", actor) if actor == Actor::Registration.id() => Some(By::Registration),
        ("operator", _) => Some(By::CommandLine),
        ("access_key", id) if AccessKeyId::parse(id).is_ok() => Some(By::Key(id.to_owned())),
        ("admin" | "pool" | "access_key", name) => some(name).map(|name| By::Named(called(desk, name))),
        // That a session expired needs nobody's name.
        ("house", _) if Cause::parse(&row.act).is_none() => Some(By::House),
        _ => None,
    }
}

/// `GET /console`.
pub async fn dashboard(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let (state, pool, admin) = (desk.visit.state.clone(), desk.pool, desk.session.user);
    let read = off_thread(move || dashboard::read(&state, pool, admin)).await?;
    let directory = desk.visit.state.directory().clone();
    let mut by_application: Vec<ByApplication> = read
        .applications
        .iter()
        .filter_map(|row| {
            let name = directory.application(row.id)?.name.clone();
            Some(ByApplication { id: row.id, name, people: view::capped(row.people, COUNTED) })
        })
        .collect();
    by_application.sort_by_key(|app| std::cmp::Reverse(app.people.n));
    let open = by_application.iter().filter(|a| !a.people.is_none()).count();
    by_application.truncate(SHOWN);
    let day_ago = desk.visit.state.now().plus_ms(-24 * HOUR_MS);
    let logins = Logins {
        ok: read.logins.ok,
        refused: read.logins.refused,
        since: read.logins.since.filter(|since| *since > day_ago),
    };
    let steps = Steps { application: read.steps.application, people: read.steps.people, login: read.steps.login };
    let shown = DashboardView {
        people: view::capped(read.people, COUNTED),
        sessions: view::capped(read.sessions, COUNTED),
        open_applications: view::count(open),
        ticker: read.events.iter().map(|row| ticker(&desk, row)).collect(),
        by_application,
        logins: Some(logins),
        steps: (!read.steps.are_done()).then_some(steps),
        warnings: warnings(&desk, &read),
        health: health(&desk, &read),
    };
    Ok(desk.page(|frame, rail| page::dashboard(frame, rail, &shown)))
}

/// Applications on the dashboard.
const SHOWN: usize = 12;
const HOUR_MS: i64 = 3_600_000;
/// A backup that is older deserves a word.
const OLD_BACKUP_MS: i64 = 7 * 24 * HOUR_MS;
/// So little room deserves one, too.
const LITTLE_ROOM: u64 = 1_000_000_000;

fn warnings(desk: &Desk, read: &Dashboard) -> Vec<Warning> {
    let (state, condition) = (&desk.visit.state, &read.condition);
    let public = state.config.public_url.as_ref().filter(|url| url.scheme() == "http");
    let backup = match condition.backup {
        // What a demo holds is gone when it stops.
        _ if state.config.dev => None,
        None => Some(Warning::NoBackup),
        Some(at) => (state.now().since_ms(at) > OLD_BACKUP_MS).then_some(Warning::OldBackup(at)),
    };
    let password = if state.config.dev { Warning::Demo } else { Warning::KnownPassword };
    let given_up = view::capped(read.deliveries.1, COUNTED);
    [
        condition.known_password.then_some(password),
        public.map(|url| Warning::PlainHttp(url.as_str().trim_end_matches('/').to_owned())),
        untrusted_proxy(desk).map(Warning::UntrustedProxy),
        condition.disk.filter(|(free, _)| *free < LITTLE_ROOM).map(|(free, _)| Warning::LowDisk(free)),
        backup,
        (!given_up.is_none()).then_some(Warning::Lost(given_up)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The peer of this very request, when it speaks for somebody else and nobody said that it may.
fn untrusted_proxy(desk: &Desk) -> Option<String> {
    const SPEAKS_FOR: [&str; 4] = ["x-forwarded-for", "forwarded", "x-forwarded-proto", "x-real-ip"];
    let request = &desk.visit.request;
    let peer = request.peer_addr()?.ip().to_canonical();
    let trusted = desk.visit.state.config.trusted_proxies.iter().any(|net| net.contains(peer));
    let forwards = SPEAKS_FOR.iter().any(|name| request.headers().contains_key(*name));
    (forwards && !trusted).then(|| peer.to_string())
}

fn health(desk: &Desk, read: &Dashboard) -> Vec<Health> {
    let (state, condition) = (&desk.visit.state, &read.condition);
    let (waiting, given_up) = read.deliveries;
    let deliveries =
        Health::Deliveries { waiting: view::capped(waiting, COUNTED), given_up: view::capped(given_up, COUNTED) };
    let origin = desk.visit.place.base.clone();
    let warn = origin.starts_with("http:") && state.config.public_url.is_some();
    [
        Some(Health::Backup(condition.backup)),
        Some(deliveries),
        condition.key_days.map(|rotates_in| Health::SigningKey { rotates_in }),
        condition.disk.map(|(free, _)| Health::Disk { free, low: free < LITTLE_ROOM }),
        Some(Health::PublicUrl { url: origin, warn }),
        Some(Health::Running(state.since)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `GET /console/find?q=`: to the one person whom it finds, else to the list of those it does.
pub async fn find(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let q: String = Form::query(&request)?.text("q")?.trim().chars().take(100).collect();
    let (state, pool, text) = (desk.visit.state.clone(), desk.pool, q.clone());
    let found =
        if q.is_empty() { None } else { off_thread(move || dashboard::find_person(&state, pool, &text)).await? };
    let to = match found {
        Some(user) => format!("/console/users/{user}"),
        None => view::address("/console/users", &[("q", q)]),
    };
    Ok(reply::see_other(&to, None))
}
