//! Force log out: who and where, before; the receipt, after.

use std::collections::BTreeSet;

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::desk::{Desk, desk, desk_post, sure};
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::domain::logout::{Cause, Receipt, Scope};
use crate::flow::error::{Done, FlowError};
use crate::flow::ledger::{self, OnlineRow, Wanted};
use crate::flow::logout as door;
use crate::flow::online::{self, COUNTED, Picked};
use crate::page::Count;
use crate::page::console::{
    self as page, Cell, Effect, Grave, Grid, GridHead, GridRow, KickField, KickTarget, KickView,
};
use crate::page::words::FieldProblem;
use crate::web::body::Form;
use crate::web::error::{Answer, Refusal};
use crate::web::visit::off_thread;
use crate::web::{reply, view};

/// Sessions that can be picked at once.
const PICKED: usize = 500;
/// People who can be forced out without the password being asked again.
const WITHOUT_ASKING: usize = 10;
/// People that the grid shows by name.
const SHOWN: usize = 6;
/// Characters of a reason.
const REASON: usize = 200;

/// What was filled in on the scope page, and what of it is refused.
#[derive(Default)]
struct Typed {
    scope: Option<Scope>,
    reason: String,
    problems: Vec<(KickField, FieldProblem)>,
}

impl Typed {
    fn read(form: &Form) -> Result<Self, Refusal> {
        let scope = form.one("scope")?.map(|word| Scope::parse(word).ok_or(Refusal::bad("scope"))).transpose()?;
        let reason = form.text("reason")?.trim().to_owned();
        let long = reason.chars().count() > REASON;
        let problems = long.then_some((KickField::Reason, FieldProblem::TooLong(200))).into_iter().collect();
        Ok(Self { scope, reason, problems })
    }
}

fn sids(form: &Form) -> Result<Vec<Sid>, Refusal> {
    let list: Vec<Sid> =
        form.all("sid").map(|t| Sid::parse(t).map_err(|_| Refusal::bad("sid"))).collect::<Result<_, _>>()?;
    if list.len() > PICKED { Err(Refusal::bad("sid: too many")) } else { Ok(list) }
}

fn application(text: &str) -> Result<ApplicationId, Refusal> {
    ApplicationId::parse(text).map_err(|_| Refusal::absent("application"))
}

/// `GET /console/applications/{id}/kick?sid=…` or `?all=1`, and `POST` of the same from the ledger: asks how far.
pub async fn ask(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let form = Form::query(&request)?;
    let typed = Typed { scope: form.one("scope")?.and_then(Scope::parse), ..Typed::default() };
    in_application(&desk, application(&id)?, &form, typed).await
}

/// See [`ask`].
pub async fn ask_posted(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    in_application(&desk, application(&id)?, &form, Typed::default()).await
}

/// `GET /console/users/{id}/kick`: a user from everything.
pub async fn ask_user(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = UserId::parse(&id).map_err(|_| Refusal::absent("user"))?;
    of_user(&desk, user, Typed::default()).await
}

async fn in_application(desk: &Desk, id: ApplicationId, form: &Form, typed: Typed) -> Answer {
    let found = desk.visit.state.directory().application(id).filter(|a| a.pool == desk.pool).cloned();
    let application = found.ok_or(Refusal::absent("application"))?;
    let back = format!("/console/applications/{id}/sessions");
    if form.ticked("all")? {
        return everyone(desk, (id, &application.name), &back, typed).await;
    }
    let picked = sids(form)?;
    let (state, pool, list) = (desk.visit.state.clone(), desk.pool, picked.clone());
    let people = off_thread(move || online::picked(&state, pool, &list)).await?;
    let target = KickTarget::Picked { application: id, sids: picked };
    Ok(draw(desk, target, Some((id, application.name.as_str())), &people, (typed, &back)))
}

