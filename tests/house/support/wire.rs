//! HTTP/1.1 by hand: raw octets out, an answer in. Nothing is normalised, so a test says exactly what it sends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// Nobody waits longer than this for an answer.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// All values of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {} {}", self.status, self.text()))
    }

    /// Where it sends the browser; empty when nowhere.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// The `Set-Cookie` line of a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        self.all("set-cookie").find(|line| line.split('=').next() == Some(name))
    }

    /// Whether the browser is told to forget its session cookie.
    pub fn clears_the_session(&self) -> bool {
        self.set_cookie("exeunt").is_some_and(|line| line.starts_with("exeunt=;") && line.contains("Max-Age=0"))
    }
}

/// A connection on which octets can be written and answers read.
pub struct Line {
    stream: BufReader<TcpStream>,
}

impl Line {
    pub fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("connect");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Sends; an early end of the connection shows in the answer, not here.
    pub fn send(&mut self, octets: &[u8]) {
        let _ = self.stream.get_mut().write_all(octets);
    }

    fn line(&mut self) -> Option<String> {
        let mut octets = Vec::new();
        match self.stream.read_until(b'\n', &mut octets) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(String::from_utf8_lossy(&octets).trim_end().to_owned()),
        }
    }

    /// Status and headers; `None` when the connection ended first.
    pub fn head(&mut self) -> Option<Answer> {
        let status = self.line()?.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Some(Answer { status, headers, body: Vec::new() });
            }
            let (name, value) = line.split_once(':')?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut body = vec![0; length];
        if self.stream.read_exact(&mut body).is_ok() { body } else { Vec::new() }
    }

    /// One chunk of a chunked body; `None` at its end, or when nothing came within the patience.
    pub fn chunk(&mut self) -> Option<String> {
        let length = usize::from_str_radix(self.line()?.split(';').next()?.trim(), 16).ok()?;
        let body = self.exactly(length);
        let _ = self.line();
        if length == 0 { None } else { Some(String::from_utf8_lossy(&body).into_owned()) }
    }

    /// A whole answer.
    pub fn answer(&mut self, bodiless: bool) -> Option<Answer> {
        let mut answer = self.head()?;
        if bodiless || answer.status == 204 || answer.status == 304 {
            return Some(answer);
        }
        if answer.header("transfer-encoding").is_some_and(|v| v.contains("chunked")) {
            while let Some(chunk) = self.chunk() {
                answer.body.extend_from_slice(chunk.as_bytes());
            }
        } else if let Some(length) = answer.header("content-length").and_then(|v| v.parse().ok()) {
            answer.body = self.exactly(length);
        } else {
            let _ = self.stream.read_to_end(&mut answer.body);
        }
        Some(answer)
    }
}

/// Sends octets on a fresh connection and reads one answer; status 0 when there was none.
pub fn raw(port: u16, octets: &[u8]) -> Answer {
    let mut line = Line::open(port);
    line.send(octets);
    line.answer(octets.starts_with(b"HEAD ")).unwrap_or_default()
}

/// A request of a program: method, path, headers, body.
pub fn request(port: u16, host: &str, what: (&str, &str), headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
    raw(port, &written(host, what, headers, body))
}

/// The same as octets.
pub fn written(host: &str, what: (&str, &str), headers: &[(&str, &str)], body: Option<&[u8]>) -> Vec<u8> {
    let (method, path) = what;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut octets = head.into_bytes();
    octets.extend_from_slice(body.unwrap_or_default());
    octets
}
