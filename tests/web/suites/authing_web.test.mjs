// @authing/web 5.1.21 from the registry, in Chromium, on a page of another origin. It takes a domain without a port only, and one
// with a dot: the browser is told that port 80 of that name is the port of this run's house.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Application, SOON, seedOf } from '../lib/application.mjs';
import { open, visitor } from '../lib/browser.mjs';
import { LILEI, PASSWORD, ask, kick, managementToken, serve } from '../lib/house.mjs';
import { rowOf } from '../lib/sdks/row.mjs';

const row = rowOf('@authing/web 5.1.21');
const here = createRequire(import.meta.url);
const of = createRequire(here.resolve('@authing/web'));
const code = (file) => ({ type: 'text/javascript', body: readFileSync(file, 'utf8') });
const script = `
  window.authing = new AuthingFactory.Authing({
    ...settings, redirectUri: origin + '/callback', logoutRedirectUri: origin + '/signed-out',
    encryptFunction(text, key) { const box = new JSEncrypt(); box.setPublicKey(key); return box.encrypt(text); },
    ...JSON.parse(localStorage.settings ?? '{}'),
  });
`;
const PAGE = {
  type: 'text/html; charset=utf-8',
  body: `<!DOCTYPE html><html lang="en"><title>Application</title><link rel="icon" href="data:,"><body>
    <script src="/axios.js"></script><script src="/jsencrypt.js"></script><script src="/web.js"></script>
    <script src="/settings.js"></script><script src="/app.js"></script></body></html>`,
};
const PAGES = {
  '/': PAGE, '/callback': PAGE, '/signed-out': PAGE, '/web.js': code(of.resolve('@authing/web')), '/app.js': { type: 'text/javascript', body: script },
  '/axios.js': code(join(dirname(of.resolve('axios/package.json')), 'dist/axios.min.js')), '/jsencrypt.js': code(createRequire(here.resolve('authing-js-sdk')).resolve('jsencrypt')),
};
const ALL = { token_endpoint_auth_method: 'none', secret: undefined, response_types: ['code', 'id_token', 'id_token token'] };

/** Ways to reach a house without a port: what the SDK calls it, where the page lies, how the house is told. */
const WAYS = {
  'http://127.0.0.1': { page: '127.0.0.1' },
  // The application's own host.
  'http://loopback.localhost': { page: 'loopback.localhost', base: 'http://localhost' },
  // A name of one's own network; both count as secure, as they would behind TLS.
  'http://auth.lan': { page: 'page.auth.lan', flags: ['--public-url', 'http://auth.lan'] },
};
const grounds = [];

/** A house, a page and a browser for one of them. */
async function ground(domain) {
  const { page: host, flags = [], base = domain } = WAYS[domain];
  const name = new URL(domain).hostname;
  const application = await Application.open('loopback', { host, pages: { ...PAGES }, ...ALL });
  const settings = { domain, appId: application.id, userPoolId: '5f9d0cef60d09ff5a4c87c06', scope: 'openid profile email' };
  application.pages['/settings.js'] = { type: 'text/javascript', body: `const settings = ${JSON.stringify(settings)};` };
  const house = await serve(seedOf([application]), { flags });
  const port = new URL(application.origin).port;
  const houses = [...new Set([domain, base])].map((origin) => `MAP ${new URL(origin).hostname}:80 127.0.0.1:${house.port}`);
  const browser = await open([
    `--host-resolver-rules=${[...houses, `MAP ${host}:${port} 127.0.0.1:${port}`].join(',')}`,
    `--unsafely-treat-insecure-origin-as-secure=${application.origin},${domain}`,
  ]);
  // A call of a program reaches the house by its port, and names the host.
  const asks = (path, how = {}) => ask(`http://127.0.0.1:${house.port}${path}`, { ...how, headers: { host: name, ...how.headers } });
  const ground = { domain, base, application, house, browser, asks };
  grounds.push(ground);
  return ground;
}

let usual, token;

before(async () => {
  usual = await ground('http://127.0.0.1');
  token = await managementToken(usual.house);
});
after(async () => {
  for (const { application, house, browser } of grounds) {
    await browser.close();
    await Promise.all([house.stop(), application.close()]);
  }
});

async function types(page) {
  await page.fill('#account', 'lilei');
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
}

/** A browser on the application's page; `settings` stay with its pages. */
async function opened({ browser, application } = usual, settings = {}) {
  const context = await visitor(browser);
  const page = await context.newPage();
  context.asked = new Set();
  context.on('request', (request) => { if (!request.url().startsWith('data:')) context.asked.add(new URL(request.url()).origin); });
  await page.goto(`${application.origin}/`);
  await page.evaluate((text) => { localStorage.settings = text; }, JSON.stringify(settings));
  await page.reload();
  return { context, page };
}

