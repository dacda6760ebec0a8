//! How applications prove themselves, and what is no proof.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use exeunt::crypto::jws::{self, SigningKey};
use exeunt::domain::oauth::{AuthMethod, GrantType, TokenAlg};
use serde_json::{Value, json};

use super::bad_input::{FORM, is_calm, refused};
use crate::support::client::Client;
use crate::support::people::{CLIENT_SECRET, POOL_SECRET};
use crate::support::{Answer, House, wire};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// Asks for tokens of the application's own, with these headers and fields.
fn asks(house: &House, headers: &[(&str, &str)], fields: &str) -> Answer {
    let mut all = vec![("Content-Type", FORM)];
    all.extend_from_slice(headers);
    let body = format!("grant_type=client_credentials&{fields}");
    house.ask(("POST", "/oidc/token"), &all, Some(body.as_bytes()))
}

fn machine(house: &House, method: AuthMethod, jwks: Option<&Value>) -> Client {
    let name = method.as_str().replace('_', "-");
    house.adds(&name, |protocol| {
        protocol.auth_method = method;
        protocol.grant_types = vec![GrantType::ClientCredentials];
        protocol.jwks = jwks.map(Value::to_string);
    });
    let id = house.state.directory().by_identifier(&name).unwrap().id;
    let mut machine = Client::of(house, "notes");
    machine.id = id;
    machine
}

#[test]
fn a_secret_is_compared_whole_and_in_the_way_that_was_agreed() {
    let house = House::open();
    let either = machine(&house, AuthMethod::Secret, None);
    let (by_header, by_form) =
        (machine(&house, AuthMethod::SecretBasic, None), machine(&house, AuthMethod::SecretPost, None));
    let (id, secret) = (either.id.to_string(), CLIENT_SECRET);
    assert_eq!(asks(&house, &[("Authorization", &basic(&id, secret))], "").status, 200);
    assert_eq!(asks(&house, &[], &format!("client_id={id}&client_secret={secret}")).status, 200);

    let longer = format!("{secret}0");
    let upper = secret.to_uppercase();
    for (what, wrong) in [
        ("nothing", ""),
        ("truncated", &secret[..31]),
        ("extended", &longer),
        ("upper case", &upper),
        ("with a space", &format!(" {secret}")),
        ("of the pool", POOL_SECRET),
        ("its id", &id),
        ("with more behind it", &format!("{secret}&x")),
        ("with more before it", &format!("&v={secret}")),
        ("encoded twice", "%38%39abcdef0123456789abcdef0123456"),
    ] {
        refused(what, &asks(&house, &[("Authorization", &basic(&id, wrong))], ""), 401, "invalid_client");
        let fields = crate::support::browser::encoded(&[("client_id", &id), ("client_secret", wrong)]);
        refused(what, &asks(&house, &[], &fields), 401, "invalid_client");
    }
    let (one, other) = (by_header.id.to_string(), by_form.id.to_string());
    let fields = format!("client_id={one}&client_secret={secret}");
    refused("a form, where a header was agreed", &asks(&house, &[], &fields), 401, "invalid_client");
    let header = basic(&other, secret);
    refused(
        "a header, where a form was agreed",
        &asks(&house, &[("Authorization", &header)], ""),
        401,
        "invalid_client",
    );
    assert_eq!(asks(&house, &[("Authorization", &basic(&one, secret))], "").status, 200);
    assert_eq!(asks(&house, &[], &format!("client_id={other}&client_secret={secret}")).status, 200);
}

