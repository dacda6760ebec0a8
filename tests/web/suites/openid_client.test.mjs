// openid-client from the registry: every flow it knows that this house offers, then a kick and a log-out, and each is seen
// within a second of its answer.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { Application, SECRET, SOON, seedOf } from '../lib/application.mjs';
import { LILEI, kick, managementToken, serve } from '../lib/house.mjs';
import { Person } from '../lib/person.mjs';

const REGISTRATION = 'a-token-that-lets-strangers-register-applications';
const ALL_GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];
let house, issuer, token, keys;
const applications = {}, proofs = {};

before(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...await exportJWK(keys.publicKey), kid: 'desk-1', alg: 'ES256', use: 'sig' };
  const settle = async (identifier, proof, settings) => {
    applications[identifier] = await Application.open(identifier, { grant_types: ALL_GRANTS, ...settings });
    proofs[identifier] = proof;
  };
  await settle('basic', oidc.ClientSecretBasic(SECRET), { token_endpoint_auth_method: 'client_secret_basic' });
  await settle('posted', oidc.ClientSecretPost(SECRET), { token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256' });
  await settle('hashed', oidc.ClientSecretBasic(SECRET), { id_token_signed_response_alg: 'HS256' });
  await settle('keyed', oidc.PrivateKeyJwt({ key: keys.privateKey, kid: 'desk-1' }), {
    token_endpoint_auth_method: 'private_key_jwt', jwks: JSON.stringify({ keys: [jwk] }), secret: undefined,
  });
  await settle('public', oidc.None(), { token_endpoint_auth_method: 'none', secret: undefined, grant_types: ['authorization_code', 'refresh_token'] });
  await settle('hybrid', oidc.ClientSecretBasic(SECRET), {
    grant_types: ['authorization_code', 'implicit'], response_types: ['code', 'id_token', 'code id_token'],
  });
  house = await serve(seedOf(Object.values(applications)), { settings: { EXEUNT_REGISTRATION_TOKEN: REGISTRATION } });
  issuer = `http://127.0.0.1:${house.port}/oidc`;
  token = await managementToken(house);
});
after(async () => {
  await house?.stop();
  await Promise.all(Object.values(applications).map((a) => a.close()));
});

const visitor = (account) => new Person(new URL(issuer).origin, account);

/** What the application knows of the house, from its metadata alone. */
async function discovers(identifier) {
  const { id, settings } = applications[identifier];
  const metadata = { id_token_signed_response_alg: settings.id_token_signed_response_alg ?? 'RS256', client_secret: SECRET };
  const config = await oidc.discovery(new URL(issuer), id, metadata, proofs[identifier], { execute: [oidc.allowInsecureRequests] });
  // Signatures are checked too; with a shared secret the library leaves that to the application.
  if (metadata.id_token_signed_response_alg !== 'HS256') oidc.enableNonRepudiationChecks(config);
  return config;
}

/** The code flow with PKCE, state and nonce; the person logs in on the way when asked. */
async function enters(person, identifier, config, parameters = {}, how = oidc.buildAuthorizationUrl) {
  const [pkceCodeVerifier, expectedState, expectedNonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const url = await how(config, {
    redirect_uri: applications[identifier].callback, scope: 'openid profile email offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
    state: expectedState, nonce: expectedNonce, ...parameters,
  });
  const at = await person.authorizes(url);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const current = at.left ?? posted(at, applications[identifier].callback);
  return oidc.authorizationCodeGrant(config, current, checks);
}

/** The request that a form_post page sends. */
function posted(at, callback) {
  const form = at.posted(callback);
  assert.ok(form, `nothing for the application at ${at.url} (${at.status}):\n${at.html}`);
  return new Request(callback, { method: 'POST', body: new URLSearchParams(form.fields) });
}

/** What a silent request answers: an error, or 'in'. */
async function silently(person, identifier, config) {
  const code_challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier());
  const request = { redirect_uri: applications[identifier].callback, scope: 'openid', prompt: 'none', state: 'x', nonce: 'y', code_challenge, code_challenge_method: 'S256' };
  const url = oidc.buildAuthorizationUrl(config, request);
  const at = await person.authorizes(url);
  assert.ok(at.left, `prompt=none showed a page: ${at.status} ${at.url}`);
  assert.deepEqual(at.asked, []);
  assert.equal(at.left.searchParams.get('state'), 'x');
  assert.equal(at.left.searchParams.get('iss'), issuer);
  return at.left.searchParams.get('error') ?? 'in';
}

