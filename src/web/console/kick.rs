//! Force log out: who and where, before; the receipt, after.

use std::collections::BTreeSet;

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::desk::{Desk, desk, desk_post, sure};
use crate::domain::device::Device;
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::domain::logout::{Cause, Receipt, Scope};
use crate::flow::account::SessionRow;
use crate::flow::error::{Done, FlowError};
use crate::flow::ledger::{self, OnlineRow, Wanted};
use crate::flow::logout as door;
use crate::flow::online::{self, COUNTED, Picked};
use crate::page::Count;
use crate::page::console::{
    self as page, Cell, Effect, Grave, Grid, GridHead, GridRow, KickField, KickTarget, KickView, Reckoning, Staying,
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
struct Typed {
    scope: Option<Scope>,
    /// Whether the administrator's own session stays.
    keep: bool,
    reason: String,
    problems: Vec<(KickField, FieldProblem)>,
}

impl Typed {
    /// Nothing yet: nobody means themselves unless they say so.
    fn asked(scope: Option<Scope>) -> Self {
        Self { scope, keep: true, reason: String::new(), problems: Vec::new() }
    }

    fn read(form: &Form) -> Result<Self, Refusal> {
        let scope = form.one("scope")?.map(|word| Scope::parse(word).ok_or(Refusal::bad("scope"))).transpose()?;
        // A box for each scope at which it can stay; those of the others are sent too, unseen.
        let keep =
            scope.is_some_and(|scope| form.all("keep").any(|said| said.strip_prefix("keep-") == Some(scope.as_str())));
        let reason = form.text("reason")?.trim().to_owned();
        let long = reason.chars().count() > REASON;
        let problems = long.then_some((KickField::Reason, FieldProblem::TooLong(200))).into_iter().collect();
        Ok(Self { scope, keep, reason, problems })
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
    let typed = Typed::asked(form.one("scope")?.and_then(Scope::parse));
    in_application(&desk, application(&id)?, &form, typed).await
}

/// See [`ask`].
pub async fn ask_posted(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    in_application(&desk, application(&id)?, &form, Typed::asked(None)).await
}

/// `GET /console/users/{id}/kick`: a user from everything.
pub async fn ask_user(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = UserId::parse(&id).map_err(|_| Refusal::absent("user"))?;
    of_user(&desk, user, Typed::asked(None)).await
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
    let (state, pool, me) = (desk.visit.state.clone(), desk.pool, desk.session.user);
    let (read, tokens, mine) = off_thread(move || -> Done<_> {
        let read = ledger::page(&state, id, pool, &Wanted::default())?;
        Ok((read, online::tokens_of(&state, id)?, online::all_of(&state, pool, me)?))
    })
    .await?;
    let people: Vec<&[OnlineRow]> = read.rows.chunk_by(|one, next| one.user == next.user).collect();
    let named: Vec<String> = people.iter().filter_map(|rows| rows.first()).map(|row| row.name.clone()).collect();
    let columns = [(id, name.to_owned())];
    let own = Own { desk, within: Some(id), columns: &columns };
    let here = own.lost(Scope::App, &mine);
    let rows: Vec<GridRow> =
        people.iter().take(SHOWN).filter_map(|sessions| in_one_application(desk, sessions)).collect();
    let (people, sessions) = (view::capped(read.people_count, COUNTED), view::capped(read.session_count, COUNTED));
    let more = Count { n: people.n.saturating_sub(number(rows.len())), ..people };
    let outcome = Reckoning {
        ending: sessions,
        sessions,
        tokens: Count { n: tokens, more: sessions.more },
        concerned: Count::from(1u32),
        told: listeners(desk, [id]),
        ..Reckoning::default()
    };
    // Sparing one counts the others one by one, which has an end somewhere.
    let spared = here.as_ref().filter(|_| sessions.n > 1 && !sessions.more).map(|here| {
        let fewer = Count::from(sessions.n - 1);
        let stays = vec![Staying { device: Some(here.device.clone()), applications: vec![name.to_owned()] }];
        let tokens = Count::from(tokens.saturating_sub(here.tokens));
        Reckoning { ending: fewer, sessions: fewer, tokens, staying: Count::from(1u32), stays, ..outcome.clone() }
    });
    let effect = Effect { scope: Scope::App, outcome, spared, leaves: here.is_some_and(|here| here.whole) };
    let view = KickView {
        target: KickTarget::Everyone { application: id },
        application: Some(name),
        people: &named,
        people_count: people,
        sessions,
        logins: sessions,
        grid: Grid { columns: vec![name.to_owned()], this: Some(0), rows, more },
        effects: vec![effect],
        chosen: Scope::App,
        keep: typed.keep,
        cancel: back,
        reason: &typed.reason,
        problems: typed.problems,
    };
    Ok(shown(desk, &view))
}

/// A person's sessions in the one application that everybody leaves.
fn in_one_application(desk: &Desk, sessions: &[OnlineRow]) -> Option<GridRow> {
    let first = sessions.first()?;
    let head = GridHead::Person { name: first.name.clone(), identifier: first.identifier.clone() };
    let alone = sessions.iter().all(|row| row.session == desk.session.id);
    let spared = if alone { vec![Scope::App] } else { Vec::new() };
    let cells = vec![Cell::Sessions(number(sessions.len()))];
    Some(GridRow { head, picked: true, own: first.user == desk.session.user, spared, cells })
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

/// Which applications a session loses at a scope. `None`: it is not concerned.
fn lost(
    scope: Scope,
    within: Option<ApplicationId>,
    person: &Picked,
    session: &SessionRow,
) -> Option<Vec<ApplicationId>> {
    let picked = person.picked.contains(&session.sid);
    let whole = scope == Scope::All || scope == Scope::Device && picked;
    let part = scope == Scope::App || scope == Scope::Cell && picked;
    let ends = |id: &ApplicationId| whole || part && Some(*id) == within;
    let lost: Vec<ApplicationId> = session.applications.iter().map(|(id, _)| *id).filter(ends).collect();
    (whole || !lost.is_empty()).then_some(lost)
}

/// Log-ins of a session: one for each application, and one where it has none.
fn logins(session: &SessionRow) -> usize {
    session.applications.len().max(1)
}

/// Whoever does it, as one of those whom it may end.
struct Own<'a> {
    desk: &'a Desk,
    within: Option<ApplicationId>,
    columns: &'a [(ApplicationId, String)],
}

/// What the session in which the page is read loses.
struct Here {
    device: Device,
    tokens: u32,
    /// Whether it ends altogether, or is nobody's on the host of this page.
    whole: bool,
}

impl Own<'_> {
    fn is(&self, session: &SessionRow) -> bool {
        session.id == self.desk.session.id
    }

    /// What the own session loses at a scope, if it is among a person's and loses anything.
    fn lost(&self, scope: Scope, person: &Picked) -> Option<Here> {
        let session = person.sessions.iter().find(|session| self.is(session))?;
        let lost = lost(scope, self.within, person, session)?;
        let host = self.desk.visit.place.own.as_ref().is_some_and(|own| lost.contains(&own.id));
        let tokens = lost.iter().filter_map(|id| person.tokens.get(&(session.id, *id))).sum();
        let whole = host || lost.len() == session.applications.len();
        Some(Here { device: view::device(&session.user_agent), tokens, whole })
    }

    /// What a scope would do.
    fn effect(&self, scope: Scope, people: &[Picked]) -> Effect {
        let here = people.iter().find_map(|person| self.lost(scope, person));
        let spared = here.as_ref().map(|_| self.outcome(scope, people, true)).filter(|rest| !rest.ending.is_none());
        Effect {
            scope,
            outcome: self.outcome(scope, people, false),
            spared,
            leaves: here.is_some_and(|here| here.whole),
        }
    }

    /// What comes of it, with the own session or without; what ends and what stays make up all log-ins there are.
    fn outcome(&self, scope: Scope, people: &[Picked], spare: bool) -> Reckoning {
        let (mut ending, mut sessions, mut staying, mut tokens) = (0, 0, 0, 0);
        let (mut concerned, mut stays) = (BTreeSet::new(), Vec::new());
        for person in people {
            for session in &person.sessions {
                let lost = lost(scope, self.within, person, session).filter(|_| !(spare && self.is(session)));
                let ends = lost.as_ref().map_or(0, |lost| lost.len().max(usize::from(session.applications.is_empty())));
                let lost = lost.unwrap_or_default();
                let rest: Vec<ApplicationId> =
                    session.applications.iter().map(|(id, _)| *id).filter(|id| !lost.contains(id)).collect();
                ending += ends;
                sessions += usize::from(ends > 0);
                staying += logins(session) - ends;
                tokens += lost.iter().filter_map(|id| person.tokens.get(&(session.id, *id))).sum::<u32>();
                concerned.extend(lost);
                if ends < logins(session) {
                    stays.push((view::device(&session.user_agent), rest));
                }
            }
        }
        Reckoning {
            ending: view::count(ending),
            sessions: view::count(sessions),
            tokens: Count::from(tokens),
            staying: view::count(staying),
            stays: self.staying(stays, people.len() == 1),
            concerned: view::count(concerned.len()),
            told: listeners(self.desk, concerned),
        }
    }

    /// What stays, by device; of several people together, since nobody knows their devices apart.
    fn staying(&self, stays: Vec<(Device, Vec<ApplicationId>)>, of_one: bool) -> Vec<Staying> {
        let names = |ids: &[ApplicationId]| {
            self.columns.iter().filter(|(id, _)| ids.contains(id)).map(|(_, name)| name.clone()).collect::<Vec<_>>()
        };
        if of_one {
            return stays
                .into_iter()
                .map(|(device, ids)| Staying { device: Some(device), applications: names(&ids) })
                .collect();
        }
        let ids: Vec<ApplicationId> = stays.into_iter().flat_map(|(_, ids)| ids).collect();
        let applications = names(&ids);
        if applications.is_empty() { Vec::new() } else { vec![Staying { device: None, applications }] }
    }

    /// Scopes at which nothing among these sessions of a person ends if the own one is to stay.
    fn spared(&self, person: &Picked, sessions: &[&SessionRow]) -> Vec<Scope> {
        let loses = |scope, session: &SessionRow| lost(scope, self.within, person, session).is_some();
        [Scope::Cell, Scope::App, Scope::Device, Scope::All]
            .into_iter()
            .filter(|scope| {
                sessions.iter().any(|session| self.is(session) && loses(*scope, session))
                    && sessions.iter().all(|session| self.is(session) || !loses(*scope, session))
            })
            .collect()
    }

    fn grid(&self, people: &[Picked]) -> Grid {
        let rows = match people {
            [one] => one.sessions.iter().map(|session| self.of_device(one, session)).collect(),
            several => several.iter().take(SHOWN).map(|person| self.of_person(person)).collect(),
        };
        let more = if people.len() > 1 { people.len().saturating_sub(SHOWN) } else { 0 };
        Grid {
            columns: self.columns.iter().map(|(_, name)| name.clone()).collect(),
            this: self.within.and_then(|w| self.columns.iter().position(|(id, _)| *id == w)),
            rows,
            more: view::count(more),
        }
    }

    fn of_device(&self, person: &Picked, session: &SessionRow) -> GridRow {
        let in_it = |id: &ApplicationId| session.applications.iter().any(|(application, _)| application == id);
        GridRow {
            head: GridHead::Device { device: view::device(&session.user_agent), ip: session.ip.clone() },
            picked: person.picked.contains(&session.sid),
            own: self.is(session),
            spared: self.spared(person, &[session]),
            cells: self.columns.iter().map(|(id, _)| if in_it(id) { Cell::Online } else { Cell::Empty }).collect(),
        }
    }

    fn of_person(&self, person: &Picked) -> GridRow {
        let name = person.user.display_name().to_owned();
        let of = |id: &ApplicationId| {
            let n = person.sessions.iter().filter(|s| s.applications.iter().any(|(a, _)| a == id)).count();
            if n == 0 { Cell::Empty } else { Cell::Sessions(number(n)) }
        };
        GridRow {
            head: GridHead::Person { name, identifier: person.user.identifier().to_owned() },
            picked: true,
            own: person.user.id == self.desk.session.user,
            spared: self.spared(person, &person.sessions.iter().collect::<Vec<_>>()),
            cells: self.columns.iter().map(|(id, _)| of(id)).collect(),
        }
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
    let columns = columns(desk, app, people);
    let own = Own { desk, within: app, columns: &columns };
    let sessions = || people.iter().flat_map(|person| &person.sessions);
    let view = KickView {
        target,
        application: within.map(|(_, name)| name),
        people: &names,
        people_count: view::count(people.len()),
        sessions: view::count(sessions().count()),
        logins: view::count(sessions().map(logins).sum()),
        grid: own.grid(people),
        effects: scopes.iter().map(|scope| own.effect(*scope, people)).collect(),
        chosen: typed.scope.filter(|scope| scopes.contains(scope)).unwrap_or(scopes[0]),
        keep: typed.keep,
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

/// Whoever ends all that is their own but this session ends their others; with nothing else there, nothing ends.
async fn end_user(desk: &Desk, user: UserId, typed: Typed) -> Answer {
    let (pool, why) = (desk.pool, (Cause::Console, desk.origin()));
    let own = Some(desk.session.clone()).filter(|session| typed.keep && session.user == user);
    let ended = desk.visit.state.write(move |act, state| -> Done<Option<Receipt>> {
        let receipt = match own {
            Some(session) => door::end_others(act, state, &session, why)?,
            None => Some(door::kick_known(act, state, pool, (vec![user], None), why)?),
        };
        if let Some(receipt) = &receipt {
            door::remark(act, receipt, &typed.reason, 0)?;
        }
        Ok(receipt)
    });
    let back = format!("/console/users/{user}");
    Ok(match ended.await? {
        Some(receipt) => to_receipt(&receipt),
        None => desk.page(|frame, rail| page::nobody_to_kick(frame, rail, &back)),
    })
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
    let kept = typed.keep.then_some(desk.session.id);
    let ended = desk.visit.state.write(move |act, state| -> Done<Receipt> {
        let receipt = match kept {
            Some(kept) => door::end_everybody_else(act, state, pool, (id, kept), origin)?,
            None => door::end_everybody(act, state, pool, id, origin)?,
        };
        door::remark(act, &receipt, &typed.reason, 0)?;
        Ok(receipt)
    });
    match ended.await {
        Err(FlowError::Absent("session")) => {
            let back = format!("/console/applications/{id}/sessions");
            Ok(desk.page(|frame, rail| page::nobody_to_kick(frame, rail, &back)))
        }
        other => Ok(to_receipt(&other?)),
    }
}

async fn end_picked(desk: &Desk, id: ApplicationId, form: &Form, typed: Typed) -> Answer {
    if !typed.problems.is_empty() {
        return in_application(desk, id, form, typed).await;
    }
    let scope = typed.scope.ok_or(Refusal::bad("scope"))?;
    let keep = typed.keep.then_some(desk.session.id);
    let picked = door::Picked { sids: sids(form)?, application: Some(id), scope, reason: typed.reason, keep };
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
