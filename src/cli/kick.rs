//! `exeunt kick`: through the running server when there is one, else at the database itself.

use std::time::Duration;

use serde_json::{Value, json};

use super::args::KickCommand;
use super::failure::Failure;
use super::{open, say};
use crate::config::Config;
use crate::domain::logout::Cause;
use crate::flow::applications::by_operator;
use crate::flow::{logout, operator, upkeep};

/// Ends the sessions of the named users.
pub fn kick(command: &KickCommand) -> Result<(), Failure> {
    let config = open::settings(&command.read.place)?;
    let receipts = match open::house_of(config.clone()) {
        Ok(state) => {
            let (ids, within) = operator::resolve(&state, &command.user, command.app.as_deref())?;
            let why = (Cause::Kicked, by_operator());
            let receipts = state.write_now(move |act, state| logout::kick_anywhere(act, state, ids, within, why))?;
            upkeep::write_out(&state)?;
            receipts.iter().map(|r| json!({ "receipt": r.id, "kicked": r.known, "unknown": r.unknown })).collect()
        }
        Err(failure) if failure.code == 5 => ask(&config, command)?,
        Err(failure) => return Err(failure),
    };
    if command.read.json {
        say::json(&json!({ "receipts": receipts }));
        return Ok(());
    }
    for receipt in &receipts {
        let number = receipt["kicked"].as_u64().unwrap_or_default();
        let people = if number == 1 { "user" } else { "users" };
        println!("{number} {people} forced to log out, receipt {}", receipt["receipt"].as_str().unwrap_or_default());
    }
    Ok(())
}

/// Asks the running server, by the credential in the data directory.
fn ask(config: &Config, command: &KickCommand) -> Result<Vec<Value>, Failure> {
    let silent = |why: String| Failure::new(format!("the running server cannot be asked: {why}"));
    let running = operator::running(&config.data_dir).map_err(|error| silent(error.to_string()))?;
    let mut address = running.address;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let call = json!({ "users": command.user, "application": command.app });
    let url = format!("http://{address}/api/v1/operator/kick");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(post(&url, &running.token, call.to_string()));
    let (status, text) = answer.map_err(|error| silent(error.without_url().to_string()))?;
    let body: Value = serde_json::from_str(&text).map_err(|error| silent(error.to_string()))?;
    if status != 200 {
        return Err(Failure::new(refusal(&body)));
    }
    Ok(body["receipts"].as_array().cloned().unwrap_or_default())
}

/// One post over loopback; no proxy stands between.
async fn post(url: &str, token: &str, body: String) -> reqwest::Result<(u16, String)> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .build()?;
    let asked = client.post(url).bearer_auth(token).header("content-type", "application/json").body(body);
    let answer = asked.send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// problem+json in words.
fn refusal(body: &Value) -> String {
    let fields = body["fields"].as_array().into_iter().flatten().map(|field| {
        let number = field["line"].as_u64().map(|line| format!(" (number {})", line + 1)).unwrap_or_default();
        format!(
            "{}{number} is refused: {}",
            field["field"].as_str().unwrap_or_default(),
            field["code"].as_str().unwrap_or_default()
        )
    });
    let fields: Vec<String> = fields.collect();
    if fields.is_empty() {
        body["detail"].as_str().unwrap_or("refused").to_owned()
    } else {
        fields.join("; ").replace('_', " ")
    }
}