const refused = (code) => (error) => {
  assert.equal(error.error, code, error.stack);
  return true;
};

const challenged = (error) => {
  assert.equal(error.status, 401, error.stack);
  assert.equal(error.cause[0].scheme, 'bearer');
  assert.equal(error.cause[0].parameters.error, 'invalid_token');
  return true;
};

/** Everything by which an application learns that it is over. */
async function isOver(person, identifier, config, tokens) {
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), refused('invalid_grant'));
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, LILEI), challenged);
  for (const dead of [tokens.access_token, tokens.refresh_token]) {
    assert.deepEqual(await oidc.tokenIntrospection(config, dead), { active: false });
  }
  assert.equal(await silently(person, identifier, config), 'login_required');
}

for (const [identifier, words] of [
  ['basic', 'secret in the header, RS256'], ['posted', 'secret in the form, ES256'], ['hashed', 'HS256 by its secret'],
  ['keyed', 'private_key_jwt'], ['public', 'no secret, PKCE only'],
]) {
  test(`${words}: log in, userinfo, refresh, introspection; after a kick all of it is over within a second`, async (t) => {
    const config = await discovers(identifier);
    const person = visitor('lilei');
    const tokens = await enters(person, identifier, config);
    const claims = tokens.claims();
    assert.equal(claims.sub, LILEI);
    assert.ok(claims.sid);
    assert.equal(await silently(person, identifier, config), 'in');

    const about = await oidc.fetchUserInfo(config, tokens.access_token, LILEI);
    assert.equal(about.name, 'Li Lei 李雷');
    assert.equal(about.email, 'lilei@example.com');

    const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(fresh.access_token, tokens.access_token);
    assert.notEqual(fresh.refresh_token, tokens.refresh_token);
    assert.equal(fresh.claims().sub, LILEI);
    assert.equal(fresh.claims().sid, claims.sid);
    assert.equal(fresh.claims().auth_time, claims.auth_time);
    const known = await oidc.tokenIntrospection(config, fresh.access_token);
    assert.equal(known.active, true);
    assert.equal(known.sub, LILEI);
    assert.equal(known.client_id, applications[identifier].id);
    assert.equal((await oidc.tokenIntrospection(config, fresh.refresh_token)).active, true);

    const answer = await kick(house, token, applications[identifier].id, [LILEI]);
    const answered = performance.now();
    assert.equal(answer.code, 200);
    await isOver(person, identifier, config, fresh);
    const secret = config.clientMetadata().id_token_signed_response_alg === 'HS256' ? new TextEncoder().encode(SECRET) : undefined;
    // It may be sent before the answer of the kick arrives here.
    const logout = await applications[identifier].hearsLogout(issuer, { key: secret, fits: ({ at }) => at > answered - SOON });
    assert.equal(logout.sub, LILEI);
    assert.equal(logout.sid, claims.sid);
    assert.equal(logout.alg, config.clientMetadata().id_token_signed_response_alg);
    const took = performance.now() - answered;
    t.diagnostic(`refresh, userinfo, introspection, prompt=none and the logout token: ${took.toFixed(0)} ms after the kick's answer`);
    assert.ok(took < SOON, `${took} ms`);

    // A kick is a barrier and no ban.
    const again = await enters(person, identifier, config);
    assert.ok(again.claims().auth_time >= claims.auth_time);
    assert.equal((await oidc.fetchUserInfo(config, again.access_token, LILEI)).sub, LILEI);
  });
}

