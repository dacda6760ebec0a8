use std::sync::Arc;

use super::*;
use crate::config::{Config, Flags, SeedFile};
use crate::domain::clock::SystemClock;
use crate::domain::oauth::{AuthMethod, ResponseType, TokenAlg};
use crate::store::{audit as audit_rows, ending};

const FILE: &str = r#"
[pool]
id = "5f9d0cef60d09ff5a4c87c06"
name = "Acme"
secret = "0123456789abcdef0123456789abcdef"
[[applications]]
id = "6099a1b2c3d4e5f60718293a"
identifier = "notes"
name = "Notes"
secret = "89abcdef0123456789abcdef01234567"
redirect_uris = ["http://127.0.0.1:9101/callback"]
logout_redirect_uris = ["http://127.0.0.1:9101/*"]
default = true
[[users]]
id = "60aa0000000000000000000a"
username = "lilei"
name = "Li Lei"
email = "lilei@example.com"
password = "correct horse"
[[users]]
username = "admin"
password = "battery staple"
admin = true
[[access_keys]]
id = "70aa0000000000000000000a"
secret = "fedcba9876543210"
user = "admin"
[[pools]]
name = "Globex"
[[pools.applications]]
identifier = "wiki"
[[pools.users]]
username = "lilei"
password = "another one"
"#;

fn state() -> (tempfile::TempDir, Arc<State>) {
    let dir = tempfile::tempdir().unwrap();
    let flags = Flags { data_dir: Some(dir.path().to_owned()), ..Flags::default() };
    let config = Config::load(&flags, std::iter::empty(), &|p| std::fs::read_to_string(p)).unwrap().config;
    let state = State::open(config, Arc::new(SystemClock)).unwrap();
    (dir, state)
}

fn sow(state: &Arc<State>, text: &str) -> Seeded {
    apply(state, SeedFile::parse(text).unwrap()).unwrap()
}

/// Every key of an application, the keys' text as a file holds it: with a line end.
const PROTOCOL: &str = r#"
[[applications]]
identifier = "archive"
redirect_uris = ["https://archive.example/cb"]
backchannel_logout_uri = "https://archive.example/told"
backchannel_logout_session_required = true
frontchannel_logout_uri = "https://archive.example/frame"
frontchannel_logout_session_required = true
tokens_outlive_logout = true
self_registration = true
grant_types = ["authorization_code", "implicit"]
response_types = []
token_endpoint_auth_method = "private_key_jwt"
id_token_signed_response_alg = "ES256"
jwks = '''
{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
'''
"#;

#[test]
fn every_key_of_an_application_is_sown_and_sowing_it_twice_is_sowing_it_once() {
    let (_dir, state) = state();
    assert_eq!(sow(&state, PROTOCOL).created, 2, "the pool and the application");
    let pool = state.directory().default_pool().unwrap().id;
    let row = || state.store.read(rows::all).unwrap().into_iter().find(|row| row.identifier == "archive").unwrap();
    let first = row();
    assert_eq!(first.pool, pool);
    assert_eq!(first.protocol.response_types, [ResponseType::Code]);
    assert_eq!((first.protocol.auth_method, first.protocol.id_token_alg), (AuthMethod::PrivateKeyJwt, TokenAlg::Es256));
    assert!(first.protocol.self_registration);
    assert!(first.protocol.tokens_outlive_logout && first.protocol.jwks.as_deref().is_some_and(|k| k.ends_with("]}")));
    assert!(first.protocol.backchannel_session_required && first.protocol.frontchannel_session_required);
    let before = audited(&state);
    let again = sow(&state, PROTOCOL);
    assert_eq!((again.created, again.changed, audited(&state)), (0, 0, before));
    assert_eq!(row().updated_at, first.updated_at);
    assert_eq!(sow(&state, &PROTOCOL.replace("tokens_outlive_logout = true", "")).changed, 1);
}

fn audited(state: &Arc<State>) -> usize {
    let pools = state.directory().pools().to_vec();
    pools.iter().map(|p| state.store.read(|conn| audit_rows::of_pool(conn, p.id, i64::MAX, 999)).unwrap().len()).sum()
}

#[test]
fn sowing_twice_is_sowing_once() {
    let (_dir, state) = state();
    let first = sow(&state, FILE);
    assert_eq!((first.created, first.changed), (8, 0));
    let shown: Vec<&str> = first.secrets.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!((shown.len(), shown[1]), (2, "application wiki"));
    assert_eq!(state.directory().default_application().unwrap().id.as_str(), "6099a1b2c3d4e5f60718293a");
    let before = audited(&state);
    let second = sow(&state, FILE);
    assert_eq!((second.created, second.changed, second.secrets.len()), (0, 0, 0));
    assert_eq!(audited(&state), before);
}

