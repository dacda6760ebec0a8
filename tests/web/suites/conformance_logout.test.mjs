// The modules of the OpenID Foundation's log-out plans, each under its own name, with what it asserts; warnings of the suite
// are failures here. What needs frames runs in Chromium.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT, generateKeyPair } from 'jose';
import { Application, seedOf } from '../lib/application.mjs';
import { PATIENCE, open, visitor as browserOf } from '../lib/browser.mjs';
import { Client, MUST_ASK, grantedTokens } from '../lib/flow.mjs';
import { PASSWORD, serve } from '../lib/house.mjs';
import { Person } from '../lib/person.mjs';

let house, browser, rp, framed, watching;
const html = (body = '') => ({ type: 'text/html', body: `<!DOCTYPE html><title>Application</title>${body}` });

before(async () => {
  const pages = { '/callback': html(), '/signed-out': html('<p>bye</p>'), '/frontchannel': html() };
  rp = await Application.open('rp', { backchannel_logout_session_required: true });
  framed = await Application.open('framed', { host: 'localhost', pages });
  Object.assign(framed.settings, { frontchannel_logout_uri: framed.frontchannel, frontchannel_logout_session_required: true });
  watching = await Application.open('watching', { host: 'localhost', pages });
  [house, browser] = await Promise.all([serve(seedOf([rp, framed, watching])), open()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await Promise.all([rp, framed, watching].map((a) => a?.close()));
});

/** Somebody who is in at the application, and what it knows. */
async function someone(account = 'lilei') {
  const client = new Client(`http://127.0.0.1:${house.port}/oidc`, rp);
  const person = new Person(new URL(client.issuer).origin, account);
  const { tokens, claims } = await client.enters(person);
  // The suite sends this many characters to see that none is lost.
  const state = randomBytes(64).toString('hex');
  return { client, person, tokens, claims, state, hint: tokens.id_token };
}

async function ends({ client, person }, parameters, { post = false } = {}) {
  const { end_session_endpoint: endpoint } = await client.metadata();
  const from = rp.origin;
  if (post) return person.goes(endpoint, { method: 'POST', body: parameters, from });
  const query = new URLSearchParams(parameters).toString();
  return person.goes(query ? `${endpoint}?${query}` : endpoint, { from });
}

const back = (state) => `${rp.signedOut}${state === undefined ? '' : `?state=${state}`}`;

/** The browser is at the application, with its state and nothing else; the session is over. */
async function wentBack(one, at, state) {
  assert.equal(at.left?.href, back(state), `stayed at ${at.url} (${at.status})`);
  assert.ok(MUST_ASK.includes(await one.client.silently(one.person)));
}

/** The browser stays. Where the person is asked first, nothing has ended before the answer, and then it has. */
async function stayed(one, at, { asks, refused = rp.signedOut }) {
  assert.equal(at.left, null, `went to ${at.left}`);
  assert.ok([200, 400].includes(at.status), `${at.status}`);
  assert.doesNotMatch(at.html, new RegExp(`(href|action|url)="?${refused.replaceAll(/[.?]/g, '\\$&')}`), 'no way there');
  if (asks) {
    assert.equal(await one.client.silently(one.person.copy()), 'in', 'nothing ends before the answer');
    const after = await one.person.submits(at, 'csrf');
    assert.equal(after.left, null, `went to ${after.left}`);
    at = after;
  }
  assert.match(at.html, /logged out/i);
  assert.ok(MUST_ASK.includes(await one.client.silently(one.person)));
}

describe('oidcc-rp-initiated-logout-certification-test-plan', () => {
  for (const post of [false, true]) {
    test(`oidcc-rp-initiated-logout (${post ? 'POST' : 'GET'})`, async () => {
      const one = await someone();
      const at = await ends(one, { id_token_hint: one.hint, post_logout_redirect_uri: rp.signedOut, state: one.state }, { post });
      // The post of another site comes without the cookie; it is asked once more, by this site.
      await wentBack(one, at.left ? at : await one.person.submits(at, 'csrf'), one.state);
    });
  }
  test('oidcc-rp-initiated-logout-no-state', async () => {
    const one = await someone();
    await wentBack(one, await ends(one, { id_token_hint: one.hint, post_logout_redirect_uri: rp.signedOut }));
  });
  test('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', async () => {
    const one = await someone();
    const refused = `${rp.signedOut}/not-registered`;
    await stayed(one, await ends(one, { id_token_hint: one.hint, post_logout_redirect_uri: refused, state: one.state }), { refused });
  });
  test('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', async () => {
    const one = await someone();
    const refused = `${rp.signedOut}?foo=bar`;
    await stayed(one, await ends(one, { id_token_hint: one.hint, post_logout_redirect_uri: refused, state: one.state }), { refused });
  });
  test('oidcc-rp-initiated-logout-modified-id-token-hint', async () => {
    const one = await someone();
    const [, body, seal] = one.hint.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    for (const end of ['', seal]) {
      const again = end === '' ? one : await someone();
      const hint = `${header}.${body}.${end}`;
      await stayed(again, await ends(again, { id_token_hint: hint, post_logout_redirect_uri: rp.signedOut, state: again.state }), { asks: true });
    }
  });
  test('oidcc-rp-initiated-logout-bad-id-token-hint', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    for (const [alg, key] of [['HS256', new TextEncoder().encode(rp.secret)], ['RS256', privateKey]]) {
      const one = await someone();
      const { kid } = JSON.parse(Buffer.from(one.hint.split('.')[0], 'base64url'));
      const hint = await new SignJWT(one.claims).setProtectedHeader({ alg, kid }).sign(key);
      await stayed(one, await ends(one, { id_token_hint: hint, post_logout_redirect_uri: rp.signedOut, state: one.state }), { asks: true });
    }
  });
  test('oidcc-rp-initiated-logout-no-id-token-hint', async () => {
    const one = await someone();
    await stayed(one, await ends(one, { post_logout_redirect_uri: rp.signedOut, state: one.state }), { asks: true });
  });
  test('oidcc-rp-initiated-logout-no-params', async () => {
    const one = await someone();
    await stayed(one, await ends(one, {}), { asks: true });
  });
  test('oidcc-rp-initiated-logout-no-post-logout-redirect-uri', async () => {
    const one = await someone();
    await stayed(one, await ends(one, { id_token_hint: one.hint, state: one.state }), {});
  });
  test('oidcc-rp-initiated-logout-only-state', async () => {
    const one = await someone();
    await stayed(one, await ends(one, { state: one.state }), { asks: true });
  });
});

describe('oidcc-backchannel-rp-initiated-logout-certification-test-plan', () => {
  test('oidcc-backchannel-rp-initiated-logout', async () => {
    const one = await someone();
    const since = performance.now();
    const at = await ends(one, { id_token_hint: one.hint, post_logout_redirect_uri: rp.signedOut, state: one.state });
    const told = await rp.hearsLogout(one.client.issuer, { since });
    assert.equal(told.sub, one.claims.sub);
    assert.equal(told.sid, one.claims.sid);
    await wentBack(one, at, one.state);
  });
});

/** Somebody in Chromium who is in at the application. */
async function someoneInBrowser(application) {
  const context = await browserOf(browser);
  const page = await context.newPage();
  const client = new Client(`http://localhost:${house.port}/oidc`, application);
  const { url, sent } = await client.request();
  await page.goto(url);
  await page.fill('#account', 'lilei');
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
  await page.waitForURL(`${application.callback}?*`);
  const answer = Object.fromEntries(new URL(page.url()).searchParams);
  assert.equal(answer.state, sent.state);
  const tokens = grantedTokens(await client.exchange(answer.code));
  const claims = await client.idToken(tokens.id_token, { ...sent, accessToken: tokens.access_token });
  return { context, page, client, tokens, claims, answer };
}

async function endsInBrowser({ page, client, tokens }, application, state) {
  const { end_session_endpoint: endpoint } = await client.metadata();
  const query = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: application.signedOut, state });
  // The link is followed from the application's page, as its user would.
  await page.evaluate((href) => { location.href = href; }, `${endpoint}?${query}`);
  await page.waitForURL(`${application.signedOut}*`);
  assert.equal(page.url(), `${application.signedOut}?state=${state}`);
}

