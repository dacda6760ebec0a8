//! Programs that sign their calls: every call of theirs counts, none that somebody else made or changed, and none twice.

use exeunt::crypto::request;
use exeunt::domain::secret::Secret;
use exeunt::domain::signed_call::{self, CallAsSent};
use exeunt::flow::users::{self, UserForm};
use exeunt::flow::{applications, management};
use exeunt::store::pools;
use serde_json::{Value, json};

use crate::support::authing::Sdk;
use crate::support::people::{CLIENT_SECRET, OTHER_SECRET};
use crate::support::wire::{Line, written};
use crate::support::{Answer, House, POOL_SECRET, Signer};

/// What authing-node-sdk 4.0.1 sent to a listener, with this secret.
const RECORDED: &str = include_str!("signed_calls.json");
const KICK: &str = "/api/v2/users/kick";

#[track_caller]
fn refused(answer: &Answer, code: u64) {
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_u64()), (200, Some(code)), "{body}");
    assert!(body["message"].is_string() && body["data"].is_null(), "{body}");
}

#[track_caller]
fn done(answer: &Answer) {
    let body = answer.json();
    assert!(body["code"] == 200 || body["statusCode"] == 200 && body["code"].is_null(), "{body}");
}

fn is_signed(call: &Value, url: &str, body: &str) -> bool {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let parameters: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    let headers: Vec<(&str, &str)> =
        call["headers"].as_object().unwrap().iter().map(|(n, v)| (n.as_str(), v.as_str().unwrap())).collect();
    let method = call["method"].as_str().unwrap();
    let sent = CallAsSent { method, path, query, parameters: &parameters, headers: &headers, body: body.as_bytes() };
    let (_, signature) = call["headers"]["authorization"].as_str().unwrap().split_once(':').unwrap();
    let secret = Secret::new(POOL_SECRET);
    signed_call::texts(&sent).iter().any(|text| request::fits(&secret, text, signature))
}

#[test]
fn what_the_real_sdk_signed_fits_and_nothing_beside_it() {
    let calls: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    assert_eq!(calls.len(), 11);
    for call in &calls {
        let (url, body) = (call["url"].as_str().unwrap(), call["body"].as_str().unwrap());
        assert!(is_signed(call, url, body), "{call}");
        assert!(!is_signed(call, &url.replace("/api/v", "/api/w"), body), "another path: {call}");
        let (more_url, more_body) = if call["method"] == "GET" {
            (format!("{url}{}z=1", if url.contains('?') { "&" } else { "?" }), body.to_owned())
        } else if body.is_empty() {
            (url.to_owned(), "{\"z\":1}".to_owned())
        } else {
            (url.to_owned(), body.replacen('{', "{\"z\":1,", 1))
        };
        assert!(!is_signed(call, &more_url, &more_body), "one more parameter: {call}");
        for name in ["x-authing-lang", "date", "x-authing-signature-nonce"] {
            let mut other = call.clone();
            other["headers"][name] = "x".into();
            assert!(!is_signed(&other, url, body), "another {name}: {call}");
        }
    }
}

#[test]
fn a_signed_call_does_what_a_token_does() {
    let house = House::open();
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let id = house.person("lilei").id;
    let (body, parameters) = (json!({ "userIds": [id] }).to_string(), format!("userIds=[\"{id}\"]"));
    done(&Signer::acme(&house, "1").posts(&house, KICK, &body, &parameters));
    assert!(!lilei.is_in(""));
    let query = format!("userId={id}&appId=");
    let status =
        Signer::acme(&house, "2").gets(&house, "/api/v2/users/login-status", &query, &format!("appId=&userId={id}"));
    assert_eq!(status.json()["data"]["isLogin"], false, "{}", status.text());
    let asked = json!({ "query": "{ users { totalCount } }", "variables": { "page": 1 } }).to_string();
    let answer = Signer::acme(&house, "3").posts(
        &house,
        "/graphql/v2",
        &asked,
        "query={ users { totalCount } }&variables={\"page\":1}",
    );
    assert_eq!(answer.json()["data"]["users"]["totalCount"], 5, "{}", answer.text());
    // The scheme in capitals, the date as C# sends it, and the receipt on our own wire.
    let csharp = Signer::acme(&house, "4").with("date", "").with("x-authing-date", "1763796000000");
    let shown = csharp.authorization("POST", &format!("{KICK}?{parameters}")).replace("authing", "AUTHING");
    let kicked = csharp.sends(&house, ("POST", KICK), Some(&body), &shown);
    done(&kicked);
    let receipt = format!("/api/v1/logouts/{}", kicked.json()["data"]["receipt"].as_str().unwrap());
    let answer = Signer::acme(&house, "5").gets(&house, &receipt, "", "");
    assert_eq!(answer.json()["by"]["kind"], "pool", "{}", answer.text());
}