test('an ID token of an HS256 application is signed with its secret, whole', async () => {
  const tokens = await enters(visitor('lilei'), 'hashed', await discovers('hashed'));
  const { payload, protectedHeader } = await jwtVerify(tokens.id_token, new TextEncoder().encode(SECRET), { issuer, audience: applications.hashed.id });
  assert.equal(protectedHeader.alg, 'HS256');
  assert.equal(payload.sub, LILEI);
});

test('an access token is signed with a published key, whatever signs the ID token', async () => {
  const published = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  for (const [identifier, alg] of [['basic', 'RS256'], ['posted', 'ES256'], ['hashed', 'HS256']]) {
    const tokens = await enters(visitor('lilei'), identifier, await discovers(identifier));
    await jwtVerify(tokens.access_token, published, { issuer, algorithms: ['RS256', 'ES256'] });
    assert.equal(decodeProtectedHeader(tokens.id_token).alg, alg);
  }
});

test('log out by end_session: back with the state, everything over, the other browser stays in', async () => {
  const config = await discovers('basic');
  const [person, elsewhere] = [visitor('lilei'), visitor('lilei')];
  const [tokens, others] = [await enters(person, 'basic', config), await enters(elsewhere, 'basic', config)];
  const state = oidc.randomState();
  const url = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: applications.basic.signedOut, state });
  const since = performance.now();
  const at = await person.goes(url.href, { from: applications.basic.origin });
  assert.equal(at.left?.href, `${applications.basic.signedOut}?state=${state}`, `${at.status} ${at.url}`);
  await isOver(person, 'basic', config, tokens);
  const logout = await applications.basic.hearsLogout(issuer, { since });
  assert.equal(logout.sid, tokens.claims().sid);
  assert.equal((await oidc.fetchUserInfo(config, others.access_token, LILEI)).sub, LILEI);
  assert.equal(await silently(elsewhere, 'basic', config), 'in');
});

test('pushed authorization request (RFC 9126)', async () => {
  const config = await discovers('basic');
  const tokens = await enters(visitor('lilei'), 'basic', config, {}, oidc.buildAuthorizationUrlWithPAR);
  assert.equal(tokens.claims().sub, LILEI);
});

test('the answer as a form post', async () => {
  const tokens = await enters(visitor('lilei'), 'basic', await discovers('basic'), { response_mode: 'form_post' });
  assert.equal(tokens.claims().sub, LILEI);
});

test('client_credentials: the application for itself', async () => {
  for (const identifier of ['basic', 'posted', 'keyed']) {
    const config = await discovers(identifier);
    const tokens = await oidc.clientCredentialsGrant(config);
    assert.equal(tokens.refresh_token, undefined);
    assert.equal(tokens.id_token, undefined);
    const known = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.equal(known.active, true);
    assert.equal(known.client_id, applications[identifier].id);
  }
});

test('revocation (RFC 7009): a refresh token takes its access tokens along; an access token goes alone', async () => {
  const config = await discovers('basic');
  const first = await enters(visitor('lilei'), 'basic', config);
  await oidc.tokenRevocation(config, first.access_token, { token_type_hint: 'access_token' });
  assert.deepEqual(await oidc.tokenIntrospection(config, first.access_token), { active: false });
  const second = await oidc.refreshTokenGrant(config, first.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, second.access_token)).active, true);
  await oidc.tokenRevocation(config, second.refresh_token);
  assert.deepEqual(await oidc.tokenIntrospection(config, second.access_token), { active: false });
  await assert.rejects(oidc.refreshTokenGrant(config, second.refresh_token), refused('invalid_grant'));
  await oidc.tokenRevocation(config, 'never-was-a-token');
});

