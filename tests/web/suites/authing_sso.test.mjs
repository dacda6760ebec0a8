// @authing/sso 2.0.2 from the registry, in Chromium, on an application's page of another origin: implicit flow, the session by its
// cookie, and a log-out and kicks that it sees.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Application, SOON, seedOf } from '../lib/application.mjs';
import { PATIENCE, open, openMenu, visitor } from '../lib/browser.mjs';
import { LILEI, PASSWORD, POOL, ask, managementToken, serve } from '../lib/house.mjs';
import { rowOf } from '../lib/sdks/row.mjs';

const row = rowOf('@authing/sso 2.0.2');
const here = dirname(createRequire(import.meta.url).resolve('@authing/sso/package.json'));
const library = readFileSync(join(here, 'dist/index.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
const script = `
  window.sso = new AuthingSSO({ ...settings, redirectUri: origin + '/callback' });
  window.popups = [];
  sso.onPopUpLoginSuccess(async (tokens) => popups.push(tokens));
`;
const PAGE = {
  type: 'text/html; charset=utf-8',
  body: `<!DOCTYPE html><html lang="en"><title>Application</title><link rel="icon" href="data:,"><body>
    <script src="/sso.js"></script><script src="/settings.js"></script><script src="/app.js"></script></body></html>`,
};
const code = (body) => ({ type: 'text/javascript', body });
let house, browser, shop, token;

/** An application whose pages run the SDK. The implicit flow is off unless it asks for it. */
const application = (identifier, host) => Application.open(identifier, {
  host, pages: { '/': PAGE, '/callback': PAGE, '/sso.js': code(library), '/app.js': code(script) }, response_types: ['code', 'id_token token'],
});
const settle = ({ id, pages }, origin) => { pages['/settings.js'] = code(`const settings = ${JSON.stringify({ appId: id, origin })};`); };

before(async () => {
  // Of one site with the house, which ports do not divide: the session's cookie comes with the calls of the page.
  shop = await application('shop', 'localhost');
  [house, browser] = await Promise.all([serve(seedOf([shop])), open()]);
  settle(shop, house.base);
  token = await managementToken(house);
});
after(async () => {
  await browser?.close();
  await Promise.all([house?.stop(), shop?.close()]);
});

async function types(page) {
  await page.fill('#account', 'lilei');
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
}

async function opened({ origin } = shop, chromium = browser) {
  const context = await visitor(chromium);
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  return { context, page };
}

/** Logged in by redirect; the tokens that came in the fragment. */
async function entered(page, { callback } = shop) {
  await page.evaluate(() => { sso.login(); });
  await page.waitForURL((url) => url.pathname === '/login' || url.href.startsWith(callback));
  if (!page.url().startsWith(callback)) {
    await types(page);
    await page.waitForURL((url) => url.href.startsWith(callback));
  }
  return page.evaluate(() => sso.getTokenSetFromUrlHash());
}

async function loggedIn() {
  const { context, page } = await opened();
  return { context, page, tokens: await entered(page) };
}

const tracks = (page) => page.evaluate(() => sso.trackSession());
const knows = (page, accessToken) => page.evaluate((token) => sso.getUserInfoByAccessToken(token).catch(() => null), accessToken);

/** What the browser writes of a refused userinfo is no complaint. */
async function closes(context) {
  assert.deepEqual(context.complaints.filter((text) => !/status of 401/.test(text)), []);
  await context.close();
}

row.tries(['codeFlow'], 'login by redirect: the tokens come in the fragment and need no decoding', async () => {
  const { context, page, tokens } = await loggedIn();
  for (const name of ['access_token', 'id_token']) assert.match(tokens[name], /^[\w-]+\.[\w-]+\.[\w-]+$/, name);
  assert.match(tokens.state, /^[\w.-]+$/);
  const user = await knows(page, tokens.access_token);
  assert.deepEqual([user.sub, user.email], [LILEI, 'lilei@example.com']);
  await closes(context);
});

test('an application that did not ask for the implicit flow is refused it, in words', async () => {
  const strict = await application('strict', 'localhost');
  strict.settings.response_types = undefined;
  const own = await serve(seedOf([strict]));
  settle(strict, own.base);
  const { context, page } = await opened(strict);
  await page.evaluate(() => { sso.login(); });
  await page.waitForURL((url) => url.href.startsWith(strict.callback));
  assert.equal((await page.evaluate(() => sso.getTokenSetFromUrlHash())).error, 'unsupported_response_type');
  await closes(context);
  await Promise.all([own.stop(), strict.close()]);
});

row.tries(['currentUser', 'trackSession'], 'trackSession tells the session and whose it is, and nothing before anybody is in', async () => {
  const { context, page } = await opened();
  assert.equal((await tracks(page)).session, null);
  await entered(page);
  const { session, userInfo } = await tracks(page);
  assert.deepEqual([session.userId, session.appId, userInfo.username], [LILEI, shop.id, 'lilei']);
  assert.equal(userInfo.password, null);
  await closes(context);
});

row.tries(['logOut'], 'logout ends the session and the tokens, tells the application, and may be said twice', async () => {
  const { context, page, tokens } = await loggedIn();
  const since = performance.now();
  assert.equal((await page.evaluate(() => sso.logout())).code, 200);
  assert.equal((await tracks(page)).session, null);
  assert.equal(await knows(page, tokens.access_token), null);
  assert.equal((await shop.hearsLogout(`${house.base}/oidc`, { since, within: PATIENCE })).sub, LILEI);
  assert.equal((await page.evaluate(() => sso.logout())).code, 200);
  await closes(context);
});

test('register leads to the page where one registers, where the application lets people', async () => {
  const club = await application('club', 'localhost');
  club.settings.self_registration = true;
  const own = await serve(seedOf([club]));
  settle(club, own.base);
  const { context, page } = await opened(club);
  await page.evaluate(() => { sso.register(); });
  await page.waitForURL(`${own.base}/register`);
  for (const [field, text] of [['account', 'mei'], ['name', 'Mei'], ['new', PASSWORD], ['again', PASSWORD]]) await page.fill(`#${field}`, text);
  await page.click('form.deed button:not([type=button])');
  await page.waitForURL(`${own.base}/u`);
  await page.goto(`${club.origin}/`);
  assert.equal((await tracks(page)).userInfo.username, 'mei');
  await closes(context);
  await Promise.all([own.stop(), club.close()]);
});

test('popUpLogin', async () => {
  const { context, page } = await opened();
  const popups = context.waitForEvent('page');
  await page.evaluate(() => { sso.popUpLogin(); });
  const popup = await popups;
  await popup.waitForURL(/\/login/);
  await types(popup);
  await page.waitForFunction(() => popups.length > 0);
  const [{ access_token: accessToken }] = await page.evaluate(() => popups);
  assert.equal((await knows(page, accessToken)).sub, LILEI);
  await closes(context);
});

test('getAccessTokenSilently: other tokens of the same session', async () => {
  const { context, page, tokens } = await loggedIn();
  const silent = await page.evaluate(() => sso.getAccessTokenSilently());
  assert.notEqual(silent.access_token, tokens.access_token);
  assert.equal((await knows(page, silent.access_token)).sub, LILEI);
  await closes(context);
});

const program = (path, body) => ask(house.base + path, {
  method: 'POST', body: JSON.stringify(body),
  headers: { authorization: `Bearer ${token}`, 'x-authing-userpool-id': POOL.id, 'content-type': 'application/json' },
});
const KICKS = {
  'kick-active-users': () => program(`/api/v2/applications/${shop.id}/kick-active-users`, { userIds: [LILEI] }),
  'v2 users/kick': () => program('/api/v2/users/kick', { userIds: [LILEI] }),
  'v3 kick-users': () => program('/api/v3/kick-users', { appIds: [shop.id], userId: LILEI }),
};
for (const [name, kicks] of Object.entries(KICKS)) {
  row.tries(['trackSession'], `a kick by ${name} flips trackSession within a second; the password is asked again`, async () => {
    const { context, page, tokens } = await loggedIn();
    assert.ok((await tracks(page)).session);
    const at = performance.now();
    assert.equal((await kicks()).status, 200);
    assert.equal((await tracks(page)).session, null);
    assert.ok(performance.now() - at < SOON);
    assert.equal(await knows(page, tokens.access_token), null);
    await page.goto(`${shop.origin}/`);
    await page.evaluate(() => { sso.login(); });
    await page.waitForURL(/\/login/);
    await closes(context);
  });
}

test('a log-out in the personal center flips it too', async () => {
  const { context, page } = await loggedIn();
  const own = await context.newPage();
  await own.goto(`${house.base}/u`);
  await openMenu(own);
  await own.click('form[action="/u/logout"] button');
  await own.waitForURL(/signed-out/);
  assert.equal((await tracks(page)).session, null);
  await closes(context);
});

test('kicked from one application, its page sees it and the page of the other goes on, though neither names itself', async () => {
  const [desk, till] = await Promise.all([application('desk', 'desk-page.auth.lan'), application('till', 'till-page.auth.lan')]);
  const own = await serve(seedOf([desk, till]), { flags: ['--public-url', 'http://auth.lan'] });
  const maps = [`MAP auth.lan:80 127.0.0.1:${own.port}`, 'MAP *-page.auth.lan 127.0.0.1'];
  const secure = ['http://auth.lan', desk.origin, till.origin];
  const chromium = await open([`--host-resolver-rules=${maps}`, `--unsafely-treat-insecure-origin-as-secure=${secure}`]);
  const says = (path, body, more = {}) => ask(`http://127.0.0.1:${own.port}${path}`, {
    method: 'POST', headers: { host: 'auth.lan', 'content-type': 'application/json', ...more }, body: JSON.stringify(body),
  });
  try {
    for (const one of [desk, till]) settle(one, 'http://auth.lan');
    const { context, page } = await opened(desk, chromium);
    await entered(page, desk);
    const other = await context.newPage();
    await other.goto(`${till.origin}/`);
    await entered(other, till);
    assert.deepEqual([(await tracks(page)).session.appId, (await tracks(other)).session.appId], [desk.id, till.id]);
    const { data } = (await says('/api/v3/get-management-token', { accessKeyId: POOL.id, accessKeySecret: POOL.secret })).json();
    const kicked = await says(`/api/v2/applications/${desk.id}/kick-active-users`, { userIds: [LILEI] }, { authorization: data.access_token });
    assert.equal(kicked.json().code, 200);
    assert.equal((await tracks(page)).session, null);
    assert.equal((await tracks(other)).session.userId, LILEI);
    await closes(context);
  } finally {
    await chromium.close();
    await Promise.all([own.stop(), desk.close(), till.close()]);
  }
});

row.isKept();
