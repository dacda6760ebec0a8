//! Somebody who uses an SDK as a trace wrote it down: fills in live tokens, sends, compares the answers, keeps what they give.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::authing::encrypted;
use super::browser::encoded;
use super::client::VERIFIER;
use super::people::CLIENT_SECRET;
use super::{Answer, Browser, House, PASSWORD, POOL_SECRET};

/// The date header of the house's morning.
const DATE: &str = "Sat, 22 Nov 2025 07:20:00 GMT";

/// No two requests have the same.
static NONCE: AtomicU32 = AtomicU32::new(0);

/// The names in angle brackets.
pub fn names(text: &str) -> BTreeSet<&str> {
    let parts = text.split('<').skip(1).filter_map(|part| part.split_once('>'));
    parts.map(|(name, _)| name.split(", ").next().unwrap_or(name)).filter(|name| !name.starts_with("text ")).collect()
}

/// Whether an answer has what the SDK was content with: the same names with the same kinds; booleans and codes as they were.
fn fits(shape: &Value, actual: &Value) -> Result<(), String> {
    let well = match shape {
        Value::Object(all) => {
            return all
                .iter()
                .try_for_each(|(name, one)| fits(one, &actual[name]).map_err(|why| format!("{name}.{why}")));
        }
        Value::Array(all) => {
            return match (all.first(), actual.as_array()) {
                (None, Some(_)) => Ok(()),
                (Some(first), Some(list)) if !list.is_empty() => fits(first, &list[0]),
                _ => Err(format!(" is {actual}, no list like {shape}")),
            };
        }
        Value::String(kind) if kind == "string" => actual.is_string(),
        Value::String(kind) if kind == "number" => actual.is_number(),
        Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Null => shape == actual,
    };
    if well { Ok(()) } else { Err(format!(" is {actual}, not {shape}")) }
}

/// Somebody who uses the SDK: what their program knows, and their browser's cookies.
#[derive(Clone)]
pub struct Actor<'a> {
    house: &'a House,
    trace: &'a Value,
    pub known: HashMap<&'static str, String>,
    pub browser: Browser,
}

impl<'a> Actor<'a> {
    pub fn new(house: &'a House, trace: &'a Value, account: &str) -> Self {
        let (app, user) = (house.application("notes").id.to_string(), house.person(account).id.to_string());
        let known = HashMap::from([
            ("account", account.to_owned()),
            ("user", user),
            ("email", format!("{account}@example.com")),
            ("phone", phone(account).to_owned()),
            ("password", PASSWORD.to_owned()),
            ("app", app),
            ("pool", house.pool.to_string()),
            ("app secret", CLIENT_SECRET.to_owned()),
            ("pool secret", POOL_SECRET.to_owned()),
            ("callback", "http://notes.example/callback".to_owned()),
            ("to", "http://127.0.0.1:9101/bye".to_owned()),
            ("host", house.at("", "")),
            ("state", "a-state".to_owned()),
            ("verifier", VERIFIER.to_owned()),
            ("date", DATE.to_owned()),
            ("signature", String::new()),
            ("nonce", String::new()),
        ]);
        Self { house, trace, known, browser: house.browser() }
    }

    /// The calls of a capability that this actor's tokens allow.
    pub fn calls(&self, capability: &str) -> Vec<(&'a str, &'a Value)> {
        let all = self.trace["calls"][capability].as_object();
        all.into_iter()
            .flatten()
            .filter(|(_, call)| self.knows(call))
            .map(|(name, call)| (name.as_str(), call))
            .collect()
    }

    fn knows(&self, call: &Value) -> bool {
        let text = call["sent"].to_string();
        names(&text)
            .iter()
            .all(|name| self.known.contains_key(name) || (*name == "cookie" && !self.browser.jar.is_empty()))
    }

    fn fill(&self, text: &str) -> String {
        if let Some(n) = text.strip_prefix("<text ").and_then(|rest| rest.strip_suffix('>')) {
            return self.fill(self.trace["texts"][n.parse::<usize>().unwrap()].as_str().unwrap());
        }
        if text == "<password, encrypted>" {
            return self.encrypts(PASSWORD);
        }
        let mut whole = text.to_owned();
        for (name, value) in &self.known {
            whole = whole.replace(&format!("<{name}>"), value);
            if whole.contains(", encoded>") {
                let plain: String = encoded(&[("", value)]).chars().skip(1).collect();
                whole = whole.replace(&format!("<{name}, encoded>"), &plain);
            }
        }
        match whole.strip_prefix("Basic base64(").and_then(|rest| rest.strip_suffix(')')) {
            Some(credentials) => format!("Basic {}", STANDARD.encode(credentials)),
            None => whole,
        }
    }

    fn encrypts(&self, text: &str) -> String {
        let key = self.house.ask(("GET", "/api/v2/.well-known"), &[], None).json();
        encrypted(key["data"]["publicKey"].as_str().unwrap(), text)
    }