test('another application cannot use, introspect or revoke what is not its own', async () => {
  const [owner, stranger] = [await discovers('basic'), await discovers('posted')];
  const tokens = await enters(visitor('lilei'), 'basic', owner);
  await assert.rejects(oidc.refreshTokenGrant(stranger, tokens.refresh_token), refused('invalid_grant'));
  assert.deepEqual(await oidc.tokenIntrospection(stranger, tokens.access_token), { active: false });
  await oidc.tokenRevocation(stranger, tokens.refresh_token).catch((error) => assert.match(error.error, /^(invalid_client|unauthorized_client|invalid_grant|invalid_token)$/));
  assert.equal((await oidc.refreshTokenGrant(owner, tokens.refresh_token)).claims().sub, LILEI);
});

test('a wrong key and a wrong secret are refused as invalid_client', async () => {
  const other = await generateKeyPair('ES256');
  for (const [identifier, proof] of [
    ['keyed', oidc.PrivateKeyJwt({ key: other.privateKey, kid: 'desk-1' })], ['basic', oidc.ClientSecretBasic('f'.repeat(32))],
    ['posted', oidc.ClientSecretPost('f'.repeat(32))],
  ]) {
    const config = await oidc.discovery(new URL(issuer), applications[identifier].id, undefined, proof, { execute: [oidc.allowInsecureRequests] });
    await assert.rejects(oidc.clientCredentialsGrant(config), (error) => {
      // openid-client shows a 401 with a challenge as that.
      assert.equal(error.status, 401, error.stack);
      return true;
    });
  }
});

test('implicit and hybrid, for the application that has them', async () => {
  const { callback, id } = applications.hybrid;
  const asked = async (config, response_type) => {
    const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
    const url = oidc.buildAuthorizationUrl(config, { redirect_uri: callback, scope: 'openid', nonce, state, response_type });
    const at = await visitor('lilei').authorizes(url);
    assert.ok(at.left, `${at.status} ${at.url}`);
    assert.ok(at.left.hash && !at.left.search, 'in the fragment');
    return { at: at.left, nonce, state };
  };
  const implicit = await discovers('hybrid');
  oidc.useIdTokenResponseType(implicit);
  const one = await asked(implicit, 'id_token');
  assert.equal((await oidc.implicitAuthentication(implicit, one.at, one.nonce, { expectedState: one.state })).sub, LILEI);

  const hybrid = await discovers('hybrid');
  oidc.useCodeIdTokenResponseType(hybrid);
  const two = await asked(hybrid, 'code id_token');
  const tokens = await oidc.authorizationCodeGrant(hybrid, two.at, { expectedNonce: two.nonce, expectedState: two.state });
  assert.equal(tokens.claims().aud, id);
});

test('dynamic registration with the initial access token, and none without', async () => {
  const shop = applications.registered = await Application.open('registered');
  const metadata = {
    client_name: 'Registered', redirect_uris: [shop.callback], post_logout_redirect_uris: [shop.signedOut],
    backchannel_logout_uri: shop.backchannel, backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_basic',
  };
  const register = (initialAccessToken) => oidc.dynamicClientRegistration(new URL(issuer), metadata, undefined, {
    initialAccessToken, execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  await assert.rejects(register('wrong'), (error) => error.status === 401);
  const config = await register(REGISTRATION);
  const known = config.clientMetadata();
  assert.deepEqual(known.redirect_uris, [shop.callback]);
  Object.assign(shop, { id: known.client_id });
  const proved = await oidc.discovery(new URL(issuer), known.client_id, known.client_secret, oidc.ClientSecretBasic(known.client_secret), { execute: [oidc.allowInsecureRequests] });
  const tokens = await enters(visitor('lilei'), 'registered', proved);
  await kick(house, token, known.client_id, [LILEI]);
  assert.equal((await shop.hearsLogout(issuer)).sid, tokens.claims().sid);
});