#[test]
fn what_was_changed_after_it_was_signed_is_refused_and_nothing_happens() {
    let house = House::open();
    house.browser().logs_in("lilei");
    let (id, other) = (house.person("lilei").id, house.person("hanmeimei").id);
    let body = json!({ "userIds": [id] }).to_string();
    let resource = format!("{KICK}?userIds=[\"{id}\"]");
    let signer = Signer::acme(&house, "1");
    let shown = signer.authorization("POST", &resource);
    let before = house.picture();
    let swapped = body.replace(id.as_str(), other.as_str());
    for changed in [swapped.as_str(), "", "{}", "[]", "not json"] {
        refused(&signer.sends(&house, ("POST", KICK), Some(changed), &shown), 1300);
    }
    let elsewhere = format!("/api/v2/applications/{}/kick-active-users", house.application("notes").id);
    refused(&signer.sends(&house, ("POST", &elsewhere), Some(&body), &shown), 1300);
    refused(&signer.sends(&house, ("POST", &format!("{KICK}?a=1")), Some(&body), &shown), 1300);
    let other_header = signer.clone().with("x-authing-app-id", "x");
    refused(&other_header.sends(&house, ("POST", KICK), Some(&body), &shown), 1300);
    for shown in [
        format!("authing {}", house.pool),
        format!("authing {}:", house.pool),
        format!("authing {}:AAAA", house.pool),
        shown.replace(house.pool.as_str(), house.other_pool.as_str()),
        shown.replace(house.pool.as_str(), "5f9d0cef60d09ff5a4c87cff"),
        Signer::new(house.pool, "wrong", "1").authorization("POST", &resource),
    ] {
        refused(&signer.sends(&house, ("POST", KICK), Some(&body), &shown), 1300);
    }
    assert_eq!(house.picture(), before);
    done(&signer.sends(&house, ("POST", KICK), Some(&body), &shown));
}

#[test]
fn method_version_date_and_nonce_have_refusals_of_their_own() {
    let house = House::open();
    let before = house.picture();
    for (name, value, code) in [
        ("x-authing-signature-method", "", 1301),
        ("x-authing-signature-method", "HMAC-SHA256", 1301),
        ("x-authing-signature-version", "", 1302),
        ("x-authing-signature-version", "2.0", 1302),
        ("date", "yesterday", 1303),
        ("date", "2025-11-22T07:20:00Z", 1303),
        ("date", "99999999999999999999999", 1303),
        ("x-authing-date", "soon", 1303),
        ("date", "", 1304),
        ("date", "Sat, 22 Nov 2025 07:25:01 GMT", 1305),
        ("date", "Sat, 22 Nov 2025 07:14:59 GMT", 1305),
        ("date", "9223372036854775807", 1305),
        ("date", "0", 1305),
        ("x-authing-signature-nonce", "", 1306),
    ] {
        let answer = Signer::acme(&house, "n").with(name, value).posts(&house, KICK, "{\"a\":1}", "a=1");
        refused(&answer, code);
        let chinese = Signer::acme(&house, "n").with(name, value).with("x-authing-lang", "zh-CN");
        let said = chinese.posts(&house, KICK, "{\"a\":1}", "a=1").json()["message"].to_string();
        assert!(!said.is_ascii(), "{said}");
    }
    assert_eq!(house.picture(), before);
    house.clock.advance_ms(600_000);
    for (date, passes) in [
        ("Sat, 22 Nov 2025 07:35:00 GMT", true),
        ("Sat, 22 Nov 2025 07:25:00 GMT", true),
        ("Sat, 22 Nov 2025 07:24:59 GMT", false),
        ("1763796900000", true),
        ("1763796900001", false),
    ] {
        let answer = Signer::acme(&house, date).with("date", date).posts(&house, KICK, "{\"a\":1}", "a=1");
        refused(&answer, if passes { 2231 } else { 1305 });
    }
}

