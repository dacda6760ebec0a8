//! Who reads which feed.

use exeunt::domain::oauth::AuthMethod;

use super::*;

#[test]
fn an_application_reads_its_own_revocations_and_no_others() {
    let house = House::open();
    let mut browser = house.browser();
    let (notes, board) = (Client::of(&house, "notes"), Client::of(&house, "board"));
    browser.logs_in("lilei");
    let sid = text(&notes.reads(&notes.tokens(&mut browser).id)["sid"]);
    board.tokens(&mut browser);
    let feeds = ["notes", "board", "wiki", "shop"].map(|identifier| Reader::of(&house, identifier));
    let starts: Vec<String> = feeds.iter().map(Reader::end).collect();
    let told = || -> Vec<Vec<String>> {
        house.upkeep();
        feeds.iter().zip(&starts).map(|(feed, start)| feed.sids(start)).collect()
    };
    house.program().kicks(board.id, &[&house.person("lilei")]);
    assert_eq!(told(), [vec![], vec![sid.clone()], vec![], vec![]]);
    browser.logs_out();
    assert_eq!(told(), [vec![sid.clone()], vec![sid], vec![], vec![]]);
    let jti = |feed: &Reader| feed.reads_on("", 10).0.last().map(|(_, claims)| text(&claims["jti"])).unwrap();
    assert_ne!(jti(&feeds[0]), jti(&feeds[1]));
}

#[test]
fn the_application_and_programs_of_its_pool_are_admitted() {
    let house = House::open();
    let notes = Client::of(&house, "notes");
    ends(&house, sessions_in(&house, "lilei", notes.id, 1)[0].0);
    let told = Reader::of(&house, "notes").reads("")["next"].clone();
    let bearer = Reader::showing(&house, format!("Bearer {}", own_token(&house, &notes)));
    assert_eq!(bearer.reads("")["next"], told);
    assert_eq!(bearer.reads(&format!("app_id={}", notes.id))["revocations"].as_array().unwrap().len(), 1);
    let program = Reader::showing(&house, format!("Bearer {}", house.program().token));
    assert_eq!(program.reads(&format!("app_id={}", notes.id))["next"], told);
    let own_host = Reader { host: house.host("notes"), ..Reader::of(&house, "notes") };
    assert_eq!(own_host.reads("")["next"], told);
}

#[test]
fn nobody_else_is() {
    let house = House::open();
    let (mut browser, notes) = (house.browser(), Client::of(&house, "notes"));
    let (board, shop) = (house.application("board").id, house.application("shop").id);
    browser.logs_in("lilei");
    let tokens = notes.tokens(&mut browser);
    let own = own_token(&house, &notes);
    ends(&house, sessions_in(&house, "lilei", notes.id, 1)[0].0);
    let set = text(&Reader::of(&house, "notes").reads("")["revocations"][0]["token"]);
    let (pool, foreign) = (house.program().token, house.foreign_program().token);
    let (right, own_id) = (basic(notes.id, CLIENT_SECRET), format!("app_id={}", notes.id));
    for (what, shown, query, status) in [
        ("nothing", String::new(), "", 401),
        ("a wrong secret", basic(notes.id, "x"), "", 401),
        ("no secret", basic(notes.id, ""), "", 401),
        ("a stranger", basic("60aa00000000000000000fff", CLIENT_SECRET), "", 401),
        ("half a header", "Basic x".to_owned(), "", 401),
        (
            "a secret in the address",
            String::new(),
            &format!("client_id={}&client_secret={CLIENT_SECRET}", notes.id),
            401,
        ),
        ("a token in the address", String::new(), &format!("access_token={own}"), 401),
        ("an ID token", format!("Bearer {}", tokens.id), &own_id, 401),
        ("a refresh token", format!("Bearer {}", tokens.refresh), &own_id, 401),
        ("a revocation", format!("Bearer {set}"), &own_id, 401),
        ("a token cut short", format!("Bearer {}", &own[..own.len() - 1]), "", 401),
        ("a person's access token", format!("Bearer {}", tokens.access), "", 403),
        ("another application, by secret", right, &format!("app_id={board}"), 403),
        ("another application, by token", format!("Bearer {own}"), &format!("app_id={board}"), 403),
        ("no application", format!("Bearer {pool}"), "", 400),
        ("no such application", format!("Bearer {pool}"), "app_id=x", 404),
        ("an application of another pool", format!("Bearer {pool}"), &format!("app_id={shop}"), 404),
        ("another pool's program", format!("Bearer {foreign}"), &own_id, 404),
    ] {
        let reader = Reader::showing(&house, shown);
        for answer in [reader.asks(query), reader.opens(query, "").1] {
            assert_eq!(answer.status, status, "{what}: {}", answer.text());
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
            assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{what}");
        }
    }
    let elsewhere = Reader { host: house.host("board"), ..Reader::of(&house, "notes") };
    assert_eq!(elsewhere.asks("").status, 401, "another application's host");
    house.settles("board", |protocol| protocol.auth_method = AuthMethod::None);
    assert_eq!(
        house.ask(("GET", PATH), &[("x-authing-app-id", &board.to_string())], None).status,
        401,
        "an application without a secret, by its name"
    );
}
