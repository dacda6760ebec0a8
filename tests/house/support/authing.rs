//! What Authing's SDKs do: log in by a call, ask who is in, log out by a call.

use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exeunt::domain::id::ApplicationId;
use serde_json::{Value, json};

use super::people::CLIENT_SECRET;
use super::{Answer, Browser, House, PASSWORD};

const CHECK: &str = "query c($token: String) { checkLoginStatus(token: $token) { code status } }";

/// An SDK on a page or in a program: an application, cookies, and the token of whoever is in.
#[derive(Debug, Clone)]
pub struct Sdk {
    pub browser: Browser,
    pub app: ApplicationId,
    pub token: String,
    origin: String,
    key: String,
}

/// Encrypts a password under a public key, as SDKs do.
pub fn encrypted(pem: &str, text: &str) -> String {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let public = PublicEncryptingKey::from_der(&STANDARD.decode(body).unwrap()).unwrap();
    let public = Pkcs1PublicEncryptingKey::new(public).unwrap();
    let mut room = vec![0; public.ciphertext_size()];
    STANDARD.encode(public.encrypt(text.as_bytes(), &mut room).unwrap())
}

impl Sdk {
    /// An SDK of the application with this label, which asks the base host.
    pub fn of(house: &House, identifier: &'static str) -> Self {
        let key = house.ask(("GET", "/api/v2/.well-known"), &[], None).json();
        Self {
            browser: house.browser(),
            app: house.application(identifier).id,
            token: String::new(),
            origin: house.at("", ""),
            key: key["data"]["publicKey"].as_str().unwrap().to_owned(),
        }
    }

    /// The same without the cookies: a program.
    pub fn without_cookies(&self) -> Self {
        let mut same = self.clone();
        same.browser.jar.clear();
        same
    }

    /// The same with the cookies only.
    pub fn without_token(&self) -> Self {
        Self { token: String::new(), ..self.clone() }
    }

    fn sends(&mut self, method: &str, path: &str, body: Option<&Value>, more: &[(&str, &str)]) -> Answer {
        let (app, bearer) = (self.app.to_string(), format!("Bearer {}", self.token));
        let mut headers = vec![("x-authing-app-id", app.as_str()), ("x-authing-lang", "en-US")];
        if !self.token.is_empty() {
            headers.push(("Authorization", &bearer));
        }
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        headers.extend_from_slice(more);
        let url = format!("{}{path}", self.origin);
        self.browser.sends(method, &url, &headers, body.map(Value::to_string).as_deref())
    }

    pub fn gets(&mut self, path: &str) -> Answer {
        self.sends("GET", path, None, &[])
    }

    pub fn gets_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.sends("GET", path, None, headers)
    }

    pub fn posts(&mut self, path: &str, body: &Value) -> Answer {
        self.sends("POST", path, Some(body), &[])
    }

    pub fn posts_with(&mut self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.sends("POST", path, Some(body), headers)
    }

    /// A GraphQL call of one field; the whole answer.
    pub fn asks(&mut self, query: &str, variables: &Value) -> Value {
        let answer = self.posts("/graphql/v2", &json!({ "query": query, "variables": variables }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub fn encrypts(&self, text: &str) -> String {
        encrypted(&self.key, text)
    }

    /// A log-in by GraphQL, whatever comes back.
    pub fn tries(&mut self, name: &str, password: &str) -> Value {
        let query =
            "mutation loginByUsername($input: LoginByUsernameInput!) { loginByUsername(input: $input) { id token } }";
        self.asks(query, &json!({ "input": { "username": name, "password": password } }))
    }

    /// A log-in of version 2 that works; the token is kept.
    #[track_caller]
    pub fn logs_in(&mut self, name: &str) {
        let password = self.encrypts(PASSWORD);
        let answer = self.tries(name, &password);
        self.token =
            answer["data"]["loginByUsername"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    }

    /// The body of a log-in of version 3.
    pub fn signin(&self, name: &str, password: &str, scope: &str) -> Value {
        json!({
            "connection": "PASSWORD", "passwordPayload": { "username": name, "password": password },
            "options": { "scope": scope, "passwordEncryptType": "none" },
            "client_id": self.app, "client_secret": CLIENT_SECRET,
        })
    }

    /// A log-in of version 3 that works; the access token is kept, all are answered.
    #[track_caller]
    pub fn signs_in(&mut self, name: &str) -> Value {
        let body = self.signin(name, PASSWORD, "openid profile offline_access");
        let answer = self.posts("/api/v3/signin", &body).json();
        self.token = answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        answer["data"].clone()
    }

    /// Every call by which this SDK can find out whether somebody is in, and what each says.
    pub fn checks(&mut self) -> Vec<(&'static str, bool)> {
        let kind = if self.claims()["data"]["type"] == "user" { "id_token" } else { "access_token" };
        let token = self.token.clone();
        let validated =
            self.gets_with(&format!("/api/v2/oidc/validate_token?{kind}={token}"), &[("Authorization", "")]);
        let user = self.asks("query user($id: String) { user(id: $id) { id token } }", &json!({}));
        let status = self.asks(CHECK, &json!({}));
        let named = json!({ "token": token });
        let of_named = self.without_token().asks(CHECK, &named);
        let of_named_by_guard = self.without_token().posts("/api/v2/users/login/check-status", &named);
        let renewed = self.asks("mutation r($id: String) { refreshToken(id: $id) { token } }", &json!({}));
        let (code, state_code) = (|a: Answer| a.json()["code"] == 200, |a: Answer| a.json()["statusCode"] == 200);
        vec![
            ("user", user["data"]["user"]["id"].is_string()),
            ("checkLoginStatus", status["data"]["checkLoginStatus"]["status"] == true),
            ("checkLoginStatus of a named token", of_named["data"]["checkLoginStatus"]["status"] == true),
            ("refreshToken", renewed["data"]["refreshToken"]["token"].is_string()),
            ("me", code(self.gets("/api/v2/users/me"))),
            ("me, bare", code(self.gets_with("/api/v2/users/me", &[("Authorization", &token)]))),
            ("check-status", self.posts("/api/v2/users/login/check-status", &json!({})).json()["status"] == true),
            ("check-status of a named token", of_named_by_guard.json()["status"] == true),
            ("get-profile", state_code(self.gets("/api/v3/get-profile"))),
            ("get-my-logged-in-apps", state_code(self.gets("/api/v3/get-my-logged-in-apps"))),
            ("get-my-login-history", state_code(self.gets("/api/v3/get-my-login-history?page=1&limit=10"))),
            ("mydevices", state_code(self.gets("/api/v3/mydevices/list?page=1&limit=10"))),
            ("validate_token", validated.json()["sub"].is_string()),
            ("cas/session", self.gets("/cas/session").json()["session"].is_object()),
        ]
    }

    /// The claims of the token, unread by anybody who matters.
    pub fn claims(&self) -> Value {
        exeunt::crypto::jws::Unverified::parse(&self.token).and_then(|t| t.claims()).unwrap_or_default()
    }

    #[track_caller]
    pub fn is_in(&mut self) {
        for (check, says) in self.checks() {
            assert!(says, "{check} says that nobody is in");
        }
    }

    #[track_caller]
    pub fn is_out(&mut self) {
        for (check, says) in self.checks() {
            assert!(!says, "{check} says that somebody is in");
        }
    }
}
