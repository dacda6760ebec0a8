//! The people of a pool, kept by administrators' programs; what ends somebody's sessions by such a call ends them at once.

use exeunt::domain::id::UserId;
use serde_json::{Value, json};

use crate::support::authing::Sdk;
use crate::support::client::Client;
use crate::support::people::{CLIENT_SECRET, PASSWORD};
use crate::support::{House, Person, Program};

const NEW: &str = "another battery, another staple";

fn open() -> House {
    House::with(|config| {
        config.login_tries_per_name = 100_000;
        config.login_tries_per_address = 100_000;
    })
}

/// The answer of one field of GraphQL.
#[track_caller]
fn asks(program: &Program, query: &str, variables: &Value) -> Value {
    let answer = program.posts("/graphql/v2", &json!({ "query": query, "variables": variables }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    match body["data"].as_object().and_then(|data| data.values().next()) {
        Some(value) => value.clone(),
        None => panic!("{body}"),
    }
}

/// The number of a refusal of GraphQL.
#[track_caller]
fn refused(program: &Program, query: &str, variables: &Value) -> u64 {
    let answer = program.posts("/graphql/v2", &json!({ "query": query, "variables": variables })).json();
    assert!(answer["data"].is_null(), "{answer}");
    answer["errors"][0]["message"]["code"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

const CREATE: &str = "mutation createUser($userInfo: CreateUserInput!, $keepPassword: Boolean) {
    createUser(userInfo: $userInfo, keepPassword: $keepPassword) { id username name email phone status blocked password token } }";
const UPDATE: &str = "mutation updateUser($id: String, $input: UpdateUserInput!) {
    updateUser(id: $id, input: $input) { id username name email phone status blocked password token } }";
const DELETE: &str = "mutation deleteUser($id: String!) { deleteUser(id: $id) { message code } }";
const DELETE_MANY: &str = "mutation deleteUsers($ids: [String!]!) { deleteUsers(ids: $ids) { message code } }";
const FIND: &str = "query findUser($email: String, $phone: String, $username: String, $externalId: String) {
    findUser(email: $email, phone: $phone, username: $username, externalId: $externalId) { id email } }";
const EXISTS: &str = "query isUserExists($email: String) { isUserExists(email: $email) }";
const SEARCH: &str = "query searchUser($query: String!, $fields: [String], $roleOpts: [SearchUserRoleOpt]) {
    searchUser(query: $query, fields: $fields, roleOpts: $roleOpts) { totalCount list { id } } }";
const BATCH: &str = "query userBatch($ids: [String!]!, $type: String) { userBatch(ids: $ids, type: $type) { id } }";
const USERS: &str = "query users($page: Int, $limit: Int, $sortBy: SortByEnum) {
    users(page: $page, limit: $limit, sortBy: $sortBy) { totalCount list { id username } } }";

/// Somebody new with everybody's password.
fn newcomer(program: &Program, name: &str) -> Person {
    let body = json!({ "username": name, "password": PASSWORD });
    let answer = program.posts("/api/v3/create-user", &body).json();
    let id = answer["data"]["userId"].as_str().unwrap_or_else(|| panic!("{answer}"));
    Person { id: UserId::parse(id).unwrap() }
}

