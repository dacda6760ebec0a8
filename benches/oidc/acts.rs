//! What an application or a browser asks a provider for, each answer looked at before it counts.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::common::client::Client;
use crate::common::{Done, check};
use crate::sides::{BYE, CALLBACK, SECRET, Side};

/// The example of RFC 7636.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What a code flow gives.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub id: String,
}

/// An application at a server.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub side: &'a Side,
    pub application: &'static str,
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Tokens {
    fn read(answer: &Value) -> Done<Self> {
        let text = |name: &str| -> Done<String> {
            let value = answer[name].as_str().filter(|text| !text.is_empty());
            Ok(value.ok_or_else(|| format!("no {name} in {answer}"))?.to_owned())
        };
        Ok(Self { access: text("access_token")?, refresh: text("refresh_token")?, id: text("id_token")? })
    }

    /// The algorithm in the head of the ID token.
    pub fn alg(&self) -> Done<String> {
        let head = self.id.split('.').next().unwrap_or_default();
        let head: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head)?)?;
        Ok(head["alg"].as_str().unwrap_or_default().to_owned())
    }
}

impl Desk<'_> {
    fn call(&self, client: &mut Client, path: &str, body: &str) -> Done<crate::common::client::Reply> {
        let proof = STANDARD.encode(format!("{}:{SECRET}", self.application));
        let headers =
            [format!("Authorization: Basic {proof}"), "Content-Type: application/x-www-form-urlencoded".to_owned()];
        client.ask("POST", path, &headers, body)
    }

    fn authorized(&self, client: &mut Client, session: u64) -> Done<String> {
        let path = format!(
            "{}?client_id={}&response_type=code&scope=openid+profile+offline_access&redirect_uri={}&state=af0ifjsldkj\
             &nonce=n-0S6_WzA2Mj&prompt=none&code_challenge={CHALLENGE}&code_challenge_method=S256",
            self.side.kind.authorize,
            self.application,
            escaped(CALLBACK)
        );
        let reply = client.ask("GET", &path, &[self.side.cookie(session)], "")?;
        let location = reply.header("location").unwrap_or_default();
        check(reply.status == 303 && location.starts_with(CALLBACK), || format!("authorize: {}", reply.head))?;
        Ok(location.to_owned())
    }

    /// Authorization request with a living session, then the exchange of the code.
    pub fn flow(&self, client: &mut Client, session: u64) -> Done<Tokens> {
        let location = self.authorized(client, session)?;
        let code = location.split(['?', '&']).find_map(|pair| pair.strip_prefix("code="));
        let code = code.ok_or_else(|| format!("no code: {location}"))?;
        let body = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
            escaped(CALLBACK)
        );
        let reply = self.call(client, self.side.kind.token, &body)?;
        check(reply.status == 200, || format!("token: {} {}", reply.status, reply.body))?;
        Tokens::read(&reply.json()?)
    }

    /// Whether a session is refused at the authorization endpoint.
    pub fn is_out(&self, client: &mut Client, session: u64) -> Done<bool> {
        Ok(self.authorized(client, session)?.contains("error=login_required"))
    }

    /// New tokens; `None`: the refresh token is dead.
    pub fn refresh(&self, client: &mut Client, token: &str) -> Done<Option<Tokens>> {
        let reply =
            self.call(client, self.side.kind.token, &format!("grant_type=refresh_token&refresh_token={token}"))?;
        match reply.status {
            200 => {
                let tokens = Tokens::read(&reply.json()?)?;
                check(tokens.refresh != token, || "the refresh token does not rotate".into())?;
                Ok(Some(tokens))
            }
            400 if reply.json()?["error"] == "invalid_grant" => Ok(None),
            other => Err(format!("refresh: {other} {}", reply.body).into()),
        }
    }

    /// Whether userinfo answers to an access token.
    pub fn userinfo(&self, client: &mut Client, access: &str) -> Done<bool> {
        let reply = client.ask("GET", self.side.kind.userinfo, &[format!("Authorization: Bearer {access}")], "")?;
        match reply.status {
            200 => {
                let claims = reply.json()?;
                check(claims["sub"].is_string() && claims["name"].is_string(), || format!("userinfo: {claims}"))?;
                Ok(true)
            }
            401 => Ok(false),
            other => Err(format!("userinfo: {other} {}", reply.body).into()),
        }
    }

    /// Whether introspection calls a token active.
    pub fn introspect(&self, client: &mut Client, token: &str) -> Done<bool> {
        let reply = self.call(client, self.side.kind.introspection, &format!("token={token}"))?;
        let active = reply.json()?["active"].as_bool().filter(|_| reply.status == 200);
        active.ok_or_else(|| format!("introspection: {} {}", reply.status, reply.body).into())
    }

    /// Revokes a token.
    pub fn revoke(&self, client: &mut Client, token: &str) -> Done<()> {
        let reply = self.call(client, self.side.kind.revocation, &format!("token={token}"))?;
        check(reply.status == 200, || format!("revocation: {} {}", reply.status, reply.body))
    }

    /// Log-out begun by the application: the page load with a hint, and the button where one is shown.
    pub fn end_session(&self, client: &mut Client, session: u64, hint: &str) -> Done<()> {
        let path = format!(
            "{}?id_token_hint={hint}&post_logout_redirect_uri={}&state=bye",
            self.side.kind.end_session,
            escaped(BYE)
        );
        let mut reply = client.ask("GET", &path, &[self.side.cookie(session)], "")?;
        if reply.status == 200 {
            let mark = reply.body.split("name=\"xsrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
            let body = format!("xsrf={}&logout=yes", mark.ok_or("no button")?);
            let headers = [self.side.cookie(session), "Content-Type: application/x-www-form-urlencoded".to_owned()];
            reply = client.ask("POST", &format!("{}/confirm", self.side.kind.end_session), &headers, &body)?;
        }
        let location = reply.header("location").unwrap_or_default();
        check(reply.status == 303 && location.starts_with(BYE) && location.contains("state=bye"), || {
            format!("end_session: {} {}", reply.head, reply.body)
        })
    }
}