#[test]
fn a_call_counts_once_for_each_credential() {
    let house = House::open();
    let id = house.person("lilei").id;
    let (body, parameters) = (json!({ "userIds": [id] }).to_string(), format!("userIds=[\"{id}\"]"));
    let kick = |signer: &Signer, house: &House| signer.posts(house, KICK, &body, &parameters);
    // Whoever cannot sign uses up nothing.
    refused(&kick(&Signer::new(house.pool, "wrong", "n"), &house), 1300);
    let signer = Signer::acme(&house, "n");
    done(&kick(&signer, &house));
    let endings = house.endings();
    refused(&kick(&signer, &house), 1306);
    done(&kick(&Signer::new(house.other_pool, OTHER_SECRET, "n"), &house));
    // As long as the call could count, and with whatever date.
    house.clock.advance_ms(300_000);
    house.upkeep();
    refused(&kick(&signer, &house), 1306);
    refused(&kick(&signer.clone().with("date", "1763796300000"), &house), 1306);
    house.clock.advance_ms(1);
    refused(&kick(&signer, &house), 1305);
    assert_eq!(house.endings(), endings + 1, "the one of the other pool");
    // After a restart nothing from before it counts, used or not.
    let before_restart = Signer::acme(&house, "m").with("date", "Sat, 22 Nov 2025 07:24:59 GMT");
    let house = house.restarts();
    refused(&kick(&before_restart, &house), 1305);
    done(&kick(&before_restart.with("date", "Sat, 22 Nov 2025 07:25:00 GMT"), &house));
}

#[test]
fn a_credential_that_ended_signs_nothing_any_more() {
    let house = House::open();
    let (pool, wang) = (house.pool, house.person("wang").id);
    let make = || {
        let origin = applications::by_operator();
        house
            .state
            .write_now(move |act, state| applications::create_key(act, state, pool, Some(wang), "robot", &origin))
            .unwrap()
    };
    let ((first, first_secret), (second, second_secret)) = (make(), make());
    let id = house.person("lilei").id;
    let (body, parameters) = (json!({ "userIds": [id] }).to_string(), format!("userIds=[\"{id}\"]"));
    let kick = |signer: Signer| signer.posts(&house, KICK, &body, &parameters);
    let by_first = |nonce| kick(Signer::new(first, first_secret.reveal(), nonce));
    let by_second = |nonce| kick(Signer::new(second, second_secret.reveal(), nonce));
    done(&by_first("1"));
    let origin = applications::by_operator();
    house.state.write_now(move |act, _| applications::revoke_key(act, pool, first, &origin)).unwrap();
    refused(&by_first("2"), 1300);
    done(&by_second("1"));
    let demoted = UserForm { username: "wang".into(), name: "Wang".into(), ..UserForm::default() }.judge().unwrap();
    let origin = applications::by_operator();
    house.state.write_now(move |act, state| users::edit(act, state, (pool, wang), None, &demoted, &origin)).unwrap();
    refused(&by_second("2"), 1300);
    done(&kick(Signer::acme(&house, "1")));
    let kept = management::kept(&house.state, &"a".repeat(32)).unwrap();
    house.state.write_now(move |act, _| Ok(pools::set_secret(act, pool, &kept)?)).unwrap();
    refused(&kick(Signer::acme(&house, "2")), 1300);
    done(&kick(Signer::new(pool, &"a".repeat(32), "3")));
}

