//! What a program signs when it signs a call: the text, made again from the call as it arrived (authing-contract.md 4.3).
//!
//! Method, then each `x-authing-…` and `date` header as `name:value` by name, then the path with its parameters by name: of
//! the query, or of the top level of a JSON body. Parameters are taken as the client wrote them, never written anew: lists and
//! objects are slices of the body, so the client's own order of keys and form of numbers stand.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A call as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct CallAsSent<'a> {
    /// Method, in capitals.
    pub method: &'a str,
    /// Path, as asked for: nothing in it is decoded.
    pub path: &'a str,
    /// Query as asked for; empty when there is none.
    pub query: &'a str,
    /// Names and values of the query, decoded.
    pub parameters: &'a [(String, String)],
    /// Headers, names in small letters.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body.
    pub body: &'a [u8],
}

/// The texts that a client may have signed for this call, all of which say the same: SDKs leave a question mark behind when
/// every parameter was undefined, a query that was part of the address is signed as it stands, and a list in a query is signed
/// as JSON and sent one by one, and what was signed without blanks may be sent with them. Empty: nobody can have signed it, because its body has no parameters that could be listed.
pub fn texts(call: &CallAsSent<'_>) -> Vec<String> {
    let reads = matches!(call.method, "GET" | "HEAD");
    let parameters = if reads { Some(call.parameters.to_vec()) } else { of_body(call.body, str::to_owned) };
    let Some(mut parameters) = parameters else { return Vec::new() };
    by_name(&mut parameters);
    let listed = joined(&parameters);
    let asked = if call.query.is_empty() { call.path.to_owned() } else { format!("{}?{}", call.path, call.query) };
    let mut resources = match (reads, listed.is_empty()) {
        (_, true) => vec![asked.clone(), format!("{asked}?")],
        (true, false) => vec![format!("{}?{listed}", call.path), asked.clone()],
        (false, false) => vec![format!("{asked}?{listed}")],
    };
    if let Some(mut compact) = of_body(call.body, compacted).filter(|pairs| !reads && !pairs.is_empty()) {
        by_name(&mut compact);
        resources.push(format!("{asked}?{}", joined(&compact)));
        resources.dedup();
    }
    if reads && parameters.iter().any(|(name, _)| name.ends_with("[]")) {
        resources.push(format!("{}?{}", call.path, joined(&gathered(&parameters))));
    }
    let head = format!("{}\n{}", call.method, lines(call.headers));
    // SDKs sign `/x` and ask for `//x` when their host option ends in a slash.
    let single = |resource: &String| resource.strip_prefix('/').filter(|rest| rest.starts_with('/')).map(str::to_owned);
    let doubled: Vec<String> = resources.iter().filter_map(single).collect();
    resources.into_iter().chain(doubled).map(|resource| format!("{head}{resource}")).collect()
}

/// JavaScript and C# compare UTF-16.
fn by_name(parameters: &mut [(String, String)]) {
    parameters.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
}

