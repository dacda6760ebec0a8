//! Fields about the users of a pool, for administrators' programs; and what people change of themselves.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::fields::{Answered, required, text};
use crate::domain::logout::{Actor, Cause};
use crate::flow::bearer::{self, Bearer};
use crate::flow::management::Caller;
use crate::flow::presence::{self, UserRef};
use crate::flow::provisioning;
use crate::flow::users::{self, Listing};
use crate::web::authing::codes::{Coded, MISSING, UNSUPPORTED};
use crate::web::authing::people::{self, Sent};
use crate::web::authing::signin::Travelled;
use crate::web::authing::v2::users::own_user;
use crate::web::authing::{caller, envelope, shape};
use crate::web::error::Refusal;
use crate::web::visit::{Visit, off_thread};

/// An argument that is an object or a list; absent and null are the same. Another shape is refused.
pub(super) fn read<T: DeserializeOwned>(value: &Value, name: &'static str) -> Result<Option<T>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    serde_json::from_value(value.clone()).map(Some).map_err(|_| Refusal::bad(name))
}

fn number(arguments: &Value, name: &'static str, default: u32) -> Result<u32, Refusal> {
    let value = &arguments[name];
    if value.is_null() {
        return Ok(default);
    }
    value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).ok_or(Refusal::Bad(name))
}

/// Refuses what would narrow an answer here and cannot: a program may act on all that it is given.
fn nothing_of(arguments: &Value, names: &[&str]) -> Result<(), Refusal> {
    let asks = |name: &&str| match &arguments[*name] {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !(list.is_empty() && name.ends_with("Opts")),
        Value::Bool(true) | Value::Number(_) | Value::String(_) | Value::Object(_) => true,
    };
    if names.iter().any(asks) { Err(Coded::from(&UNSUPPORTED).into()) } else { Ok(()) }
}

/// `users(page, limit, sortBy)`. Nobody is in an organisation here, so that leaving those out leaves nobody out.
pub(super) async fn list(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    caller::admin(&visit.state, &visit.request)?;
    let (by_change, ascending) = match text(arguments, "sortBy")? {
        None | Some("CREATEDAT_DESC") => (false, false),
        Some("CREATEDAT_ASC") => (false, true),
        Some("UPDATEDAT_DESC") => (true, false),
        Some("UPDATEDAT_ASC") => (true, true),
        Some(_) => return Err(Refusal::bad("sortBy")),
    };
    listed(visit, arguments, Listing { by_change, ascending, ..Listing::default() }).await
}

/// `searchUser(query, fields, page, limit)`.
pub(super) async fn search(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    caller::admin(&visit.state, &visit.request)?;
    nothing_of(arguments, &["departmentOpts", "groupOpts", "roleOpts"])?;
    let named: Option<Vec<String>> = read(&arguments["fields"], "fields")?;
    let wanted = Listing {
        text: people::keywords(required(arguments, "query")?)?,
        fields: people::fields(named.as_deref()),
        ..Listing::default()
    };
    listed(visit, arguments, wanted).await
}

async fn listed(visit: &Visit, arguments: &Value, wanted: Listing) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let page = (number(arguments, "page", 1)?, number(arguments, "limit", 10)?.min(200));
    let state = visit.state.clone();
    let (total, people) = off_thread(move || users::listed(&state, caller.pool, &wanted, page)).await?;
    let list: Vec<Value> = people.iter().map(shape::v2_user).collect();
    Ok(json!({ "totalCount": total, "list": list }).into())
}

/// `userBatch(ids, type)`: those that there are.
pub(super) async fn batch(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let ids: Vec<String> = read(&arguments["ids"], "ids")?.ok_or(Coded::from(&MISSING))?;
    let list = people::named_loosely(text(arguments, "type")?, &ids)?;
    let state = visit.state.clone();
    let found = off_thread(move || provisioning::found(&state, caller.pool, &list)).await?;
    Ok(found.iter().map(shape::v2_user).collect::<Value>().into())
}

fn sought(arguments: &Value) -> Result<Option<UserRef>, Refusal> {
    nothing_of(arguments, &["identity"])?;
    people::sought([
        ("email", text(arguments, "email")?),
        ("phone", text(arguments, "phone")?),
        ("username", text(arguments, "username")?),
        ("external_id", text(arguments, "externalId")?),
    ])
}

/// `findUser(email, phone, username)`: null when there is none.
pub(super) fn find(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let found = match sought(arguments)? {
        Some(name) => presence::find(&visit.state, caller.pool, &name)?,
        None => None,
    };
    Ok(found.as_ref().map_or(Value::Null, shape::v2_user).into())
}

/// `isUserExists`. Administrators only: anybody else could find out who has an account.
pub(super) fn exists(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let found = match sought(arguments)? {
        Some(name) => presence::find(&visit.state, caller.pool, &name)?,
        None => None,
    };
    Ok(json!(found.is_some()).into())
}

