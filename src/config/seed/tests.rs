use super::*;

/// The example of the manual.
const EXAMPLE: &str = r#"
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
backchannel_logout_uri = "http://127.0.0.1:9101/backchannel"   # optional
frontchannel_logout_uri = "http://127.0.0.1:9101/frontchannel" # optional
grant_types = ["authorization_code", "refresh_token"]          # this is the default
default = true

[[users]]
id = "60aa0000000000000000000a"
username = "lilei"
name = "Li Lei"
email = "lilei@example.com"
phone = "+8613800000000"
password = "correct horse battery staple"
admin = false

[[users]]
username = "hanmeimei"
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"
admin = true

[[access_keys]]
id = "5f9d0cef60d09ff5a4c87c99"
secret = "fedcba98765432100123456789abcdef"
user = "hanmeimei"

[[pools]]
name = "Globex"

[[pools.applications]]
identifier = "mail"

[[pools.users]]
username = "lilei"
disabled = true
"#;

fn refusal(text: &str) -> String {
    SeedFile::parse(text).map_or_else(|error| error.to_string(), |seed| format!("{seed:?}"))
}

#[test]
fn the_example_is_read_whole() {
    let Seed { pools } = SeedFile::parse(EXAMPLE).unwrap();
    let [acme, globex] = pools.as_slice() else { panic!("{} pools", pools.len()) };
    assert_eq!(acme.id.unwrap().as_str(), "5f9d0cef60d09ff5a4c87c06");
    assert_eq!(acme.name.as_ref().unwrap().as_str(), "Acme");
    assert_eq!(acme.secret.as_ref().unwrap().expose(), "0123456789abcdef0123456789abcdef");
    let notes = &acme.applications[0];
    assert_eq!((notes.identifier.as_str(), notes.name.as_str(), notes.default), ("notes", "Notes", true));
    assert_eq!(notes.logout_redirect_uris[0].as_str(), "http://127.0.0.1:9101/*");
    assert_eq!(notes.protocol.backchannel_logout_uri.as_deref().unwrap(), "http://127.0.0.1:9101/backchannel");
    let [lilei, hanmeimei] = acme.users.as_slice() else { panic!() };
    assert!(matches!(&lilei.credential, Some(Credential::Password(p)) if p.expose() == "correct horse battery staple"));
    assert!(
        matches!(&hanmeimei.credential, Some(Credential::Hash(_)))
            && hanmeimei.role == Some(Role::Admin)
            && hanmeimei.disabled.is_none()
    );
    let owner = AccessKeyOwner::Name(LoginName::Username("hanmeimei".into()));
    assert_eq!(acme.access_keys[0].user, Some(owner));
    assert_eq!((globex.applications.len(), globex.users[0].disabled), (1, Some(true)));
}

#[test]
fn what_is_left_out_has_a_default() {
    let Seed { pools } = SeedFile::parse("[[applications]]\nidentifier = \"notes\"").unwrap();
    let notes = &pools[0].applications[0];
    assert_eq!((pools[0].id, pools[0].name.is_none(), notes.name.as_str()), (None, true, "notes"));
    assert_eq!(notes.protocol, Protocol::default());
    assert!(notes.redirect_uris.is_empty() && notes.logout_redirect_uris.is_empty() && !notes.default);
    assert!(SeedFile::parse("").unwrap().pools.is_empty());
    let nested = "[pool]\n[[pool.users]]\nusername = \"a\"\n[[users]]\nusername = \"b\"";
    assert_eq!(SeedFile::parse(nested).unwrap().pools[0].users.len(), 2);
}

#[test]
fn a_role_is_stated_in_the_old_way_or_the_new() {
    let role = |line: &str| {
        let seed = SeedFile::parse(&format!("[[users]]\nusername = \"a\"\n{line}")).unwrap();
        seed.pools[0].users[0].role
    };
    assert_eq!(role(""), None);
    assert_eq!(role("admin = true"), Some(Role::Admin));
    assert_eq!(role("admin = false"), Some(Role::Person));
    assert_eq!(role("role = \"auditor\""), Some(Role::Auditor));
    assert_eq!(role("admin = true\nrole = \"admin\""), Some(Role::Admin));
}

