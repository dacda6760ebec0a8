//! Every path of the table with credentials of every wrong kind: whoever may not call is refused before anything else, and
//! nothing changes. The calls stand in `samples.rs`, one line each.

use exeunt::flow::applications;
use exeunt::web::authing::table::ANSWERED;
use serde_json::json;

use super::samples::{CALLS, FIELDS, Who};
use super::stage::{Sample, Stage, refusal};
use crate::support::authing::Sdk;
use crate::support::client::tampered;
use crate::support::{Program, Signer};

#[test]
fn every_path_and_every_field_has_a_sample() {
    for row in ANSWERED {
        let name = format!("{} {}", row.method, row.path);
        assert!(CALLS.iter().any(|(path, ..)| *path == name), "add a line for {name} to CALLS in samples.rs");
    }
    for (name, ..) in CALLS {
        assert!(
            ANSWERED.iter().any(|row| format!("{} {}", row.method, row.path) == *name),
            "{name} is not in the table"
        );
    }
    let stage = Stage::open();
    let mut sdk = Sdk::of(&stage.house, "notes");
    let schema = sdk.asks("{ __schema { types { name } } }", &json!({}));
    let types = schema["data"]["__schema"]["types"].as_array().unwrap();
    let of = |name: &str| types.iter().find(|t| t["name"] == name).unwrap()["fields"].as_array().unwrap().clone();
    sdk.token.clone_from(&stage.management);
    for field in of("Query").iter().chain(&of("Mutation")) {
        let name = field["name"].as_str().unwrap();
        if !FIELDS.iter().any(|(sampled, ..)| *sampled == name) {
            let answer = sdk.asks(&format!("{{ {name} {{ id }} }}"), &json!({}));
            let code = &answer["errors"][0]["message"]["code"];
            assert_eq!(code, 501, "add a line for {name} to FIELDS in samples.rs: {answer}");
        }
    }
}

#[test]
fn every_sample_is_a_good_call() {
    // Else the other tests would hold for the wrong reason.
    for at in 0..CALLS.len() + FIELDS.len() {
        let stage = Stage::open();
        let sample = stage.all().swap_remove(at);
        let credential = stage.credential(sample.who);
        let headers: &[(&str, &str)] = if credential.is_empty() { &[] } else { &[("Authorization", &credential)] };
        let code = refusal(&sample, &stage.makes(&sample, headers, sample.with.as_bytes()), "all as it should be");
        // Nobody has that phone, nobody is named, no management token is shown, and what is kept as a hash is not told.
        let taken = matches!(
            (sample.name, code),
            ("loginByPhonePassword", Some(2333))
                | ("refreshToken", Some(2206))
                | ("refreshAccessToken", Some(2020))
                | ("GET /api/v3/get-application-secret", Some(1001))
                | ("POST /api/v2/register/{kind}", Some(501))
                // No page is loaded, and notes does not speak CAS.
                | (
                    "GET /cas-idp/{app}"
                        | "GET /cas-idp/{app}/login"
                        | "GET /cas-idp/{app}/validate"
                        | "GET /cas-idp/{app}/serviceValidate"
                        | "GET /cas-idp/{app}/p3/serviceValidate",
                    Some(403)
                )
        );
        assert!(code.is_none() || taken, "{}: refused with {code:?}", sample.name);
    }
}

#[test]
fn nobody_gets_anywhere_without_a_credential_of_the_right_kind() {
    let stage = Stage::open();
    let house = &stage.house;
    let (pool, origin) = (house.pool, applications::by_operator());
    let (key, secret) = house
        .state
        .write_now(move |act, state| applications::create_key(act, state, pool, None, "robot", &origin))
        .unwrap();
    let revoked = Program::of_key(house, key.as_str(), secret.reveal()).token;
    let origin = applications::by_operator();
    house.state.write_now(move |act, _| applications::revoke_key(act, pool, key, &origin)).unwrap();
    let text = |name: &str| stage.tokens[name].as_str().unwrap().to_owned();
    let persons = [stage.login_token.clone(), text("access_token"), text("id_token")];
    let mut common: Vec<String> = [
        "",
        "Bearer",
        "Bearer ",
        "bearer undefined",
        "null",
        "Basic YTpi",
        "x y z",
        "authing",
        "authing x",
        "authing x:y",
    ]
    .map(str::to_owned)
    .to_vec();
    common.extend([text("refresh_token"), revoked, format!("{}A", stage.management)]);
    common.extend([&stage.management, &stage.login_token].map(|t| tampered(t, 0, |head| head["alg"] = "none".into())));
    common.push(tampered(&stage.management, 1, |claims| claims["exp"] = 9_999_999_999_i64.into()));
    for sample in stage.all() {
        let wrong: Vec<&String> = match sample.who {
            Who::Admin => common.iter().chain(&persons).collect(),
            Who::Person => common.iter().chain([&stage.management]).collect(),
            // Whatever is shown, it does not break anything.
            Who::Anyone | Who::Elsewhere => common.iter().chain([&stage.management]).collect(),
        };
        let before = house.picture();
        for shown in wrong {
            let answer = stage.makes(&sample, &[("Authorization", shown)], sample.with.as_bytes());
            let code = refusal(&sample, &answer, &format!("Authorization: {shown}"));
            if matches!(sample.who, Who::Admin | Who::Person) {
                // Of signed calls a program is told what is wrong with them; a person may change themselves, not others.
                let expected = match sample.who {
                    Who::Admin if shown.starts_with("authing ") => 1301,
                    Who::Admin if sample.name == "updateUser" && persons.contains(shown) => 1001,
                    _ => 2020,
                };
                assert_eq!(code, Some(expected), "{} by {shown}", sample.name);
            }
        }
        if matches!(sample.who, Who::Anyone | Who::Elsewhere) {
            continue;
        }
        let good = stage.credential(sample.who);
        for headers in [
            &[] as &[(&str, &str)],
            &[("Authorization", &good), ("Authorization", &good)],
            &[("Authorization", ""), ("Authorization", &good)],
        ] {
            // Who calls comes before what is wrong with the call.
            for with in [sample.with.as_bytes(), b"not json"] {
                if sample.method == "GET" && with == b"not json" {
                    continue;
                }
                let code = refusal(&sample, &stage.makes(&sample, headers, with), &format!("{headers:?}"));
                let graphql = sample.path == "/graphql/v2" && with == b"not json";
                assert_eq!(code, Some(if graphql { 2231 } else { 2020 }), "{}: {headers:?}", sample.name);
            }
        }
        let elsewhere = [("Authorization", good.as_str()), ("x-authing-userpool-id", house.other_pool.as_str())];
        let code =
            refusal(&sample, &stage.makes(&sample, &elsewhere, sample.with.as_bytes()), "the header of another pool");
        assert_eq!(code, Some(if sample.who == Who::Admin { 1001 } else { 2020 }), "{}", sample.name);
        assert_eq!(house.picture(), before, "{}: something changed", sample.name);
    }
}

