//! `/console/receipts/{id}` and telling again; `/console/applications/{id}/test-message`.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::{Path, Payload};

use super::desk::{Desk, desk, desk_post};
use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Standing, TRIES, Trouble};
use crate::domain::id::{ApplicationId, EndingId};
use crate::flow::receipt::{self, NoticeRow, Reading};
use crate::flow::state::State;
use crate::flow::telling::{self, Again};
use crate::page::Count;
use crate::page::console::{self as page, Delivery, DeliveryState, EndedRow, ReceiptView, Recipient, Telling};
use crate::page::words::Channel;
use crate::web::error::{Answer, Refusal};
use crate::web::visit::{Visit, off_thread};
use crate::web::{reply, view};

/// Longest that a press of *send a test message* waits for what came of it, to say so on the next page.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How a notice stands, at a moment.
pub fn delivery_state(row: &NoticeRow, now: Timestamp) -> DeliveryState {
    let ms = row.tries.last().copied().unwrap_or(0);
    let made = u32::try_from(row.tries.len()).unwrap_or(u32::MAX);
    match (row.standing, row.trouble) {
        (Standing::Unreachable, _) => DeliveryState::Unreachable,
        (Standing::Acked, _) => DeliveryState::Acked { ms, status: row.status },
        (Standing::Waiting, Some(trouble)) => DeliveryState::Retrying {
            attempt: made.saturating_add(1),
            of: u32::try_from(TRIES).unwrap_or(u32::MAX).max(made.saturating_add(1)),
            in_ms: row.due_at.since_ms(now).max(0),
            trouble,
        },
        (Standing::Waiting, None) => DeliveryState::Waiting,
        (Standing::GaveUp, trouble) => DeliveryState::GaveUp { ms, trouble: trouble.unwrap_or(Trouble::Other) },
    }
}

/// Who was told, by which channel, with what outcome.
fn told(visit: &Visit, read: &Reading) -> Vec<Delivery> {
    let (directory, now) = (visit.state.directory().clone(), visit.state.now());
    let mut told = Vec::new();
    if read.ending.pages > 0 {
        told.push(Delivery {
            number: None,
            recipient: None,
            about: None,
            channel: Channel::Push,
            state: DeliveryState::Acked { ms: read.ending.pages_ms, status: None },
            attempts_ms: vec![read.ending.pages_ms],
        });
    }
    let several = read.sessions_touched > 1;
    told.extend(read.notices.iter().map(|row| {
        let name = read.applications.iter().find(|a| a.id == row.application).map(|a| a.name.clone());
        Delivery {
            number: Some(row.id),
            recipient: Some(Recipient {
                id: row.application,
                name: name.unwrap_or_default(),
                is_there: directory.application(row.application).is_some(),
            }),
            about: several.then(|| (row.name.clone(), view::device(&row.user_agent))),
            channel: Channel::BackChannel,
            state: delivery_state(row, now),
            attempts_ms: row.tries.clone(),
        }
    }));
    told
}

fn telling(read: &Reading) -> Telling {
    let number = |n: i64| Count::from(u32::try_from(n).unwrap_or(u32::MAX));
    let tally = &read.tally;
    Telling {
        confirmed: number(tally.acked + i64::from(read.ending.pages > 0)),
        open: number(tally.waiting),
        lost: number(tally.gave_up),
        again: number(tally.failed),
    }
}

/// Milliseconds until the last that could be told had confirmed; none while that is open.
fn whole_ms(read: &Reading) -> Option<i64> {
    let tally = &read.tally;
    let settled = !read.ending.open && tally.waiting == 0 && tally.gave_up == 0;
    let ms = tally.acked_ms.max(i64::from(read.ending.pages_ms));
    (settled && (tally.acked > 0 || read.ending.pages > 0)).then_some(ms)
}

/// Users that a printed call names at most.
const CALLED: usize = 50;

/// The same act as a call of a program: Authing's kick of users, in one application or everywhere. The other scopes and
/// everybody have no such call.
fn call(desk: &Desk, read: &Reading) -> Option<String> {
    let users = read.ending.users.as_ref().filter(|users| !users.is_empty() && users.len() <= CALLED)?;
    let path = match (read.ending.scope.as_str(), read.ending.application) {
        ("app", Some(application)) => format!("/api/v2/applications/{application}/kick-active-users"),
        ("all", _) => "/api/v2/users/kick".to_owned(),
        _ => return None,
    };
    let body = serde_json::json!({ "userIds": users });
    let (base, pool) = (&desk.visit.place.base, desk.pool);
    Some(format!(
        "curl -X POST '{base}{path}' \\\n  -H \"authorization: Bearer $TOKEN\" \\\n  -H 'x-authing-userpool-id: {pool}' \\\n  -H 'content-type: application/json' \\\n  -d '{body}'"
    ))
}

