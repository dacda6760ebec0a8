//! The stage of the tests that break every call of the table: a house with everybody's credentials, the samples with their
//! braces filled, and what counts as a refusal.

use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use super::samples::{CALLS, FIELDS, Who};
use crate::support::authing::Sdk;
use crate::support::people::CLIENT_SECRET;
use crate::support::{Answer, House, PASSWORD, POOL_SECRET};

/// A house with everybody's credentials.
pub struct Stage {
    pub house: House,
    /// Wang's log-in token, and their tokens of OpenID Connect.
    pub login_token: String,
    pub tokens: Value,
    pub device: String,
    pub sealed: String,
    pub management: String,
}

/// One line of the samples: path or field, who, and the call with its braces filled.
pub struct Sample {
    pub name: &'static str,
    pub who: Who,
    pub method: &'static str,
    pub path: String,
    /// A body or a query.
    pub with: String,
}

impl Stage {
    pub fn open() -> Self {
        let house = House::with(|config| {
            (config.login_tries_per_address, config.login_tries_per_name) = (1_000_000, 1_000_000);
        });
        house.settles("notes", |protocol| protocol.self_registration = true);
        let (mut sdk, mut v3) = (Sdk::of(&house, "notes"), Sdk::of(&house, "notes"));
        sdk.logs_in("wang");
        let tokens = v3.signs_in("wang");
        let (device, management) = (house.sid_of(&sdk.browser).to_string(), house.program().token);
        Self { login_token: sdk.token.clone(), tokens, device, sealed: sdk.encrypts(PASSWORD), management, house }
    }

    pub fn filled(&self, text: &str) -> String {
        let (app, user) = (self.house.application("notes").id, self.house.person("lintao").id);
        text.replace("{app}", app.as_str())
            .replace("{user}", user.as_str())
            .replace("{device}", &self.device)
            .replace("{pool}", self.house.pool.as_str())
            .replace("{secret}", POOL_SECRET)
            .replace("{client_secret}", CLIENT_SECRET)
            .replace("{sealed}", &self.sealed)
            .replace("{password}", PASSWORD)
            .replace("{token}", &self.login_token)
            .replace("{kind}", "email")
    }

    pub fn calls(&self) -> Vec<Sample> {
        let of = |(name, who, with): &(&'static str, Who, &str)| {
            let (method, path) = name.split_once(' ').unwrap();
            Sample { name, who: *who, method, path: self.filled(path), with: self.filled(with) }
        };
        CALLS.iter().map(of).collect()
    }

    /// Fields of GraphQL, as calls.
    pub fn fields(&self) -> Vec<Sample> {
        let of = |(name, who, variables): &(&'static str, Who, &str)| {
            let variables: Value = serde_json::from_str(&self.filled(variables)).unwrap();
            let of_each = |shape: fn(&String) -> String| {
                let names = variables.as_object().unwrap().keys().map(shape).collect::<Vec<_>>().join(", ");
                if names.is_empty() { names } else { format!("({names})") }
            };
            let (declared, given) = (of_each(|n| format!("${n}: Any")), of_each(|n| format!("{n}: ${n}")));
            let query = format!("query q{declared} {{ {name}{given} {{ id }} }}");
            let with = json!({ "query": query, "variables": variables }).to_string();
            Sample { name, who: *who, method: "POST", path: "/graphql/v2".into(), with }
        };
        FIELDS.iter().map(of).collect()
    }

    pub fn all(&self) -> Vec<Sample> {
        self.calls().into_iter().chain(self.fields()).collect()
    }

    /// Makes a call with other headers; a POST says that it is JSON, unless a header says otherwise.
    pub fn makes(&self, sample: &Sample, headers: &[(&str, &str)], with: &[u8]) -> Answer {
        let mut all = headers.to_vec();
        if sample.method == "DELETE" {
            return self.house.ask(("DELETE", &sample.path), &all, None);
        }
        if sample.method == "GET" {
            let path = format!("{}?{}", sample.path, String::from_utf8_lossy(with));
            return self.house.ask(("GET", path.trim_end_matches('?')), &all, None);
        }
        if !all.iter().any(|(name, _)| *name == "Content-Type") {
            all.push(("Content-Type", "application/json"));
        }
        self.house.ask((sample.method, &sample.path), &all, Some(with))
    }

    pub fn credential(&self, who: Who) -> String {
        match who {
            Who::Admin => format!("Bearer {}", self.management),
            Who::Person => format!("Bearer {}", self.login_token),
            Who::Anyone | Who::Elsewhere => String::new(),
        }
    }

    /// Rows without what a log-in or an issued token may add.
    pub fn of_acme(&self) -> Vec<String> {
        let acme = format!("pool_id={:?}", ValueRef::Text(self.house.pool.as_str().as_bytes()));
        let kept = |line: &String| {
            let of_pool = ["users:", "applications:"].iter().any(|t| line.starts_with(t)) && line.contains(&acme);
            of_pool || ["sessions:", "participants:"].iter().any(|t| line.starts_with(t))
        };
        self.house.picture().into_iter().filter(kept).collect()
    }
}

/// The number of a refusal; none: it was no refusal. Fails on whatever is in no envelope, and on faults of ours.
#[track_caller]
pub fn refusal(sample: &Sample, answer: &Answer, what: &str) -> Option<u64> {
    let name = format!("{} with {what}", sample.name);
    assert!((200..500).contains(&answer.status), "{name}: {} {}", answer.status, answer.text());
    if sample.who == Who::Elsewhere {
        return (answer.status >= 400).then(|| answer.status.into());
    }
    let body = answer.json();
    let said = &body["errors"][0]["message"];
    let (code, message) =
        if said.is_object() { (&said["code"], &said["message"]) } else { (&body["code"], &body["message"]) };
    let code = code.as_u64().filter(|code| *code != 200);
    if let Some(code) = code {
        assert!(message.as_str().is_some_and(|text| !text.is_empty()), "{name}: without words: {body}");
        let own_status = [408, 413, 415, 421].contains(&code);
        assert_eq!(u64::from(answer.status), if own_status { code } else { 200 }, "{name}: {body}");
    } else {
        assert!(matches!(answer.status, 200 | 201), "{name}: {} {body}", answer.status);
    }
    code
}
