//! Each field that is answered, and how. Its arguments have been resolved: literals, arguments and
//! defaults of the document ([`super::document`]).

use serde_json::{Value, json};

use super::people;
use crate::domain::id::UserId;
use crate::flow::signin::{SignedIn, Wanted};
use crate::flow::{management, users};
use crate::web::authing::codes::{Coded, LOG_IN_AGAIN, MISSING, UNSUPPORTED};
use crate::web::authing::register::{self as registering, By, Newcomer};
use crate::web::authing::signin::{self, Travelled};
use crate::web::authing::v2::users::{alive, dead, own_user};
use crate::web::authing::{caller, shape};
use crate::web::error::Refusal;
use crate::web::visit::Visit;

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

/// An argument that is a text; absent, null and empty are the same. Another type is refused.
pub(super) fn text<'a>(arguments: &'a Value, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    match &arguments[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(caller::meant(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(Refusal::bad(name)),
    }
}

pub(super) fn required<'a>(arguments: &'a Value, name: &'static str) -> Result<&'a str, Refusal> {
    text(arguments, name)?.ok_or(Coded::from(&MISSING).into())
}

/// Answers one field.
pub async fn answer(visit: &Visit, field: &str, arguments: &Value) -> Result<Answered, Refusal> {
    match field {
        "loginByUsername" => log_in(visit, arguments, "username").await,
        "loginByEmail" => log_in(visit, arguments, "email").await,
        "loginByPhonePassword" => log_in(visit, arguments, "phone").await,
        "user" => user(visit, arguments),
        "checkLoginStatus" => check_login_status(visit, arguments),
        "refreshToken" => refresh_token(visit, arguments),
        "accessToken" => access_token(visit, arguments).await,
        "refreshAccessToken" => refresh_access_token(visit, arguments).await,
        "users" => people::list(visit, arguments).await,
        "searchUser" => people::search(visit, arguments).await,
        "userBatch" => people::batch(visit, arguments).await,
        "findUser" => people::find(visit, arguments),
        "isUserExists" => people::exists(visit, arguments),
        "createUser" => people::create(visit, arguments).await,
        "updateUser" => people::update(visit, arguments).await,
        "deleteUser" | "deleteUsers" => people::delete(visit, field, arguments).await,
        "registerByEmail" => register(visit, arguments, By::Email).await,
        "registerByUsername" => register(visit, arguments, By::Username).await,
        _ => Err(Coded::from(&UNSUPPORTED).into()),
    }
}

async fn log_in(visit: &Visit, arguments: &Value, by: &'static str) -> Result<Answered, Refusal> {
    let input = &arguments["input"];
    let (account, sent) = (required(input, by)?, required(input, "password")?);
    let application = caller::application(&visit.state, &visit.place, &visit.request, None)?;
    let password = signin::password(&visit.state, sent, Travelled::Encrypted)?;
    let welcome = signin::enter(visit, &application, account, password, Wanted::LoginToken).await?;
    let mut value = signin::v2_user(&welcome);
    value["newlyCreated"] = false.into();
    Ok(Answered { value, welcome: Some(welcome) })
}

/// `forceLogin` or `generateToken` log the new person in; without either there is a new user and no more, as the SDK has it.
async fn register(visit: &Visit, arguments: &Value, by: By) -> Result<Answered, Refusal> {
    let input = &arguments["input"];
    let application = caller::application(&visit.state, &visit.place, &visit.request, None)?;
    let name = match by {
        By::Email => "email",
        By::Username => "username",
        By::Phone => "phone",
    };
    let newcomer = Newcomer {
        by,
        account: required(input, name)?.to_owned(),
        password: required(input, "password")?.to_owned(),
        travelled: Travelled::Encrypted,
        profile: people::read(&input["profile"], "profile")?.unwrap_or_default(),
    };
    let asked: [Option<bool>; 2] =
        [people::read(&input["forceLogin"], "forceLogin")?, people::read(&input["generateToken"], "generateToken")?];
    let logs_in = asked.contains(&Some(true));
    let (value, welcome) = registering::enter(visit, &application, &newcomer, logs_in).await?;
    Ok(Answered { value, welcome })
}

/// The person whose token this is; by `id`, anybody of the pool, for its administrators.
fn user(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let Some(id) = text(arguments, "id")? else {
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
fn check_login_status(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let named = text(arguments, "token")?.map(str::to_owned);
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

/// One's own; `id` may say so.
fn refresh_token(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let person = match caller::person(&visit.state, &visit.request) {
        Err(Refusal::Unauthenticated) => return Err(Coded::from(&LOG_IN_AGAIN).into()),
        other => other?,
    };
    if text(arguments, "id")?.is_some_and(|id| id != person.who().as_str()) {
        return Err(Refusal::Forbidden("another user"));
    }
    let token = person.renewed(&visit.state)?;
    Ok(json!({ "token": token.token, "iat": token.iat, "exp": token.exp }).into())
}

/// With `new ManagementClient({appId, secret})` no pool is named, and the headers name the application.
async fn access_token(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let header = visit.request.headers().get("x-authing-app-id").and_then(|v| v.to_str().ok());
    let (named, secret) = (text(arguments, "userPoolId")?, required(arguments, "secret")?);
    if let Some(id) = named.or(header.and_then(caller::meant)) {
        caller::no_application(&visit.state, id)?;
    }
    let id = named.ok_or(Coded::from(&MISSING))?;
    let (issuer, life) = (visit.place.issuer(), management::LONG_LIFE_SECONDS);
    let issued = management::issue(&visit.state, (id, secret), life, &issuer, visit.from()).await?;
    Ok(json!({ "accessToken": issued.token, "iat": issued.iat, "exp": issued.exp }).into())
}

async fn refresh_access_token(visit: &Visit, arguments: &Value) -> Result<Answered, Refusal> {
    let presented = required(arguments, "accessToken")?;
    let issued = management::renew(&visit.state, presented, &visit.place.issuer(), visit.from()).await?;
    Ok(json!({ "accessToken": issued.token, "iat": issued.iat, "exp": issued.exp }).into())
}
