//! Bodies: forms and JSON, read within bounds and refused in words.

use std::borrow::Cow;
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpMessage as _, HttpRequest};
use futures_util::{Stream, StreamExt as _};

use super::error::Refusal;
use crate::flow::{hex, unhex};

/// Octets of a form.
const FORM: usize = 64 * 1024;
/// Octets of a form that carries a file, in all.
const UPLOAD: usize = 384 * 1024;
/// End of the name of a field that holds a file in hexadecimal digits.
const KEPT: &str = "_hex";
/// The forms that may carry one; everywhere else that media type is refused.
const WITH_FILES: [&str; 2] = ["/console/users/import", "/console/settings/logo"];
/// Octets of a call: 40,000 user ids fit.
const CALL: usize = 2 * 1024 * 1024;
/// A body must have arrived by then; a connection that trickles holds nothing longer (security.md W3).
const PATIENCE: Duration = Duration::from_secs(10);

fn media_type(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn read<S>(payload: &mut S, limit: usize) -> Result<BytesMut, Refusal>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let reading = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Refusal::bad("body"))?;
            if body.len() + chunk.len() > limit {
                return Err(Refusal::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or(Err(Refusal::TooSlow))
}

fn declared_too_large(request: &HttpRequest, limit: usize) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    length.and_then(|v| v.parse::<u64>().ok()).is_some_and(|n| n > limit as u64)
}

/// A form as sent: names and values, decoded once.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl Form {
    /// Reads a form. Another media type, too many octets, invalid UTF-8 and NUL are refused. It also stays with the request:
    /// should it be refused for its age, what was typed is not lost.
    pub async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Refusal> {
        const WANTED: &str = "application/x-www-form-urlencoded";
        if media_type(request) == "multipart/form-data" && WITH_FILES.contains(&request.path()) {
            return Self::with_files(request, payload).await;
        }
        if media_type(request) != WANTED {
            return Err(Refusal::MediaType(WANTED));
        }
        if declared_too_large(request, FORM) {
            return Err(Refusal::TooLarge);
        }
        let form = Self::parse(&read(payload, FORM).await?)?;
        request.extensions_mut().insert(form.clone());
        Ok(form)
    }

    /// The same with files (RFC 7578).
    async fn with_files(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Refusal> {
        if declared_too_large(request, UPLOAD) {
            return Err(Refusal::TooLarge);
        }
        let body = read(payload, UPLOAD).await?.freeze();
        let whole = futures_util::stream::iter([Ok::<_, PayloadError>(body)]);
        let mut parts = Multipart::new(request.headers(), whole);
        let mut form = Self::default();
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(|_| Refusal::bad("body"))?;
            let is_file = part.content_disposition().is_some_and(|said| said.get_filename().is_some());
            let name = part.name().unwrap_or_default().to_owned();
            let octets = part.bytes(UPLOAD).await.map_err(|_| Refusal::TooLarge)?.map_err(|_| Refusal::bad("body"))?;
            if is_file {
                form.files.push((name, octets));
            } else {
                form.pairs.push((name, text(octets.to_vec())?));
            }
        }
        request.extensions_mut().insert(form.clone());
        Ok(form)
    }

    /// Parses form-encoded octets, of a body or of a query.
    pub fn parse(octets: &[u8]) -> Result<Self, Refusal> {
        let mut pairs = Vec::new();
        for pair in octets.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            pairs.push((decoded(&pair[..at])?, decoded(value)?));
        }
        Ok(Self { pairs, files: Vec::new() })
    }

    /// The query of a request, likewise.
    pub fn query(request: &HttpRequest) -> Result<Self, Refusal> {
        Self::parse(request.query_string().as_bytes())
    }

    /// The one value of a field; a field sent twice is refused (security.md D9).
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.pairs.iter().filter(|(n, _)| n == name);
        let first = values.next().map(|(_, v)| v.as_str());
        if values.next().is_some() { Err(Refusal::bad(name)) } else { Ok(first) }
    }

    /// Whether any field came twice, but for one that may.
    pub fn has_doubles(&self, may: &str) -> bool {
        let mut names: Vec<&str> = self.pairs.iter().map(|(n, _)| n.as_str()).filter(|n| *n != may).collect();
        names.sort_unstable();
        names.windows(2).any(|two| two[0] == two[1])
    }

    /// The same, empty when absent.
    pub fn text(&self, name: &'static str) -> Result<&str, Refusal> {
        Ok(self.one(name)?.unwrap_or_default())
    }

    /// The place in a list that a page begins at; absent or empty: the beginning.
    pub fn cursor(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let given = self.one(name)?.filter(|text| !text.is_empty());
        given.map(|text| text.parse().map_err(|_| Refusal::bad(name))).transpose()
    }

    /// The octets of a file that was chosen, or that came once more with a form that was kept; an empty one is none.
    pub fn file(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let chosen = self.files.iter().find(|(n, _)| n == name).map(|(_, octets)| Cow::Borrowed(&octets[..]));
        let kept = || self.pairs.iter().find(|(n, _)| n.strip_suffix(KEPT) == Some(name));
        let octets = chosen.or_else(|| unhex(&kept()?.1).map(Cow::Owned));
        octets.filter(|octets| !octets.is_empty())
    }

    /// Whether it carries a file, in whatever way.
    pub fn has_files(&self) -> bool {
        !self.files.is_empty() || self.pairs.iter().any(|(name, _)| name.ends_with(KEPT))
    }

    /// Its fields for a form that is posted once more, without those of these names. A browser sends a file only where a person
    /// chose it, so files come as fields too.
    pub fn to_keep(&self, without: &[&str]) -> Vec<(String, String)> {
        let files = self.files.iter().map(|(name, octets)| (format!("{name}{KEPT}"), hex(octets)));
        self.pairs.iter().filter(|(name, _)| !without.contains(&&**name)).cloned().chain(files).collect()
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &'static str) -> Result<bool, Refusal> {
        Ok(self.one(name)?.is_some_and(|v| !v.is_empty() && v != "0" && v != "false"))
    }

    /// All names and values, in the order in which they came.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// All values of a field that may come several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

