// An application of a test: a server on a free loopback port that hears logout tokens, and its entry in a seed file.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { HANMEIMEI, LILEI, POOL } from './house.mjs';

/** The secret of every application of these tests. */
export const SECRET = '89abcdef0123456789abcdef01234567';

/** How long what a kick or log-out entails may take until an application sees it. */
export const SOON = 1_000;

export class Application {
  heard = [];
  #waiting = [];
  #ids = new Set();

  /** `pages` maps a path to `{ type, body }`, or to a function of the request's URL that gives it. */
  static async open(identifier, { pages = {}, host = '127.0.0.1', ...settings } = {}) {
    const application = new Application();
    const server = http.createServer((request, answer) => application.#answer(request, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://${host}:${server.address().port}`;
    // 24 hexadecimal digits, other ones for each identifier.
    const id = Buffer.from(identifier.padEnd(12, '_').slice(0, 12)).toString('hex');
    return Object.assign(application, {
      id, identifier, secret: SECRET, pages, settings, server, origin,
      callback: `${origin}/callback`, signedOut: `${origin}/signed-out`, backchannel: `${origin}/backchannel`,
      frontchannel: `${origin}/frontchannel`,
    });
  }

  async #answer(request, answer) {
    const url = new URL(request.url, this.origin);
    let body = '';
    for await (const part of request) body += part;
    this.heard.push({ at: performance.now(), method: request.method, url, body, headers: request.headers });
    for (const look of this.#waiting.splice(0)) look();
    const page = this.pages[url.pathname];
    const { type = 'text/plain', body: text = '', headers = {} } = (typeof page === 'function' ? page(url) : page) ?? {};
    answer.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', ...headers }).end(text);
  }

  /** The first request that fits and came after `since` (of `performance.now()`); waits for it no longer than `within`. */
  async hears(path, { since = 0, within = SOON, fits = () => true } = {}) {
    const deadline = performance.now() + within;
    for (;;) {
      const found = this.heard.find((h) => h.url.pathname === path && h.at >= since && fits(h));
      if (found) return found;
      const left = deadline - performance.now();
      assert.ok(left > 0, `${this.identifier} heard nothing at ${path} within ${within} ms`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => { clearTimeout(timer); resolve(); });
      });
    }
  }

  /** The logout token that came, judged as OpenID Connect Back-Channel Logout 2.6 tells an application to. */
  async hearsLogout(issuer, { key, ...how } = {}) {
    const sidOf = ({ body }) => new URLSearchParams(body).get('logout_token');
    const post = await this.hears('/backchannel', { ...how, fits: (h) => h.method === 'POST' && sidOf(h) && (how.fits?.(h) ?? true) });
    assert.match(post.headers['content-type'], /^application\/x-www-form-urlencoded\b/);
    const form = [...new URLSearchParams(post.body)];
    assert.deepEqual(form.map(([name]) => name), ['logout_token'], 'nothing but the token');
    const token = form[0][1];
    const keys = key ?? createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer, audience: this.id, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti', 'events'], maxTokenAge: '2 minutes',
    });
    assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
    assert.ok(!('nonce' in payload), 'a logout token has no nonce');
    assert.ok(payload.sub || payload.sid, 'whom it is about');
    assert.ok(payload.exp - payload.iat <= 120);
    assert.ok(!this.#ids.has(payload.jti), 'each token is another');
    this.#ids.add(payload.jti);
    return { ...payload, alg: protectedHeader.alg, after: post.at - (how.since ?? post.at) };
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** Its table in a seed file. */
  seed() {
    const all = {
      id: this.id, identifier: this.identifier, name: this.identifier, secret: this.secret, redirect_uris: [this.callback],
      logout_redirect_uris: [this.signedOut], backchannel_logout_uri: this.backchannel, ...this.settings,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== undefined).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    return ['[[applications]]', ...lines, ''].join('\n');
  }
}

// Of `PASSWORD`; the hash is that of the demo, so that a seed takes no time.
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$52mZl3LmBePS5kuNCDecxQ$zniEmUx1ocJoP/Hh8gvgXvbyktrlyTQxLWX8ieQq8BU';
const PEOPLE = [
  { id: LILEI, username: 'lilei', name: 'Li Lei 李雷', email: 'lilei@example.com', phone: '+8613800000001' },
  { id: HANMEIMEI, username: 'hanmeimei', name: 'Han Meimei 韩梅梅', email: 'hanmeimei@example.com' },
];

/** A seed file with these applications and two people. */
export function seedOf(applications) {
  const pool = ['[pool]', `id = "${POOL.id}"`, 'name = "Acme"', `secret = "${POOL.secret}"`, ''];
  const people = PEOPLE.flatMap((person) => ['[[users]]',
    ...Object.entries({ ...person, password_hash: HASH }).map(([name, value]) => `${name} = ${JSON.stringify(value)}`), '']);
  return [...pool, ...applications.map((a) => a.seed()), ...people].join('\n');
}
