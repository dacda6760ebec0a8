// The code flow by hand, judged as the OpenID Foundation's conformance suite judges it: parameters, tokens, claims.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { ask } from './house.mjs';

const random = (octets = 24) => randomBytes(octets).toString('base64url');

/** Claims that an ID token may hold though nobody asked for them. */
const OWN_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 'nbf', 'jti', 'sid', 's_hash'];
/** Claims that a scope asks for (OpenID Connect Core 5.4). */
export const SCOPE_CLAIMS = {
  profile: ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender', 'birthdate',
    'zoneinfo', 'locale', 'updated_at'],
  email: ['email', 'email_verified'], phone: ['phone_number', 'phone_number_verified'], address: ['address'],
};
/** What an error of the authorization endpoint may hold. */
const ERROR_PARAMETERS = ['error', 'error_description', 'error_uri', 'state', 'session_state', 'iss'];
/** Errors that mean: the person would have to be asked. */
export const MUST_ASK = ['interaction_required', 'login_required', 'account_selection_required', 'consent_required'];

export class Client {
  /** `mode` is the response mode that every request asks for; none means the default. */
  constructor(issuer, application, { mode } = {}) {
    Object.assign(this, { issuer, application, mode });
  }

  async metadata() {
    this.known ??= (await ask(`${this.issuer}/.well-known/openid-configuration`)).json();
    return this.known;
  }

