//! The token itself, and the request that carries it (OpenID Connect Back-Channel Logout 1.0 sections 2.4 to 2.6).

use exeunt::domain::oauth::TokenAlg;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::{in_both, listening, sid};
use crate::support::client::Client;
use crate::support::people::CLIENT_SECRET;
use crate::support::relying_party::Heard;
use crate::support::{House, RelyingParty};

/// What an application does with a token: finds the key, has a library that is not ours verify it.
#[track_caller]
fn verified(house: &House, heard: &Heard, audience: &str) -> Value {
    let (header, _) = heard.parts();
    assert_eq!(header["typ"], "logout+jwt");
    let public: String =
        house.value("SELECT public FROM signing_keys WHERE kid = ?1", [header["kid"].as_str().unwrap()]);
    let jwk: Jwk = serde_json::from_str(&public).unwrap();
    assert_eq!(header["alg"], serde_json::from_str::<Value>(&public).unwrap()["alg"]);
    read(
        heard,
        audience,
        &DecodingKey::from_jwk(&jwk).unwrap(),
        if header["alg"] == "RS256" { Algorithm::RS256 } else { Algorithm::ES256 },
    )
}

#[track_caller]
fn read(heard: &Heard, audience: &str, key: &DecodingKey, alg: Algorithm) -> Value {
    let mut wanted = Validation::new(alg);
    wanted.set_audience(&[audience]);
    wanted.validate_exp = false; // the house's clock stands still
    jsonwebtoken::decode::<Value>(heard.token(), key, &wanted).unwrap().claims
}

#[test]
fn the_token_says_who_left_what_and_nothing_else() {
    let (house, notes, board) = listening();
    let mut lilei = in_both(&house, "lilei");
    let (sid, id) = (sid(&mut lilei), house.person("lilei").id);
    lilei.logs_out();
    let now = house.state.now().seconds();
    for (identifier, party, host) in [("notes", &notes, ""), ("board", &board, "board")] {
        let heard = party.hears(1);
        let claims = verified(&house, &heard[0], house.application(identifier).id.as_str());
        let jti = claims["jti"].as_str().unwrap();
        assert!(jti.len() >= 20, "{jti}");
        let expected = json!({
            "iss": house.at(host, "/oidc"),
            "aud": house.application(identifier).id,
            "iat": now,
            "exp": now + 120,
            "jti": jti,
            "sub": id,
            "sid": sid,
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        assert_eq!(claims, expected);
    }
    house.awaits("acked", 2);
}

/// Whoever was given something at the base host and at the application's own judges `iss` by either.
#[test]
fn an_application_is_told_under_every_issuer_that_it_was_given_something_by() {
    let (house, notes, _board) = listening();
    let base = Client::of(&house, "notes");
    let own = Client::of(&house, "notes").at(house.host("notes"));
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    for client in [&base, &own, &base] {
        let tokens = client.tokens(&mut lilei);
        assert_eq!(client.reads(&tokens.id)["iss"], json!(client.issuer()));
    }
    let issuers = |heard: &[Heard]| {
        let mut issuers: Vec<_> = heard.iter().map(|one| one.parts().1["iss"].as_str().unwrap().to_owned()).collect();
        issuers.sort_unstable();
        issuers
    };
    let mut both = vec![base.issuer(), own.issuer()];
    both.sort_unstable();
    house.program().kicks(house.application("notes").id, &[&house.person("lilei")]);
    assert_eq!(issuers(&notes.hears(2)), both);
    house.awaits("acked", 2);
    let jtis: Vec<_> = notes.heard().iter().map(|one| one.parts().1["jti"].clone()).collect();
    assert_ne!(jtis[0], jtis[1]);
    // Back in the same session it is told under what it is given from then on.
    lilei.logs_in("lilei");
    base.tokens(&mut lilei);
    lilei.logs_out();
    assert_eq!(issuers(&notes.hears(3)[2..]), [base.issuer()]);
}

#[test]
fn the_request_is_a_post_of_the_token_alone_to_the_registered_address() {
    let (house, notes, _board) = listening();
    in_both(&house, "lilei").logs_out();
    let heard = &notes.hears(1)[0];
    assert!(heard.head.starts_with("POST /backchannel?from=house HTTP/1.1\r\n"), "{}", heard.head);
    assert_eq!(heard.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(heard.header("user-agent"), Some("exeunt"));
    assert_eq!(heard.header("host"), Some(format!("127.0.0.1:{}", notes.port()).as_str()));
    for never in ["cookie", "authorization", "referer", "origin"] {
        assert_eq!(heard.header(never), None);
    }
    heard.token();
}

#[test]
fn it_is_signed_as_the_application_wants_its_id_tokens() {
    let (house, notes, board) = listening();
    house.settles("notes", |protocol| protocol.id_token_alg = TokenAlg::Es256);
    // The seal of the secret is made when the secret is given.
    let wiki = RelyingParty::open();
    house.tells("wiki", &wiki.uri());
    house.settles("wiki", |protocol| protocol.id_token_alg = TokenAlg::Hs256);
    let (pool, id) = (house.pool, house.application("wiki").id);
    house
        .state
        .write_now(move |act, state| {
            let (origin, secret) =
                (exeunt::flow::applications::by_operator(), exeunt::domain::secret::Secret::new(CLIENT_SECRET));
            exeunt::flow::applications::set_secret(act, state, (pool, id), Some(secret), &origin)
        })
        .unwrap();
    let mut lilei = in_both(&house, "lilei");
    lilei.opens(&house.at("wiki", "/u"));
    lilei.logs_out();
    let (es, rs, hs) = (&notes.hears(1)[0], &board.hears(1)[0], &wiki.hears(1)[0]);
    assert_eq!((&es.parts().0["alg"], &rs.parts().0["alg"]), (&json!("ES256"), &json!("RS256")));
    verified(&house, es, house.application("notes").id.as_str());
    verified(&house, rs, house.application("board").id.as_str());
    assert_eq!(hs.parts().0, json!({ "alg": "HS256", "typ": "logout+jwt" }));
    read(hs, id.as_str(), &DecodingKey::from_secret(CLIENT_SECRET.as_bytes()), Algorithm::HS256);
}

#[test]
fn a_logout_token_opens_nothing() {
    let (house, notes, _board) = listening();
    in_both(&house, "lilei").logs_out();
    let token = notes.hears(1)[0].token().to_owned();
    for path in
        ["/api/v1/logouts/000000000000000000000000", "/api/v2/applications/000000000000000000000000/active-users"]
    {
        let answer = house.ask(("GET", path), &[("Authorization", &format!("Bearer {token}"))], None);
        let refused = answer.status == 401 || answer.json()["code"] == 401 || answer.json()["statusCode"] == 401;
        assert!(refused, "{path}: {} {}", answer.status, answer.text());
    }
}
