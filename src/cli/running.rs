//! What a command asks a running server, which holds the database alone.

use std::time::Duration;

use serde_json::Value;

use super::failure::Failure;
use crate::config::Config;
use crate::flow::operator;

/// Posts a call below `/api/v1/operator/`, with the credential in the data directory, and gives its answer.
pub fn ask(config: &Config, act: &str, call: &Value) -> Result<Value, Failure> {
    let silent = |why: String| Failure::new(format!("the running server cannot be asked: {why}"));
    let running = operator::running(&config.data_dir).map_err(|error| silent(error.to_string()))?;
    let mut address = running.address;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{address}/api/v1/operator/{act}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(post(&url, &running.token, call.to_string()));
    let (status, text) = answer.map_err(|error| silent(error.without_url().to_string()))?;
    let body: Value = serde_json::from_str(&text).map_err(|error| silent(error.to_string()))?;
    if status == 200 { Ok(body) } else { Err(Failure::new(refusal(&body))) }
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