  /** An authorization request; a parameter that is `undefined` is left out. */
  async request(parameters = {}) {
    const { authorization_endpoint: endpoint } = await this.metadata();
    const all = {
      client_id: this.application.id, redirect_uri: this.application.callback, response_type: 'code', scope: 'openid',
      state: random(8), nonce: random(8), ...(this.mode && { response_mode: this.mode }), ...parameters,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return { endpoint, sent, url: `${endpoint}?${new URLSearchParams(sent)}` };
  }

  /** Sends it with this person's browser; what the application gets back, or `undefined` where a page stands. */
  async authorizes(person, parameters = {}, { post = false } = {}) {
    const { endpoint, sent, url } = await this.request(parameters);
    const at = post ? await person.authorizes(endpoint, { method: 'POST', body: sent }) : await person.authorizes(url);
    const form = at.left ? undefined : at.posted(this.application.callback);
    const answer = sent.response_mode === 'form_post' ? form?.fields : (at.left && Object.fromEntries(at.left.searchParams)) ?? undefined;
    if (at.left) {
      assert.notEqual(sent.response_mode, 'form_post', `the answer came as ${at.left.href}`);
      assert.equal(at.left.origin + at.left.pathname, this.application.callback);
      assert.equal(at.left.hash, '');
    }
    return { at, asked: at.asked, answer, sent };
  }

  /** An answer that has to be a code: state, issuer and nothing that should not be there. */
  async code(person, parameters = {}, how = {}) {
    const { at, asked, answer, sent } = await this.authorizes(person, parameters, how);
    assert.ok(answer, `no answer, but ${at.status} at ${at.url}:\n${at.html}`);
    const { code, session_state: _, ...rest } = answer;
    assert.ok(code, JSON.stringify(answer));
    assert.deepEqual(rest, { state: sent.state, iss: this.issuer });
    assert.match(code, /^[\x21-\x7e]{22,}$/, 'a code of at least 128 bits');
    return { code, asked, sent, answer };
  }

  /** An answer that has to be an error. */
  async refusal(person, parameters = {}) {
    const { at, asked, answer, sent } = await this.authorizes(person, parameters);
    if (!answer) return { at, asked, error: undefined };
    assert.ok(answer.error, JSON.stringify(answer));
    assert.equal(answer.state, sent.state);
    assert.equal(answer.iss, this.issuer);
    assert.deepEqual(Object.keys(answer).filter((name) => !ERROR_PARAMETERS.includes(name)), []);
    if (answer.error_description) assert.match(answer.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
    return { at, asked, error: answer.error };
  }

  /** The token endpoint, with the secret in the header or in the form. */
  async tokens(form, { post = false } = {}) {
    const { token_endpoint: endpoint } = await this.metadata();
    const { id, secret } = this.application;
    const headers = post ? {} : { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
    const answer = await ask(endpoint, { method: 'POST', headers, body: post ? { ...form, client_id: id, client_secret: secret } : form });
    assert.match(answer.headers['content-type'] ?? '', /^application\/json\b/);
    assert.match(answer.headers['cache-control'] ?? '', /\bno-store\b/);
    return answer;
  }

  exchange(code, form = {}, how = {}) {
    return this.tokens({ grant_type: 'authorization_code', code, redirect_uri: this.application.callback, ...form }, how);
  }

  /** The whole flow; everything that came of it, judged. */
  async enters(person, parameters = {}, { form, post, client } = {}) {
    const got = await this.code(person, parameters, { post });
    const answer = await this.exchange(got.code, form, { post: client === 'post' });
    const tokens = grantedTokens(answer);
    const claims = await this.idToken(tokens.id_token, { ...got.sent, accessToken: tokens.access_token });
    return { ...got, tokens, claims };
  }

  async keys() {
    const { jwks_uri: uri } = await this.metadata();
    return (await ask(uri)).json();
  }

  /** An ID token, by OpenID Connect Core 3.1.3.7. */
  async idToken(token, { nonce, accessToken, max_age: maxAge, scope = 'openid' } = {}) {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await this.keys()), {
      issuer: this.issuer, audience: this.application.id, requiredClaims: ['sub', 'iat', 'exp'],
    });
    assert.equal(protectedHeader.alg, 'RS256');
    assert.ok(protectedHeader.kid);
    assert.match(payload.sub, /^[\x20-\x7e]{1,255}$/);
    assert.equal(payload.nonce, nonce);
    assert.ok(Math.abs(payload.iat - Date.now() / 1000) < 60);
    if (payload.azp !== undefined) assert.equal(payload.azp, this.application.id);
    if (maxAge !== undefined) assert.ok(Number.isInteger(payload.auth_time), 'max_age asks for auth_time');
    if (payload.at_hash !== undefined) {
      assert.equal(payload.at_hash, createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'));
    }
    const allowed = [...OWN_CLAIMS, ...scope.split(' ').flatMap((word) => SCOPE_CLAIMS[word] ?? [])];
    assert.deepEqual(Object.keys(payload).filter((name) => !allowed.includes(name)), [], 'claims that nobody asked for');
    return payload;
  }

  /** Userinfo, the access token where `how` says. */
  async userinfo(token, how = 'get') {
    const { userinfo_endpoint: endpoint } = await this.metadata();
    const bearer = { headers: { authorization: `Bearer ${token}` } };
    const request = { get: bearer, 'post-header': { ...bearer, method: 'POST', body: '' }, 'post-body': { method: 'POST', body: { access_token: token } } };
    return ask(endpoint, request[how]);
  }

  async about(token, how) {
    const answer = await this.userinfo(token, how);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^application\/json\b/);
    return judgedUserinfo(answer.json());
  }

  /** A silent request: the error, or 'in'. */
  async silently(person, parameters = {}) {
    const { at, asked, answer, sent } = await this.authorizes(person, { prompt: 'none', ...parameters });
    assert.ok(answer, `prompt=none showed ${at.status} at ${at.url}`);
    assert.deepEqual(asked, []);
    assert.equal(answer.state, sent.state);
    return answer.error ?? 'in';
  }
}

export function grantedTokens(answer) {
  assert.equal(answer.status, 200, answer.text);
  const tokens = answer.json();
  assert.equal(tokens.token_type.toLowerCase(), 'bearer');
  assert.match(tokens.access_token, /^[\x21-\x7e]{22,}$/);
  assert.ok(Number.isInteger(tokens.expires_in) && tokens.expires_in > 0);
  return tokens;
}

/** An error of the token endpoint (RFC 6749 5.2). */
export function refusedTokens(answer, error, status = 400) {
  assert.equal(answer.status, status, answer.text);
  const body = answer.json();
  assert.equal(body.error, error, answer.text);
  if (body.error_description) assert.match(body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
}

const TEXTS = ['sub', 'name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website',
  'email', 'gender', 'birthdate', 'zoneinfo', 'locale', 'phone_number'];

/** Standard claims have the types of OpenID Connect Core 5.1, and what is not known is not there. */
function judgedUserinfo(claims) {
  assert.ok(claims.sub);
  for (const [name, value] of Object.entries(claims)) {
    assert.ok(value !== null && value !== '', `${name} says nothing`);
    if (TEXTS.includes(name)) assert.equal(typeof value, 'string', name);
    if (['email_verified', 'phone_number_verified'].includes(name)) assert.equal(typeof value, 'boolean', name);
    if (name === 'updated_at') assert.ok(Number.isInteger(value) && value < Date.now() / 100, 'seconds');
  }
  return claims;
}
