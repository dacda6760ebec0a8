//! `exeunt user`: people of a pool.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::{InPool, PasswordFrom, UserCommand};
use super::failure::Failure;
use super::{open, running, say, serve};
use crate::domain::logout::Receipt;
use crate::domain::user::{Role, User, UserStatus};
use crate::flow::applications::by_operator;
use crate::flow::state::State;
use crate::flow::users::{self, UserForm};
use crate::flow::{login, operator, password_link, upkeep};

/// Carries it out.
pub fn user(command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { username, name, email, phone, admin, auditor, password, at } => {
            let form = UserForm {
                username: username.clone(),
                name: name.clone(),
                email: email.clone(),
                phone: phone.clone(),
                role: role(*admin, *auditor),
                disabled: false,
            };
            add(&form, password, at)
        }
        UserCommand::List { search, json, at } => list(search, *json, at),
        UserCommand::SetPassword { user, password, at } => set_password(user, password, at),
        UserCommand::ResetLink { user, at } => reset_link(user, at),
        UserCommand::Disable { user, at } => switch(user, at, UserStatus::Disabled),
        UserCommand::Enable { user, at } => switch(user, at, UserStatus::Activated),
    }
}

fn role(admin: bool, auditor: bool) -> Role {
    match (admin, auditor) {
        (true, _) => Role::Admin,
        (false, true) => Role::Auditor,
        (false, false) => Role::Person,
    }
}

/// A password from where it was said to be, and whether it is to be shown.
struct Given {
    text: String,
    show: bool,
}

fn given(from: &PasswordFrom) -> Result<Option<Given>, Failure> {
    if from.generate_password {
        return Ok(Some(Given { text: login::fresh_state().reveal().to_owned(), show: true }));
    }
    let Some(path) = &from.password_file else { return Ok(None) };
    let unreadable = |error| Failure::new(format!("{}: {error}", path.display()));
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
    } else {
        text = std::fs::read_to_string(path).map_err(unreadable)?;
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Some(Given { text: line.strip_suffix('\r').unwrap_or(line).to_owned(), show: false }))
}

fn add(form: &UserForm, from: &PasswordFrom, at: &InPool) -> Result<(), Failure> {
    let valid = form.judge()?;
    let password = given(from)?;
    let hash = password.as_ref().map(|given| users::hash_new(&given.text)).transpose()?;
    let state = open::house(&at.place)?;
    let pool = operator::pool(&state, at.pool.as_deref())?.id;
    let id = state.write_now(move |act, _| users::create(act, pool, None, &valid, hash.as_deref(), &by_operator()))?;
    println!("{id}");
    show(password.as_ref());
    Ok(())
}

fn show(given: Option<&Given>) {
    if let Some(given) = given.filter(|given| given.show) {
        println!("password, shown once: {}", given.text);
    }
}

fn found(state: &Arc<State>, named: &str, at: &InPool) -> Result<User, Failure> {
    let pool = operator::pool(state, at.pool.as_deref())?.id;
    operator::user(state, &[pool], named).map_err(|_| Failure::new(format!("there is no user {named}")))
}

fn set_password(named: &str, from: &PasswordFrom, at: &InPool) -> Result<(), Failure> {
    let Some(password) = given(from)? else {
        return Err(Failure::usage(
            "name the password's file with --password-file (- is standard input), or --generate-password",
        ));
    };
    let hash = users::hash_new(&password.text)?;
    let state = open::house(&at.place)?;
    let user = found(&state, named, at)?;
    let whom = (user.pool, user.id);
    let receipt = state.write_now(move |act, state| users::set_password(act, state, whom, &hash, &by_operator()))?;
    upkeep::write_out(&state)?;
    show(Some(&password));
    ended(receipt.as_ref());
    Ok(())
}

/// Through the running server when there is one, else at the database itself.
fn reset_link(named: &str, at: &InPool) -> Result<(), Failure> {
    let config = open::settings(&at.place)?;
    let configured = config.listen.first().map_or(0, SocketAddr::port);
    let (port, token) = match open::house_of(config.clone()) {
        Ok(state) => {
            let whom = operator::named(&state, at.pool.as_deref(), named)?;
            let made = state.write_now(move |act, _| password_link::make(act, whom, &by_operator()))?;
            (configured, made.token.reveal().to_owned())
        }
        Err(failure) if failure.code == 5 => {
            let call = json!({ "user": named, "pool": at.pool });
            let answer = running::ask(&config, "reset-link", &call)?;
            let port = operator::running(&config.data_dir).map_or(configured, |running| running.address.port());
            (port, answer["token"].as_str().unwrap_or_default().to_owned())
        }
        Err(failure) => return Err(failure),
    };
    println!("{}{}", serve::people_origin(&config, port), password_link::path(&token));
    Ok(())
}

fn ended(receipt: Option<&Receipt>) {
    if let Some(receipt) = receipt {
        println!("the user's sessions ended, receipt {}", receipt.id);
    }
}

fn switch(named: &str, at: &InPool, to: UserStatus) -> Result<(), Failure> {
    let state = open::house(&at.place)?;
    let user = found(&state, named, at)?;
    let whom = (user.pool, user.id);
    let edited = state.write_now(move |act, state| users::switch(act, state, whom, to, &by_operator()))?;
    upkeep::write_out(&state)?;
    ended(edited.receipt.as_ref());
    Ok(())
}

fn list(search: &str, as_json: bool, at: &InPool) -> Result<(), Failure> {
    let state = open::reading(&at.place)?;
    let pool = operator::pool(&state, at.pool.as_deref())?.id;
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let (listed, more) = users::page(&state, pool, search, before)?;
        let mut page: Vec<_> = listed.into_iter().map(|one| (one.user, one.sessions)).collect();
        before = page.last().map(|(user, _)| (user.created_at.0, user.id));
        all.append(&mut page);
        if !more {
            break;
        }
    }
    if as_json {
        say::json(&all.iter().map(as_value).collect::<Value>());
        return Ok(());
    }
    let rows: Vec<[String; 6]> = all.iter().map(row).collect();
    say::table(["id", "log-in name", "name", "role", "status", "sessions"], &rows);
    Ok(())
}

fn row((user, sessions): &(User, u32)) -> [String; 6] {
    [
        user.id.to_string(),
        user.identifier().to_owned(),
        user.name.clone(),
        user.role.as_str().to_owned(),
        user.status.as_str().to_owned(),
        sessions.to_string(),
    ]
}

fn as_value((user, sessions): &(User, u32)) -> Value {
    json!({
        "id": user.id.as_str(), "username": user.username, "name": user.name, "email": user.email, "phone": user.phone,
        "role": user.role.as_str(), "status": user.status.as_str(), "createdAt": user.created_at.iso(),
        "lastLoginAt": user.last_login_at.map(crate::domain::clock::Timestamp::iso), "sessions": sessions,
    })
}
