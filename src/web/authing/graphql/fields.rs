//! Each field that is answered, and how. Arguments come as variables, by the names that Authing's documents give them.

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

/// A variable that is a text; absent, null and empty are the same. Another type is refused.
pub(super) fn text<'a>(variables: &'a Value, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    match &variables[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(caller::meant(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(Refusal::bad(name)),
    }
}

pub(super) fn required<'a>(variables: &'a Value, name: &'static str) -> Result<&'a str, Refusal> {
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
        "accessToken" => access_token(visit, variables).await,
        "refreshAccessToken" => refresh_access_token(visit, variables).await,
        "users" => people::list(visit, variables).await,
        "searchUser" => people::search(visit, variables).await,
        "userBatch" => people::batch(visit, variables).await,
        "findUser" => people::find(visit, variables),
        "isUserExists" => people::exists(visit, variables),
        "createUser" => people::create(visit, variables).await,
        "updateUser" => people::update(visit, variables).await,
        "deleteUser" | "deleteUsers" => people::delete(visit, field, variables).await,
        "registerByEmail" => register(visit, variables, By::Email).await,
        "registerByUsername" => register(visit, variables, By::Username).await,
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

/// `forceLogin` or `generateToken` log the new person in; without either there is a new user and no more, as the SDK has it.
async fn register(visit: &Visit, variables: &Value, by: By) -> Result<Answered, Refusal> {
    let input = &variables["input"];
    let application = caller::application(&visit.state, &visit.place, &visit.request, None)?;
    let name = if by == By::Email { "email" } else { "username" };
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
