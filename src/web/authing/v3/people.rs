//! The people of a pool, for administrators' programs: list, get, create, update, delete.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::id::EndingId;
use crate::domain::user::{User, UserStatus};
use crate::flow::presence::{self, UserRef};
use crate::flow::provisioning::{self, Changed, UserParts};
use crate::flow::state::State;
use crate::flow::users::{self, Listing};
use crate::web::authing::codes::{Coded, MISSING, UNSUPPORTED};
use crate::web::authing::people::{self, BATCH, Options, Sent};
use crate::web::authing::{caller, envelope, shape};
use crate::web::body::{self, Form};
use crate::web::error::{Answer, Refusal};
use crate::web::visit::{self, off_thread};

/// Rows of a page at most, as Authing documents it.
const PAGE: u32 = 50;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct ListCall {
    keywords: Option<String>,
    advanced_filter: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "shape::object")]
    search_query: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<ListOptions>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct ListOptions {
    #[serde(default, deserialize_with = "shape::object")]
    pagination: Option<Pagination>,
    sort: Option<Vec<Sorting>>,
    fuzzy_search_on: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
struct Pagination {
    page: Option<u32>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
struct Sorting {
    field: String,
    order: String,
}

/// `by_change` and `ascending`, by the first thing to sort by.
fn order(sort: Option<&[Sorting]>) -> Result<(bool, bool), Refusal> {
    let Some(first) = sort.and_then(<[Sorting]>::first) else { return Ok((false, false)) };
    let by_change = match first.field.as_str() {
        "createdAt" => false,
        "updatedAt" => true,
        _ => return Err(Coded::from(&UNSUPPORTED).into()),
    };
    match first.order.to_ascii_lowercase().as_str() {
        "asc" => Ok((by_change, true)),
        "desc" => Ok((by_change, false)),
        _ => Err(Refusal::bad("sort")),
    }
}

async fn answer_list(request: &HttpRequest, wanted: Listing, page: (u32, u32)) -> Answer {
    let state = visit::state(request)?;
    let pool = caller::admin(&state, request)?.pool;
    let (total, found) = off_thread(move || users::listed(&state, pool, &wanted, page)).await?;
    let list: Value = found.iter().map(shape::v3_user).collect();
    Ok(envelope::v3("OK", &json!({ "totalCount": total, "list": list })))
}

/// `POST /api/v3/list-users`. Filters that are not understood are refused: a program may act on all that it is given.
pub async fn list(request: HttpRequest, mut payload: Payload) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let call: ListCall = body::json(&request, &mut payload).await?;
    if call.advanced_filter.is_some_and(|list| !list.is_empty()) || call.search_query.is_some_and(|map| !map.is_empty())
    {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    let options = call.options.unwrap_or_default();
    let wanted = options.pagination.unwrap_or_default();
    let page = (wanted.page.unwrap_or(1), wanted.limit.unwrap_or(10).min(PAGE));
    if page.0 == 0 || page.1 == 0 {
        return Err(Refusal::bad("pagination"));
    }
    let (by_change, ascending) = order(options.sort.as_deref())?;
    let wanted = Listing {
        text: people::keywords(call.keywords.as_deref().unwrap_or_default())?,
        fields: people::fields(options.fuzzy_search_on.as_deref()),
        status: None,
        by_change,
        ascending,
    };
    answer_list(&request, wanted, page).await
}

/// `GET /api/v3/list-users?page=&limit=&status=`, the older way.
pub async fn list_by_query(request: HttpRequest) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let query = Form::query(&request)?;
    let given = |name| -> Result<Option<&str>, Refusal> { Ok(query.one(name)?.and_then(caller::meant)) };
    if given("updatedAtStart")?.is_some() || given("updatedAtEnd")?.is_some() {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    let status = match given("status")? {
        None => None,
        Some("Activated") => Some(UserStatus::Activated),
        Some("Suspended" | "Deactivated") => Some(UserStatus::Disabled),
        Some(_) => return Err(Coded::from(&UNSUPPORTED).into()),
    };
    let page = (shape::number(&query, "page", 1, u32::MAX)?, shape::number(&query, "limit", 10, PAGE)?);
    answer_list(&request, Listing { status, ..Listing::default() }, page).await
}

/// `GET /api/v3/get-user?userId=&userIdType=`.
pub async fn get(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let query = Form::query(&request)?;
    let named = query.one("userId")?.and_then(caller::meant).ok_or(Coded::from(&MISSING))?;
    let whom = people::named_one(query.one("userIdType")?, named)?;
    let user = presence::find(&state, caller.pool, &whom)?.ok_or(Refusal::absent("user"))?;
    Ok(envelope::v3("OK", &shape::v3_user(&user)))
}

/// `GET /api/v3/get-user-batch?userIds=&userIdType=`: those that there are. A list in a query is written in many ways: the name
/// repeated, with brackets, with numbers in them, or one value with commas.
pub async fn get_batch(request: HttpRequest) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let query = Form::query(&request)?;
    let names_them = |name: &str| name == "userIds" || name.starts_with("userIds[");
    let list: Vec<String> = query
        .pairs()
        .iter()
        .filter(|(name, _)| names_them(name))
        .flat_map(|(_, value)| value.split(',').map(|id| id.trim().to_owned()))
        .filter(|id| !id.is_empty())
        .collect();
    let kind = query.one("userIdType")?.and_then(caller::meant).filter(|kind| *kind != "user_id");
    let list = people::named_loosely(kind, &list)?;
    let found = off_thread(move || provisioning::found(&state, caller.pool, &list)).await?;
    Ok(envelope::v3("OK", &found.iter().map(shape::v3_user).collect::<Value>()))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct ExistsCall {
    username: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    external_id: Option<String>,
}

/// `POST /api/v3/is-user-exists`.
pub async fn exists(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: ExistsCall = body::json(&request, &mut payload).await?;
    let given = |text: &'_ Option<String>| text.as_deref().and_then(caller::meant).map(str::to_owned);
    let (username, email, phone) = (given(&call.username), given(&call.email), given(&call.phone));
    let sought = people::sought([
        ("username", username.as_deref()),
        ("email", email.as_deref()),
        ("phone", phone.as_deref()),
        ("external_id", call.external_id.as_deref()),
    ])?;
    let found = match sought {
        Some(name) => presence::find(&state, caller.pool, &name)?,
        None => None,
    };
    Ok(envelope::v3("OK", &json!({ "exists": found.is_some() })))
}

#[derive(Deserialize)]
struct ListOf {
    list: Option<Vec<Sent>>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<Options>,
}

impl ListOf {
    /// The users of a list and what counts for each of them. Empty and overlong lists are refused.
    fn users(self) -> Result<(Vec<Sent>, Options), Refusal> {
        let list = self.list.ok_or(Coded::from(&MISSING))?;
        if list.is_empty() || list.len() > BATCH {
            return Err(Refusal::bad("list: 1 to 50 users"));
        }
        Ok((list, self.options.unwrap_or_default()))
    }
}

async fn made(request: &HttpRequest, list: Vec<Sent>, options: &Options) -> Result<Vec<User>, Refusal> {
    let state = visit::state(request)?;
    let caller = caller::admin(&state, request)?;
    let travelled = options.travelled()?;
    let list: Vec<UserParts> = list.into_iter().map(|sent| sent.parts(&state, travelled)).collect::<Result<_, _>>()?;
    let origin = caller::origin(&state, request, &caller);
    provisioning::create_users(&state, caller.pool, list, origin).await.map_err(people::refused)
}

/// `POST /api/v3/create-user`.
pub async fn create(request: HttpRequest, mut payload: Payload) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let mut call: Sent = body::json(&request, &mut payload).await?;
    let options = call.options.take().unwrap_or_default();
    let made = made(&request, vec![call], &options).await?;
    Ok(envelope::v3("OK", &made.first().map_or(Value::Null, shape::v3_user)))
}

/// `POST /api/v3/create-users-batch`: all or nobody.
pub async fn create_batch(request: HttpRequest, mut payload: Payload) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let call: ListOf = body::json(&request, &mut payload).await?;
    let (list, options) = call.users()?;
    let made = made(&request, list, &options).await?;
    Ok(envelope::v3("OK", &made.iter().map(shape::v3_user).collect::<Value>()))
}

