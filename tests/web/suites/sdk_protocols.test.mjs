// Authing's SDK for JavaScript set to the protocols `oauth` and `cas`, and its trade of a log-in token for tokens: unchanged but for
// the host. Each ends with a kick, and is seen to.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sdk from 'authing-js-sdk';
import { Application, SECRET, seedOf } from '../lib/application.mjs';
import { LILEI, PASSWORD, ask, kick, logIn, managementToken, serve } from '../lib/house.mjs';

const { AuthenticationClient } = sdk;
const AUTHING = 'http://authing.cn/oidc/grant_type/authing_token';
let house, desk, token;

before(async () => {
  desk = await Application.open('desk', { grant_types: ['authorization_code', 'refresh_token', AUTHING, 'cas'] });
  house = await serve(seedOf([desk]));
  token = await managementToken(house);
});
after(async () => {
  await house?.stop();
  await desk?.close();
});

const client = (protocol, more = {}) => new AuthenticationClient({
  appId: desk.id, secret: SECRET, appHost: `http://127.0.0.1:${house.port}`, redirectUri: desk.callback, protocol,
  onError(code, message) { throw new Error(`${code}: ${message}`); }, ...more,
});
const kicks = async () => assert.equal((await kick(house, token, desk.id, [LILEI])).code, 200);
const there = (url, cookies) => ask(url, { cookies });

for (const way of ['client_secret_post', 'client_secret_basic']) {
  test(`protocol oauth, ${way}: log in, read, look into, renew, revoke, kick`, async () => {
    // Revocation by `client_secret_basic` is what the SDK itself refuses in this protocol.
    const methods = { tokenEndPointAuthMethod: way, introspectionEndPointAuthMethod: way };
    const oauth = client('oauth', methods);
    const cookies = await logIn(`http://127.0.0.1:${house.port}`, 'lilei');
    const answer = await there(oauth.buildAuthorizeUrl({ state: 'st1' }), cookies);
    assert.equal(answer.status, 303, answer.text);
    const back = new URL(answer.headers.location);
    assert.equal(back.origin + back.pathname, desk.callback);
    assert.equal(back.searchParams.get('state'), 'st1');
    const tokens = await oauth.getAccessTokenByCode(back.searchParams.get('code'));
    assert.equal(tokens.scope, 'user');
    assert.ok(!tokens.access_token.includes('.') && !('id_token' in tokens), JSON.stringify(tokens));
    for (const how of [{}, { method: 'POST', tokenPlace: 'header' }, { method: 'POST', tokenPlace: 'body' }]) {
      assert.equal((await oauth.getUserInfoByAccessToken(tokens.access_token, how)).sub, LILEI);
    }
    assert.equal((await oauth.introspectToken(tokens.access_token)).active, true);
    const renewed = await oauth.getNewAccessTokenByRefreshToken(tokens.refresh_token);
    assert.equal((await oauth.introspectToken(renewed.access_token)).active, true);
    await oauth.revokeToken(tokens.access_token);
    assert.equal((await oauth.introspectToken(tokens.access_token)).active, false);
    await kicks();
    assert.deepEqual(await oauth.introspectToken(renewed.access_token), { active: false });
    await assert.rejects(oauth.getUserInfoByAccessToken(renewed.access_token));
    await assert.rejects(oauth.getNewAccessTokenByRefreshToken(renewed.refresh_token));
    const again = await there(oauth.buildAuthorizeUrl(), cookies);
    assert.match(again.headers.location, /^\/login\?/, 'the password is asked');
  });
}

test('protocol cas: the ticket tells who came, once, and nothing after a kick', async () => {
  const cas = client('cas');
  const cookies = await logIn(`http://127.0.0.1:${house.port}`, 'lilei');
  const ticketed = async () => {
    const url = cas.buildAuthorizeUrl({ service: desk.callback });
    const answer = await there(url, cookies);
    assert.equal(answer.status, 303, answer.text);
    const back = new URL(answer.headers.location);
    assert.equal(back.origin + back.pathname, desk.callback);
    return back.searchParams.get('ticket');
  };
  const first = await ticketed();
  assert.deepEqual(await cas.validateTicketV1(first, desk.callback), { valid: true });
  assert.equal((await cas.validateTicketV1(first, desk.callback)).valid, false);
  const { serviceResponse } = await cas.validateTicketV2(await ticketed(), desk.callback, 'JSON');
  assert.equal(serviceResponse.authenticationSuccess.user, 'lilei');
  assert.equal(serviceResponse.authenticationSuccess.attributes.sub, LILEI);
  assert.match(await cas.validateTicketV2(await ticketed(), desk.callback, 'XML'), /<cas:user>lilei<\/cas:user>/);
  const held = await ticketed();
  await kicks();
  assert.equal((await cas.validateTicketV2(held, desk.callback)).serviceResponse.authenticationFailure.code, 'INVALID_TICKET');
  const out = await there(cas.buildLogoutUrl({ redirectUri: desk.signedOut }), cookies);
  assert.match(out.headers.location, /^\/login\/profile\/logout\?/);
});

test('a login token is traded for tokens of the same session, which a kick ends', async () => {
  const oidc = client('oidc');
  const user = await oidc.loginByUsername('lilei', PASSWORD);
  // The SDK names the application and shows no secret; this one proves itself.
  const body = { client_id: desk.id, client_secret: SECRET, grant_type: AUTHING, token: user.token, scope: 'openid offline_access', redirect_uri: desk.callback };
  const answer = await ask(`http://127.0.0.1:${house.port}/oidc/token`, { method: 'POST', body });
  assert.equal(answer.status, 200, answer.text);
  const tokens = answer.json();
  assert.equal((await oidc.getUserInfoByAccessToken(tokens.access_token)).sub, LILEI);
  await assert.rejects(oidc.getAccessTokenByIdToken({ redirectUri: desk.callback, idToken: user.token }), 'without the secret');
  await kicks();
  assert.deepEqual(await oidc.introspectToken(tokens.access_token), { active: false });
  await assert.rejects(oidc.getNewAccessTokenByRefreshToken(tokens.refresh_token));
});