#[test]
fn version_2_keeps_people_by_graphql() {
    let house = open();
    let (program, mut sdk) = (house.program(), Sdk::of(&house, "notes"));
    let info = json!({
        "username": "mei", "nickname": "Mei", "email": "Mei@example.com", "phone": "13900000001", "gender": "F",
        "company": "passed over", "password": sdk.encrypts(PASSWORD),
    });
    let made = asks(&program, CREATE, &json!({ "userInfo": info, "keepPassword": false }));
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["name"], "Mei");
    assert_eq!(made["phone"], "+8613900000001");
    assert_eq!((made["status"].as_str(), made["blocked"].as_bool()), (Some("Activated"), Some(false)));
    assert!(made["password"].is_null() && made["token"].is_null());
    sdk.logs_in("mei");
    sdk.is_in();
    assert_eq!(refused(&program, CREATE, &json!({ "userInfo": info })), 2026, "taken");
    for (query, variables) in [
        (FIND, json!({ "email": "mei@EXAMPLE.com" })),
        (FIND, json!({ "username": "mei", "email": null })),
        (FIND, json!({ "phone": "+86 139 0000 0001" })),
    ] {
        assert_eq!(asks(&program, query, &variables)["id"], id.as_str(), "{variables}");
    }
    assert!(asks(&program, FIND, &json!({ "email": "nobody@example.com" })).is_null());
    assert!(asks(&program, FIND, &json!({ "email": "no address" })).is_null());
    assert_eq!(refused(&program, FIND, &json!({ "externalId": "x" })), 501, "not kept, so not looked for");
    assert_eq!(asks(&program, EXISTS, &json!({ "email": "mei@example.com" })), true);
    let found = |variables: &Value| asks(&program, SEARCH, variables)["totalCount"].clone();
    assert_eq!(found(&json!({ "query": "MEI@" })), 2, "Han Meimei too");
    assert_eq!(found(&json!({ "query": "mei@", "fields": ["username"] })), 0);
    assert_eq!(found(&json!({ "query": "mei@", "fields": ["company"] })), 0);
    assert_eq!(refused(&program, SEARCH, &json!({ "query": "x", "roleOpts": [{ "code": "a" }] })), 501);
    let lilei = house.person("lilei").id.to_string();
    let both = asks(&program, BATCH, &json!({ "ids": [id, "no id", lilei] }));
    assert_eq!(both, json!([{ "id": id }, { "id": lilei }]));
    assert_eq!(asks(&program, BATCH, &json!({ "ids": ["mei"], "type": "username" })), json!([{ "id": id }]));
    let by_rest = program.posts("/api/v2/users/batch", &json!({ "ids": [id, lilei], "type": "id" })).json();
    assert_eq!(by_rest["data"].as_array().map(Vec::len), Some(2), "{by_rest}");
    let detail = program.gets(&format!("/api/v2/users/{id}?with_custom_data=0")).json();
    assert_eq!((detail["code"].as_i64(), detail["data"]["email"].as_str()), (Some(200), Some("Mei@example.com")));
    house.clock.advance_ms(1_000);
    let changed =
        asks(&program, UPDATE, &json!({ "id": id, "input": { "username": "meimei", "phone": "", "email": null } }));
    assert_eq!(
        (changed["username"].as_str(), changed["phone"].as_str(), changed["email"].as_str(), changed["name"].as_str()),
        (Some("meimei"), None, Some("Mei@example.com"), Some("Mei")),
        "what is named changes, an empty text takes away, the rest stays"
    );
    sdk.is_in();
    let newest = asks(&program, USERS, &json!({ "page": 1, "limit": 1, "sortBy": "UPDATEDAT_DESC" }));
    assert_eq!((&newest["totalCount"], &newest["list"][0]["username"]), (&json!(6), &json!("meimei")));
    assert_eq!(asks(&program, DELETE, &json!({ "id": id }))["code"], 200);
    sdk.is_out();
    assert_eq!(refused(&program, DELETE, &json!({ "id": id })), 2004);
    assert_eq!(program.gets(&format!("/api/v2/users/{id}")).json()["code"], 2004);
    newcomer(&program, "meimei");
}

