//! A client of one kept-alive connection: enough HTTP for acts that are measured one by one.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::{Done, stock};

/// What came back.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        Some(self.head.lines().find(named)?.split_once(':')?.1.trim())
    }

    /// The body, which must be JSON.
    pub fn json(&self) -> Done<serde_json::Value> {
        serde_json::from_str(&self.body).map_err(|_| format!("no JSON ({}): {}", self.status, self.body).into())
    }
}

/// One connection.
pub struct Client {
    stream: TcpStream,
    host: String,
    rest: Vec<u8>,
}

impl Client {
    pub fn to(port: u16) -> Done<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Self { stream, host: format!("127.0.0.1:{port}"), rest: Vec::new() })
    }

    /// Sends a request; `headers` are whole lines.
    pub fn send(&mut self, method: &str, path: &str, headers: &[String], body: &str) -> Done<()> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host);
        for line in headers {
            text.push_str(line);
            text.push_str("\r\n");
        }
        if method == "POST" {
            text.push_str("Content-Length: ");
            text.push_str(&body.len().to_string());
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text.push_str(body);
        Ok(self.stream.write_all(text.as_bytes())?)
    }

    /// Reads on until `mark` has come; answers everything up to its end.
    pub fn until(&mut self, mark: &[u8]) -> Done<Vec<u8>> {
        loop {
            if let Some(at) = self.rest.windows(mark.len()).position(|window| window == mark) {
                return Ok(self.rest.drain(..at + mark.len()).collect());
            }
            self.more()?;
        }
    }

    fn more(&mut self) -> Done<()> {
        let mut chunk = [0u8; 4096];
        let count = self.stream.read(&mut chunk)?;
        if count == 0 {
            return Err("the server closed the connection".into());
        }
        self.rest.extend_from_slice(&chunk[..count]);
        Ok(())
    }

    /// Reads the answer to what was sent.
    pub fn reply(&mut self) -> Done<Reply> {
        let head = String::from_utf8(self.until(b"\r\n\r\n")?)?;
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or("no status")?;
        let mut reply = Reply { status, head, body: String::new() };
        let length: usize = reply.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while self.rest.len() < length {
            self.more()?;
        }
        reply.body = String::from_utf8(self.rest.drain(..length).collect())?;
        Ok(reply)
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[String], body: &str) -> Done<Reply> {
        self.send(method, path, headers, body)?;
        self.reply()
    }

    /// Whether session `n` is let in.
    pub fn is_in(&mut self, n: u64) -> Done<bool> {
        let reply = self.ask("GET", "/api/v1/session", &[cookie(n)], "")?;
        match reply.status {
            200 => Ok(true),
            401 => Ok(false),
            other => Err(format!("a session check answered {other}").into()),
        }
    }

    /// The header of an administrator's program.
    pub fn token(&mut self) -> Done<String> {
        let call = serde_json::json!({ "accessKeyId": stock::POOL, "accessKeySecret": stock::POOL_SECRET }).to_string();
        let reply =
            self.ask("POST", "/api/v3/get-management-token", &["Content-Type: application/json".to_owned()], &call)?;
        let answer: serde_json::Value = serde_json::from_str(&reply.body)?;
        let token = answer["data"]["access_token"].as_str().ok_or_else(|| format!("no token: {}", reply.body))?;
        Ok(format!("Authorization: Bearer {token}"))
    }
}

/// The cookie line of session `n`.
pub fn cookie(n: u64) -> String {
    format!("Cookie: exeunt={}", stock::secret(n))
}
