//! Force log out: who and where, before; the receipt, after.

use std::collections::BTreeMap;

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::desk::{Desk, desk, desk_post, sure};
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::domain::logout::{Cause, Scope};
use crate::domain::session::SessionId;
use crate::flow::ledger::{self, OnlineRow, Wanted};
use crate::flow::logout as door;
use crate::flow::online::{self, COUNTED, Picked};
use crate::page::Count;
use crate::page::console::{self as page, Cell, Effect, Grave, Grid, GridHead, GridRow, KickTarget, KickView};
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
    show(desk, application(&id)?, &form).await
}

/// See [`ask`].
pub async fn ask_posted(request: HttpRequest, id: Path<String>, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    show(desk, application(&id)?, &form).await
}

async fn show(desk: Desk, id: ApplicationId, form: &Form) -> Answer {
    let found = desk.visit.state.directory().application(id).filter(|a| a.pool == desk.pool).cloned();
    let application = found.ok_or(Refusal::absent("application"))?;
    let back = format!("/console/applications/{id}/sessions");
    if form.ticked("all")? {
        return everyone(&desk, id, &application.name, &back).await;
    }
    let picked = sids(form)?;
    let (state, pool, list) = (desk.visit.state.clone(), desk.pool, picked.clone());
    let people = off_thread(move || online::picked(&state, pool, &list)).await?;
    if people.is_empty() {
        return Ok(desk.page(|frame, rail| page::nobody_to_kick(frame, rail, &back)));
    }
    let chosen = form.one("scope")?.and_then(Scope::parse).unwrap_or(Scope::Cell);
    let target = KickTarget::Picked { application: id, sids: picked };
    Ok(draw(&desk, target, Some((id, application.name.as_str())), &people, (chosen, &back)))
}

async fn everyone(desk: &Desk, id: ApplicationId, name: &str, back: &str) -> Answer {
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let read = off_thread(move || ledger::page(&state, id, pool, &Wanted::default())).await?;
    let people: Vec<&[OnlineRow]> = read.rows.chunk_by(|one, next| one.user == next.user).collect();
    if people.is_empty() {
        return Ok(desk.page(|frame, rail| page::nobody_to_kick(frame, rail, back)));
    }
    let named: Vec<String> = people.iter().filter_map(|rows| rows.first()).map(|row| row.name.clone()).collect();
    let rows: Vec<GridRow> = people
        .iter()
        .take(SHOWN)
        .filter_map(|sessions| {
            let first = sessions.first()?;
            let head = GridHead::Person { name: first.name.clone(), identifier: first.identifier.clone() };
            let cell = Cell::Sessions(u32::try_from(sessions.len()).unwrap_or(u32::MAX));
            Some(GridRow { head, picked: true, cells: vec![cell] })
        })
        .collect();
    let shown = rows.len();
    let (people, sessions) = (view::capped(read.people_count, COUNTED), view::capped(read.session_count, COUNTED));
    let more = usize::try_from(people.n).unwrap_or(0).saturating_sub(shown);
    let view = KickView {
        target: KickTarget::Everyone { application: id },
        application: Some(name),
        people: &named,
        people_count: people,
        sessions,
        grid: Grid {
            columns: vec![name.to_owned()],
            this: Some(0),
            rows,
            more: (more > 0).then(|| format!("+{more}")),
        },
        effects: vec![Effect { scope: Scope::App, ending: sessions, staying: Count::from(0_u32), told: Vec::new() }],
        chosen: Scope::App,
        cancel: back,
    };
    Ok(desk.page(|frame, rail| page::kick(frame, rail, &view)))
}

/// `GET /console/users/{id}/kick`: a user from everything.
pub async fn ask_user(request: HttpRequest, id: Path<String>) -> Answer {
    let desk = desk!(&request);
    let user = UserId::parse(&id).map_err(|_| Refusal::absent("user"))?;
    let back = format!("/console/users/{user}");
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    let person = off_thread(move || online::all_of(&state, pool, user)).await?;
    if person.sessions.is_empty() {
        return Ok(desk.page(|frame, rail| page::nobody_to_kick(frame, rail, &back)));
    }
    Ok(draw(&desk, KickTarget::User { user }, None, &[person], (Scope::All, &back)))
}

/// Sessions × applications of the people behind a selection.
struct Cells {
    columns: Vec<(ApplicationId, String)>,
    cells: Vec<(SessionId, ApplicationId, bool)>,
}