#[test]
fn version_2_keeps_people_by_its_own_addresses() {
    let house = open();
    let (program, mut sdk) = (house.program(), Sdk::of(&house, "notes"));
    let info = json!({ "username": "mei", "email": "mei@example.com", "password": sdk.encrypts(PASSWORD) });
    let made = program.posts("/api/v2/users", &json!({ "userInfo": info, "keepPassword": false })).json();
    let id = made["data"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    sdk.logs_in("mei");
    let exists = |query: &str| program.gets(&format!("/api/v2/users/is-user-exists?{query}")).json();
    for (query, expected) in [
        ("username=mei", true),
        ("email=MEI@example.com", true),
        ("phone=13900000001", false),
        ("username=polly", false),
    ] {
        assert_eq!(exists(query), json!({ "code": 200, "message": "OK", "data": expected }), "{query}");
    }
    assert_eq!((exists("")["code"].as_u64(), exists("externalId=x")["code"].as_u64()), (Some(2231), Some(501)));
    let unasked = sdk.gets_with("/api/v2/users/is-user-exists?username=mei", &[("Authorization", "")]).json();
    assert_eq!(unasked["code"], 2020, "nobody is told");
    let path = format!("/api/v2/users/{id}");
    let changed = program.posts(&path, &json!({ "nickname": "Mei", "phone": "13900000001" })).json();
    assert_eq!((&changed["data"]["name"], &changed["data"]["phone"]), (&json!("Mei"), &json!("+8613900000001")));
    sdk.is_in();
    let before = house.picture();
    for (path, body, code) in [
        ("/api/v2/users", json!({ "userInfo": info }), 2026),
        ("/api/v2/users", json!({}), 2231),
        ("/api/v2/users", json!({ "userInfo": { "username": "bo" }, "keepPassword": true }), 501),
        (path.as_str(), json!({ "status": "Archived" }), 501),
        ("/api/v2/users/ffffffffffffffffffffffff", json!({ "name": "x" }), 2004),
        ("/api/v2/users/*", json!({ "name": "x" }), 2004),
    ] {
        assert_eq!(program.posts(path, &body).json()["code"], code, "{path} {body}");
    }
    assert_eq!(house.foreign_program().posts(&path, &json!({ "name": "x" })).json()["code"], 2004);
    assert_eq!(house.picture(), before);
    program.posts(&path, &json!({ "blocked": true }));
    sdk.is_out();
}

#[test]
fn php_writes_an_object_without_anything_in_it_as_a_list() {
    let house = open();
    let program = house.program();
    let made =
        program.posts("/api/v3/create-user", &json!({ "username": "mei", "options": [], "customData": [] })).json();
    assert_eq!(made["data"]["username"], "mei", "{made}");
    let empty = json!({ "keywords": "mei", "options": [], "searchQuery": [] });
    assert_eq!(program.posts("/api/v3/list-users", &empty).json()["data"]["totalCount"], 2);
    assert_eq!(program.posts("/api/v3/list-users", &json!({ "options": [1] })).json()["apiCode"], 2231);
    let query = json!({ "query": "{ users { totalCount } }", "variables": [] });
    assert_eq!(program.posts("/graphql/v2", &query).json()["data"]["users"]["totalCount"], 6);
    let query = json!({ "query": "{ users { totalCount } }", "variables": [1] });
    assert_eq!(program.posts("/graphql/v2", &query).json()["errors"][0]["message"]["code"], 2231);
}

#[test]
fn version_3_keeps_people_one_by_one_and_in_lists() {
    let house = open();
    let (program, mut sdk) = (house.program(), Sdk::of(&house, "notes"));
    let sealed = sdk.encrypts(PASSWORD);
    let body = json!({
        "username": "mei", "name": "Mei", "email": "mei@example.com", "phone": "5550100", "phoneCountryCode": "+1",
        "status": "Activated", "gender": "F", "customData": { "a": 1 }, "password": sealed,
        "options": { "passwordEncryptType": "rsa", "keepPassword": false, "autoGeneratePassword": null },
    });
    let made = program.posts("/api/v3/create-user", &body).json();
    assert_eq!((made["statusCode"].as_i64(), made["data"]["phone"].as_str()), (Some(200), Some("+15550100")), "{made}");
    let id = made["data"]["userId"].as_str().unwrap().to_owned();
    sdk.signs_in("mei");
    for named in [format!("userId={id}"), "userId=mei@example.com&userIdType=email&withCustomData=false".to_owned()] {
        let one = program.gets(&format!("/api/v3/get-user?{named}")).json();
        assert_eq!(one["data"]["username"], "mei", "{named}: {one}");
        assert!(one["data"].get("password").is_none_or(Value::is_null), "{one}");
    }
    let lilei = house.person("lilei").id.to_string();
    for list in [
        format!("userIds={id}&userIds={lilei}"),
        format!("userIds[]={id}&userIds[]={lilei}&userIdType=user_id"),
        format!("userIds%5B0%5D={id}&userIds%5B1%5D={lilei}"),
        format!("userIds={id},{lilei},{id}"),
    ] {
        let got = program.gets(&format!("/api/v3/get-user-batch?{list}")).json();
        let ids: Vec<&str> = got["data"].as_array().unwrap().iter().map(|u| u["userId"].as_str().unwrap()).collect();
        assert_eq!(ids, [id.as_str(), lilei.as_str()], "{list}");
    }
    for (body, exists) in [
        (json!({ "username": "mei" }), true),
        (json!({ "email": "MEI@example.com" }), true),
        (json!({ "username": "mai" }), false),
        (json!({ "username": "polly" }), false),
    ] {
        assert_eq!(program.posts("/api/v3/is-user-exists", &body).json()["data"]["exists"], exists, "{body}");
    }
    let list = json!({ "list": [{ "username": "one", "password": PASSWORD }, { "email": "two@example.com" }] });
    let made = program.posts("/api/v3/create-users-batch", &list).json();
    assert_eq!(made["data"].as_array().map(Vec::len), Some(2), "{made}");
    let before = house.picture();
    for (path, body, code) in [
        ("create-users-batch", json!({ "list": [{ "username": "three" }, { "username": "one" }] }), 2026),
        ("create-users-batch", json!({ "list": [{ "username": "three" }, { "email": "no address" }] }), 2231),
        ("create-users-batch", json!({ "list": [{ "username": "three", "password": "short" }] }), 2231),
        ("create-users-batch", json!({ "list": [] }), 2231),
        ("create-users-batch", json!({ "list": vec![json!({ "username": "x" }); 51] }), 2231),
        ("create-user", json!({ "name": "nobody could log in" }), 2231),
        ("create-user", json!({ "username": "three", "options": { "keepPassword": true } }), 501),
        ("create-user", json!({ "username": "three", "status": "Resigned" }), 501),
        (
            "create-user",
            json!({ "username": "three", "password": "x", "options": { "passwordEncryptType": "rsa" } }),
            2016,
        ),
        ("update-user-batch", json!({ "list": [{ "userId": id, "name": "x" }, { "userId": "f".repeat(24) }] }), 2004),
        ("update-user-batch", json!({ "list": [{ "userId": id, "name": "x" }, { "name": "whose?" }] }), 2231),
        ("update-user", json!({ "userId": id, "username": "one" }), 2026),
        ("update-user", json!({ "userId": id, "username": "", "email": "", "phone": "" }), 2231),
        ("update-user", json!({ "userId": id, "options": { "userIdType": "external_id" } }), 501),
        ("delete-users-batch", json!({ "userIds": [id, "f".repeat(24)] }), 2004),
        ("delete-users-batch", json!({ "userIds": [] }), 2231),
        ("delete-users-batch", json!({ "userIds": ["*"] }), 2004),
    ] {
        let answer = program.posts(&format!("/api/v3/{path}"), &body);
        assert_eq!((answer.status, answer.json()["apiCode"].as_i64()), (200, Some(code)), "{body}: {}", answer.text());
        assert_eq!(house.picture(), before, "{path} {body}: all or nothing");
    }
    let both = json!({ "list": [{ "userId": "one", "name": "One" }, { "userId": "mei", "name": "Two" }],
        "options": { "userIdType": "username" } });
    let changed = program.posts("/api/v3/update-user-batch", &both).json();
    assert_eq!((&changed["data"][0]["name"], &changed["data"][1]["name"]), (&json!("One"), &json!("Two")), "{changed}");
    assert_eq!(changed["data"][1]["receipts"], json!([]), "a name ends nothing");
    sdk.is_in();
    let gone = json!({ "userIds": ["one", "mei", "one"], "options": { "userIdType": "username" } });
    let gone = program.posts("/api/v3/delete-users-batch", &gone).json();
    assert_eq!(
        (gone["data"]["success"].as_bool(), gone["data"]["receipts"].as_array().map(Vec::len)),
        (Some(true), Some(2))
    );
    sdk.is_out();
}

#[test]
fn lists_hold_what_was_asked_for_and_refuse_what_they_cannot_narrow() {
    let house = open();
    let program = house.program();
    let names = |answer: &Value| -> Vec<String> {
        let list = answer["data"]["list"].as_array().unwrap_or_else(|| panic!("{answer}"));
        list.iter().map(|user| user["username"].as_str().unwrap_or_default().to_owned()).collect()
    };
    house.clock.advance_ms(1_000);
    newcomer(&program, "mei");
    let all = program.posts("/api/v3/list-users", &json!({})).json();
    assert_eq!((all["data"]["totalCount"].as_i64(), names(&all)[0].as_str()), (Some(6), "mei"), "newest first");
    assert!(!names(&all).contains(&"polly".to_owned()), "another pool");
    let page = json!({ "options": { "pagination": { "page": 3, "limit": 2 } } });
    assert_eq!(names(&program.posts("/api/v3/list-users", &page).json()).len(), 2);
    let last = json!({ "options": { "sort": [{ "field": "createdAt", "order": "asc" }] } });
    assert_eq!(names(&program.posts("/api/v3/list-users", &last).json())[5], "mei");
    let by_mail = json!({ "keywords": "lilei@", "options": { "fuzzySearchOn": ["email"] } });
    assert_eq!(names(&program.posts("/api/v3/list-users", &by_mail).json()), ["lilei"]);
    let by_phone = json!({ "keywords": "lilei", "options": { "fuzzySearchOn": ["phone"] } });
    assert!(names(&program.posts("/api/v3/list-users", &by_phone).json()).is_empty());
    let percent = json!({ "keywords": "%" });
    assert!(names(&program.posts("/api/v3/list-users", &percent).json()).is_empty(), "a sign stands for itself");
    let lilei = house.person("lilei").id;
    program.posts("/api/v3/update-user", &json!({ "userId": lilei, "status": "Suspended" }));
    let suspended = program.gets("/api/v3/list-users?page=1&limit=10&status=Suspended&withCustomData=false").json();
    assert_eq!((names(&suspended), suspended["data"]["totalCount"].as_i64()), (vec!["lilei".to_owned()], Some(1)));
    assert_eq!(program.gets("/api/v3/list-users").json()["data"]["totalCount"], 6);
    for body in [
        json!({ "advancedFilter": [{ "field": "status", "operator": "EQUAL", "value": "Suspended" }] }),
        json!({ "searchQuery": { "x": 1 } }),
        json!({ "options": { "sort": [{ "field": "company", "order": "asc" }] } }),
    ] {
        assert_eq!(program.posts("/api/v3/list-users", &body).json()["apiCode"], 501, "{body}");
    }
    for query in ["updatedAtStart=1", "status=Resigned"] {
        assert_eq!(program.gets(&format!("/api/v3/list-users?{query}")).json()["apiCode"], 501, "{query}");
    }
}

/// Calls that must end everything of somebody, and the cause that stands on the receipt.
type Ending = (&'static str, &'static str, fn(&Program, &Sdk, &UserId) -> Value);

fn endings() -> Vec<Ending> {
    fn v3(program: &Program, path: &str, body: &Value) -> Value {
        let answer = program.posts(path, body).json();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        answer
    }
    vec![
        ("updateUser password", "password_changed", |program, sdk, id| {
            asks(program, UPDATE, &json!({ "id": id, "input": { "password": sdk.encrypts(NEW) } }))
        }),
        ("updateUser blocked", "disabled", |program, _, id| {
            asks(program, UPDATE, &json!({ "id": id, "input": { "blocked": true } }))
        }),
        ("updateUser tokenExpiredAt", "kicked", |program, _, id| {
            asks(program, UPDATE, &json!({ "id": id, "input": { "tokenExpiredAt": "0" } }))
        }),
        ("deleteUser", "deleted", |program, _, id| asks(program, DELETE, &json!({ "id": id }))),
        ("deleteUsers", "deleted", |program, _, id| asks(program, DELETE_MANY, &json!({ "ids": [id] }))),
        ("update-user password", "password_changed", |program, _, id| {
            v3(program, "/api/v3/update-user", &json!({ "userId": id, "password": NEW }))
        }),
        ("update-user status", "disabled", |program, _, id| {
            v3(program, "/api/v3/update-user", &json!({ "userId": id, "status": "Suspended" }))
        }),
        ("update-user-batch", "password_changed", |program, _, id| {
            v3(program, "/api/v3/update-user-batch", &json!({ "list": [{ "userId": id, "password": NEW }] }))
        }),
        ("delete-users-batch", "deleted", |program, _, id| {
            v3(program, "/api/v3/delete-users-batch", &json!({ "userIds": [id] }))
        }),
    ]
}

#[test]
fn whatever_changes_how_somebody_logs_in_ends_their_sessions_at_once() {
    let house = open();
    let (program, mut other) = (house.program(), Sdk::of(&house, "notes"));
    other.logs_in("lilei");
    let board = Client::of(&house, "board");
    for (number, (what, cause, ends)) in endings().into_iter().enumerate() {
        let name = format!("victim{number}");
        let person = newcomer(&program, &name);
        let (mut notes, mut wiki) = (Sdk::of(&house, "notes"), Sdk::of(&house, "wiki"));
        notes.logs_in(&name);
        let refresh = wiki.signs_in(&name)["refresh_token"].as_str().unwrap().to_owned();
        let mut browser = house.browser();
        browser.logs_in(&name);
        let tokens = board.tokens(&mut browser);
        let code = board.code(&mut browser);
        let before = house.endings();
        ends(&program, &notes, &person.id);
        assert_eq!(house.endings(), before + 1, "{what}: one receipt");
        notes.is_out();
        wiki.is_out();
        assert!(!browser.is_in(""), "{what}");
        board.is_out(&tokens);
        assert_eq!(board.trades(&code).status, 400, "{what}: a code on its way");
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
            ("client_id", wiki.app.as_str()),
            ("client_secret", CLIENT_SECRET),
        ];
        let refreshed = crate::support::client::form(house.port, &house.host(""), "/oidc/token", &fields, &[]);
        assert_eq!(refreshed.status, 400, "{what}: {}", refreshed.text());
        let (id, why, users): (String, String, String) = house
            .rows()
            .query_row("SELECT id, cause, users FROM endings ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!((why.as_str(), users), (cause, json!([person.id]).to_string()), "{what}");
        program.receipt(&id);
        let again = Sdk::of(&house, "notes").tries(&name, &notes.encrypts(PASSWORD));
        let code = again["errors"][0]["message"]["code"].as_u64();
        let expected = match cause {
            "kicked" => None,
            "disabled" => Some(2005),
            _ => Some(2333),
        };
        assert_eq!(code, expected, "{what}: {again}");
        other.is_in();
    }
}

#[test]
fn a_changed_password_is_the_one_that_counts() {
    let house = open();
    let (program, sdk) = (house.program(), Sdk::of(&house, "notes"));
    let lilei = house.person("lilei").id;
    asks(&program, UPDATE, &json!({ "id": lilei, "input": { "password": sdk.encrypts(NEW) } }));
    let mut notes = Sdk::of(&house, "notes");
    let sealed = notes.encrypts(NEW);
    assert!(notes.tries("lilei", &sealed)["data"]["loginByUsername"]["token"].is_string());
    // A ciphertext of the right length under another key opens to nothing: it is refused and not stored as some password.
    let before = house.picture();
    let foreign = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode([1u8; 256])
    };
    for sent in [foreign.as_str(), "not base64!", PASSWORD] {
        assert_eq!(refused(&program, UPDATE, &json!({ "id": lilei, "input": { "password": sent } })), 2016, "{sent}");
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn programs_neither_make_nor_change_administrators() {
    let house = open();
    let (program, sdk) = (house.program(), Sdk::of(&house, "notes"));
    let wang = house.person("wang").id;
    let before = house.picture();
    for input in [
        json!({ "password": sdk.encrypts(NEW) }),
        json!({ "blocked": true }),
        json!({ "name": "x" }),
        json!({ "username": "y" }),
    ] {
        assert_eq!(refused(&program, UPDATE, &json!({ "id": wang, "input": input })), 1001, "{input}");
    }
    assert_eq!(refused(&program, DELETE, &json!({ "id": wang })), 1001);
    let lilei = house.person("lilei").id;
    assert_eq!(refused(&program, DELETE_MANY, &json!({ "ids": [lilei, wang] })), 1001, "all or nobody");
    for (path, body) in [
        ("/api/v3/update-user", json!({ "userId": wang, "password": NEW })),
        ("/api/v3/update-user", json!({ "userId": wang, "status": "Suspended" })),
        ("/api/v3/delete-users-batch", json!({ "userIds": [wang] })),
    ] {
        assert_eq!(program.posts(path, &body).json()["apiCode"], 1001, "{path} {body}");
    }
    assert_eq!(house.picture(), before);
    let body = json!({ "username": "mallory", "password": PASSWORD, "admin": true, "role": "admin", "isRoot": true });
    program.posts("/api/v3/create-user", &body);
    let role: String = house.value("SELECT role FROM users WHERE username = ?1", ["mallory"]);
    assert_eq!(role, "person");
}

#[test]
fn a_person_changes_their_own_display_name_by_their_token_and_nothing_else() {
    let house = open();
    let mut sdk = Sdk::of(&house, "notes");
    sdk.logs_in("lilei");
    let changed = sdk.asks(UPDATE, &json!({ "id": house.person("lilei").id, "input": { "nickname": "Lei" } }));
    assert_eq!(changed["data"]["updateUser"]["name"], "Lei", "{changed}");
    assert_eq!(changed["data"]["updateUser"]["token"], sdk.token.as_str(), "the SDK keeps what comes back");
    sdk.is_in();
    let before = house.picture();
    let password = sdk.encrypts(NEW);
    for (variables, code) in [
        (json!({ "input": { "password": password } }), 1001),
        (json!({ "input": { "blocked": false } }), 1001),
        (json!({ "input": { "username": "lei" } }), 1001),
        (json!({ "input": { "name": "x", "email": "lei@example.com" } }), 1001),
        (json!({ "input": { "phone": "" } }), 1001),
        (json!({ "input": { "name": "\u{202e}x" } }), 2231),
        (json!({ "id": house.person("hanmeimei").id, "input": { "name": "x" } }), 1001),
        (json!({ "input": { "tokenExpiredAt": "1" } }), 501),
    ] {
        let answer = sdk.asks(UPDATE, &variables);
        assert_eq!(answer["errors"][0]["message"]["code"], code, "{variables}: {answer}");
    }
    for query in [CREATE, DELETE, SEARCH, BATCH, FIND, USERS] {
        let answer = sdk.asks(query, &json!({ "id": "x", "query": "x", "ids": ["x"], "email": "x", "userInfo": {} }));
        assert_eq!(answer["errors"][0]["message"]["code"], 2020, "{query}: {answer}");
    }
    assert_eq!(house.picture(), before);
}

#[test]
fn people_of_another_pool_do_not_exist() {
    let house = open();
    let (program, foreign) = (house.program(), house.foreign_program());
    let lilei = house.person("lilei").id;
    let before = house.picture();
    assert!(asks(&foreign, FIND, &json!({ "username": "lilei" })).is_null());
    assert_eq!(asks(&foreign, EXISTS, &json!({ "email": "lilei@example.com" })), false);
    assert_eq!(asks(&foreign, SEARCH, &json!({ "query": lilei }))["totalCount"], 0);
    assert_eq!(asks(&foreign, BATCH, &json!({ "ids": [lilei] })), json!([]));
    assert_eq!(refused(&foreign, UPDATE, &json!({ "id": lilei, "input": { "name": "x" } })), 2004);
    assert_eq!(refused(&foreign, UPDATE, &json!({ "id": lilei, "input": { "tokenExpiredAt": "0" } })), 2004);
    assert_eq!(refused(&foreign, DELETE, &json!({ "id": lilei })), 2004);
    assert_eq!(foreign.gets(&format!("/api/v2/users/{lilei}")).json()["code"], 2004);
    assert_eq!(foreign.gets(&format!("/api/v3/get-user?userId={lilei}")).json()["apiCode"], 2004);
    for (path, body) in [
        ("/api/v3/update-user", json!({ "userId": lilei, "status": "Suspended" })),
        ("/api/v3/delete-users-batch", json!({ "userIds": [lilei] })),
    ] {
        assert_eq!(foreign.posts(path, &body).json()["apiCode"], 2004, "{path}");
    }
    assert_eq!(house.picture(), before);
    let named = json!({ "username": "polly" });
    assert_eq!(program.posts("/api/v3/create-user", &named).json()["statusCode"], 200, "names are a pool's own");
}
