//! Logging in by a call, and what it gives.

use exeunt::crypto::jws;
use exeunt::domain::oauth::{AuthMethod, TokenAlg};
use serde_json::{Value, json};

use crate::support::authing::{Sdk, encrypted};
use crate::support::client::Client;
use crate::support::people::CLIENT_SECRET;
use crate::support::{House, PASSWORD};

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["message"]["code"]
}

#[test]
fn the_log_in_token_says_what_sdks_look_for_and_the_house_signed_it() {
    let house = House::open();
    let (mut sdk, notes) = (Sdk::of(&house, "notes"), Client::of(&house, "notes"));
    sdk.logs_in("lilei");
    let (claims, lilei) = (notes.reads(&sdk.token), house.person("lilei").id.to_string());
    assert_eq!((claims["sub"].as_str(), claims["aud"].as_str()), (Some(lilei.as_str()), Some(sdk.app.as_str())));
    assert_eq!(claims["iss"], notes.issuer());
    let data = &claims["data"];
    for (name, value) in [
        ("type", "user"),
        ("id", &lilei),
        ("_id", &lilei),
        ("userId", &lilei),
        ("userPoolId", house.pool.as_str()),
        ("clientId", house.pool.as_str()),
        ("appId", sdk.app.as_str()),
        ("username", "lilei"),
        ("email", "lilei@example.com"),
    ] {
        assert_eq!(data[name], value, "{name}");
    }
    assert_eq!(claims["email"], "lilei@example.com");
    assert!(claims["phone_number"].is_null() && claims.get("phone_number").is_some(), "what is not known is null");
    assert_eq!(notes.userinfo(&sdk.token).status, 401, "no access token");
    let user = sdk.asks("{ user { id token email password } }", &json!({}))["data"]["user"].clone();
    assert_eq!(user, json!({ "id": lilei, "token": sdk.token, "email": "lilei@example.com", "password": null }));
}

#[test]
fn the_cookie_of_a_log_in_by_a_call_is_a_session_like_any_other() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    assert!(sdk.browser.is_in(""));
    let notes = Client::of(&house, "notes");
    assert!(notes.asks(&mut sdk.browser, &[("prompt", "none")]).param("code").is_some(), "single sign-on");
    sdk.logs_in("lilei");
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 1, "the same browser, the same session");
    sdk.browser.logs_out();
    sdk.is_out();
}

#[test]
fn a_living_token_is_renewed_and_answers_for_its_person() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    let id = house.person("lilei").id;
    house.clock.advance_ms(1_000);
    let renewed = sdk.posts("/api/v2/users/refresh-token", &json!({})).json();
    let token = renewed["data"]["token"].as_str().unwrap_or_else(|| panic!("{renewed}")).to_owned();
    assert_eq!(renewed["code"], 200);
    assert!(token != sdk.token && renewed["data"]["exp"].is_i64() && renewed["data"]["iat"].is_i64(), "{renewed}");
    sdk.token = token;
    sdk.is_in();
    assert_eq!(sdk.gets("/api/v2/users/me/info").json()["data"]["id"], id.as_str());
    // The mobile SDKs ask after each log-in.
    let wanted = json!({ "targetType": "USER", "targetId": id });
    let kept = sdk.posts("/api/v2/udvs/get", &wanted);
    assert_eq!((kept.status, kept.json()), (200, json!([])));
    house.program().posts("/api/v2/users/kick", &json!({ "userIds": [id] }));
    for (path, body) in [("/api/v2/users/refresh-token", json!({})), ("/api/v2/udvs/get", wanted)] {
        assert_eq!(sdk.posts(path, &body).json()["code"], 2020, "{path}");
    }
    assert_eq!(sdk.gets("/api/v2/users/me/info").json()["code"], 2020);
}

#[test]
fn guards_form_logs_in_by_whatever_name() {
    let house = House::open();
    for name in ["lilei", " LILEI ", "lilei@example.com"] {
        let mut sdk = Sdk::of(&house, "notes");
        let body =
            json!({ "account": name, "password": sdk.encrypts(PASSWORD), "autoRegister": false, "captchaCode": null });
        let answer = sdk.posts("/api/v2/login/account", &body).json();
        assert_eq!(answer["code"], 200, "{answer}");
        sdk.token = answer["data"]["token"].as_str().unwrap().to_owned();
        assert!(answer["data"]["tokenExpiredAt"].as_str().unwrap().ends_with('Z'));
        sdk.is_in();
    }
}