/** Logged in by redirect; the login state that the SDK made of it. */
async function entered(where = usual, settings = {}) {
  const { context, page } = await opened(where, settings);
  await page.evaluate(() => { authing.loginWithRedirect({ customState: { back: 'here' } }); });
  await page.waitForURL(/\/login/);
  assert.equal(new URL(page.url()).origin, where.domain);
  await types(page);
  await page.waitForURL((url) => url.href.startsWith(where.application.callback));
  assert.equal(await page.evaluate(() => authing.isRedirectCallback()), true);
  const state = await page.evaluate(() => authing.handleRedirectCallback());
  return { context, page, state };
}

const looks = (page, how = {}) => page.evaluate((how) => authing.getLoginState(how), how);
const anew = (page) => looks(page, { ignoreCache: true });
/** What the SDK says of a promise that it breaks. */
const refuses = (page, what) => page.evaluate((what) => Promise.resolve(authing[what]()).then(() => null, (e) => e.message), what);

/** Nothing went elsewhere. What the SDK itself warns of (nobody is logged in) is no complaint. */
async function closes(context, { application, domain, base } = usual) {
  assert.deepEqual([...context.asked].filter((origin) => ![application.origin, domain, base].includes(origin)), []);
  assert.deepEqual(context.complaints.filter((text) => !/用户未登录|400 \(Bad Request\)/.test(text)), []);
  await context.close();
}

