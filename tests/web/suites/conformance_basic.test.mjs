// The modules of the OpenID Foundation's Config OP, Basic OP and Form Post OP plans, each under its own name, with what it
// asserts; warnings of the suite are failures here.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as passes } from 'node:timers/promises';
import { Application, seedOf } from '../lib/application.mjs';
import { Client, MUST_ASK, SCOPE_CLAIMS, grantedTokens, refusedTokens } from '../lib/flow.mjs';
import { HANMEIMEI, LILEI, ask, serve } from '../lib/house.mjs';
import { Person } from '../lib/person.mjs';

const REGISTRATION = 'a-token-that-lets-strangers-register-applications';
let house, issuer, rp, second;

before(async () => {
  [rp, second] = await Promise.all([Application.open('rp'), Application.open('second')]);
  house = await serve(seedOf([rp, second]), { settings: { EXEUNT_REGISTRATION_TOKEN: REGISTRATION } });
  issuer = `http://127.0.0.1:${house.port}/oidc`;
});
after(async () => {
  await house?.stop();
  await Promise.all([rp?.close(), second?.close()]);
});

const visitor = (account) => new Person(new URL(issuer).origin, account);

/** Two authorizations of one browser; the second must not ask anything. */
async function twice(client, first, then) {
  const person = visitor('lilei');
  const one = await client.enters(person, first);
  const two = await client.enters(person, typeof then === 'function' ? then(one) : then);
  assert.deepEqual(two.asked, []);
  assert.equal(two.claims.sub, one.claims.sub);
  assert.equal(two.claims.auth_time, one.claims.auth_time);
}

/** Two authorizations of one browser; the second must ask the password again. */
async function anew(client, wait, then) {
  const person = visitor('lilei');
  const one = await client.enters(person, { max_age: '15000' });
  await passes(wait);
  const two = await client.enters(person, then);
  assert.deepEqual(two.asked, ['login']);
  assert.ok(two.claims.auth_time > one.claims.auth_time, 'auth_time is later');
  assert.ok(Math.abs(two.claims.auth_time - Date.now() / 1000) < 10);
}

/** A code that is used again: refused, and what it gave is dead. */
async function reuse(client, wait) {
  const { code, tokens } = await client.enters(visitor('lilei'));
  await passes(wait);
  refusedTokens(await client.exchange(code), 'invalid_grant');
  assert.equal((await client.userinfo(tokens.access_token)).status, 401);
}

async function scope(client, asked, expected) {
  const { tokens } = await client.enters(visitor('lilei'), { scope: `openid ${asked}` });
  const { sub, ...claims } = await client.about(tokens.access_token);
  assert.equal(sub, LILEI);
  assert.deepEqual(Object.keys(claims).filter((name) => !expected.includes(name)), [], 'no more than was asked');
  return claims;
}

const { profile: PROFILE, email: EMAIL, phone: PHONE } = SCOPE_CLAIMS;