#[test]
fn version_3_gives_the_tokens_of_openid_connect() {
    let house = House::open();
    let (mut sdk, notes) = (Sdk::of(&house, "notes"), Client::of(&house, "notes"));
    let data = sdk.signs_in("lilei");
    assert_eq!(data["expire_in"], data["expires_in"]);
    assert_eq!(notes.userinfo(&sdk.token).status, 200);
    assert_eq!(notes.introspects(&sdk.token)["active"], true);
    assert_eq!(notes.reads(data["id_token"].as_str().unwrap())["sub"], house.person("lilei").id.as_str());
    let renewed = notes.refreshes(data["refresh_token"].as_str().unwrap());
    assert_eq!(renewed.status, 200, "{}", renewed.text());
    let body = sdk.signin("lilei", PASSWORD, "openid");
    let plain = sdk.posts("/api/v3/signin", &body).json();
    assert!(plain["data"].get("refresh_token").is_none(), "nobody asked for one");
    let mut encrypted_too = sdk.signin("lilei", &sdk.encrypts(PASSWORD), "openid");
    encrypted_too["options"]["passwordEncryptType"] = "rsa".into();
    assert_eq!(sdk.posts("/api/v3/signin", &encrypted_too).json()["statusCode"], 200);
}

#[test]
fn an_application_proves_itself_to_sign_people_in() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let (good, board) = (sdk.signin("lilei", PASSWORD, "openid"), house.application("board").id);
    let basic = {
        use base64::Engine as _;
        let text = format!("{}:{}", sdk.app, crate::support::people::CLIENT_SECRET);
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let mut bare = good.clone();
    bare.as_object_mut().unwrap().retain(|name, _| !name.starts_with("client_"));
    let answer = sdk.posts_with("/api/v3/signin", &bare, &[("Authorization", &basic)]).json();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let sessions = house.count("SELECT count(*) FROM sessions");
    for (name, value) in [
        ("client_secret", json!("00000000000000000000000000000000")),
        ("client_secret", json!(null)),
        ("client_id", json!(board)),
        ("client_id", json!("nobody")),
    ] {
        let mut body = good.clone();
        body[name] = value.clone();
        let answer = sdk.posts("/api/v3/signin", &body).json();
        assert_ne!(answer["statusCode"], 200, "{name} {value}: {answer}");
    }
    assert_eq!(house.count("SELECT count(*) FROM sessions"), sessions);
}

#[test]
fn an_application_without_a_secret_is_named_by_the_header_alone() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let mut body = sdk.signin("lilei", PASSWORD, "openid profile");
    body.as_object_mut().unwrap().retain(|name, _| !name.starts_with("client_"));
    assert_eq!(sdk.posts("/api/v3/signin", &body).json()["statusCode"], 401, "notes has a secret");
    house.settles("notes", |protocol| protocol.auth_method = AuthMethod::None);
    assert_eq!(sdk.posts("/api/v3/signin", &body).json()["statusCode"], 200);
}

#[test]
fn a_log_in_token_by_the_applications_secret_counts_for_its_own_person_only() {
    let house = House::open();
    house.adds("hashed", |protocol| protocol.id_token_alg = TokenAlg::Hs256);
    let mut sdk = Sdk::of(&house, "hashed");
    sdk.logs_in("lilei");
    let claims = sdk.claims();
    assert_eq!(claims["data"]["username"], "lilei");
    sdk.is_in();
    let genuine = sdk.token.clone();
    for (name, value) in [
        ("sub", json!(house.person("hanmeimei").id)),
        ("aud", json!(house.application("notes").id)),
        ("jti", json!("ffffffffffffffffffffffffffffffffffffffffffffffff")),
        ("exp", json!(1)),
    ] {
        let mut forged = claims.clone();
        forged[name] = value;
        sdk.token = jws::sign_hs256(CLIENT_SECRET, "JWT", &forged).unwrap();
        assert_eq!(sdk.gets("/api/v2/users/me").json()["code"], 2020, "{name}");
    }
    sdk.token = jws::sign_hs256(CLIENT_SECRET, "logout+jwt", &claims).unwrap();
    assert_eq!(sdk.gets("/api/v2/users/me").json()["code"], 2020, "a token of another kind");
    sdk.token = genuine;
    sdk.is_in();
    house.program().kicks(sdk.app, &[&house.person("lilei")]);
    sdk.is_out();
}

#[test]
fn a_wrong_password_an_unknown_user_and_a_forged_ciphertext_look_the_same() {
    use base64::Engine as _;
    let house = House::with(|config| config.login_tries_per_name = 100);
    let mut sdk = Sdk::of(&house, "notes");
    let garbage = base64::engine::general_purpose::STANDARD.encode([7u8; 256]);
    let wrong = sdk.tries("lilei", &sdk.encrypts("wrong"));
    assert_eq!(*code(&wrong), 2333, "{wrong}");
    assert_eq!(sdk.tries("nobody", &sdk.encrypts(PASSWORD)), wrong);
    assert_eq!(sdk.tries("lilei", &garbage), wrong);
    assert_eq!(sdk.tries("polly", &sdk.encrypts(PASSWORD)), wrong, "of another pool");
    let query = "mutation m($input: LoginByUsernameInput!) { loginByUsername(input: $input) { id } }";
    let zh = json!({ "query": query, "variables": { "input": { "username": "x", "password": garbage } } });
    let answer = sdk.posts_with("/graphql/v2", &zh, &[("x-authing-lang", "zh-CN")]).json();
    assert_eq!(answer["errors"][0]["message"]["message"], "账号或密码错误");
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 0);
}