#[test]
fn two_proofs_are_none() {
    let house = House::open();
    let (one, other) = (machine(&house, AuthMethod::Secret, None), Client::of(&house, "board"));
    let (id, secret) = (one.id.to_string(), CLIENT_SECRET);
    let header = basic(&id, secret);
    let by_header = [("Authorization", header.as_str())];
    for (what, headers, fields) in [
        ("header and form", &by_header[..], format!("client_id={id}&client_secret={secret}")),
        ("header and an assertion", &by_header, format!("client_assertion=x&client_assertion_type={ASSERTION}")),
        (
            "form and an assertion",
            &[],
            format!("client_id={id}&client_secret={secret}&client_assertion=x&client_assertion_type={ASSERTION}"),
        ),
        ("two headers", &[by_header[0], by_header[0]], String::new()),
        ("another is named", &by_header, format!("client_id={}", other.id)),
        ("two ids", &[], format!("client_id={id}&client_id={id}&client_secret={secret}")),
        ("two secrets", &[], format!("client_id={id}&client_secret={secret}&client_secret={secret}")),
        ("an assertion of no type", &[], format!("client_id={id}&client_assertion=x")),
        ("a type of no assertion", &[], format!("client_id={id}&client_assertion_type={ASSERTION}")),
        ("another type", &[], "client_assertion=x&client_assertion_type=saml".to_owned()),
    ] {
        refused(what, &asks(&house, headers, &fields), 400, "invalid_request");
    }
    for (what, value) in [
        ("no base64", "Basic %%%".to_owned()),
        ("no colon", format!("Basic {}", STANDARD.encode("x"))),
        ("no UTF-8", format!("Basic {}", STANDARD.encode(b"\xff:\xfe"))),
        ("nothing", format!("Basic {}", STANDARD.encode(":"))),
        ("nobody", basic("ffffffffffffffffffffffff", secret)),
        ("a star", basic("*", secret)),
        ("huge", basic(&"f".repeat(4_000), secret)),
    ] {
        refused(what, &asks(&house, &[("Authorization", &value)], ""), 401, "invalid_client");
    }
    is_calm("escaped octets", &asks(&house, &[("Authorization", &basic("%ff", "%00"))], ""));
}

#[test]
fn a_stranger_a_wrong_secret_and_a_wrong_way_look_the_same() {
    let house = House::open();
    let (notes, keyed) = (Client::of(&house, "notes"), machine(&house, AuthMethod::PrivateKeyJwt, Some(&keys().1)));
    let gone = house.adds("gone", |_| {});
    house
        .state
        .write_now({
            let pool = house.pool;
            move |act, state| {
                let origin = exeunt::flow::applications::by_operator();
                exeunt::flow::applications::delete(act, state, pool, gone, &origin)
            }
        })
        .unwrap();
    let mut seen = Vec::new();
    for (id, secret) in [
        ("ffffffffffffffffffffffff".to_owned(), CLIENT_SECRET),
        (notes.id.to_string(), "wrong"),
        (keyed.id.to_string(), CLIENT_SECRET),
        (gone.to_string(), CLIENT_SECRET),
        ("x".to_owned(), CLIENT_SECRET),
    ] {
        let answer = asks(&house, &[], &format!("client_id={id}&client_secret={secret}"));
        refused(&id, &answer, 401, "invalid_client");
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("request_id");
        seen.push((body.to_string(), answer.header("www-authenticate").map(str::to_owned)));
    }
    assert!(seen.iter().all(|other| *other == seen[0]), "{seen:?}");
}

/// A key of an application and the set in which it is registered.
fn keys() -> (SigningKey, Value) {
    let key = SigningKey::parse("own", TokenAlg::Es256, &jws::generate(TokenAlg::Es256).unwrap()).unwrap();
    let set = json!({ "keys": [key.public_jwk()] });
    (key, set)
}

