//! `exeunt app`: applications of a pool.

use serde_json::{Value, json};

use super::args::{AppCommand, InPool, Read};
use super::failure::Failure;
use super::{open, say};
use crate::domain::application::{Application, Protocol};
use crate::domain::redirect::{RedirectEntry, RedirectList};
use crate::flow::applications::{self, ApplicationForm, by_operator};
use crate::flow::operator;

/// Carries it out.
pub fn application(command: &AppCommand) -> Result<(), Failure> {
    match command {
        AppCommand::Add { identifier, name, redirect_uri, logout_redirect_uri, default, at } => {
            let form = ApplicationForm {
                name: name.clone().unwrap_or_else(|| identifier.clone()),
                identifier: identifier.clone(),
                redirect_uris: redirect_uri.clone(),
                logout_redirect_uris: logout_redirect_uri.clone(),
                is_default: *default,
                ..ApplicationForm::default()
            };
            add(form, at)
        }
        AppCommand::List { json, at } => list(*json, at),
        AppCommand::Show { app, read } => show(app, read),
        AppCommand::RotateSecret { app, place } => {
            let state = open::house(place)?;
            let found = operator::application(&state, app)?;
            let which = (found.pool, found.id);
            let secret =
                state.write_now(move |act, state| applications::set_secret(act, state, which, None, &by_operator()))?;
            println!("secret of {}, shown once: {}", found.id, secret.as_ref().map_or("", |secret| secret.reveal()));
            Ok(())
        }
    }
}

fn add(form: ApplicationForm, at: &InPool) -> Result<(), Failure> {
    let valid = form.judge()?;
    let state = open::house(&at.place)?;
    let pool = operator::pool(&state, at.pool.as_deref())?.id;
    let (id, secret) = state
        .write_now(move |act, state| applications::create_with_secret(act, state, pool, &valid, &by_operator()))?;
    println!("{id}\nsecret, shown once: {}", secret.reveal());
    Ok(())
}

fn list(as_json: bool, at: &InPool) -> Result<(), Failure> {
    let state = open::reading(&at.place)?;
    let pool = operator::pool(&state, at.pool.as_deref())?.id;
    let directory = state.directory();
    if as_json {
        say::json(&directory.of_pool(pool).map(|app| as_value(app)).collect::<Value>());
        return Ok(());
    }
    let rows: Vec<[String; 4]> = directory
        .of_pool(pool)
        .map(|app| {
            let default = if app.is_default { "default" } else { "" };
            [app.id.to_string(), app.identifier.clone(), app.name.clone(), default.to_owned()]
        })
        .collect();
    say::table(["id", "identifier", "name", ""], &rows);
    Ok(())
}

fn grants(protocol: &Protocol) -> Vec<&'static str> {
    protocol.grant_types.iter().map(|grant| grant.as_str()).collect()
}

fn as_value(app: &Application) -> Value {
    let entries = |list: &RedirectList| list.entries().iter().map(RedirectEntry::original).collect::<Value>();
    let protocol = &app.protocol;
    json!({
        "id": app.id.as_str(), "pool": app.pool.as_str(), "identifier": app.identifier, "name": app.name, "default": app.is_default,
        "redirectUris": entries(&app.login), "logoutRedirectUris": entries(&app.logout),
        "backchannelLogoutUri": protocol.backchannel_logout_uri, "frontchannelLogoutUri": protocol.frontchannel_logout_uri,
        "grantTypes": grants(&app.protocol), "createdAt": app.created_at.iso(), "updatedAt": app.updated_at.iso(),
    })
}

fn show(named: &str, read: &Read) -> Result<(), Failure> {
    let state = open::reading(&read.place)?;
    let app = operator::application(&state, named)?;
    if read.json {
        say::json(&as_value(&app));
        return Ok(());
    }
    let mut rows = vec![
        ["id".to_owned(), app.id.to_string()],
        ["identifier".to_owned(), app.identifier.clone()],
        ["name".to_owned(), app.name.clone()],
        ["pool".to_owned(), app.pool.to_string()],
        ["default".to_owned(), app.is_default.to_string()],
        ["grant types".to_owned(), grants(&app.protocol).join(", ")],
    ];
    for (what, list) in [("log-in callback", &app.login), ("log-out callback", &app.logout)] {
        rows.extend(list.entries().iter().map(|entry| [what.to_owned(), entry.original().to_owned()]));
    }
    let protocol = &app.protocol;
    let uris =
        [("back-channel", &protocol.backchannel_logout_uri), ("front-channel", &protocol.frontchannel_logout_uri)];
    for (what, uri) in uris {
        rows.extend(uri.iter().map(|uri| [what.to_owned(), uri.clone()]));
    }
    say::table(["", ""], &rows);
    Ok(())
}
