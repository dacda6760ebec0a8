//! `/console/audit`: the two views of the log, and the same rows to be taken home.

use std::sync::Arc;

use actix_web::HttpRequest;
use serde_json::{Map, Value, json};

use super::desk::{Desk, desk};
use super::overview::{by, some, whom};
use crate::domain::audit::act;
use crate::domain::id::{ApplicationId, PoolId};
use crate::domain::logout::Cause;
use crate::flow::audit::{self as log, BATCH, PAGE, Part, Question};
use crate::flow::state::State;
use crate::page::console::{self as page, AuditAsked, AuditRow, AuditView};
use crate::page::words::{Deed, FieldProblem};
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::visit::off_thread;
use crate::web::{table, view};

/// Characters of a question that are read.
const TYPED: usize = 100;
/// What users do.
const OF_USERS: &[&str] =
    &[act::LOGIN, act::LOGIN_REFUSED, act::REGISTERED, act::PASSWORD_CHANGED, act::PROFILE_CHANGED];
/// What administrators, their programs and the house do.
const OF_ADMINISTRATORS: &[&str] = &[
    act::USER_CREATED,
    act::USER_CHANGED,
    act::PASSWORD_LINK,
    act::APPLICATION_CREATED,
    act::APPLICATION_CHANGED,
    act::APPLICATION_SECRET,
    act::SETTINGS_CHANGED,
    act::KEY_CREATED,
    act::KEY_REVOKED,
    act::TOKEN_ISSUED,
    act::TEST_SENT,
    act::TOLD_AGAIN,
    act::GIVEN_UP,
    act::KEYS_ROTATED,
    act::KEYS_REPLACED,
];

/// The words that can be asked for in a view, each with what it means.
fn events(administration: bool) -> Vec<(&'static str, Deed)> {
    let causes = Cause::ALL.into_iter().filter(|cause| !administration || cause.asks_password_again());
    let acts = if administration { OF_ADMINISTRATORS } else { OF_USERS };
    acts.iter().copied().chain(causes.map(Cause::as_str)).map(|word| (word, view::deed(word))).collect()
}

fn asked(form: &Form) -> Result<AuditAsked, Refusal> {
    let text = |name| -> Result<String, Refusal> { Ok(form.text(name)?.trim().chars().take(TYPED).collect()) };
    let administration = form.text("view")? == "admin";
    let known = |word: &String| events(administration).iter().any(|(known, _)| known == word);
    Ok(AuditAsked {
        administration,
        user: text("user")?,
        event: Some(text("event")?).filter(known).unwrap_or_default(),
        result: Some(text("result")?).filter(|word| matches!(word.as_str(), "done" | "not")).unwrap_or_default(),
        application: Some(text("application")?).filter(|id| ApplicationId::parse(id).is_ok()).unwrap_or_default(),
        ip: text("ip")?,
        request: text("request")?,
        from: text("from")?,
        to: text("to")?,
    })
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// What was asked, read in the zone of the reader; what cannot be read, by its field.
fn question(desk: &Desk, asked: &AuditAsked) -> (Question, Vec<(&'static str, FieldProblem)>) {
    let zone = desk.visit.zone();
    let mut problems = Vec::new();
    let mut time = |field, text: &str| {
        let read = zone.read(text);
        if read.is_none() && !text.is_empty() {
            problems.push((field, FieldProblem::NotATime));
        }
        read
    };
    let (from, to) = (time("from", &asked.from), time("to", &asked.to));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        problems.push(("to", FieldProblem::BeforeItsStart));
    }
    let question = Question {
        administration: asked.administration,
        act: said(&asked.event),
        request: said(&asked.request),
        ip: said(&asked.ip),
        people: None,
        application: ApplicationId::parse(&asked.application).ok(),
        success: said(&asked.result).map(|word| word == "done"),
        from,
        // The minute that was named is meant whole.
        to: to.map(|at| at.plus_ms(60_000)),
    };
    (question, problems)
}

/// The house and the pool whose log is read.
fn whose(desk: &Desk) -> (Arc<State>, PoolId) {
    (desk.visit.state.clone(), desk.pool)
}

/// Reads a part of the log for a question and a person's name.
async fn part(
    (state, pool): (Arc<State>, PoolId),
    question: Question,
    user: String,
    at: Option<i64>,
    limit: u32,
) -> Result<Part, Refusal> {
    off_thread(move || {
        let people = if user.is_empty() { None } else { Some(log::people(&state, pool, &user)?) };
        if people.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Part::default());
        }
        log::part(&state, pool, &Question { people, ..question }, at, limit)
    })
    .await
}