#[test]
fn another_pools_things_stay_unknown_to_a_signed_call() {
    let house = House::open();
    let (pool, shop) = (house.other_pool.to_string(), house.application("shop").id);
    let foreign = Signer::acme(&house, "1").with("x-authing-userpool-id", &pool);
    refused(&foreign.posts(&house, KICK, "{\"a\":1}", "a=1"), 1001);
    let id = house.person("polly").id;
    let path = format!("/api/v2/applications/{shop}/kick-active-users");
    let (body, parameters) = (json!({ "userIds": [id] }).to_string(), format!("userIds=[\"{id}\"]"));
    refused(&Signer::acme(&house, "2").posts(&house, &path, &body, &parameters), 2011);
    // A signature is a program's: it is nobody's token.
    refused(&Signer::acme(&house, "3").gets(&house, "/api/v2/users/me", "", ""), 2020);
    assert_eq!(house.endings(), 0);
}

#[test]
fn who_calls_is_judged_before_the_body_is_read() {
    let house = House::open();
    let head = |signer: &Signer, length: &str| {
        let shown = signer.authorization("POST", KICK);
        let mut headers: Vec<(&str, &str)> = signer.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        headers.extend([("Authorization", shown.as_str()), ("Content-Length", length)]);
        headers.push(("Content-Type", "application/json"));
        written(&house.host(""), ("POST", KICK), &headers, None)
    };
    let ask = |octets: &[u8]| {
        let mut line = Line::open(house.port);
        line.send(octets);
        line.answer(false).expect("an answer without a body")
    };
    let nobody = Signer::new("5f9d0cef60d09ff5a4c87cff", "x", "1");
    refused(&ask(&head(&nobody, "1000")), 1300);
    let known = ask(&head(&Signer::acme(&house, "1"), "3000000"));
    assert_eq!((known.status, known.json()["code"].as_u64()), (413, Some(413)));
}

#[test]
fn wrong_signatures_are_slowed_down_like_wrong_secrets() {
    let house = House::with(|config| config.login_tries_per_address = 5);
    let wrong =
        |nonce: u32| Signer::new(house.pool, "wrong", &nonce.to_string()).posts(&house, KICK, "{\"a\":1}", "a=1");
    for nonce in 0..5 {
        refused(&wrong(nonce), 1300);
    }
    let answer = wrong(5);
    assert_eq!((answer.status, answer.json()["code"].as_u64()), (429, Some(429)));
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    let right = |date: String| Signer::acme(&house, "n").with("date", &date).posts(&house, KICK, "{\"a\":1}", "a=1");
    refused(&right(house.state.now().to_string()), 2231); // who is right is heard, whatever others do from the same address
    house.clock.advance_ms(wait * 1_000);
    refused(&wrong(6), 1300);
}

#[test]
fn an_applications_secret_administers_nothing() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let (before, app) = (house.picture(), sdk.app);
    let query = "query a($userPoolId: String!, $secret: String!) {
        accessToken(userPoolId: $userPoolId, secret: $secret) { accessToken } }";
    for variables in [json!({ "secret": CLIENT_SECRET }), json!({ "userPoolId": app, "secret": CLIENT_SECRET })] {
        let answer = sdk.asks(query, &variables);
        let said = &answer["errors"][0]["message"];
        assert_eq!(said["code"], 1001, "{answer}");
        assert!(said["message"].as_str().unwrap().contains("userPoolId"), "{answer}");
    }
    for (path, body) in [
        ("/api/v2/userpools/access-token", json!({ "userPoolId": app, "secret": CLIENT_SECRET })),
        ("/api/v3/get-management-token", json!({ "accessKeyId": app, "accessKeySecret": CLIENT_SECRET })),
    ] {
        refused(&sdk.posts(path, &body), 1001);
    }
    refused(&Signer::new(app, CLIENT_SECRET, "1").posts(&house, KICK, "{\"a\":1}", "a=1"), 1300);
    assert_eq!(house.picture(), before);
}

#[test]
fn the_secret_to_check_by_is_sealed_in_the_rows() {
    let house = House::open();
    let rows = house.rows();
    let mut sql = rows.prepare("SELECT secret_sealed FROM pools").unwrap();
    let kept: Vec<Vec<u8>> = sql.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(kept.len(), 2);
    for sealed in kept {
        assert!(sealed.len() > POOL_SECRET.len());
        for secret in [POOL_SECRET, OTHER_SECRET] {
            assert!(!sealed.windows(8).any(|part| secret.as_bytes().windows(8).any(|other| part == other)));
        }
    }
}