#[test]
fn an_assertion_proves_once_for_this_house_and_a_short_time() {
    let house = House::open();
    let (key, set) = keys();
    let machine = machine(&house, AuthMethod::PrivateKeyJwt, Some(&set));
    let (id, now) = (machine.id.to_string(), house.state.now().seconds());
    let good =
        |jti: &str| json!({ "iss": id, "sub": id, "aud": machine.issuer(), "iat": now, "exp": now + 60, "jti": jti });
    let shows =
        |assertion: &str| asks(&house, &[], &format!("client_assertion={assertion}&client_assertion_type={ASSERTION}"));
    let signed = |claims: &Value| key.sign("JWT", claims).unwrap();
    let once = signed(&good("1"));
    assert_eq!(shows(&once).status, 200);
    refused("again", &shows(&once), 401, "invalid_client");
    refused(
        "the same jti anew",
        &shows(&signed(&{
            let mut c = good("1");
            c["exp"] = json!(now + 61);
            c
        })),
        401,
        "invalid_client",
    );
    for aud in [json!(format!("{}/token", machine.issuer())), json!([machine.issuer(), "https://other.example"])] {
        let mut claims = good(&aud.to_string());
        claims["aud"] = aud;
        assert_eq!(shows(&signed(&claims)).status, 200, "{claims}");
    }
    let board = Client::of(&house, "board").id.to_string();
    for (what, name, value) in [
        ("expired", "exp", json!(now - 61)),
        ("no end", "exp", Value::Null),
        ("an end in words", "exp", json!("never")),
        ("too long", "exp", json!(now + 3_601)),
        ("for ever", "exp", json!(i64::MAX)),
        ("not yet", "nbf", json!(now + 3_600)),
        ("for another house", "aud", json!("https://other.example/oidc")),
        ("for another's host", "aud", json!(format!("http://{}/oidc", house.host("board")))),
        ("for nobody", "aud", Value::Null),
        ("of another", "iss", json!(board)),
        ("about another", "sub", json!(board)),
        ("without jti", "jti", Value::Null),
    ] {
        let mut claims = good(what);
        claims[name] = value;
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        refused(what, &shows(&signed(&claims)), 401, "invalid_client");
    }
    refused("empty", &shows(""), 400, "invalid_request");
    refused("no token", &shows("x.y.z"), 401, "invalid_client");
    house.clock.advance_ms(121_000);
    refused("long after", &shows(&once), 401, "invalid_client");
}

#[test]
fn an_assertion_by_no_key_of_the_application_proves_nothing() {
    let house = House::open();
    let (key, set) = keys();
    let machine = machine(&house, AuthMethod::PrivateKeyJwt, Some(&set));
    let (id, now) = (machine.id.to_string(), house.state.now().seconds());
    let claims = |jti: &str| json!({ "iss": id, "sub": id, "aud": machine.issuer(), "exp": now + 60, "jti": jti });
    let none = |alg: &str| {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(json!({ "alg": alg, "typ": "JWT" })), part(claims(alg)))
    };
    let (stranger, _) = keys();
    let hs = |secret: &str| jws::sign_hs256(secret, "JWT", &claims(secret)).unwrap();
    let public = set["keys"][0].to_string();
    let confused = jws::sign_hs256(&public, "JWT", &claims("c")).unwrap();
    let of_house = house.ask(("GET", "/oidc/.well-known/jwks.json"), &[], None).json();
    assert_ne!(of_house["keys"][0]["kid"], "own");
    let right = key.sign("JWT", &claims("right")).unwrap();
    let (signed, signature) = right.rsplit_once('.').unwrap();
    for (what, assertion) in [
        ("alg none", none("none")),
        ("alg NONE", none("NONE")),
        ("HS256 by the secret", hs(CLIENT_SECRET)),
        ("HS256 by the public key", confused),
        ("by a stranger of the same kid", stranger.sign("JWT", &claims("s")).unwrap()),
        ("truncated", format!("{signed}.{}", &signature[..signature.len() - 2])),
        ("without a signature", format!("{signed}.")),
    ] {
        let fields = format!("client_id={id}&client_assertion={assertion}&client_assertion_type={ASSERTION}");
        refused(what, &asks(&house, &[], &fields), 401, "invalid_client");
        let fields = format!("client_assertion={assertion}&client_assertion_type={ASSERTION}");
        refused(what, &asks(&house, &[], &fields), 401, "invalid_client");
    }
    // One application's proof is not another's.
    let board = Client::of(&house, "board").id;
    let fields = format!("client_id={board}&client_assertion={right}&client_assertion_type={ASSERTION}");
    refused("in another's name", &asks(&house, &[], &fields), 401, "invalid_client");
    let fields = format!("client_assertion={right}&client_assertion_type={ASSERTION}");
    let at_boards = wire::request(
        house.port,
        &house.host("board"),
        ("POST", "/oidc/token"),
        &[("Content-Type", FORM)],
        Some(format!("grant_type=client_credentials&{fields}").as_bytes()),
    );
    refused("at another's host", &at_boards, 401, "invalid_client");
    assert_eq!(asks(&house, &[], &fields).status, 200, "where it belongs it works");
}