#[test]
fn secrets_are_shown_nowhere() {
    let shown = format!("{:?}", SeedFile::parse(EXAMPLE).unwrap());
    for secret in ["horse", "argon2id", "89abcdef", "fedcba98"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    for wrong in
        ["[[users]]\nusername = \"a\"\npassword = 4711", "[pool]\nsecret = \"4711\"", "[[users]]\npassword = \"4711"]
    {
        assert!(!refusal(wrong).contains("4711"), "{wrong}");
    }
}

#[test]
fn mistakes_are_told_with_their_line() {
    let application = "[[applications]]\nidentifier = \"notes\"\n";
    let user = "[[users]]\nusername = \"lilei\"\n";
    let rows: &[(&str, &str)] = &[
        ("[pol]\n", "line 1: pol is not known; did you mean pool?"),
        ("\n[[aplications]]\n", "line 2: aplications is not known; did you mean applications?"),
        (
            "[[applications]]\nredirct_uris = []",
            "line 2: redirct_uris in applications is not known; did you mean redirect_uris?",
        ),
        ("[[users]]\nusername = \"a\"\nmail = \"a@b\"", "line 3: mail in users is not known; did you mean email?"),
        (
            "[[pools]]\nname = \"G\"\n[[pools.users]]\nusrname = \"a\"",
            "line 4: usrname in users is not known; did you mean username?",
        ),
        ("[pool]\ncolour = 1", "line 2: colour in pool is not known"),
        ("[pool]\nid = ", "line 2: "),
        ("[pool]\nid = 5", "line 2: expected a string"),
        ("users = 5", "line 1: expected "),
        ("[pool]\nid = \"60aa\"", "line 2: id: an id is 24 lower-case hex digits"),
        ("[pool]\nname = \"\"", "line 2: name: a name has 1 to 200 characters"),
        ("[pool]\nsecret = \"short\"", "line 2: secret: a secret has"),
        ("[[applications]]\nname = \"x\"", "line 1: identifier: is missing"),
        ("[[applications]]\nidentifier = \"My Notes\"", "line 2: identifier: an identifier consists of"),
        ("[[applications]]\nidentifier = \"www\"", "line 2: identifier: this identifier is reserved"),
        ("[[users]]\nname = \"x\"", "line 1: users: a user has a username, an email or a phone"),
        ("[[users]]\nusername = \"13800000000\"", "line 2: username: a user name does not read as a phone number"),
        ("[[users]]\nemail = \"x\"", "line 2: email: "),
        ("[[users]]\nusername = \"a\"\nrole = \"boss\"", "line 3: role: person, auditor or admin"),
        ("[[users]]\nusername = \"a\"\nadmin = true\nrole = \"person\"", "line 4: role: admin says otherwise"),
        ("[[users]]\nphone = \"1\"", "line 2: phone: "),
        ("[[access_keys]]\nsecret = \"0123456789\"", "line 1: id: is missing"),
        ("[[access_keys]]\nid = \"60aa0000000000000000000a\"", "line 1: secret: is missing"),
        ("[[pools]]\nsecret = \"0123456789\"", "line 1: pools: a further pool has a name or an id"),
    ];
    for (text, expected) in rows {
        assert!(refusal(text).starts_with(expected), "{text:?}: {}", refusal(text));
    }
    for (line, expected) in [
        (
            "redirect_uris = [\"https://a.com/\",\n \"javascript:alert(1)\"]",
            "line 4: redirect_uris: only http and https",
        ),
        ("logout_redirect_uris = [\"https://*.com/\"]", "line 3: logout_redirect_uris: a star may not"),
        ("backchannel_logout_uri = \"https://a.com/*\"", "line 3: backchannel_logout_uri: the address is called"),
        (
            "frontchannel_logout_uri = \"https://a.com/#x\"",
            "line 3: frontchannel_logout_uri: the address has a fragment",
        ),
        ("grant_types = [\"code\"]", "line 3: grant_types: one of authorization_code, refresh_token"),
        ("id_token_signed_response_alg = \"none\"", "line 3: id_token_signed_response_alg: one of RS256, ES256, HS256"),
        ("token_endpoint_auth_method = \"basic\"", "line 3: token_endpoint_auth_method: one of"),
        ("default = \"yes\"", "line 3: expected a boolean"),
    ] {
        let text = format!("{application}{line}\n");
        assert!(refusal(&text).starts_with(expected), "{line:?}: {}", refusal(&text));
    }
    for (line, expected) in [
        ("password = \"\"", "line 3: password: the password is empty"),
        ("password_hash = \"$2b$12$abc\"", "line 3: password_hash: a hash has the form"),
        ("password_hash = \"$argon2id$v=19$m=1,t=1$c2Fs$aGFz\"", "line 3: password_hash: a hash has the form"),
        ("password = \"a\"\npassword_hash = \"b\"", "line 4: password_hash: a user has a password or its hash"),
    ] {
        let text = format!("{user}{line}\n");
        assert!(refusal(&text).starts_with(expected), "{line:?}: {}", refusal(&text));
    }
}

#[test]
fn nothing_stands_twice() {
    let id = "id = \"60aa0000000000000000000a\"\n";
    let rows: &[(String, Option<&str>)] = &[
        (
            "[[users]]\nusername = \"a\"\n[[users]]\nusername = \"A\"".into(),
            Some("line 4: this username stands already in line 2"),
        ),
        (
            "[[users]]\nemail = \"a@b.c\"\n[[users]]\nemail = \"A@B.C\"".into(),
            Some("line 4: this email stands already in line 2"),
        ),
        (
            "[[users]]\nphone = \"13800000000\"\n[[users]]\nphone = \"+86 138 0000 0000\"".into(),
            Some("line 4: this phone stands already in line 2"),
        ),
        (
            format!("[[users]]\nusername = \"a\"\n{id}[[pools]]\nname = \"G\"\n[[pools.users]]\nusername = \"a\"\n{id}"),
            Some("line 8: this user id stands already in line 3"),
        ),
        (
            "[[applications]]\nidentifier = \"a\"\n[[pools]]\nname = \"G\"\n[[pools.applications]]\nidentifier = \"a\"".into(),
            Some("line 6: this identifier stands already in line 2"),
        ),
        (
            "[[applications]]\nidentifier = \"a\"\ndefault = true\n[[applications]]\nidentifier = \"b\"\ndefault = true".into(),
            Some("line 6: this default application stands already in line 3"),
        ),
        (format!("[pool]\n{id}[[pools]]\n{id}"), Some("line 4: this pool id stands already in line 2")),
        (format!("[pool]\n{id}[[users]]\nusername = \"a\"\n{id}"), None),
        ("[[users]]\nusername = \"a\"\n[[pools]]\nname = \"G\"\n[[pools.users]]\nusername = \"a\"".into(), None),
    ];
    for (text, expected) in rows {
        match (SeedFile::parse(text), expected) {
            (Err(error), Some(expected)) => assert_eq!(&error.to_string(), expected, "{text:?}"),
            (Ok(_), None) => {}
            (parsed, _) => panic!("{text:?}: {:?}", parsed.map_err(|e| e.line())),
        }
    }
}