fn cells(desk: &Desk, within: Option<ApplicationId>, people: &[Picked]) -> Cells {
    let directory = desk.visit.state.directory().clone();
    let mut columns: BTreeMap<(bool, String), ApplicationId> = BTreeMap::new();
    let mut cells = Vec::new();
    for person in people {
        for session in &person.sessions {
            let picked = person.picked.contains(&session.sid);
            for (id, _) in &session.applications {
                let Some(application) = directory.application(*id) else { continue };
                columns.insert((Some(*id) != within, application.name.clone()), *id);
                cells.push((session.id, *id, picked));
            }
        }
    }
    Cells { columns: columns.into_iter().map(|((_, name), id)| (id, name)).collect(), cells }
}

impl Cells {
    fn effect(&self, scope: Scope, within: Option<ApplicationId>) -> Effect {
        let ends = |(_, app, picked): &&(SessionId, ApplicationId, bool)| match scope {
            Scope::Cell => *picked && Some(*app) == within,
            Scope::App => Some(*app) == within,
            Scope::Device => *picked,
            Scope::All => true,
        };
        let ending: Vec<_> = self.cells.iter().filter(ends).collect();
        Effect {
            scope,
            ending: view::count(ending.len()),
            staying: view::count(self.cells.len() - ending.len()),
            told: Vec::new(),
        }
    }
}

fn grid(all: &Cells, within: Option<ApplicationId>, people: &[Picked]) -> Grid {
    let ids: Vec<ApplicationId> = all.columns.iter().map(|(id, _)| *id).collect();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
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
        columns: all.columns.iter().map(|(_, name)| name.clone()).collect(),
        this: within.and_then(|w| ids.iter().position(|id| *id == w)),
        rows,
        more: (more > 0).then(|| format!("+{more}")),
    }
}

fn draw(
    desk: &Desk,
    target: KickTarget,
    within: Option<(ApplicationId, &str)>,
    people: &[Picked],
    (chosen, back): (Scope, &str),
) -> HttpResponse {
    let app = within.map(|(id, _)| id);
    let all = cells(desk, app, people);
    let scopes: &[Scope] =
        if within.is_some() { &[Scope::Cell, Scope::App, Scope::Device, Scope::All] } else { &[Scope::All] };
    let names: Vec<String> = people.iter().map(|p| p.user.display_name().to_owned()).collect();
    let view = KickView {
        target,
        application: within.map(|(_, name)| name),
        people: &names,
        people_count: view::count(people.len()),
        sessions: view::count(all.cells.len()),
        grid: grid(&all, app, people),
        effects: scopes.iter().map(|scope| all.effect(*scope, app)).collect(),
        chosen,
        cancel: back,
    };
    desk.page(|frame, rail| page::kick(frame, rail, &view))
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
    let (pool, origin) = (desk.pool, desk.origin());
    let scope = form.one("scope")?.map(|word| Scope::parse(word).ok_or(Refusal::bad("scope"))).transpose()?;
    let named = form.one("application")?.map(application).transpose()?;
    let user = form.one("user")?.map(|t| UserId::parse(t).map_err(|_| Refusal::absent("user"))).transpose()?;
    let back = named.map_or("/console".to_owned(), |id| format!("/console/applications/{id}/sessions"));
    let state = &desk.visit.state;
    let receipt = if let Some(user) = user {
        let whom = (vec![user], None);
        state.write(move |act, state| door::kick_known(act, state, pool, whom, (Cause::Console, origin))).await?
    } else if form.ticked("all")? {
        let id = named.ok_or(Refusal::bad("application"))?;
        let name = view::names(&desk.visit, [id]).pop().unwrap_or_default();
        sure!(desk, &form, Grave::KickEverybody(&name), &back);
        state.write(move |act, state| door::end_everybody(act, state, pool, id, origin)).await?
    } else {
        let picked = (sids(&form)?, named, scope.ok_or(Refusal::bad("scope"))?);
        let people = how_many(&desk, &picked.0).await?;
        if people > WITHOUT_ASKING {
            sure!(desk, &form, Grave::KickMany(view::count(people)), &back);
        }
        let ended = state.write(move |act, state| door::end_picked(act, state, pool, picked, origin)).await;
        match ended {
            Err(crate::flow::error::FlowError::Absent("session")) => {
                return Ok(desk.page(|frame, rail| page::nobody_to_kick(frame, rail, &back)));
            }
            other => other?,
        }
    };
    Ok(reply::see_other(&format!("/console/receipts/{}", receipt.id), None))
}