/// `createUser(userInfo, keepPassword, resetPasswordOnFirstLogin, identity)`.
pub(in crate::web::authing) async fn create(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    nothing_of(arguments, &["keepPassword", "resetPasswordOnFirstLogin", "identity"])?;
    let sent: Sent = read(&arguments["userInfo"], "userInfo")?.ok_or(Coded::from(&MISSING))?;
    let parts = sent.parts(&visit.state, Travelled::Encrypted)?;
    let origin = caller::origin(&visit.state, &visit.request, &caller);
    let made = provisioning::create_users(&visit.state, caller.pool, vec![parts], origin).await;
    let made = made.map_err(people::refused)?;
    Ok(made.first().map_or(Value::Null, shape::v2_user).into())
}

/// `updateUser(id, input)`: by a person's token their own display name, by a program's anybody's parts.
/// `{tokenExpiredAt: "0"}` is how the JavaScript SDK logged out up to 4.11: a person ends their own session, and nobody
/// else's; a program kicks.
pub(super) async fn update(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    match caller::person(&visit.state, &visit.request) {
        Ok(person) => update_own(visit, arguments, &person).await,
        Err(Refusal::Unauthenticated) => update_any(visit, arguments).await,
        Err(other) => Err(other),
    }
}

async fn update_own(visit: &Visit, arguments: &Value, person: &Bearer) -> Result<Answered, Refusal> {
    if text(arguments, "id")?.is_some_and(|id| id != person.who().as_str()) {
        return Err(Refusal::Forbidden("another user"));
    }
    let sent: Sent = read(&arguments["input"], "input")?.ok_or(Coded::from(&MISSING))?;
    if sent.only_logs_out() {
        let (held, from) = (visit.session.iter().cloned().collect::<Vec<_>>(), visit.origin(Actor::House));
        let held: Vec<_> = held.into_iter().filter(|session| session.user == person.who()).collect();
        let leaver = person.clone();
        visit.state.write(move |act, state| bearer::leave(act, state, &held, Some(&leaver), &from)).await?;
        return Ok(shape::v2_user(&person.user).into());
    }
    let parts = sent.parts(&visit.state, Travelled::Encrypted)?;
    let who = (person.user.pool, person.who());
    let origin = visit.origin(Actor::User(person.who()));
    let user = provisioning::change_own(&visit.state, who, parts, origin).await.map_err(people::refused)?;
    // With the token: the SDK keeps this answer in place of the user it had.
    let mut person = person.clone();
    person.user = user;
    Ok(own_user(&visit.request, &person).into())
}

async fn update_any(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let id = required(arguments, "id")?;
    let sent: Sent = read(&arguments["input"], "input")?.ok_or(Coded::from(&MISSING))?;
    change(visit, &caller, id, sent).await
}

/// A program changes somebody, or kicks them where nothing but that is asked.
pub(in crate::web::authing) async fn change(
    visit: &Visit,
    caller: &Caller,
    id: &str,
    sent: Sent,
) -> Result<Answered, Refusal> {
    let whom = people::named_one(None, id)?;
    let pool = caller.pool;
    let (state, origin) = (&visit.state, caller::origin(&visit.state, &visit.request, caller));
    if sent.only_logs_out() {
        let user = presence::find(state, pool, &whom)?.ok_or(Refusal::absent("user"))?;
        let everywhere = (vec![user.id], None);
        let why = (Cause::Kicked, origin);
        state.write(move |act, state| crate::flow::logout::kick_known(act, state, pool, everywhere, why)).await?;
        return Ok(shape::v2_user(&user).into());
    }
    let parts = sent.parts(state, Travelled::Encrypted)?;
    let changed = provisioning::change_users(state, pool, vec![(whom, parts)], origin).await;
    let changed = changed.map_err(people::refused)?;
    Ok(changed.first().map_or(Value::Null, |changed| shape::v2_user(&changed.user)).into())
}

/// `deleteUser(id)`, `deleteUsers(ids)`: all or nobody.
pub(super) async fn delete(visit: &Visit, field: &str, arguments: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let ids = match field {
        "deleteUser" => vec![required(arguments, "id")?.to_owned()],
        _ => read(&arguments["ids"], "ids")?.ok_or(Coded::from(&MISSING))?,
    };
    let list = people::named(None, &ids)?;
    let origin = caller::origin(&visit.state, &visit.request, &caller);
    let deleting =
        visit.state.write(move |act, state| provisioning::delete_users(act, state, caller.pool, &list, &origin)).await;
    deleting.map_err(people::refused)?;
    let message = envelope::in_words(&visit.request, "deleted", "删除成功");
    Ok(json!({ "code": 200, "message": message }).into())
}