fn joined(parameters: &[(String, String)]) -> String {
    parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Sorted parameters with each `name[]` gathered into the JSON list `name`, as axios sends apart what was signed as one.
fn gathered(parameters: &[(String, String)]) -> Vec<(String, String)> {
    let mut whole: Vec<(String, String)> = Vec::new();
    for list in parameters.chunk_by(|one, other| one.0 == other.0) {
        match list.first().and_then(|(name, _)| name.strip_suffix("[]")) {
            Some(name) => {
                let values: Vec<&str> = list.iter().map(|(_, value)| value.as_str()).collect();
                whole.push((name.to_owned(), serde_json::Value::from(values).to_string()));
            }
            None => whole.extend_from_slice(list),
        }
    }
    by_name(&mut whole);
    whole
}

fn lines(headers: &[(&str, &str)]) -> String {
    let mut signed: Vec<_> =
        headers.iter().filter(|(name, _)| name.starts_with("x-authing-") || *name == "date").collect();
    signed.sort_by_key(|(name, _)| *name);
    let blank = |value: &str| value.replace(['\t', '\n', '\r', '\u{c}'], " ").trim().to_owned();
    let mut text = String::new();
    for (name, value) in signed {
        text.extend([name, ":", &blank(value), "\n"]);
    }
    text
}

/// JSON without the blanks between its parts.
fn compacted(written: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let kept = |c: &char| {
        let outside = !inside;
        if *c == '"' && !escaped {
            inside = !inside;
        }
        escaped = inside && *c == '\\' && !escaped;
        !(outside && c.is_ascii_whitespace())
    };
    written.chars().filter(kept).collect()
}

/// Top-level names and values of a JSON body: texts decoded, everything else as `taken` from what is written. No body has none.
fn of_body(body: &[u8], taken: fn(&str) -> String) -> Option<Vec<(String, String)>> {
    if body.is_empty() {
        return Some(Vec::new());
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let pairs = reader.deserialize_map(Pairs(taken)).ok()?;
    reader.end().ok()?;
    Some(pairs)
}

struct Pairs(fn(&str) -> String);

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            let written = value.get();
            let text = if written.starts_with('"') {
                serde_json::from_str(written).map_err(serde::de::Error::custom)?
            } else {
                (self.0)(written)
            };
            pairs.push((name, text));
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [(&str, &str); 5] = [
        ("x-authing-signature-nonce", "abc"),
        ("x-authing-lang", "zh-CN"),
        ("host", "localhost"),
        ("date", "Sat, 22 Nov 2025 07:20:00 GMT"),
        ("x-authing-app-id", "\tt\t1 "),
    ];
    const HEAD: &str = "date:Sat, 22 Nov 2025 07:20:00 GMT\nx-authing-app-id:t 1\nx-authing-lang:zh-CN\nx-authing-signature-nonce:abc\n";

    fn of(method: &str, path: &str, parameters: &[(&str, &str)], body: &str) -> Vec<String> {
        let owned: Vec<(String, String)> = parameters.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let call = CallAsSent { method, path, query, parameters: &owned, headers: &HEADERS, body: body.as_bytes() };
        texts(&call)
    }

    #[test]
    fn a_body_is_signed_as_the_client_wrote_it() {
        let body =
            r#"{"z":1.50,"list":["b","a"],"a":null,"o":{"2":1,"1":{"k":"é\n"}},"t":true,"s":"马 \"x\"\u0041","e":""}"#;
        let resource =
            "/api/v3/x?a=null&e=&list=[\"b\",\"a\"]&o={\"2\":1,\"1\":{\"k\":\"é\\n\"}}&s=马 \"x\"A&t=true&z=1.50";
        assert_eq!(of("POST", "/api/v3/x", &[], body), [format!("POST\n{HEAD}{resource}")]);
        assert_eq!(of("POST", "/x?q=1", &[], "{\"a\":1}"), [format!("POST\n{HEAD}/x?q=1?a=1")]);
    }

    #[test]
    fn what_is_sent_with_blanks_may_be_signed_without() {
        let body = "{ \"o\": { \"a\": [1, 2], \"b\": \" x \\\" : \\\\\" }, \"n\": 1, \"s\": \"a  b\" }";
        let signed = format!("POST\n{HEAD}/x?n=1&o={{\"a\":[1,2],\"b\":\" x \\\" : \\\\\"}}&s=a  b");
        let texts = of("POST", "/x", &[], body);
        assert_eq!((texts.len(), texts.last()), (2, Some(&signed)));
    }

    #[test]
    fn a_query_is_signed_decoded_or_as_it_stands() {
        let texts = of("GET", "/x?b=1%202&a=%E9%A9%AC", &[("b", "1 2"), ("a", "马")], "");
        assert_eq!(texts, [format!("GET\n{HEAD}/x?a=马&b=1 2"), format!("GET\n{HEAD}/x?b=1%202&a=%E9%A9%AC")]);
    }

    #[test]
    fn a_list_in_a_query_is_signed_as_json_and_sent_one_by_one() {
        let sent = [("userIds[]", "b"), ("userIds[]", "a \"x\""), ("a", "1"), ("userIdType", "user_id")];
        let texts = of("GET", "/x?raw", &sent, "");
        let signed = format!("GET\n{HEAD}/x?a=1&userIdType=user_id&userIds=[\"b\",\"a \\\"x\\\"\"]");
        assert_eq!(texts.last(), Some(&signed), "in its own order");
        assert_eq!(of("POST", "/x", &sent, "{\"a[]\":1}"), [format!("POST\n{HEAD}/x?a[]=1")], "not in a body");
    }

    #[test]
    fn no_parameters_may_leave_a_question_mark() {
        for (method, body) in [("GET", ""), ("POST", ""), ("POST", "{}")] {
            assert_eq!(of(method, "/x", &[], body), [format!("{method}\n{HEAD}/x"), format!("{method}\n{HEAD}/x?")]);
        }
        assert_eq!(of("GET", "//x", &[], "").len(), 4, "also with one slash");
    }

    #[test]
    fn names_stand_in_the_order_of_utf_16() {
        let texts = of("POST", "/x", &[], "{\"\u{ff5e}\":1,\"\u{1f600}\":2,\"B\":3,\"a\":4}");
        assert!(texts[0].ends_with("/x?B=3&a=4&\u{1f600}=2&\u{ff5e}=1"), "{texts:?}");
    }

    #[test]
    fn a_body_without_names_has_no_text() {
        for body in ["[]", "1", "null", "\"a\"", "{", "{} {}", "{\"a\":}", "not json", "{1:2}"] {
            assert!(of("POST", "/x", &[], body).is_empty(), "{body}");
        }
    }
}