async function silentlyInBrowser({ page, client }, application) {
  const { url } = await client.request({ prompt: 'none' });
  await page.goto(url);
  assert.ok(page.url().startsWith(application.callback), page.url());
  return new URL(page.url()).searchParams.get('error') ?? 'in';
}

describe('oidcc-frontchannel-rp-initiated-logout-certification-test-plan', () => {
  test('oidcc-frontchannel-rp-initiated-logout', async () => {
    const one = await someoneInBrowser(framed);
    const since = performance.now();
    const state = randomBytes(64).toString('hex');
    await endsInBrowser(one, framed, state);
    const told = await framed.hears('/frontchannel', { since, within: PATIENCE });
    assert.deepEqual(Object.fromEntries(told.url.searchParams), { iss: one.client.issuer, sid: one.claims.sid });
    assert.equal(told.method, 'GET');
    assert.equal(told.headers['sec-fetch-dest'], 'iframe');
    assert.ok(MUST_ASK.includes(await silentlyInBrowser(one, framed)));
    assert.deepEqual(one.context.complaints, []);
    await one.context.close();
  });
});

/** Asks the frame of the house as OpenID Connect Session Management 3.1 tells an application to. */
const asksFrame = (page, { frame, message }) => page.evaluate(({ frame, message, patience }) => new Promise((resolve, reject) => {
  const element = document.createElement('iframe');
  element.src = frame;
  setTimeout(() => reject(new Error('the frame says nothing')), patience);
  addEventListener('message', (event) => {
    if (event.origin === new URL(frame).origin) { resolve(event.data); element.remove(); }
  });
  element.onload = () => element.contentWindow.postMessage(message, new URL(frame).origin);
  document.body.append(element);
}), { frame, message, patience: PATIENCE });

describe('oidcc-session-management-certification-test-plan', () => {
  test('oidcc-session-management-rp-initiated-logout', async () => {
    const one = await someoneInBrowser(watching);
    const { session_state: session } = one.answer;
    assert.match(session ?? '', /^[\x21-\x7e]+$/, 'session_state without blanks');
    const { check_session_iframe: frame } = await one.client.metadata();
    const message = `${watching.id} ${session}`;
    assert.equal(await asksFrame(one.page, { frame, message }), 'unchanged');
    assert.equal(await asksFrame(one.page, { frame, message: 'nonsense' }), 'error');
    assert.equal(await asksFrame(one.page, { frame, message: `${framed.id} ${session}` }), 'changed', 'of another application');
    const state = randomBytes(64).toString('hex');
    await endsInBrowser(one, watching, state);
    assert.equal(await asksFrame(one.page, { frame, message }), 'changed');
    assert.ok(MUST_ASK.includes(await silentlyInBrowser(one, watching)));
    assert.deepEqual(one.context.complaints, []);
    await one.context.close();
  });
  test('the frame answers no other origin than the one it is about', async () => {
    const one = await someoneInBrowser(watching);
    const { check_session_iframe: frame } = await one.client.metadata();
    await one.page.goto(framed.signedOut);
    assert.equal(await asksFrame(one.page, { frame, message: `${watching.id} ${one.answer.session_state}` }), 'changed');
    await one.context.close();
  });
});