for (const domain of Object.keys(WAYS)) {
  row.tries(['loginStatus', 'logOutLink', 'codeFlow'], `${domain}: log in by redirect, look, log out by redirect; a kick is seen within a second`, async () => {
    const where = domain === usual.domain ? usual : await ground(domain);
    const { context, page, state } = await entered(where);
    assert.equal(state.parsedIdToken.sub, LILEI);
    assert.equal(state.parsedIdToken.iss, `${domain}/oidc`);
    assert.equal(state.parsedAccessToken.scope, 'openid profile email');
    assert.ok(state.expireAt > Date.now());
    assert.equal((await looks(page)).accessToken, state.accessToken, 'from its cache');
    const fresh = await anew(page);
    assert.notEqual(fresh.accessToken, state.accessToken, 'by a frame, from the session');
    assert.equal(fresh.parsedIdToken.sub, LILEI);
    const management = where === usual ? token : (await where.asks('/api/v3/get-management-token', {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accessKeyId: '5f9d0cef60d09ff5a4c87c06', accessKeySecret: '0123456789abcdef0123456789abcdef' }),
    })).json().data.access_token;
    const at = performance.now();
    const kicked = await where.asks(`/api/v2/applications/${where.application.id}/kick-active-users`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${management}` }, body: JSON.stringify({ userIds: [LILEI] }),
    });
    assert.equal(kicked.json().code, 200, kicked.text);
    assert.equal(await anew(page), null);
    assert.ok(performance.now() - at < SOON, `within a second, not ${performance.now() - at} ms`);
    await page.evaluate(() => { authing.loginWithRedirect(); });
    await page.waitForURL(/\/login/);
    await types(page);
    await page.waitForURL((url) => url.href.startsWith(where.application.callback));
    await page.evaluate(() => authing.handleRedirectCallback());
    await page.evaluate(() => { authing.logoutWithRedirect({ state: 'xyz' }); });
    await page.waitForURL(`${where.application.signedOut}?state=xyz`);
    assert.equal(await anew(page), null);
    await closes(context, where);
  });
}

test('the answer may come in the query, and the custom state is kept', async () => {
  const { context, page } = await entered(usual, { redirectResponseMode: 'query' });
  assert.match(page.url(), /callback\?code=[\w-]+&/);
  assert.equal((await looks(page)).parsedIdToken.sub, LILEI);
  await closes(context);
});

test('implicit mode: tokens in the fragment, and by a frame', async () => {
  const { context, page, state } = await entered(usual, { useImplicitMode: true });
  assert.equal(state.parsedIdToken.sub, LILEI);
  assert.deepEqual(state.customState, { back: 'here' });
  assert.equal((await anew(page)).parsedIdToken.sub, LILEI);
  assert.equal((await kick(usual.house, token, usual.application.id, [LILEI])).code, 200);
  assert.equal(await anew(page), null);
  await closes(context);
});

row.tries(['loginStatus'], 'with introspectAccessToken a kick flips the cached state within a second', async () => {
  const { context, page, state } = await entered(usual, { introspectAccessToken: true });
  assert.equal((await looks(page)).accessToken, state.accessToken);
  const at = performance.now();
  assert.equal((await kick(usual.house, token, usual.application.id, [LILEI])).code, 200);
  assert.equal(await looks(page), null);
  assert.ok(performance.now() - at < SOON);
  assert.equal(await page.evaluate(() => Object.keys(localStorage).find((name) => name.endsWith('login-state')) ?? null), null, 'forgotten');
  await closes(context);
});

row.tries(['currentUser'], 'getUserInfo: who it is; after a kick, an error in its own words', async () => {
  const { context, page, state } = await entered();
  const info = () => page.evaluate((accessToken) => authing.getUserInfo({ accessToken }), state.accessToken);
  const user = await info();
  assert.deepEqual([user.userId, user.username, user.email], [LILEI, 'lilei', 'lilei@example.com']);
  assert.equal((await kick(usual.house, token, usual.application.id, [LILEI])).code, 200);
  const gone = await info();
  assert.equal(gone.statusCode, 401);
  assert.ok(gone.apiCode && gone.message);
  await closes(context);
});

test('refreshToken: other tokens, again and again; after a kick, invalid_grant', async () => {
  const { context, page, state } = await entered(usual, { scope: 'openid profile offline_access' });
  assert.ok(state.refreshToken);
  let last = state;
  for (let round = 0; round < 3; round++) {
    const next = await page.evaluate(() => authing.refreshToken());
    assert.notEqual(next.accessToken, last.accessToken);
    assert.notEqual(next.refreshToken, last.refreshToken);
    assert.equal(next.parsedIdToken.sub, LILEI);
    last = next;
  }
  assert.equal((await kick(usual.house, token, usual.application.id, [LILEI])).code, 200);
  assert.match(await refuses(page, 'refreshToken'), /invalid_grant/);
  await closes(context);
});

for (const passwordEncryptType of [undefined, 'none', 'rsa']) {
  row.tries(['logIn'], `loginByEmail, password ${passwordEncryptType ?? 'as it is'}`, async () => {
    const { context, page } = await opened();
    const login = (password) => page.evaluate(
      ([password, options]) => authing.loginByEmail({ passwordPayload: { email: 'lilei@example.com', password }, options }).catch((e) => e.message),
      [password, passwordEncryptType && { passwordEncryptType, scope: 'openid profile offline_access' }],
    );
    assert.match(await login('not it'), /^login error/);
    assert.equal(await anew(page), null);
    const state = await login(PASSWORD);
    assert.equal(state.parsedAccessToken.sub, LILEI);
    assert.equal((await looks(page)).accessToken, state.accessToken);
    assert.equal((await page.evaluate(() => authing.getUserInfo())).userId, LILEI);
    if (passwordEncryptType) assert.equal((await page.evaluate(() => authing.refreshToken())).parsedIdToken.sub, LILEI);
    await closes(context);
  });
}

test('loginWithPopup', async () => {
  const { context, page } = await opened();
  const popups = context.waitForEvent('page');
  const state = page.evaluate(() => authing.loginWithPopup());
  const popup = await popups;
  await popup.waitForURL(/\/login/);
  await types(popup);
  assert.equal((await state).parsedIdToken.sub, LILEI);
  assert.equal((await looks(page)).parsedIdToken.sub, LILEI);
  await closes(context);
});

test('loginWithRedirect asks again when it is forced to, and else does not', async () => {
  const { context, page } = await entered();
  await page.goto(`${usual.application.origin}/`);
  await page.evaluate(() => { authing.loginWithRedirect(); });
  await page.waitForURL((url) => url.href.startsWith(usual.application.callback));
  await page.evaluate(() => authing.handleRedirectCallback());
  await page.evaluate(() => { authing.loginWithRedirect({ forced: true }); });
  await page.waitForURL(/\/login/);
  await page.locator('#password').waitFor();
  await closes(context);
});

test('logoutWithRedirect to no address, or to one that is not registered, ends the session and stays at the house', async () => {
  for (const redirectUri of ['https://evil.example/', `${usual.application.origin}/other`]) {
    const { context, page } = await entered();
    await page.evaluate((redirectUri) => { authing.logoutWithRedirect({ redirectUri }); }, redirectUri);
    await page.waitForURL((url) => url.origin === usual.domain);
    await page.locator('h1').first().waitFor();
    assert.equal(new URL(page.url()).origin, usual.domain);
    await page.goto(`${usual.application.origin}/`);
    assert.equal(await anew(page), null);
    await closes(context);
  }
});

test('the application hears of it', async () => {
  const { context, page } = await entered();
  const since = performance.now();
  await page.evaluate(() => { authing.logoutWithRedirect(); });
  await page.waitForURL(usual.application.signedOut);
  const keys = await usual.asks('/oidc/.well-known/jwks.json');
  const { createLocalJWKSet } = await import('jose');
  const heard = await usual.application.hearsLogout(`${usual.domain}/oidc`, { since, key: createLocalJWKSet(keys.json()) });
  assert.equal(heard.sub, LILEI);
  await closes(context);
});

test('a domain with a port, or without a dot, is refused by the SDK itself', async () => {
  const { context, page } = await opened();
  for (const domain of [`http://127.0.0.1:${usual.house.port}`, 'http://localhost']) {
    const why = await page.evaluate((domain) => {
      try { new AuthingFactory.Authing({ ...settings, domain }); return null; } catch (error) { return error.message; }
    }, domain);
    assert.ok(why?.includes(domain), why);
  }
  await context.close();
});

row.isKept();
