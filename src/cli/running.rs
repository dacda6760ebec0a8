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
    let agent = ureq::Agent::from(
        ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build(),
    );
    let mut answer = agent
        .post(format!("http://{address}/api/v1/operator/{act}"))
        .header("authorization", format!("Bearer {}", running.token))
        .content_type("application/json")
        .send(call.to_string())
        .map_err(|error| silent(error.to_string()))?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().map_err(|error| silent(error.to_string()))?;
    let body: Value = serde_json::from_str(&text).map_err(|error| silent(error.to_string()))?;
    if status == 200 { Ok(body) } else { Err(Failure::new(refusal(&body))) }
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
