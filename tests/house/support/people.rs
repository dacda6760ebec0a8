//! People, and the programs of administrators.

use exeunt::domain::id::{ApplicationId, PoolId, UserId};
use serde_json::{Value, json};

use super::House;
use super::wire::{self, Answer};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// Secret of every application.
pub const CLIENT_SECRET: &str = "89abcdef0123456789abcdef01234567";
/// Secret of the pool Acme.
pub const POOL_SECRET: &str = "0123456789abcdef0123456789abcdef";
/// Secret of the pool Other.
pub const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
}

/// An administrator's program with a management token.
#[derive(Debug, Clone)]
pub struct Program {
    pub port: u16,
    pub token: String,
}

impl Program {
    pub fn of_pool(house: &House, pool: PoolId, secret: &str) -> Self {
        let body = json!({ "userPoolId": pool, "secret": secret });
        let answer = json_post(house.port, "/api/v2/userpools/access-token", &body, &[]);
        assert_eq!(answer.status, 201, "{}", answer.text());
        Self { port: house.port, token: answer.json()["accessToken"].as_str().unwrap().to_owned() }
    }

    pub fn of_key(house: &House, id: &str, secret: &str) -> Self {
        let body = json!({ "accessKeyId": id, "accessKeySecret": secret });
        let answer = json_post(house.port, "/api/v3/get-management-token", &body, &[]);
        let token = answer.json()["data"]["access_token"].as_str().unwrap_or_default().to_owned();
        Self { port: house.port, token }
    }

    /// The call as it is, whatever comes back.
    pub fn posts(&self, path: &str, body: &Value) -> Answer {
        json_post(self.port, path, body, &[("Authorization", &format!("Bearer {}", self.token))])
    }

    pub fn gets(&self, path: &str) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("Authorization", authorization.as_str())];
        wire::request(self.port, &format!("localhost:{}", self.port), ("GET", path), &headers, None)
    }

    /// The kick as it is, whatever comes back.
    pub fn tries_to_kick(&self, application: impl std::fmt::Display, ids: &Value) -> Answer {
        let path = format!("/api/v2/applications/{application}/kick-active-users");
        self.posts(&path, &json!({ "userIds": ids }))
    }

    /// A kick that works; answers its `data`.
    #[track_caller]
    pub fn kicks(&self, application: ApplicationId, people: &[&Person]) -> Value {
        let ids: Vec<&UserId> = people.iter().map(|p| &p.id).collect();
        let answer = self.tries_to_kick(application, &json!(ids));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        assert_eq!(body["code"], 200, "{body}");
        body["data"].clone()
    }

    /// A receipt as everybody with the right may read it.
    #[track_caller]
    pub fn receipt(&self, id: &str) -> Value {
        let answer = self.gets(&format!("/api/v1/logouts/{id}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

/// Posts JSON to the base host.
pub fn json_post(port: u16, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("Content-Type", "application/json")];
    all.extend_from_slice(headers);
    let host = format!("localhost:{port}");
    wire::request(port, &host, ("POST", path), &all, Some(body.to_string().as_bytes()))
}
