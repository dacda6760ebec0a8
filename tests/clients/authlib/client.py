"""Authlib as an application would use it, over requests.

The suite that starts this program plays the person, the administrator and the application's back-channel; it is asked by a
line of JSON on standard output and answers by one on standard input.

Arguments: issuer, client id, client secret, redirect URI, post-logout redirect URI, user id.
"""

import json
import os
import sys
import time
from urllib.parse import urlencode

# Loopback has no TLS.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken, UserInfo
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def ask(question, value=True):
    """Asks the suite for something."""
    print(json.dumps({question: value}), flush=True)
    return json.loads(sys.stdin.readline())


def seen(claim):
    """Tells the suite what has been seen."""
    print(json.dumps({"seen": claim}), flush=True)


class Application:
    """A client of the house, by discovery alone."""

    def __init__(self, issuer, client_id, secret, callback, signed_out, user):
        self.issuer, self.client_id, self.secret, self.callback = issuer, client_id, secret, callback
        self.signed_out, self.user = signed_out, user
        anybody = OAuth2Session()
        self.metadata = anybody.get(f"{issuer}/.well-known/openid-configuration", withhold_token=True).json()
        assert self.metadata["issuer"] == issuer
        self.keys = KeySet.import_key_set(anybody.get(self.metadata["jwks_uri"], withhold_token=True).json())
        self.algorithms = self.metadata["id_token_signing_alg_values_supported"]

    def session(self, method="client_secret_basic"):
        return OAuth2Session(
            self.client_id,
            self.secret,
            token_endpoint_auth_method=method,
            scope="openid profile email offline_access",
            redirect_uri=self.callback,
            code_challenge_method="S256",
            token_endpoint=self.metadata["token_endpoint"],
        )

    def verified(self, token):
        """A JWT of the house, its signature checked by the published keys."""
        return jwt.decode(token, key=self.keys, registry=JWSRegistry(algorithms=self.algorithms, strict_check_header=False))

    def enter(self, session):
        """The code flow with PKCE, state and nonce; the claims of the ID token."""
        verifier, nonce = generate_token(48), generate_token()
        url, state = session.create_authorization_url(self.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
        answer = ask("browse", url)
        assert answer["iss"] == self.issuer
        landed = f"{self.callback}?{urlencode(answer)}"
        token = session.fetch_token(authorization_response=landed, state=state, code_verifier=verifier)
        return self.id_token(token, nonce)

    def id_token(self, token, nonce=None):
        decoded = self.verified(token["id_token"])
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}},
            {"nonce": nonce, "client_id": self.client_id, "access_token": token["access_token"]},
        )
        claims.validate(leeway=5)
        assert claims["at_hash"]
        assert claims["sub"] == self.user
        return claims

    def userinfo(self, session):
        return session.get(self.metadata["userinfo_endpoint"])

    def introspected(self, session, token):
        return session.introspect_token(self.metadata["introspection_endpoint"], token=token).json()

    def is_over(self, session):
        """Everything by which an application learns it, except the logout token."""
        dead = dict(session.token)
        answer = self.userinfo(session)
        assert answer.status_code == 401, answer.text
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        for kind in ("access_token", "refresh_token"):
            assert self.introspected(session, dead[kind]) == {"active": False}, kind
        try:
            session.refresh_token(self.metadata["token_endpoint"], refresh_token=dead["refresh_token"])
        except OAuthError as refused:
            assert refused.error == "invalid_grant", refused
        else:
            raise AssertionError("the refresh token lives")

    def logout_token(self, claims):
        """Judged as OpenID Connect Back-Channel Logout 2.6 tells."""
        decoded = self.verified(ask("logout_token")["logout_token"])
        told, now = decoded.claims, time.time()
        assert decoded.header["typ"] == "logout+jwt"
        assert decoded.header["alg"] in self.algorithms
        assert told["iss"] == self.issuer
        assert told["aud"] in (self.client_id, [self.client_id])
        assert now - 60 < told["iat"] < now + 5 and now < told["exp"] <= told["iat"] + 120
        assert told["events"] == {EVENT: {}}
        assert told["jti"] and "nonce" not in told
        assert (told["sub"], told["sid"]) == (claims["sub"], claims["sid"])


def kicked(application):
    session = application.session()
    claims = application.enter(session)
    seen("code flow with PKCE; the ID token verified by the published keys")
    about = UserInfo(application.userinfo(session).json())
    assert (about.sub, about.email) == (application.user, "lilei@example.com")
    seen("userinfo")
    before = dict(session.token)
    after = session.refresh_token(application.metadata["token_endpoint"])
    assert after["access_token"] != before["access_token"] and after["refresh_token"] != before["refresh_token"]
    application.id_token(after)
    assert application.userinfo(session).status_code == 200
    known = application.introspected(session, after["access_token"])
    assert known["active"] and known["sub"] == application.user and known["client_id"] == application.client_id
    seen("refresh, introspection")
    ask("kick")
    application.is_over(session)
    application.logout_token(claims)
    seen("after a kick: refresh invalid_grant, userinfo 401, introspection inactive, logout token verified")


def revoked(application):
    session = application.session("client_secret_post")
    application.enter(session)
    answer = session.revoke_token(application.metadata["revocation_endpoint"], token=session.token["refresh_token"], token_type_hint="refresh_token")
    assert answer.status_code == 200 and not answer.content, answer.text
    application.is_over(session)
    seen("revocation")


def logged_out(application):
    session = application.session()
    claims = application.enter(session)
    parameters = {"id_token_hint": session.token["id_token"], "post_logout_redirect_uri": application.signed_out, "state": generate_token()}
    answer = ask("browse", f"{application.metadata['end_session_endpoint']}?{urlencode(parameters)}")
    assert answer == {"state": parameters["state"]}, answer
    application.is_over(session)
    application.logout_token(claims)
    seen("log out by end_session: back with the state, all of it over, logout token verified")


if __name__ == "__main__":
    desk = Application(*sys.argv[1:])
    kicked(desk)
    revoked(desk)
    logged_out(desk)