/// `GET /console/receipts/{id}`.
pub async fn receipt(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let id = EndingId::parse(&id).map_err(|_| Refusal::absent("receipt"))?;
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || receipt::read(&state, pool, id)).await?;
    let named = |id: &ApplicationId| read.applications.iter().find(|a| a.id == *id).map(|a| a.name.clone());
    let names = |ids: &[ApplicationId]| ids.iter().filter_map(named).collect::<Vec<_>>();
    let people: Vec<String> = read.people.clone();
    let application = read.ending.application;
    let within = application.and_then(|id| view::names(&desk.visit, [id]).pop().or_else(|| named(&id)));
    let json = format!("/api/v1/logouts/{id}");
    let ledger = application.filter(|id| desk.visit.state.directory().application(*id).is_some());
    let call = call(&desk, &read);
    let touched = read.sessions_touched.max(read.sessions_ended);
    let shown = ReceiptView {
        id,
        people: &people,
        people_count: Count::from(read.people_count),
        application: within.as_deref(),
        cause: read.ending.cause,
        by: Some(read.ending.actor.as_str()).filter(|by| !by.is_empty()),
        at: read.ending.at,
        sessions: Count::from(u32::try_from(touched).unwrap_or(u32::MAX)),
        tokens: Count::from(u32::try_from(read.ending.tokens).unwrap_or(u32::MAX)),
        applications: view::count(read.applications.len()),
        counting: read.ending.open,
        telling: telling(&read),
        deliveries: told(&desk.visit, &read),
        ended: read
            .sessions
            .iter()
            .map(|s| EndedRow {
                person: s.name.clone(),
                device: view::device(&s.user_agent),
                applications: names(&s.applications),
                since: s.created_at,
            })
            .collect(),
        reason: read.reason.as_deref(),
        left_before: Count::from(read.left_before),
        whole_ms: whole_ms(&read),
        call: call.as_deref(),
        json: &json,
        ledger,
        user: read.person.as_ref().map(|(id, name)| (*id, name.as_str())),
    };
    Ok(desk.page(|frame, rail| page::receipt(frame, rail, &shown)))
}

/// `POST /console/receipts/{id}/retry`: all that was not told, or one `notice`, or what one `application` is owed.
pub async fn retry(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let id = EndingId::parse(&id).map_err(|_| Refusal::absent("receipt"))?;
    let notice = form.one("notice")?.map(|n| n.parse::<i64>().map_err(|_| Refusal::bad("notice"))).transpose()?;
    let application = form.one("application")?.map(ApplicationId::parse).transpose();
    let what = Again { notice, application: application.map_err(|_| Refusal::bad("application"))? };
    let (pool, origin) = (desk.pool, desk.origin());
    desk.visit.state.write(move |act, state| telling::again(act, state, pool, (id, what), &origin)).await?;
    Ok(reply::see_other(&format!("/console/receipts/{id}#told"), None))
}

/// `POST /console/applications/{id}/test-message`.
pub async fn test(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, _) = desk_post!(&request, &mut payload);
    let id = ApplicationId::parse(&id).map_err(|_| Refusal::absent("application"))?;
    let issuer = format!("{}/oidc", desk.visit.place.base);
    let (pool, origin) = (desk.pool, desk.origin());
    desk.visit.state.write(move |act, state| telling::send_test(act, state, pool, (id, &issuer), &origin)).await?;
    let settled = until_settled(&desk.visit.state, id);
    // A page that still says "sent" turns by itself later on.
    if let Ok(Err(refusal)) = tokio::time::timeout(PATIENCE, settled).await {
        return Err(refusal);
    }
    Ok(reply::see_other(&format!("/console/applications/{id}#test-message"), None))
}

async fn until_settled(state: &State, application: ApplicationId) -> Result<(), Refusal> {
    loop {
        let news = state.settled.notified();
        if telling::is_settled(state, application)? {
            return Ok(());
        }
        news.await;
    }
}