#[test]
fn a_password_under_another_key_is_refused_with_the_option_to_set() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    for sent in [PASSWORD, "bm8=", "%%%", &"A".repeat(172)] {
        for answer in [
            sdk.tries("lilei", sent)["errors"][0]["message"].clone(),
            sdk.posts("/api/v2/login/account", &json!({ "account": "lilei", "password": sent })).json(),
        ] {
            assert_eq!(answer["code"], 2016, "{answer}");
            assert!(answer["message"].as_str().unwrap().contains("publicKey"), "{answer}");
        }
    }
    let system = house.ask(("GET", "/api/v3/system"), &[], None).json();
    let pem = system["rsa"]["publicKey"].as_str().unwrap();
    let again = sdk.tries("lilei", &encrypted(pem, PASSWORD));
    assert!(again["data"]["loginByUsername"]["token"].is_string(), "one key for both versions: {again}");
    let house = house.restarts();
    assert_eq!(house.ask(("GET", "/api/v3/system"), &[], None).json()["rsa"]["publicKey"], pem, "kept over a restart");
}

#[test]
fn who_fails_too_often_waits_whichever_way_they_try() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let mut last = Value::Null;
    for _ in 0..40 {
        let body = sdk.signin("lilei", "wrong", "openid");
        let answer = sdk.posts("/api/v3/signin", &body);
        if answer.status == 429 {
            let answer =
                sdk.posts("/api/v2/login/account", &json!({ "account": "LILEI", "password": sdk.encrypts(PASSWORD) }));
            assert_eq!(answer.status, 429, "the same count for every way in");
            return;
        }
        last = answer.json();
        assert_eq!(last["apiCode"], 2333, "{last}");
    }
    panic!("nobody ever had to wait: {last}");
}

#[test]
fn a_suspended_user_is_told_so_only_with_the_right_password() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    house.rows().execute("UPDATE users SET status = 'disabled' WHERE username = 'lilei'", []).unwrap();
    assert_eq!(*code(&sdk.tries("lilei", &sdk.encrypts(PASSWORD))), 2005);
    assert_eq!(*code(&sdk.tries("lilei", &sdk.encrypts("wrong"))), 2333);
}

/// What the npm package sm-crypto 0.5.8 made of the password under the house's SM2 key.
const SM2_SEALED: &str = "4d9ece6c7ad1286c3f4e4ea4afd716ff3bc1bee2e75f4cdbed21d0c8c5dd060b054dc4c0ec1425d0653aed4dd422d011c3c57d40aa79e7f98d2fca7416c70e7771a151a47d5b983ad90e6f89419f3a3aabf4439d182710dd321e89d90f0940ab07b2da05d503f901d4b81270c304cae233ece6071b7486e58b5d8b3d";

#[test]
fn a_password_may_travel_under_sm2() {
    let house = House::open();
    let mut sdk = Sdk::of(&house, "notes");
    let point = sdk.gets("/api/v3/system").json()["sm2"]["publicKey"].as_str().unwrap().to_owned();
    assert!(point.starts_with("04024b7d2470ed78") && point.len() == 130, "{point}");
    let mut signs_in = |password: &str| {
        let mut body = sdk.signin("lilei", password, "openid");
        body["options"]["passwordEncryptType"] = "sm2".into();
        let answer = sdk.posts("/api/v3/signin", &body).json();
        answer["statusCode"].as_u64().filter(|code| *code == 200).or(answer["code"].as_u64())
    };
    for password in [SM2_SEALED.to_owned(), format!("sm2:{SM2_SEALED}"), format!("04{SM2_SEALED}")] {
        assert_eq!(signs_in(&password), Some(200), "{password}");
    }
    // Of the right shape it is a password that nobody has; of no shape it is said to be.
    assert_eq!(signs_in(&SM2_SEALED.replace('a', "b")), Some(2333));
    for none in [PASSWORD, "sm2:", &SM2_SEALED[..100], "zz"] {
        assert_eq!(signs_in(none), Some(2016), "{none}");
    }
    // Version 2 says which by a prefix.
    let answer = sdk.tries("lilei", &format!("sm2:{SM2_SEALED}"));
    assert!(answer["data"]["loginByUsername"]["token"].is_string(), "{answer}");
    assert_eq!(sdk.tries("lilei", SM2_SEALED)["errors"][0]["message"]["code"], 2016, "without the prefix it is RSA");
    let body = json!({ "account": "lilei", "password": format!("sm2:{SM2_SEALED}") });
    assert_eq!(sdk.posts("/api/v2/login/account", &body).json()["code"], 200);
    let house = house.restarts();
    assert_eq!(Sdk::of(&house, "notes").gets("/api/v3/system").json()["sm2"]["publicKey"], point.as_str());
}