/** Every module asks in one of two response modes. */
const modules = {
  async 'oidcc-server'(client) {
    const { claims, tokens } = await client.enters(visitor('lilei'));
    assert.equal(claims.sub, LILEI);
    assert.ok(claims.at_hash);
    assert.equal((await client.about(tokens.access_token)).sub, LILEI);
  },
  async 'oidcc-response-type-missing'(client) {
    const { at, error } = await client.refusal(visitor('lilei'), { response_type: undefined });
    if (error) assert.ok(['invalid_request', 'unsupported_response_type'].includes(error), error);
    else assert.equal(at.status, 400);
  },
  async 'oidcc-idtoken-signature'(client) {
    const { tokens } = await client.enters(visitor('lilei'));
    const header = JSON.parse(Buffer.from(tokens.id_token.split('.')[0], 'base64url'));
    assert.equal(header.alg, 'RS256');
    assert.equal((await client.keys()).keys.filter(({ kid }) => kid === header.kid).length, 1);
  },
  async 'oidcc-idtoken-unsigned'(client) {
    const known = await client.metadata();
    assert.ok(!known.id_token_signing_alg_values_supported.includes('none'));
    const answer = await ask(known.registration_endpoint, {
      method: 'POST', headers: { authorization: `Bearer ${REGISTRATION}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://rp.example/cb'], id_token_signed_response_alg: 'none' }),
    });
    assert.equal(answer.status, 400);
    assert.equal(answer.json().error, 'invalid_client_metadata');
  },
  ...Object.fromEntries(['get', 'post-header', 'post-body'].map((how) => [`oidcc-userinfo-${how}`, async (client) => {
    const { tokens } = await client.enters(visitor('lilei'));
    assert.equal((await client.about(tokens.access_token, how)).sub, LILEI);
  }])),
  async 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow'(client) {
    const { claims } = await client.enters(visitor('lilei'), { nonce: undefined });
    assert.ok(!('nonce' in claims));
  },
  async 'oidcc-scope-profile'(client) {
    const claims = await scope(client, 'profile', PROFILE);
    assert.equal(claims.name, 'Li Lei 李雷');
    assert.equal(claims.preferred_username, 'lilei');
    assert.ok(claims.updated_at);
  },
  async 'oidcc-scope-email'(client) {
    assert.deepEqual(Object.keys(await scope(client, 'email', EMAIL)).sort(), EMAIL);
  },
  // The suite skips what discovery does not list; asking for it is no error all the same.
  async 'oidcc-scope-address'(client) {
    assert.ok(!(await client.metadata()).scopes_supported.includes('address'));
    assert.deepEqual(await scope(client, 'address', []), {});
  },
  async 'oidcc-scope-phone'(client) {
    assert.deepEqual(Object.keys(await scope(client, 'phone', PHONE)).sort(), PHONE);
  },
  async 'oidcc-scope-all'(client) {
    const claims = await scope(client, 'profile email address phone', [...PROFILE, ...EMAIL, ...PHONE]);
    for (const name of ['name', 'preferred_username', ...EMAIL, ...PHONE]) assert.ok(name in claims, name);
  },
  async 'oidcc-ensure-other-scope-order-succeeds'(client) {
    const { tokens } = await client.enters(visitor('lilei'), { scope: 'email openid' });
    assert.equal((await client.about(tokens.access_token)).email, 'lilei@example.com');
  },
  async 'oidcc-alternate-happy-flow'(client) {
    const { endpoint, sent } = await client.request({ scope: 'profile phone openid email' });
    const turned = `${endpoint}?${new URLSearchParams(Object.entries(sent).reverse())}`;
    const at = await visitor('lilei').authorizes(turned);
    const answer = at.left ? Object.fromEntries(at.left.searchParams) : at.posted(rp.callback).fields;
    assert.equal(answer.state, sent.state);
    grantedTokens(await client.exchange(answer.code));
  },
  ...Object.fromEntries([
    ['oidcc-display-page', { display: 'page' }], ['oidcc-display-popup', { display: 'popup' }], ['oidcc-ui-locales', { ui_locales: 'se' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }], ['oidcc-login-hint', { login_hint: 'lilei@example.com' }],
    ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
  ].map(([name, parameters]) => [name, async (client) => {
    const person = visitor('lilei');
    assert.deepEqual((await client.enters(person, parameters)).asked, ['login']);
    assert.deepEqual((await client.enters(person, parameters)).asked, []);
  }])),
  async 'oidcc-ensure-request-with-acr-values-succeeds'(client) {
    const offered = (await client.metadata()).acr_values_supported;
    assert.ok(offered?.length, 'what can be asked for is said');
    const { claims } = await client.enters(visitor('lilei'), { acr_values: offered.join(' ') });
    assert.ok(offered.includes(claims.acr), `acr is ${claims.acr}`);
    await client.enters(visitor('lilei'), { acr_values: '1 2' });
  },
  'oidcc-prompt-login': (client) => anew(client, 1_000, { prompt: 'login' }),
  async 'oidcc-prompt-none-not-logged-in'(client) {
    const { asked, error } = await client.refusal(visitor('lilei'), { prompt: 'none' });
    assert.deepEqual(asked, []);
    assert.equal(error, 'login_required');
    assert.ok(MUST_ASK.includes(error));
  },
  'oidcc-prompt-none-logged-in': (client) => twice(client, {}, { prompt: 'none' }),
  'oidcc-max-age-1': (client) => anew(client, 2_000, { max_age: '1' }),
  'oidcc-max-age-10000': (client) => twice(client, { max_age: '15000' }, { max_age: '10000' }),
  async 'oidcc-id-token-hint'(client) {
    await twice(client, {}, ({ tokens }) => ({ prompt: 'none', id_token_hint: tokens.id_token }));
    // Of somebody else, it must not let this person in silently (Core 3.1.2.1).
    const [lilei, hanmeimei] = [visitor('lilei'), visitor('hanmeimei')];
    await client.enters(lilei);
    const { tokens, claims } = await client.enters(hanmeimei);
    assert.equal(claims.sub, HANMEIMEI);
    assert.ok(MUST_ASK.includes(await client.silently(lilei, { id_token_hint: tokens.id_token })));
  },
  'oidcc-codereuse': (client) => reuse(client, 0),
  'oidcc-codereuse-30seconds': (client) => reuse(client, 30_000),
  async 'oidcc-ensure-registered-redirect-uri'(client) {
    const stranger = `${rp.callback}/not-registered`;
    const person = visitor('lilei');
    await client.enters(person);
    const { at, answer } = await client.authorizes(person, { redirect_uri: stranger });
    assert.equal(answer, undefined);
    assert.equal(at.status, 400);
    assert.ok(!at.html.includes(`href="${stranger}`) && !at.posted(stranger), 'no way there');
  },
  async 'oidcc-ensure-post-request-succeeds'(client) {
    const person = visitor('lilei');
    assert.deepEqual((await client.enters(person, {}, { post: true })).asked, ['login']);
    // The post of another site comes without the cookie; who is in is not asked again for that.
    assert.deepEqual((await client.enters(person, {}, { post: true })).asked, []);
  },
  async 'oidcc-server-client-secret-post'(client) {
    const { tokens } = await client.enters(visitor('lilei'), {}, { client: 'post' });
    assert.equal((await client.about(tokens.access_token)).sub, LILEI);
  },
  async 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported'(client) {
    assert.equal((await client.metadata()).request_uri_parameter_supported, false);
    const since = performance.now();
    const { error } = await client.refusal(visitor('lilei'), { request_uri: `${second.origin}/request.jwt` });
    assert.equal(error, 'request_uri_not_supported');
    assert.ok(!second.heard.some(({ at, url }) => at >= since && url.pathname === '/request.jwt'), 'nothing is fetched');
  },
  async 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported'(client) {
    assert.ok(!(await client.metadata()).request_parameter_supported);
    const { error } = await client.refusal(visitor('lilei'), { request: unsigned({ state: 'other' }) });
    assert.equal(error, 'request_not_supported');
  },
  async 'oidcc-claims-essential'(client) {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    const { tokens } = await client.enters(visitor('lilei'), { claims });
    assert.equal((await client.about(tokens.access_token)).name, 'Li Lei 李雷');
  },
  async 'oidcc-ensure-request-object-with-redirect-uri'(client) {
    const request = unsigned({ redirect_uri: rp.callback });
    const { at, answer } = await client.authorizes(visitor('lilei'), { request, redirect_uri: `${rp.callback}/not-registered` });
    assert.equal(answer, undefined);
    assert.equal(at.status, 400);
  },
  async 'oidcc-refresh-token'(client) {
    const other = new Client(issuer, second, { mode: client.mode });
    const scopes = { scope: 'openid offline_access', prompt: 'consent' };
    const [mine, theirs] = [await client.enters(visitor('lilei'), scopes), await other.enters(visitor('lilei'), scopes)];
    assert.match(mine.tokens.refresh_token, /^[\x20-\x7e]{22,}$/);
    assert.ok((await client.metadata()).grant_types_supported.includes('refresh_token'));
    await passes(1_000); // so that `iat` differs
    const fresh = grantedTokens(await client.tokens({ grant_type: 'refresh_token', refresh_token: mine.tokens.refresh_token, scope: scopes.scope }));
    assert.notEqual(fresh.access_token, mine.tokens.access_token);
    const claims = await client.idToken(fresh.id_token, { accessToken: fresh.access_token, ...(fresh.id_token && { nonce: nonceOf(fresh.id_token, mine.sent.nonce) }) });
    for (const name of ['iss', 'sub', 'aud', 'auth_time', 'azp']) assert.deepEqual(claims[name], mine.claims[name], name);
    assert.ok(claims.iat > mine.claims.iat);
    assert.equal((await client.about(fresh.access_token)).sub, LILEI);
    refusedTokens(await client.tokens({ grant_type: 'refresh_token', refresh_token: theirs.tokens.refresh_token }), 'invalid_grant');
    grantedTokens(await other.tokens({ grant_type: 'refresh_token', refresh_token: theirs.tokens.refresh_token }));
  },
  async 'oidcc-ensure-request-with-valid-pkce-succeeds'(client) {
    // The example of RFC 7636, appendix B.
    const [verifier, challenge] = ['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'];
    const request = { code_challenge: challenge, code_challenge_method: 'S256' };
    await client.enters(visitor('lilei'), request, { form: { code_verifier: verifier } });
    const { code } = await client.code(visitor('lilei'), request);
    refusedTokens(await client.exchange(code, { code_verifier: `${verifier}x` }), 'invalid_grant');
  },
};

/** A request object with `alg` none. */
function unsigned(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ client_id: rp.id, response_type: 'code', ...claims })}.`;
}

/** A refreshed ID token has the nonce of the first, or none (Core 12.2). */
function nonceOf(token, first) {
  return 'nonce' in JSON.parse(Buffer.from(token.split('.')[1], 'base64url')) ? first : undefined;
}

// Beside each other, because two modules wait for half a minute.
describe('plans', { concurrency: 2 }, () => {
  for (const [plan, mode] of [['oidcc-basic-certification-test-plan', undefined], ['oidcc-formpost-basic-certification-test-plan', 'form_post']]) {
    describe(plan, { concurrency: 6 }, () => {
      const suffix = mode ? ` (${mode})` : '';
      for (const [name, module] of Object.entries(modules)) test(name + suffix, () => module(new Client(issuer, rp, { mode })));
    });
  }
});
