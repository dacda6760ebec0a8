//! Every path of the table, broken in every way: whatever is malformed is refused in the envelope with HTTP 200 (what was never
//! understood, and overload, keep their status), nothing is ever a fault of ours, and what was refused changed nothing. The
//! calls stand in `samples.rs`, one line each.

use serde_json::{Value, json};

use super::samples::{NEED_NOTHING, TAKEN, Who};
use super::stage::{Stage, refusal};
use crate::support::authing::Sdk;

/// Every place in a JSON value, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, inner)| {
            found.push(format!("{at}/{name}"));
            places(inner, &format!("{at}/{name}"), found);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, inner)| {
            found.push(format!("{at}/{n}"));
            places(inner, &format!("{at}/{n}"), found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What no place takes that holds such a value: everything of another type. Null and nothing may mean absent.
fn of_another_type(value: &Value) -> Vec<Value> {
    let all = [json!(true), json!(1.5), json!(-1), json!([]), json!([[]]), json!({}), json!({ "a": [] }), json!("x")];
    let same = |other: &Value| std::mem::discriminant(other) == std::mem::discriminant(value);
    // An empty list is of the type of every list.
    all.into_iter().filter(|other| !(same(other) || value.is_number() && other.is_string())).collect()
}

#[test]
fn a_wrong_type_in_any_place_is_refused_and_nothing_breaks_it() {
    let stage = Stage::open();
    for sample in stage.all().iter().filter(|s| s.method == "POST" && !s.with.is_empty() && s.who != Who::Elsewhere) {
        let good: Value = serde_json::from_str(&sample.with).unwrap();
        let credential = stage.credential(sample.who);
        let send = |body: &Value| {
            let headers = [("Authorization", credential.as_str())];
            stage.makes(sample, &headers, body.to_string().as_bytes())
        };
        let mut all = Vec::new();
        places(&good, "", &mut all);
        let mut before = stage.of_acme();
        for place in all {
            let mut broken = good.clone();
            let was = broken.pointer(&place).unwrap().clone();
            let taken = TAKEN.iter().any(|(name, parameter)| *name == sample.name && place == format!("/{parameter}"));
            // PHP writes an object without anything in it as a list.
            let may_be_empty = was.is_object()
                && (sample.path.starts_with("/api/v3/") || ["/variables", "/oidcConfig"].contains(&&*place));
            let must = |value: &Value| !(taken || may_be_empty && *value == json!([]));
            for (value, must) in of_another_type(&was).into_iter().map(|v| (v.clone(), must(&v))).chain([
                (json!(null), false),
                (json!(""), false),
                (json!("a".repeat(1 << 20)), false),
                (json!("\u{0}\u{202e}'\"; DROP TABLE users; --"), false),
                (json!(1e308), false),
            ]) {
                *broken.pointer_mut(&place).unwrap() = value.clone();
                let shown: String = value.to_string().chars().take(40).collect();
                let code = refusal(sample, &send(&broken), &format!("{place} = {shown}"));
                assert!(!must || code.is_some(), "{}: {place} = {shown} was taken", sample.name);
                if code.is_some() {
                    assert_eq!(
                        stage.of_acme(),
                        before,
                        "{}: {place} = {shown} was refused and changed something",
                        sample.name
                    );
                } else {
                    before = stage.of_acme();
                }
            }
        }
    }
}

#[test]
fn what_is_no_json_no_graphql_or_of_another_media_type_is_refused() {
    let stage = Stage::open();
    let deep = "[".repeat(100_000);
    let nested = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
    for sample in stage.calls().iter().filter(|s| s.method == "POST" && !s.with.is_empty() && s.who != Who::Elsewhere) {
        let (credential, before) = (stage.credential(sample.who), stage.house.picture());
        let authorization = ("Authorization", credential.as_str());
        let doubled =
            sample.with.replacen('{', &format!("{},", sample.with.trim_end_matches('}').split(',').next().unwrap()), 1);
        for body in [
            "",
            "{",
            "null",
            "[]",
            "1",
            "\"x\"",
            "{}{}",
            "{\"a\":1}x",
            "{a:1}",
            "<x/>",
            "a=1",
            &deep,
            &nested,
            &doubled,
        ] {
            let code = refusal(
                sample,
                &stage.makes(sample, &[authorization], body.as_bytes()),
                body.get(..20).unwrap_or(body),
            );
            let taken = body == nested && NEED_NOTHING.contains(&sample.name);
            assert!(code.is_some() || taken, "{}: {} was taken", sample.name, body.get(..20).unwrap_or(body));
        }
        let code = refusal(sample, &stage.makes(sample, &[authorization], b"{\"a\":\"\xff\xfe\"}"), "no UTF-8");
        assert!(code.is_some(), "{}: no UTF-8", sample.name);
        for media in
            ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application"]
        {
            let headers = [authorization, ("Content-Type", media)];
            let code = refusal(sample, &stage.makes(sample, &headers, sample.with.as_bytes()), media);
            assert_eq!(code, Some(415), "{} as {media}", sample.name);
        }
        let large = format!("{{\"a\":\"{}\"}}", "a".repeat(3 << 20));
        assert_eq!(refusal(sample, &stage.makes(sample, &[authorization], large.as_bytes()), "3 MB"), Some(413));
        assert_eq!(stage.house.picture(), before, "{}", sample.name);
    }
    let mut sdk = Sdk::of(&stage.house, "notes");
    sdk.token.clone_from(&stage.management);
    for (query, code) in [("{ moon { id } }".to_owned(), 501), ("{ user".to_owned(), 2231), ("a".repeat(1 << 20), 2231)]
    {
        assert_eq!(sdk.asks(&query, &json!({}))["errors"][0]["message"]["code"], code);
    }
    for sample in stage.fields() {
        for variables in
            [json!(null), json!([]), json!("x"), json!(1), json!({ "input": null }), json!({ "input": [] })]
        {
            let body =
                json!({ "query": format!("{{ {} {{ id }} }}", sample.name), "variables": variables }).to_string();
            let headers = [("Authorization", &*stage.credential(sample.who))];
            refusal(&sample, &stage.makes(&sample, &headers, body.as_bytes()), &variables.to_string());
        }
    }
}

#[test]
fn a_query_of_any_shape_is_an_answer_or_a_refusal() {
    let stage = Stage::open();
    for sample in stage.calls().iter().filter(|s| s.method == "GET") {
        let credential = stage.credential(sample.who);
        let headers: &[(&str, &str)] = if credential.is_empty() { &[] } else { &[("Authorization", &credential)] };
        let pairs: Vec<(&str, &str)> = sample.with.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let long = "a".repeat(8_000);
        for (at, (name, value)) in pairs.iter().enumerate() {
            let with = |other: &str| {
                let mut all = pairs.clone();
                all[at] = (name, other);
                all.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&")
            };
            for other in
                ["", "*", "undefined", "null", "-1", "0", "99999999999999999999", "%00", "%ff", "%", "[]", "{}", &long]
            {
                let before = stage.of_acme();
                let answer = stage.makes(sample, headers, with(other).as_bytes());
                let code = refusal(sample, &answer, &format!("{name}={}", other.get(..20).unwrap_or(other)));
                assert!(code.is_none() || stage.of_acme() == before, "{}: {name}={other}", sample.name);
            }
            let doubled = format!("{}&{name}={value}", sample.with);
            let code = refusal(sample, &stage.makes(sample, headers, doubled.as_bytes()), "doubled");
            let taken = sample.who == Who::Elsewhere || TAKEN.contains(&(sample.name, *name));
            assert!(code.is_some() || taken, "{}: {name} twice was taken", sample.name);
        }
        let odd = format!("{}{}10&%ff&&=&undefined", sample.with, if sample.with.is_empty() { "" } else { "&" });
        refusal(sample, &stage.makes(sample, headers, odd.as_bytes()), "stray parameters");
    }
}