async fn of_user(desk: &Desk, user: UserId, typed: Typed) -> Answer {
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let person = off_thread(move || online::all_of(&state, pool, user)).await?;
    let people: Vec<Picked> = Some(person).filter(|person| !person.sessions.is_empty()).into_iter().collect();
    Ok(draw(desk, KickTarget::User { user }, None, &people, (typed, &format!("/console/users/{user}"))))
}

async fn everyone(desk: &Desk, (id, name): (ApplicationId, &str), back: &str, typed: Typed) -> Answer {
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let (read, tokens) = off_thread(move || -> Done<_> {
        Ok((ledger::page(&state, id, pool, &Wanted::default())?, online::tokens_of(&state, id)?))
    })
    .await?;
    let people: Vec<&[OnlineRow]> = read.rows.chunk_by(|one, next| one.user == next.user).collect();
    let named: Vec<String> = people.iter().filter_map(|rows| rows.first()).map(|row| row.name.clone()).collect();
    let rows: Vec<GridRow> = people.iter().take(SHOWN).filter_map(|sessions| in_one_application(sessions)).collect();
    let (people, sessions) = (view::capped(read.people_count, COUNTED), view::capped(read.session_count, COUNTED));
    let more = Count { n: people.n.saturating_sub(number(rows.len())), ..people };
    let ending = Effect {
        scope: Scope::App,
        ending: sessions,
        tokens: Count { n: tokens, more: sessions.more },
        staying: Count::default(),
        told: listeners(desk, [id]),
    };
    let view = KickView {
        target: KickTarget::Everyone { application: id },
        application: Some(name),
        people: &named,
        people_count: people,
        sessions,
        grid: Grid { columns: vec![name.to_owned()], this: Some(0), rows, more },
        effects: vec![ending],
        chosen: Scope::App,
        cancel: back,
        reason: &typed.reason,
        problems: typed.problems,
    };
    Ok(shown(desk, &view))
}