#[test]
fn a_changed_password_or_a_disabled_user_passes_the_door() {
    let (_dir, state) = state();
    sow(&state, FILE);
    let before = audited(&state);
    assert_eq!(sow(&state, &FILE.replace("correct horse", "wrong horse")).changed, 1);
    assert!(audited(&state) > before);
    let endings = || state.store.read(|conn| ending::open(conn, 99)).unwrap().len();
    assert_eq!(endings(), 1);
    let disabled = FILE.replace("password = \"correct horse\"", "disabled = true");
    assert_eq!(sow(&state, &disabled).changed, 1);
    assert_eq!(endings(), 2);
}

#[test]
fn a_refused_entry_is_named_and_nothing_is_filled_in() {
    let (_dir, state) = state();
    sow(&state, FILE);
    let clash = "[pool]\nname = \"New\"\n[[pools]]\nname = \"Third\"\n[[pools.applications]]\nid = \"6099a1b2c3d4e5f60718293b\"\nidentifier = \"notes\"";
    let error = apply(&state, SeedFile::parse(clash).unwrap()).unwrap_err();
    assert_eq!(error.what, "application notes");
    assert_eq!(state.directory().pools().len(), 2);
    assert_eq!(state.directory().default_pool().unwrap().name, "Acme");
}

#[test]
fn an_unused_default_pool_makes_room() {
    let (_dir, state) = state();
    crate::flow::setup::make_pool(&state).unwrap();
    sow(&state, FILE);
    assert_eq!(state.directory().default_pool().unwrap().id.as_str(), "5f9d0cef60d09ff5a4c87c06");
    assert_eq!(state.directory().pools().len(), 2);
}

#[test]
fn many_users_are_hashed_on_all_cores_and_land_on_their_own() {
    use std::fmt::Write as _;
    let (_dir, state) = state();
    let mut file = String::from("[pool]\nname = \"P\"\n");
    for n in 0..7 {
        let _ = write!(file, "[[users]]\nusername = \"u{n}\"\npassword = \"password {n}\"\n");
    }
    assert_eq!(sow(&state, &file).created, 8);
    assert_eq!(sow(&state, &file).changed, 0);
    assert_eq!(sow(&state, &file.replace("password 3", "secret 3")).changed, 1);
}

#[test]
fn what_was_decided_since_survives_the_same_file_and_a_changed_file_wins() {
    let (_dir, state) = state();
    sow(&state, FILE);
    let lilei = UserId::parse("60aa0000000000000000000a").unwrap();
    let pool = state.directory().default_pool().unwrap().id;
    let chosen = password::hash("a password of my own").unwrap();
    let form = UserForm { username: "lilei".into(), disabled: true, ..UserForm::default() };
    state
        .write_now(move |act, state| {
            users::set_password(act, state, (pool, lilei), &chosen, &by_this_file())?;
            users::edit(act, state, (pool, lilei), None, &form.judge()?, &by_this_file())
        })
        .unwrap();
    sow(&state, FILE);
    let read = || state.store.read(|conn| people::candidate(conn, lilei)).unwrap().unwrap();
    let fits = |text: &str| {
        password::verify(&mut Memory::default(), text, read().password_hash.as_deref().unwrap()) != Verdict::Wrong
    };
    assert_eq!(read().user.status, UserStatus::Disabled, "disabled stays disabled");
    assert!(fits("a password of my own"), "a changed password stays");
    sow(&state, &FILE.replace("correct horse", "another horse"));
    assert!(fits("another horse"), "a newly stated one wins");
}

#[test]
fn who_was_deleted_stays_deleted_and_the_house_still_starts() {
    let (_dir, state) = state();
    sow(&state, FILE);
    let lilei = UserId::parse("60aa0000000000000000000a").unwrap();
    let notes = crate::domain::id::ApplicationId::parse("6099a1b2c3d4e5f60718293a").unwrap();
    let pool = state.directory().default_pool().unwrap().id;
    state
        .write_now(move |act, state| {
            users::delete(act, state, pool, lilei, &by_this_file())?;
            applications::delete(act, state, pool, notes, &by_this_file())
        })
        .unwrap();
    sow(&state, FILE);
    assert!(state.store.read(|conn| people::find(conn, lilei)).unwrap().is_none());
    assert!(state.directory().application(notes).is_none());
}
