//! The crate `openidconnect` as an application would use it. The suite that starts this program plays the person, the
//! administrator and the application's back-channel; it is asked by a line of JSON on standard output and answers by one
//! on standard input.
//!
//! Arguments: issuer, client id, client secret, redirect URI, post-logout redirect URI, user id.

use std::error::Error;
use std::io::{BufRead as _, Write as _};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJsonWebKeySet, CoreProviderMetadata, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, JsonWebKeySetUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RefreshToken, RequestTokenError,
    Scope, TokenResponse as _,
};
use serde_json::{Value, json};

type Failure = Box<dyn Error>;
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Plain HTTP without redirects, every status an answer.
fn http(request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let mut answer = agent.run(request)?;
    let body = answer.body_mut().read_to_vec()?;
    let (parts, _) = answer.into_parts();
    Ok(HttpResponse::from_parts(parts, body))
}

/// Asks the suite for something.
fn ask(question: &Value) -> Result<Value, Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{question}")?;
    out.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

/// Tells the suite what has been seen.
fn seen(claim: &str) {
    println!("{}", json!({ "seen": claim }));
}

fn must(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(what.into()) }
}

struct Application {
    client: Client,
    metadata: ProviderMetadataWithLogout,
    post_logout: String,
    user: String,
}

impl Application {
    /// By discovery alone.
    fn discover(words: &[String]) -> Result<Self, Failure> {
        let [issuer, id, secret, redirect, post_logout, user] = words else { return Err("six arguments".into()) };
        let issuer = IssuerUrl::new(issuer.clone())?;
        let metadata = ProviderMetadataWithLogout::discover(&issuer, &http)?;
        must(metadata.additional_metadata().end_session_endpoint.is_some(), "no end_session_endpoint")?;
        let plain = CoreProviderMetadata::discover(&issuer, &http)?;
        let secret = ClientSecret::new(secret.clone());
        let client = CoreClient::from_provider_metadata(plain, ClientId::new(id.clone()), Some(secret))
            .set_redirect_uri(RedirectUrl::new(redirect.clone())?);
        Ok(Self { client, metadata, post_logout: post_logout.clone(), user: user.clone() })
    }

    /// The code flow with PKCE, state and nonce.
    fn enter(&self) -> Result<(CoreTokenResponse, CoreIdTokenClaims), Failure> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["profile", "email", "offline_access"].map(|s| Scope::new(s.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let answer = ask(&json!({ "browse": url.as_str() }))?;
        must(answer["state"] == state.secret().as_str(), "another state")?;
        let code = AuthorizationCode::new(answer["code"].as_str().ok_or("no code")?.to_owned());
        let tokens = self.client.exchange_code(code)?.set_pkce_verifier(verifier).request(&http)?;
        let claims = self.verified(&tokens, &nonce)?;
        Ok((tokens, claims))
    }

    /// Signature, issuer, audience, expiry, nonce, and the hash of the access token.
    fn verified(&self, tokens: &CoreTokenResponse, nonce: &Nonce) -> Result<CoreIdTokenClaims, Failure> {
        let token = tokens.id_token().ok_or("no ID token")?;
        let verifier = self.client.id_token_verifier();
        let claims = token.claims(&verifier, nonce)?;
        let hash = claims.access_token_hash().ok_or("no at_hash")?;
        let right = openidconnect::AccessTokenHash::from_token(
            tokens.access_token(),
            token.signing_alg()?,
            token.signing_key(&verifier)?,
        )?;
        must(*hash == right, "at_hash is of another access token")?;
        must(claims.subject().as_str() == self.user, "another subject")?;
        Ok(claims.clone())
    }

    fn userinfo(&self, token: &AccessToken, claims: &CoreIdTokenClaims) -> Result<CoreUserInfoClaims, Failure> {
        let subject = claims.subject().clone();
        Ok(self.client.user_info(token.clone(), Some(subject))?.request(&http)?)
    }

    fn refresh(&self, token: &RefreshToken) -> Result<Result<CoreTokenResponse, String>, Failure> {
        match self.client.exchange_refresh_token(token)?.request(&http) {
            Ok(tokens) => Ok(Ok(tokens)),
            Err(RequestTokenError::ServerResponse(refused)) => Ok(Err(refused.error().as_ref().to_owned())),
            Err(other) => Err(other.into()),
        }
    }

    fn is_over(&self, tokens: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> Result<(), Failure> {
        let refresh = tokens.refresh_token().ok_or("no refresh token")?;
        must(self.refresh(refresh)?.err().as_deref() == Some("invalid_grant"), "the refresh token lives")?;
        must(self.userinfo(tokens.access_token(), claims).is_err(), "the access token lives")
    }
}

fn kicked(application: &Application) -> Result<(), Failure> {
    let (tokens, claims) = application.enter()?;
    seen("code flow with PKCE; the ID token verified by the published keys");
    let about = application.userinfo(tokens.access_token(), &claims)?;
    must(about.name().and_then(|n| n.get(None)).is_some_and(|n| n.contains("李雷")), "no name")?;
    must(about.email().is_some(), "no email")?;
    seen("userinfo of the same subject");
    let refresh = tokens.refresh_token().ok_or("no refresh token")?;
    let fresh = application.refresh(refresh)??;
    must(fresh.access_token().secret() != tokens.access_token().secret(), "the same access token")?;
    application.userinfo(fresh.access_token(), &claims)?;
    seen("refresh");
    ask(&json!({ "kick": true }))?;
    application.is_over(&fresh, &claims)?;
    seen("after a kick: refresh invalid_grant, userinfo refused");
    Ok(())
}

fn logged_out(application: &Application) -> Result<(), Failure> {
    let (tokens, claims) = application.enter()?;
    let endpoint = application.metadata.additional_metadata().end_session_endpoint.clone().ok_or("no endpoint")?;
    let state = CsrfToken::new_random();
    let url = LogoutRequest::from(endpoint)
        .set_id_token_hint(tokens.id_token().ok_or("no ID token")?)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(application.post_logout.clone())?)
        .set_state(state.clone())
        .http_get_url();
    let answer = ask(&json!({ "browse": url.as_str() }))?;
    must(answer == json!({ "state": state.secret() }), "another state, or more")?;
    application.is_over(&tokens, &claims)?;
    seen("log out by end_session: back with the state, and all of it over");
    Ok(())
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let application = Application::discover(&words)?;
    let keys =
        CoreJsonWebKeySet::fetch(&JsonWebKeySetUrl::new(application.metadata.jwks_uri().as_str().to_owned())?, &http)?;
    must(!keys.keys().is_empty(), "no keys")?;
    seen("discovery");
    kicked(&application)?;
    logged_out(&application)
}
