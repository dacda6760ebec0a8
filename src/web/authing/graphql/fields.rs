//! Each field that is answered, and how. Arguments come as variables, by the names that Authing's documents give them.

use serde_json::{Value, json};

use crate::domain::id::UserId;
use crate::domain::logout::Actor;
use crate::flow::presence::{self, UserRef};
use crate::flow::signin::{SignedIn, Wanted};
use crate::flow::{bearer, management, users};
use crate::web::authing::codes::{Coded, LOG_IN_AGAIN, MISSING, UNSUPPORTED};
use crate::web::authing::signin::{self, Travelled};
use crate::web::authing::v2::users::{alive, dead, own_user};
use crate::web::authing::{caller, shape};
use crate::web::error::Refusal;
use crate::web::visit::{Visit, off_thread};

/// An answer, and who has logged in by it.
pub struct Answered {
    /// What the field is.
    pub value: Value,
    /// Somebody whose browser gets a session.
    pub welcome: Option<Box<SignedIn>>,
}

impl From<Value> for Answered {
    fn from(value: Value) -> Self {
        Self { value, welcome: None }
    }
}

/// A variable that is a text; absent, null and empty are the same. Another type is refused.
fn text<'a>(variables: &'a Value, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    match &variables[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(caller::meant(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(Refusal::bad(name)),
    }
}

fn required<'a>(variables: &'a Value, name: &'static str) -> Result<&'a str, Refusal> {
    text(variables, name)?.ok_or(Coded::from(&MISSING).into())
}

/// Answers one field.
pub async fn answer(visit: &Visit, field: &str, variables: &Value) -> Result<Answered, Refusal> {
    match field {
        "loginByUsername" => log_in(visit, variables, "username").await,
        "loginByEmail" => log_in(visit, variables, "email").await,
        "loginByPhonePassword" => log_in(visit, variables, "phone").await,
        "user" => user(visit, variables),
        "checkLoginStatus" => check_login_status(visit, variables),
        "refreshToken" => refresh_token(visit),
        "updateUser" => update_user(visit, variables).await,
        "accessToken" => access_token(visit, variables).await,
        "refreshAccessToken" => refresh_access_token(visit, variables).await,
        "users" => list(visit, variables).await,
        "isUserExists" => exists(visit, variables),
        _ => Err(Coded::from(&UNSUPPORTED).into()),
    }
}

async fn log_in(visit: &Visit, variables: &Value, by: &'static str) -> Result<Answered, Refusal> {
    let input = &variables["input"];
    let (account, sent) = (required(input, by)?, required(input, "password")?);
    let application = caller::application(&visit.state, &visit.place, &visit.request, None)?;
    let password = signin::password(&visit.state, sent, Travelled::Encrypted)?;
    let welcome = signin::enter(visit, &application, account, password, Wanted::LoginToken).await?;
    let mut value = signin::v2_user(&welcome);
    value["newlyCreated"] = false.into();
    Ok(Answered { value, welcome: Some(welcome) })
}

/// The person whose token this is; by `id`, anybody of the pool, for its administrators.
fn user(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let Some(id) = text(variables, "id")? else {
        return Ok(own_user(&visit.request, &caller::person(&visit.state, &visit.request)?).into());
    };
    if let Ok(person) = caller::person(&visit.state, &visit.request)
        && person.who().as_str() == id
    {
        return Ok(own_user(&visit.request, &person).into());
    }
    let caller = caller::admin(&visit.state, &visit.request)?;
    let id = UserId::parse(id).map_err(|_| Refusal::absent("user"))?;
    Ok(shape::v2_user(&users::find(&visit.state, caller.pool, id)?).into())
}

/// Whether a token counts: the one that is named, else the one that calls. A dead one is an answer, not an error.
fn check_login_status(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let named = text(variables, "token")?.map(str::to_owned);
    let shown = match named {
        Some(token) => Some(token.strip_prefix("Bearer ").unwrap_or(&token).to_owned()),
        None => caller::token(&visit.request).unwrap_or(None),
    };
    let person = match shown {
        Some(token) => caller::believed(&visit.state, &visit.request, &token)?,
        None => None,
    };
    Ok(person.map_or_else(|| dead(&visit.request), |person| alive(&person)).into())
}

fn refresh_token(visit: &Visit) -> Result<Answered, Refusal> {
    let person = match caller::person(&visit.state, &visit.request) {
        Err(Refusal::Unauthenticated) => return Err(Coded::from(&LOG_IN_AGAIN).into()),
        other => other?,
    };
    let token = person.renewed(&visit.state)?;
    Ok(json!({ "token": token.token, "iat": token.iat, "exp": token.exp }).into())
}

/// `updateUser(input: {tokenExpiredAt: "0"})` is how the JavaScript SDK logged out up to 4.11: it ends the caller's own
/// session, and nobody else's.
async fn update_user(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let person = caller::person(&visit.state, &visit.request)?;
    let input = variables["input"].as_object().ok_or(Coded::from(&MISSING))?;
    let named = text(variables, "id")?;
    if named.is_some_and(|id| id != person.who().as_str()) {
        return Err(Refusal::Forbidden("another user"));
    }
    let logs_out = input.len() == 1 && input.get("tokenExpiredAt").is_some_and(|v| *v == json!("0") || *v == json!(0));
    if !logs_out {
        return Err(Coded::from(&UNSUPPORTED).into());
    }
    let (held, from) = (visit.session.iter().cloned().collect::<Vec<_>>(), visit.origin(Actor::House));
    let held: Vec<_> = held.into_iter().filter(|session| session.user == person.who()).collect();
    let leaver = person.clone();
    visit.state.write(move |act, state| bearer::leave(act, state, &held, Some(&leaver), &from)).await?;
    Ok(shape::v2_user(&person.user).into())
}

/// With `new ManagementClient({appId, secret})` no pool is named, and the headers name the application.
async fn access_token(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let header = visit.request.headers().get("x-authing-app-id").and_then(|v| v.to_str().ok());
    let (named, secret) = (text(variables, "userPoolId")?, required(variables, "secret")?);
    if let Some(id) = named.or(header.and_then(caller::meant)) {
        caller::no_application(&visit.state, id)?;
    }
    let id = named.ok_or(Coded::from(&MISSING))?;
    let issued = management::issue(&visit.state, id, secret, &visit.place.issuer(), visit.from()).await?;
    Ok(json!({ "accessToken": issued.token, "iat": issued.iat, "exp": issued.exp }).into())
}

async fn refresh_access_token(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let presented = required(variables, "accessToken")?;
    let issued = management::renew(&visit.state, presented, &visit.place.issuer(), visit.from()).await?;
    Ok(json!({ "accessToken": issued.token, "iat": issued.iat, "exp": issued.exp }).into())
}

fn number(variables: &Value, name: &'static str, default: u32) -> Result<u32, Refusal> {
    let value = &variables[name];
    if value.is_null() {
        return Ok(default);
    }
    value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).ok_or(Refusal::Bad(name))
}

async fn list(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    let page = (number(variables, "page", 1)?, number(variables, "limit", 10)?.min(200));
    let state = visit.state.clone();
    let (total, people) = off_thread(move || users::listed(&state, caller.pool, page)).await?;
    let list: Vec<Value> = people.iter().map(shape::v2_user).collect();
    Ok(json!({ "totalCount": total, "list": list }).into())
}

/// Administrators only: anybody else could find out who has an account.
fn exists(visit: &Visit, variables: &Value) -> Result<Answered, Refusal> {
    let caller = caller::admin(&visit.state, &visit.request)?;
    for kind in ["email", "phone", "username"] {
        if let Some(named) = text(variables, kind)? {
            let found = match UserRef::parse(kind, named) {
                Some(name) => presence::find(&visit.state, caller.pool, &name)?,
                None => None,
            };
            return Ok(json!(found.is_some()).into());
        }
    }
    Err(Coded::from(&MISSING).into())
}