fn decoded(octets: &[u8]) -> Result<String, Refusal> {
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [a, b, after @ ..]) if hex(*a).is_some() && hex(*b).is_some() => {
                out.push(hex(*a).unwrap_or(0) << 4 | hex(*b).unwrap_or(0));
                rest = after;
            }
            (other, _) => out.push(*other),
        }
    }
    text(out)
}

fn text(octets: Vec<u8>) -> Result<String, Refusal> {
    let text = String::from_utf8(octets).map_err(|_| Refusal::bad("encoding"))?;
    if text.contains('\0') { Err(Refusal::bad("encoding")) } else { Ok(text) }
}

/// The octets of a call, whatever they say.
pub async fn whole<S>(request: &HttpRequest, payload: &mut S) -> Result<Bytes, Refusal>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    if declared_too_large(request, CALL) {
        return Err(Refusal::TooLarge);
    }
    Ok(read(payload, CALL).await?.freeze())
}

/// Reads a JSON call into `T`. Another media type, too many octets, a doubled or mistyped field are refused.
pub async fn json<T: serde::de::DeserializeOwned>(request: &HttpRequest, payload: &mut Payload) -> Result<T, Refusal> {
    const WANTED: &str = "application/json";
    if media_type(request) != WANTED {
        return Err(Refusal::MediaType(WANTED));
    }
    let body = whole(request, payload).await?;
    // A list would be read as the fields of a call in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refusal::bad("JSON body"));
    }
    // RFC 8259 section 8.1; what nobody reads is UTF-8 too.
    let text = std::str::from_utf8(&body).map_err(|_| Refusal::bad("JSON body"))?;
    serde_json::from_str(text).map_err(|_| Refusal::bad("JSON body"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_once() {
        let form = Form::parse(b"a=1%2B1+%25&b&c=%E6%9D%8E&&d=%zz").unwrap();
        assert_eq!(form.text("a").unwrap(), "1+1 %");
        assert_eq!(form.text("b").unwrap(), "");
        assert_eq!(form.text("c").unwrap(), "李");
        assert_eq!(form.text("d").unwrap(), "%zz");
        assert_eq!(form.one("e").unwrap(), None);
    }

    #[test]
    fn a_file_comes_back_as_it_was_sent() {
        let sent = Form {
            pairs: vec![("csrf".into(), "c".into())],
            files: vec![("logo".into(), Bytes::from_static(&[0, 255, 10]))],
        };
        let again = Form { pairs: sent.to_keep(&["csrf"]), files: Vec::new() };
        assert_eq!(again.file("logo").as_deref(), sent.file("logo").as_deref());
        assert_eq!(again.pairs().len(), 1, "what is left out stays out");
        assert!(Form::parse(b"logo_hex=+f").unwrap().file("logo").is_none());
        assert!(Form::parse(b"logo_hex=abc").unwrap().file("logo").is_none());
    }

    #[test]
    fn doubled_fields_bad_utf8_and_nul_are_refused() {
        assert!(Form::parse(b"a=1&a=1").unwrap().one("a").is_err());
        assert!(Form::parse(b"a=%ff").is_err());
        assert!(Form::parse(b"a=%00").is_err());
    }
}
