//! A program that kicks.

use std::time::{Duration, Instant};

use super::client::{Client, Reply};
use super::{Done, check, micros, stock};

/// A program of an administrator.
pub struct Admin {
    pub client: Client,
    headers: [String; 2],
}

impl Admin {
    pub fn of(port: u16) -> Done<Self> {
        let mut client = Client::to(port)?;
        let headers = [client.token()?, "Content-Type: application/json".to_owned()];
        Ok(Self { client, headers })
    }

    /// Sends a kick of these users in the application of the stock.
    pub fn send_kick(&mut self, users: &[u64]) -> Done<()> {
        let ids = users.iter().map(|n| stock::user(*n).map(|id| id.to_string())).collect::<Done<Vec<_>>>()?;
        let path = format!("/api/v2/applications/{}/kick-active-users", stock::APPLICATION);
        self.client.send("POST", &path, &self.headers, &serde_json::json!({ "userIds": ids }).to_string())
    }

    /// The receipt of a kick that was sent.
    pub fn receipt(&mut self, users: usize) -> Done<String> {
        let Reply { status, body, .. } = self.client.reply()?;
        let answer: serde_json::Value = serde_json::from_str(&body)?;
        let kicked = answer["data"]["kicked"].as_u64();
        check(status == 200 && answer["code"] == 200 && kicked == Some(users as u64), || format!("kick: {body}"))?;
        Ok(answer["data"]["receipt"].as_str().ok_or("no receipt")?.to_owned())
    }

    /// Milliseconds from sending a kick to its answer.
    pub fn kick(&mut self, users: &[u64]) -> Done<(f64, String)> {
        let begun = Instant::now();
        self.send_kick(users)?;
        let receipt = self.receipt(users.len())?;
        Ok((micros(begun.elapsed()) / 1e3, receipt))
    }

    /// Waits until every row below the barrier is written out; answers how many sessions ended.
    pub fn written_out(&mut self, receipt: &str) -> Done<u64> {
        let begun = Instant::now();
        loop {
            let reply = self.client.ask("GET", &format!("/api/v1/logouts/{receipt}"), &self.headers, "")?;
            let reading: serde_json::Value = serde_json::from_str(&reply.body)?;
            if reading["complete"] == true {
                return Ok(reading["sessionsEnded"].as_u64().unwrap_or(0));
            }
            check(begun.elapsed().as_secs() < 60, || format!("receipt {receipt} stays open: {}", reply.body))?;
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