    fn filled(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(all) => all.iter().map(|one| self.filled(one)).collect(),
            Value::Object(all) => {
                Value::Object(all.iter().map(|(name, one)| (name.clone(), self.filled(one))).collect::<Map<_, _>>())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// One request as the SDK sends it.
    fn sends(&mut self, request: &Value) -> Answer {
        self.known.insert("nonce", NONCE.fetch_add(1, Ordering::Relaxed).to_string());
        let (method, path) = (request["method"].as_str().unwrap(), self.fill(request["path"].as_str().unwrap()));
        let body = match (&request["json"], &request["form"]) {
            (Value::Null, Value::Null) => None,
            (Value::Null, form) => {
                let all = self.filled(form);
                let fields: Vec<(&str, &str)> =
                    all.as_object().unwrap().iter().map(|(n, v)| (n.as_str(), v.as_str().unwrap())).collect();
                Some(encoded(&fields))
            }
            (json, _) => Some(self.filled(json).to_string()),
        };
        let mut headers: Vec<(String, String)> = request["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), self.fill(value.as_str().unwrap())))
            .collect();
        let sends_cookies = request["headers"].get("cookie").is_some()
            || request["answers"].get("done").is_some() && headers.is_empty();
        headers.retain(|(name, _)| name != "cookie");
        if request["headers"]["authorization"] == "authing <pool>:<signature>" {
            let authorization = self.signed((method, &path), &headers, body.as_deref());
            headers.retain(|(name, _)| name != "authorization");
            headers.push(("authorization".to_owned(), authorization));
        }
        let all: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let held = if sends_cookies { None } else { Some(std::mem::take(&mut self.browser.jar)) };
        let answer = self.browser.sends(method, &self.house.at("", &path), &all, body.as_deref());
        for (host, jar) in held.into_iter().flatten() {
            let now = self.browser.jar.entry(host).or_default();
            for (name, value) in jar {
                now.entry(name).or_insert(value);
            }
        }
        answer
    }

    /// The `Authorization` of a signed request: method, signed headers, path and parameters, each in its order.
    fn signed(&self, (method, path): (&str, &str), headers: &[(String, String)], body: Option<&str>) -> String {
        let mut lines: Vec<String> = headers
            .iter()
            .filter(|(n, _)| n.starts_with("x-authing-") || n == "date")
            .map(|(n, v)| format!("{n}:{v}\n"))
            .collect();
        lines.sort();
        let (resource, query) = path.split_once('?').unwrap_or((path, ""));
        let mut parameters: Vec<String> = query.split('&').filter(|one| !one.is_empty()).map(str::to_owned).collect();
        if let Some(Value::Object(all)) = body.map(|text| serde_json::from_str(text).unwrap()) {
            parameters = all
                .iter()
                .map(|(n, v)| format!("{n}={}", v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
                .collect();
        }
        parameters.sort();
        let mark = if parameters.is_empty() { "" } else { "?" };
        let text = format!("{method}\n{}{resource}{mark}{}", lines.concat(), parameters.join("&"));
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, POOL_SECRET.as_bytes());
        format!("authing {}:{}", self.known["pool"], STANDARD.encode(hmac::sign(&key, text.as_bytes())))
    }

    /// Plays a call; every answer is one that the SDK had when somebody was in (`alive`), when nobody was (`dead`), or when it
    /// did something (`done`). The last answer.
    #[track_caller]
    pub fn plays(&mut self, (name, call): (&str, &Value), when: &str) -> Answer {
        let mut last = Answer::default();
        for request in call["sent"].as_array().unwrap() {
            let answer = self.sends(request);
            let tried: Vec<String> = request["answers"][when]
                .as_array()
                .unwrap_or_else(|| panic!("{name} was never {when}"))
                .iter()
                .filter_map(|n| resembles(&self.trace["shapes"][n.as_u64().unwrap() as usize], &answer).err())
                .collect();
            let allowed = request["answers"][when].as_array().unwrap().len();
            assert!(tried.len() < allowed, "{name}, {when}: {tried:?}: {}", answer.text());
            self.learns(request["path"].as_str().unwrap(), &answer);
            last = answer;
        }
        last
    }

    /// Keeps the tokens of an answer.
    fn learns(&mut self, path: &str, answer: &Answer) {
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else { return };
        if path == "/api/v3/get-management-token" {
            return self.keeps("admin", &body["data"]["access_token"]);
        }
        self.keeps("admin", &body["data"]["accessToken"]["accessToken"]);
        for call in ["loginByUsername", "loginByEmail", "loginByPhonePassword", "refreshToken"] {
            self.keeps("login", &body["data"][call]["token"]);
        }
        for (name, field) in [("access", "access_token"), ("id", "id_token"), ("refresh", "refresh_token")] {
            self.keeps(name, &body["data"][field]);
            self.keeps(name, &body[field]);
        }
    }

    fn keeps(&mut self, name: &'static str, token: &Value) {
        if let Some(token) = token.as_str() {
            self.known.insert(name, token.to_owned());
        }
    }
}

/// Everybody of a trace has a phone.
pub fn phone(account: &str) -> &'static str {
    if account == "lilei" { "+8613800000001" } else { "+8613800000002" }
}

fn resembles(shape: &Value, answer: &Answer) -> Result<(), String> {
    if shape["status"] != answer.status {
        return Err(format!("status {}", answer.status));
    }
    match shape["body"].as_str() {
        Some("text") => Ok(()),
        Some("empty") if answer.status == 303 || answer.body.is_empty() => Ok(()),
        Some(other) => Err(format!("not {other}")),
        None => fits(&shape["body"], &serde_json::from_slice(&answer.body).map_err(|e| e.to_string())?),
    }
}