/// A person's sessions in the one application that everybody leaves.
fn in_one_application(sessions: &[OnlineRow]) -> Option<GridRow> {
    let first = sessions.first()?;
    let head = GridHead::Person { name: first.name.clone(), identifier: first.identifier.clone() };
    Some(GridRow { head, picked: true, cells: vec![Cell::Sessions(number(sessions.len()))] })
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Those of these applications that are told of log-outs.
fn listeners(desk: &Desk, ids: impl IntoIterator<Item = ApplicationId>) -> Vec<String> {
    let directory = desk.visit.state.directory();
    let listens = ids
        .into_iter()
        .filter_map(|id| directory.application(id))
        .filter(|application| application.protocol.backchannel_logout_uri.is_some());
    listens.map(|application| application.name.clone()).collect()
}

/// The scope page, or that there is nobody left; 422 when something typed was refused.
fn shown(desk: &Desk, view: &KickView<'_>) -> HttpResponse {
    if view.sessions.is_none() {
        return desk.page(|frame, rail| page::nobody_to_kick(frame, rail, view.cancel));
    }
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::kick(frame, rail, view);
    if view.problems.is_empty() { desk.page(drawn) } else { desk.again(drawn) }
}

/// Applications of the people behind a selection, the one in which it was made first.
fn columns(desk: &Desk, within: Option<ApplicationId>, people: &[Picked]) -> Vec<(ApplicationId, String)> {
    let directory = desk.visit.state.directory();
    let sessions = people.iter().flat_map(|person| &person.sessions);
    let columns: BTreeSet<(bool, String, ApplicationId)> = sessions
        .flat_map(|session| &session.applications)
        .filter_map(|(id, _)| Some((Some(*id) != within, directory.application(*id)?.name.clone(), *id)))
        .collect();
    columns.into_iter().map(|(_, name, id)| (id, name)).collect()
}

/// What a scope would do: counted in sessions, as the receipt counts them.
fn effect(desk: &Desk, scope: Scope, within: Option<ApplicationId>, people: &[Picked]) -> Effect {
    let (mut ending, mut staying, mut tokens) = (0, 0, 0);
    let mut told = BTreeSet::new();
    for person in people {
        for session in &person.sessions {
            let picked = person.picked.contains(&session.sid);
            let whole = scope == Scope::All || scope == Scope::Device && picked;
            let part = scope == Scope::App || scope == Scope::Cell && picked;
            let ends = |id: &ApplicationId| whole || part && Some(*id) == within;
            let lost: Vec<ApplicationId> = session.applications.iter().map(|(id, _)| *id).filter(ends).collect();
            ending += usize::from(whole || !lost.is_empty());
            staying += usize::from(!whole && (lost.len() < session.applications.len() || lost.is_empty()));
            tokens +=
                person.tokens.iter().filter(|((of, id), _)| *of == session.id && ends(id)).map(|(_, n)| n).sum::<u32>();
            told.extend(lost);
        }
    }
    Effect {
        scope,
        ending: view::count(ending),
        tokens: Count::from(tokens),
        staying: view::count(staying),
        told: listeners(desk, told),
    }
}

fn grid(columns: &[(ApplicationId, String)], within: Option<ApplicationId>, people: &[Picked]) -> Grid {
    let ids: Vec<ApplicationId> = columns.iter().map(|(id, _)| *id).collect();
    let rows: Vec<GridRow> = match people {
        [one] => one
            .sessions
            .iter()
            .map(|session| GridRow {
                head: GridHead::Device { device: view::device(&session.user_agent), ip: session.ip.clone() },
                picked: one.picked.contains(&session.sid),
                cells: ids
                    .iter()
                    .map(
                        |id| if session.applications.iter().any(|(a, _)| a == id) { Cell::Online } else { Cell::Empty },
                    )
                    .collect(),
            })
            .collect(),
        several => several
            .iter()
            .take(SHOWN)
            .map(|person| GridRow {
                head: GridHead::Person {
                    name: person.user.display_name().to_owned(),
                    identifier: person.user.identifier().to_owned(),
                },
                picked: true,
                cells: ids
                    .iter()
                    .map(|id| {
                        let n = person.sessions.iter().filter(|s| s.applications.iter().any(|(a, _)| a == id)).count();
                        if n == 0 { Cell::Empty } else { Cell::Sessions(number(n)) }
                    })
                    .collect(),
            })
            .collect(),
    };
    let more = if people.len() > 1 { people.len().saturating_sub(SHOWN) } else { 0 };
    Grid {
        columns: columns.iter().map(|(_, name)| name.clone()).collect(),
        this: within.and_then(|w| ids.iter().position(|id| *id == w)),
        rows,
        more: view::count(more),
    }
}

fn draw(
    desk: &Desk,
    target: KickTarget,
    within: Option<(ApplicationId, &str)>,
    people: &[Picked],
    (typed, back): (Typed, &str),
) -> HttpResponse {
    let app = within.map(|(id, _)| id);
    let scopes: &[Scope] =
        if within.is_some() { &[Scope::Cell, Scope::App, Scope::Device, Scope::All] } else { &[Scope::All] };
    let names: Vec<String> = people.iter().map(|p| p.user.display_name().to_owned()).collect();
    let view = KickView {
        target,
        application: within.map(|(_, name)| name),
        people: &names,
        people_count: view::count(people.len()),
        sessions: view::count(people.iter().map(|person| person.sessions.len()).sum()),
        grid: grid(&columns(desk, app, people), app, people),
        effects: scopes.iter().map(|scope| effect(desk, *scope, app, people)).collect(),
        chosen: typed.scope.filter(|scope| scopes.contains(scope)).unwrap_or(scopes[0]),
        cancel: back,
        reason: &typed.reason,
        problems: typed.problems,
    };
    shown(desk, &view)
}

/// How many people are behind these sessions; where there are few sessions, as many people at most.
async fn how_many(desk: &Desk, sids: &[Sid]) -> Result<usize, Refusal> {
    if sids.len() <= WITHOUT_ASKING {
        return Ok(sids.len());
    }
    let (state, pool, list) = (desk.visit.state.clone(), desk.pool, sids.to_vec());
    Ok(off_thread(move || online::picked(&state, pool, &list)).await?.len())
}

/// `POST /console/kick`: does it. 303 to the receipt once it is on disk.
pub async fn carry_out(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let typed = Typed::read(&form)?;
    let named = form.one("application")?.map(application).transpose()?;
    let user = form.one("user")?.map(|t| UserId::parse(t).map_err(|_| Refusal::absent("user"))).transpose()?;
    if let Some(user) = user {
        return if typed.problems.is_empty() {
            end_user(&desk, user, typed).await
        } else {
            of_user(&desk, user, typed).await
        };
    }
    let id = named.ok_or(Refusal::bad("application"))?;
    if form.ticked("all")? {
        end_everybody(&desk, id, &form, typed).await
    } else {
        end_picked(&desk, id, &form, typed).await
    }
}

fn to_receipt(receipt: &Receipt) -> HttpResponse {
    reply::see_other(&format!("/console/receipts/{}", receipt.id), None)
}

async fn end_user(desk: &Desk, user: UserId, typed: Typed) -> Answer {
    let (pool, why) = (desk.pool, (Cause::Console, desk.origin()));
    let ended = desk.visit.state.write(move |act, state| -> Done<Receipt> {
        let receipt = door::kick_known(act, state, pool, (vec![user], None), why)?;
        door::remark(act, &receipt, &typed.reason, 0)?;
        Ok(receipt)
    });
    Ok(to_receipt(&ended.await?))
}

/// Whoever wants everybody out types the name of the application.
async fn end_everybody(desk: &Desk, id: ApplicationId, form: &Form, mut typed: Typed) -> Answer {
    let name = desk.visit.state.directory().application(id).map(|a| a.name.clone()).unwrap_or_default();
    let confirmed = form.text("confirm")?.trim();
    if confirmed.is_empty() {
        typed.problems.push((KickField::Confirm, FieldProblem::Missing));
    } else if confirmed != name.trim() {
        typed.problems.push((KickField::Confirm, FieldProblem::NotTheApplication));
    }
    if !typed.problems.is_empty() {
        return in_application(desk, id, form, typed).await;
    }
    sure!(desk, form, Grave::KickEverybody(&name), &format!("/console/applications/{id}/sessions"));
    let (pool, origin) = (desk.pool, desk.origin());
    let ended = desk.visit.state.write(move |act, state| -> Done<Receipt> {
        let receipt = door::end_everybody(act, state, pool, id, origin)?;
        door::remark(act, &receipt, &typed.reason, 0)?;
        Ok(receipt)
    });
    Ok(to_receipt(&ended.await?))
}

async fn end_picked(desk: &Desk, id: ApplicationId, form: &Form, typed: Typed) -> Answer {
    if !typed.problems.is_empty() {
        return in_application(desk, id, form, typed).await;
    }
    let scope = typed.scope.ok_or(Refusal::bad("scope"))?;
    let picked = door::Picked { sids: sids(form)?, application: Some(id), scope, reason: typed.reason };
    let back = format!("/console/applications/{id}/sessions");
    let people = how_many(desk, &picked.sids).await?;
    if people > WITHOUT_ASKING {
        sure!(desk, form, Grave::KickMany(view::count(people)), &back);
    }
    let (pool, origin) = (desk.pool, desk.origin());
    match desk.visit.state.write(move |act, state| door::end_picked(act, state, pool, picked, origin)).await {
        Err(FlowError::Absent("session")) => Ok(desk.page(|frame, rail| page::nobody_to_kick(frame, rail, &back))),
        other => Ok(to_receipt(&other?)),
    }
}
