// The discovery modules of the OpenID Foundation's plans, each under its own name, against a house behind a TLS proxy.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importJWK } from 'jose';
import { Application, seedOf } from '../lib/application.mjs';
import { ask, serve } from '../lib/house.mjs';

const PUBLIC = 'https://id.example.test';
const WELL_KNOWN = '/.well-known/openid-configuration';
let house, near, rp;

before(async () => {
  rp = await Application.open('rp', { host: 'localhost' });
  [house, near] = await Promise.all([serve(seedOf([rp]), { flags: ['--public-url', PUBLIC] }), serve(seedOf([rp]))]);
});
after(() => Promise.all([house?.stop(), near?.stop(), rp?.close()]));

/** Asks as the proxy in front would. */
function behindProxy(url) {
  const { origin, host, pathname, search } = new URL(url);
  assert.equal(origin, PUBLIC, `${url} is elsewhere`);
  return ask(`http://127.0.0.1:${house.port}${pathname}${search}`, { headers: { host } });
}

async function metadata(at = `${PUBLIC}/oidc${WELL_KNOWN}`) {
  const answer = await behindProxy(at);
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /^application\/json\b/);
  return answer.json();
}

/** Every endpoint and every other address is https and of this house. */
function allHttps(known) {
  const addresses = Object.entries(known).filter(([name, value]) => /(_endpoint|_uri|_iframe)$|^issuer$/.test(name) && typeof value === 'string');
  assert.ok(addresses.length >= 9, JSON.stringify(addresses));
  for (const [name, value] of addresses) {
    assert.equal(new URL(value).origin, PUBLIC, name);
    assert.equal(new URL(value).hash, '', name);
  }
}

/** Names that the registry of authorization server metadata knows (RFC 8414 7.1, Discovery 3 and the log-out specifications). */
const KNOWN_NAMES = new Set(`issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri registration_endpoint scopes_supported
  response_types_supported response_modes_supported grant_types_supported acr_values_supported subject_types_supported
  id_token_signing_alg_values_supported userinfo_signing_alg_values_supported request_object_signing_alg_values_supported
  token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported display_values_supported claim_types_supported
  claims_supported service_documentation claims_locales_supported ui_locales_supported claims_parameter_supported
  request_parameter_supported request_uri_parameter_supported require_request_uri_registration op_policy_uri op_tos_uri
  revocation_endpoint revocation_endpoint_auth_methods_supported revocation_endpoint_auth_signing_alg_values_supported
  introspection_endpoint introspection_endpoint_auth_methods_supported introspection_endpoint_auth_signing_alg_values_supported
  code_challenge_methods_supported authorization_response_iss_parameter_supported pushed_authorization_request_endpoint
  require_pushed_authorization_requests end_session_endpoint check_session_iframe frontchannel_logout_supported
  frontchannel_logout_session_supported backchannel_logout_supported backchannel_logout_session_supported prompt_values_supported`.split(/\s+/));
const RESPONSE_TYPES = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'];
const words = (text) => text.split(' ').sort().join(' ');

test('oidcc-discovery-endpoint-verification', async () => {
  const known = await metadata();
  assert.equal(known.issuer, `${PUBLIC}/oidc`);
  const types = known.response_types_supported.map(words);
  assert.ok(types.includes('code') && types.every((type) => RESPONSE_TYPES.map(words).includes(type)));
  assert.ok(known.subject_types_supported.includes('public'));
  assert.ok(known.id_token_signing_alg_values_supported.includes('RS256'));
  assert.ok(!known.id_token_signing_alg_values_supported.includes('none'));
  for (const name of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']) assert.ok(known[name], name);
  for (const name of ['request_parameter_supported', 'request_uri_parameter_supported', 'claims_parameter_supported']) {
    assert.equal(typeof known[name], 'boolean', name);
  }
  for (const name of ['claims_supported', 'grant_types_supported', 'scopes_supported', 'code_challenge_methods_supported', 'response_modes_supported',
    'token_endpoint_auth_methods_supported']) {
    assert.ok(Array.isArray(known[name]) && known[name].length > 0, name);
  }
  assert.ok(known.scopes_supported.includes('openid'));
  for (const scope of known.scopes_supported) assert.match(scope, /^[\x21\x23-\x5b\x5d-\x7e]+$/);
  assert.deepEqual(known.code_challenge_methods_supported, ['S256']);
  assert.equal(known.authorization_response_iss_parameter_supported, true);
  for (const locale of [...known.ui_locales_supported ?? [], ...known.claims_locales_supported ?? []]) {
    assert.equal(Intl.getCanonicalLocales(locale)[0], locale);
  }
  assert.deepEqual(Object.keys(known).filter((name) => !KNOWN_NAMES.has(name)), [], 'names that nobody registered');
  allHttps(known);

  const { keys } = (await behindProxy(known.jwks_uri)).json();
  assert.ok(keys.length > 0);
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length, 'each key has its own name');
  for (const key of keys) {
    assert.ok(key.kid && key.alg && key.use === 'sig');
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) assert.ok(!(secret in key), `${secret} is no one's business`);
    await importJWK(key, key.alg);
    if (key.kty === 'RSA') assert.ok(Buffer.from(key.n, 'base64url').length >= 256, '2048 bits');
  }
  assert.ok(keys.some(({ kty, alg }) => kty === 'RSA' && alg === 'RS256'));
});

test('every well-known place says the same: OpenID Connect Discovery 4 and RFC 8414 3', async () => {
  const known = await metadata();
  for (const place of [WELL_KNOWN, '/.well-known/oauth-authorization-server', '/oidc/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server/oidc']) {
    assert.deepEqual(await metadata(PUBLIC + place), known, place);
  }
});

test('on loopback the issuer is the host that was asked, and its addresses stay there', async () => {
  for (const host of ['localhost', '127.0.0.1', 'rp.localhost']) {
    const issuer = `http://${host}:${near.port}/oidc`;
    const known = (await ask(issuer + WELL_KNOWN)).json();
    assert.equal(known.issuer, issuer);
    for (const [name, value] of Object.entries(known)) {
      if (/(_endpoint|_uri|_iframe)$/.test(name)) assert.equal(new URL(value).origin, new URL(issuer).origin, name);
    }
  }
});

test('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
  const known = await metadata();
  allHttps(known);
  assert.ok(known.end_session_endpoint);
});

test('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
  const known = await metadata();
  allHttps(known);
  assert.equal(known.backchannel_logout_supported, true);
  assert.equal(known.backchannel_logout_session_supported, true);
  assert.ok(known.end_session_endpoint);
});

test('oidcc-frontchannel-logout-discovery-endpoint-verification', async () => {
  const known = await metadata();
  allHttps(known);
  assert.equal(known.frontchannel_logout_supported, true);
  assert.equal(known.frontchannel_logout_session_supported, true);
  assert.ok(known.end_session_endpoint);
});

test('oidcc-session-management-discovery-endpoint-verification', async () => {
  const known = await metadata();
  allHttps(known);
  assert.ok(known.check_session_iframe && known.end_session_endpoint);
  const frame = await behindProxy(known.check_session_iframe);
  assert.equal(frame.status, 200);
  assert.match(frame.headers['content-type'], /^text\/html\b/);
  assert.equal(frame.headers['x-frame-options'], undefined, 'applications frame it');
  const ancestors = /frame-ancestors ([^;]*)/.exec(frame.headers['content-security-policy'])?.[1].split(' ') ?? ['*'];
  assert.ok(ancestors.some((one) => ['*', rp.origin, 'http://localhost:*'].includes(one)), ancestors.join(' '));
});