/// A user after a change, with the receipts of what ended by it.
fn shown(changed: &Changed) -> Value {
    let mut user = shape::v3_user(&changed.user);
    user["receipts"] = changed.receipts.iter().map(|receipt| json!(receipt.id)).collect();
    user
}

fn change(state: &State, mut sent: Sent, options: &Options) -> Result<(UserRef, UserParts), Refusal> {
    let named = sent.user_id.take().ok_or(Coded::from(&MISSING))?;
    let whom = people::named_one(options.user_id_type.as_deref(), &named)?;
    Ok((whom, sent.parts(state, options.travelled()?)?))
}

async fn changed(request: &HttpRequest, list: Vec<Sent>, options: &Options) -> Result<Vec<Changed>, Refusal> {
    let state = visit::state(request)?;
    let caller = caller::admin(&state, request)?;
    let list = list.into_iter().map(|sent| change(&state, sent, options)).collect::<Result<Vec<_>, _>>()?;
    let origin = caller::origin(&state, request, &caller);
    provisioning::change_users(&state, caller.pool, list, origin).await.map_err(people::refused)
}

/// `POST /api/v3/update-user`.
pub async fn update(request: HttpRequest, mut payload: Payload) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let mut call: Sent = body::json(&request, &mut payload).await?;
    let options = call.options.take().unwrap_or_default();
    let changed = changed(&request, vec![call], &options).await?;
    Ok(envelope::v3("OK", &changed.first().map_or(Value::Null, shown)))
}

/// `POST /api/v3/update-user-batch`: all or nobody.
pub async fn update_batch(request: HttpRequest, mut payload: Payload) -> Answer {
    caller::admin(&*visit::state(&request)?, &request)?;
    let call: ListOf = body::json(&request, &mut payload).await?;
    let (list, options) = call.users()?;
    let changed = changed(&request, list, &options).await?;
    Ok(envelope::v3("OK", &changed.iter().map(shown).collect::<Value>()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeleteCall {
    user_ids: Option<Vec<String>>,
    #[serde(default, deserialize_with = "shape::object")]
    options: Option<Options>,
}

/// `POST /api/v3/delete-users-batch`: all or nobody.
pub async fn delete_batch(request: HttpRequest, mut payload: Payload) -> Answer {
    let state = visit::state(&request)?;
    let caller = caller::admin(&state, &request)?;
    let call: DeleteCall = body::json(&request, &mut payload).await?;
    let kind = call.options.unwrap_or_default().user_id_type;
    let list = people::named(kind.as_deref(), &call.user_ids.ok_or(Coded::from(&MISSING))?)?;
    let origin = caller::origin(&state, &request, &caller);
    let deleting =
        state.write(move |act, state| provisioning::delete_users(act, state, caller.pool, &list, &origin)).await;
    let receipts: Vec<EndingId> = deleting.map_err(people::refused)?.into_iter().map(|receipt| receipt.id).collect();
    Ok(envelope::v3("OK", &json!({ "success": true, "receipts": receipts })))
}