/// `GET /console/audit?view=&user=&event=&result=&application=&ip=&request=&from=&to=&before=`.
pub async fn audit(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let form = Form::query(&request)?;
    let (asked, before) = (asked(&form)?, form.cursor("before")?);
    let (question, problems) = question(&desk, &asked);
    let read = if problems.is_empty() {
        part(whose(&desk), question, asked.user.clone(), before, PAGE).await?
    } else {
        Part::default()
    };
    let at = |path: &str, change: &dyn Fn(&mut AuditAsked), before: Option<i64>| {
        let mut asked = asked.clone();
        change(&mut asked);
        let mut pairs = asked.pairs();
        pairs.push(("before", before.map(|id| id.to_string()).unwrap_or_default()));
        view::address(path, &pairs)
    };
    let other = |asked: &mut AuditAsked| {
        asked.administration = !asked.administration;
        asked.event.clear();
    };
    let directory = desk.visit.state.directory().clone();
    let shown = AuditView {
        events: events(asked.administration),
        applications: directory.of_pool(desk.pool).map(|a| (a.id, a.name.clone())).collect(),
        rows: read.rows.iter().map(|row| shown_row(&desk, row)).collect(),
        first: before.map(|_| at("/console/audit", &|_| (), None)),
        next: read.next.map(|id| at("/console/audit", &|_| (), Some(id))),
        looked_back_to: read.looked_back_to,
        other: at("/console/audit", &other, None),
        csv: at("/console/audit.csv", &|_| (), None),
        ndjson: at("/console/audit.ndjson", &|_| (), None),
        problems,
        asked: asked.clone(),
    };
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::audit(frame, rail, &shown);
    Ok(if shown.problems.is_empty() { desk.page(drawn) } else { desk.again(drawn) })
}

fn shown_row(desk: &Desk, row: &log::AuditRow) -> AuditRow {
    AuditRow {
        id: row.id,
        at: row.at,
        whom: whom(desk, row),
        deed: view::deed_in_log(row),
        application: some(&row.target),
        by: by(desk, row),
        ip: row.ip.clone(),
        device: some(&row.user_agent).map(|agent| view::device(&agent)),
        receipt: row.ending,
        request_id: some(&row.request),
        changes: row.detail.changes().to_vec(),
        json: serde_json::to_string_pretty(&as_json(row)).unwrap_or_default(),
    }
}

fn as_json(row: &log::AuditRow) -> Value {
    let detail: Map<String, Value> = row
        .detail
        .changes()
        .iter()
        .map(|change| (change.field.clone(), json!([change.before, change.after])))
        .collect();
    json!({
        "number": row.id,
        "time": row.at.iso(),
        "event": row.act,
        "actorKind": row.actor_kind,
        "actor": row.actor,
        "userId": row.user,
        "user": row.user_name,
        "target": row.target,
        "receipt": row.ending,
        "address": row.ip,
        "userAgent": row.user_agent,
        "requestId": row.request,
        "detail": detail,
    })
}

const HEAD: [&str; 12] = [
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
    "detail",
];

fn as_line(row: &log::AuditRow) -> Result<Vec<u8>, Refusal> {
    let text = |id: Option<String>| id.unwrap_or_default();
    table::line([
        row.at.iso(),
        row.act.clone(),
        row.actor_kind.clone(),
        row.actor.clone(),
        text(row.user.map(|id| id.to_string())),
        row.user_name.clone(),
        row.target.clone(),
        text(row.ending.map(|id| id.to_string())),
        row.ip.clone(),
        row.user_agent.clone(),
        row.request.clone(),
        row.detail.as_json().unwrap_or_default(),
    ])
}

/// How a row is written into a file.
#[derive(Clone, Copy)]
enum Written {
    Csv,
    Ndjson,
}

impl Written {
    fn row(self, row: &log::AuditRow) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Csv => as_line(row),
            Self::Ndjson => Ok(format!("{}\n", as_json(row)).into_bytes()),
        }
    }
}

/// `GET /console/audit.csv?…`: exactly the rows that a question finds, all of them, to be taken home.
pub async fn csv(request: HttpRequest) -> Answer {
    taken_home(&request, Written::Csv)
}

/// `GET /console/audit.ndjson?…`: the same, one JSON object a line.
pub async fn ndjson(request: HttpRequest) -> Answer {
    taken_home(&request, Written::Ndjson)
}

fn taken_home(request: &HttpRequest, written: Written) -> Answer {
    let desk = desk!(request);
    let asked = asked(&Form::query(request)?)?;
    let (question, problems) = question(&desk, &asked);
    if let Some((field, _)) = problems.first() {
        return Err(Refusal::bad(field));
    }
    let whose = whose(&desk);
    let read = move |place: Option<i64>| {
        let (whose, question, user) = (whose.clone(), question.clone(), asked.user.clone());
        async move {
            let part = part(whose, question, user, place, BATCH).await?;
            let mut octets = match (written, place) {
                (Written::Csv, None) => table::line(HEAD.map(str::to_owned))?,
                _ => Vec::new(),
            };
            for row in &part.rows {
                octets.extend(written.row(row)?);
            }
            Ok((octets, part.next))
        }
    };
    let (name, kind) = match written {
        Written::Csv => ("audit.csv", "text/csv; charset=utf-8"),
        Written::Ndjson => ("audit.ndjson", "application/x-ndjson"),
    };
    Ok(table::streamed(name, kind, table::pieces(read)))
}
