//! A program that signs its calls, as authing-node-sdk does; the text to sign is put together by hand.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, House, POOL_SECRET, wire};

/// One signed call in the making: a test changes it before or after it is signed.
#[derive(Debug, Clone)]
pub struct Signer {
    pub id: String,
    pub secret: String,
    /// Headers that are signed.
    pub headers: Vec<(String, String)>,
}

/// The date header of the house's morning.
pub const DATE: &str = "Sat, 22 Nov 2025 07:20:00 GMT";

impl Signer {
    /// A call with this credential and nonce, made in the house's morning.
    pub fn new(id: impl ToString, secret: &str, nonce: &str) -> Self {
        let headers = [
            ("x-authing-signature-nonce", nonce),
            ("x-authing-signature-method", "HMAC-SHA1"),
            ("x-authing-signature-version", "1.0"),
            ("x-authing-lang", "en-US"),
            ("date", DATE),
        ];
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Self { id: id.to_string(), secret: secret.to_owned(), headers }
    }

    /// The same with the secret of Acme.
    pub fn acme(house: &House, nonce: &str) -> Self {
        Self::new(house.pool, POOL_SECRET, nonce)
    }

    /// Another header, or none when it is empty.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The `Authorization` header for a method and the path with its parameters as they are signed.
    pub fn authorization(&self, method: &str, resource: &str) -> String {
        let mut lines: Vec<String> = self.headers.iter().map(|(n, v)| format!("{n}:{v}\n")).collect();
        lines.sort();
        let text = format!("{method}\n{}{resource}", lines.concat());
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.secret.as_bytes());
        format!("authing {}:{}", self.id, STANDARD.encode(hmac::sign(&key, text.as_bytes())))
    }

    /// Sends a call with its headers and this authorization.
    pub fn sends(&self, house: &House, what: (&str, &str), body: Option<&str>, authorization: &str) -> Answer {
        let mut headers: Vec<(&str, &str)> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        headers.push(("Authorization", authorization));
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        wire::request(house.port, &house.host(""), what, &headers, body.map(str::as_bytes))
    }

    /// A POST, signed over `path?parameters`.
    pub fn posts(&self, house: &House, path: &str, body: &str, parameters: &str) -> Answer {
        let authorization = self.authorization("POST", &format!("{path}?{parameters}"));
        self.sends(house, ("POST", path), Some(body), &authorization)
    }

    /// A GET, signed over `path?parameters` and sent with `query`.
    pub fn gets(&self, house: &House, path: &str, query: &str, parameters: &str) -> Answer {
        let authorization = self.authorization("GET", &format!("{path}?{parameters}"));
        self.sends(house, ("GET", &format!("{path}?{query}")), None, &authorization)
    }
}