#[test]
fn a_credential_counts_in_every_form_until_it_ends() {
    let stage = Stage::open();
    let house = &stage.house;
    let mut owned: Vec<Sample> =
        stage.all().into_iter().filter(|s| matches!(s.who, Who::Admin | Who::Person)).collect();
    for sample in owned.iter_mut().filter(|sample| sample.method == "DELETE") {
        sample.path = sample.path.replace(house.application("notes").id.as_str(), &"f".repeat(24)); // there is none
    }
    // A call that is refused for what it says, not for who says it. GET says it by a parameter that stands twice.
    let broken = |sample: &Sample| match sample.method {
        _ if sample.path == "/graphql/v2" => sample.with.clone(),
        "GET" => format!("{}&{}", sample.with, sample.with),
        _ => "[]".to_owned(),
    };
    for sample in &owned {
        let good = stage.credential(sample.who);
        let bare = good.replace("Bearer ", "");
        for form in [
            good.clone(),
            bare.clone(),
            format!("bearer {bare}"),
            format!("BEARER {bare}"),
            format!(" Bearer  {bare} "),
        ] {
            let answer = stage.makes(sample, &[("Authorization", &form)], broken(sample).as_bytes());
            let code = refusal(sample, &answer, &form);
            assert!(!matches!(code, Some(2020 | 1001)), "{} by {form}: {code:?}", sample.name);
        }
        // Empty, the SDKs' way of saying nothing, and one's own.
        for pool in ["", house.pool.as_str()] {
            let headers = [("Authorization", good.as_str()), ("x-authing-userpool-id", pool)];
            let code = refusal(sample, &stage.makes(sample, &headers, broken(sample).as_bytes()), pool);
            assert!(!matches!(code, Some(2020 | 1001)), "{} of {pool}: {code:?}", sample.name);
        }
    }
    let signed = |sample: &Sample, nonce: usize| {
        let signer = Signer::acme(house, &format!("n{nonce}"));
        let resource = if sample.method == "GET" { format!("{}?z=1&z=2", sample.path) } else { sample.path.clone() };
        let (what, body) = ((sample.method, resource.as_str()), (sample.method == "POST").then_some("{}"));
        signer.sends(house, what, body, &signer.authorization(sample.method, &resource))
    };
    for (nonce, sample) in owned.iter().filter(|s| s.who == Who::Admin && s.path != "/graphql/v2").enumerate() {
        if sample.path == "/logout" {
            continue; // without a user it is the person's own
        }
        let code = refusal(sample, &signed(sample, nonce), "a signature");
        assert!(!matches!(code, Some(2020 | 1001 | 1300..=1306)), "{} signed: {code:?}", sample.name);
    }
    house.clock.advance_ms(30 * 86_400_000);
    let before = house.picture();
    for sample in &owned {
        let headers = [("Authorization", &*stage.credential(sample.who))];
        let code = refusal(sample, &stage.makes(sample, &headers, sample.with.as_bytes()), "an ended credential");
        assert_eq!(code, Some(2020), "{} by what ended", sample.name);
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn another_pools_program_learns_and_changes_nothing() {
    let stage = Stage::open();
    let (foreign, before) = (stage.house.foreign_program().token, stage.of_acme());
    for sample in stage.all().iter().filter(|sample| sample.who == Who::Admin) {
        let answer = stage.makes(sample, &[("Authorization", &foreign)], sample.with.as_bytes());
        refusal(sample, &answer, "another pool's token");
        for name in ["lintao", "lilei", "wang", "notes", "NOTES"] {
            assert!(!answer.text().contains(name), "{}: it tells of {name}: {}", sample.name, answer.text());
        }
        assert_eq!(stage.of_acme(), before, "{}", sample.name);
    }
}
