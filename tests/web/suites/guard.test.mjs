// Guard 5.3.9 from the registry, in Chromium, on an application's page of another origin: it draws its box, logs in, asks who is
// in, logs out in all its ways, and sees a kick. Nothing that it does leaves the two origins.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Application, SOON, seedOf } from '../lib/application.mjs';
import { PATIENCE, open, visitor } from '../lib/browser.mjs';
import { LILEI, NOTES, PASSWORD, POOL, ask, kick, managementToken, serve, start } from '../lib/house.mjs';
import { rowOf } from '../lib/sdks/row.mjs';

const row = rowOf('@authing/guard 5.3.9');
const dist = join(dirname(createRequire(import.meta.url).resolve('@authing/guard/package.json')), 'dist/global');
const library = (name, type) => ({ type, body: readFileSync(join(dist, name), 'utf8') });
/** What the application's page does: Guard on it, and what Guard tells. */
const script = `
  window.guard = new GuardFactory.Guard(settings);
  window.told = [];
  for (const event of ['load', 'load-error', 'login', 'login-error']) {
    guard.on(event, (...what) => told.push([event, JSON.parse(JSON.stringify(what[0] ?? null))]));
  }
`;
const PAGE = {
  type: 'text/html; charset=utf-8',
  body: `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Application</title><link rel="icon" href="data:,">
    <link rel="stylesheet" href="/guard.css"><div id="box"></div>
    <script src="/guard.js"></script><script src="/settings.js"></script><script src="/app.js"></script></html>`,
};
const PLACES = ['/', '/callback', '/signed-out', '/elsewhere'];
let house, browser, near, far, token;

/** An application whose pages hold Guard. */
async function page(identifier, host, settings = {}) {
  const pages = Object.fromEntries(PLACES.map((place) => [place, PAGE]));
  Object.assign(pages, {
    '/guard.js': library('guard.min.js', 'text/javascript'), '/guard.css': library('guard.min.css', 'text/css'),
    '/app.js': { type: 'text/javascript', body: script },
  });
  const application = await Application.open(identifier, { host, pages, ...settings });
  application.settings.logout_redirect_uris = [application.signedOut, `${application.origin}/elsewhere`];
  return application;
}

const settle = (application, settings) => {
  application.pages['/settings.js'] = { type: 'text/javascript', body: `const settings = ${JSON.stringify(settings)};` };
};

before(async () => {
  // Same site as the house, which ports do not divide; and another site, whose calls come without the house's cookie.
  [near, far] = await Promise.all([page('near', 'localhost', { token_endpoint_auth_method: 'none', secret: undefined }), page('far', '127.0.0.1')]);
  [house, browser] = await Promise.all([serve(seedOf([near, far])), open()]);
  for (const application of [near, far]) {
    settle(application, { appId: application.id, host: `http://localhost:${house.port}`, redirectUri: application.callback });
  }
  token = await managementToken(house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await Promise.all([near, far].map((a) => a?.close()));
});

/** A page with Guard's box drawn. Wherever its requests go is kept. */
async function drawn(application, how = {}) {
  const context = await visitor(browser, how);
  const page = await context.newPage();
  context.asked = new Set();
  context.on('request', (request) => { if (!request.url().startsWith('data:')) context.asked.add(new URL(request.url()).origin); });
  await page.goto(`${application.origin}/`);
  await draws(page);
  return { context, page };
}

/** Starts Guard; it draws its box anew until it has told that it is loaded. */
async function draws(page) {
  await page.evaluate(() => { guard.start('#box').catch(() => {}); });
  await page.waitForFunction(() => told.some(([event]) => event === 'load'));
  await page.waitForSelector('#box input[type=password]');
}

/** Fills in the form and sends it; anew where Guard drew it anew meanwhile and forgot what was typed. */
async function types(page, account, password) {
  for (let tries = 0; tries < 3; tries++) {
    await page.fill('#box input[id$=account]', account);
    await page.fill('#box input[type=password]', password);
    const sent = page.waitForRequest(/login\/account/, { timeout: PATIENCE / 3 }).catch(() => null);
    await page.click('#box button[type=submit]');
    if (await sent) return;
  }
  assert.fail('Guard sends no log-in');
}

/** What Guard told of one kind, once it did. */
const told = (page, event) => page.waitForFunction((event) => told.findLast(([name]) => name === event)?.[1], event)
  .then((found) => found.jsonValue());

/** Logged in through the box. */
async function entered(application, how) {
  const { context, page } = await drawn(application, how);
  await types(page, 'lilei', PASSWORD);
  const user = await told(page, 'login');
  return { context, page, user };
}

const tracks = (page) => page.evaluate(() => guard.trackSession());
const status = (page) => page.evaluate(() => guard.checkLoginStatus().then((found) => found ?? null));
const current = (page) => page.evaluate(() => guard.getAuthClient().then((client) => client.getCurrentUser()));
/** Whether the browser's session lives, as the house sees it. */
const isIn = async (context) => {
  const cookies = await context.cookies(house.base);
  return (await ask(`${house.base}/api/v1/session`, { cookies })).status === 200;
};

async function isOut(context, page) {
  assert.equal(await tracks(page), null);
  assert.equal(await status(page), null);
  assert.equal(await current(page) ?? null, null);
  assert.equal(await isIn(context), false);
}

/** Nothing went anywhere but to the application and the house, and nobody complained. */
async function closes(context, application) {
  assert.deepEqual([...context.asked].sort(), [application.origin, `http://localhost:${house.port}`].sort());
  assert.deepEqual(context.complaints, []);
  await context.close();
}

for (const [lang, words] of [['en', ['Sign In', 'Enter Username / Email / Phone number']], ['zh', ['登 录', '请输入用户名 / 邮箱 / 手机号']]]) {
  test(`Guard draws its box in the browser's language, with icons and logo: ${lang}`, async () => {
    const { context, page } = await drawn(near, { lang });
    assert.equal((await page.textContent('#box button[type=submit]')).trim(), words[0]);
    assert.equal((await page.getAttribute('#box input[id$=account]', 'placeholder')).trim(), words[1]);
    assert.ok(await page.locator('#box img').first().evaluate((image) => image.complete && image.naturalWidth > 0), 'the logo');
    // Each icon of the box is one that it was given.
    const missing = await page.$$eval('#box svg.g2-icon use', (all) => all.map((use) => use.getAttribute('xlink:href'))
      .filter((name) => !document.querySelector(name)));
    assert.deepEqual(missing, []);
    assert.equal(await page.getByText(/Register|注册/).count(), 0, 'nobody registers here');
    await closes(context, near);
  });
}

test('a wrong password: Guard shows the words and tells 2333; the last tries are counted down', async () => {
  const { context, page } = await drawn(near);
  const wrong = async () => {
    await page.evaluate(() => { told.length = 0; });
    const answered = page.waitForResponse(/login\/account/);
    await types(page, 'hanmeimei', 'not it');
    await answered;
    return told(page, 'login-error');
  };
  const first = await wrong();
  assert.equal(first.code ?? first.apiCode, 2333);
  assert.equal(first.message, 'the account or the password is wrong');
  await page.getByText('the account or the password is wrong').first().waitFor();
  let last;
  for (let tries = 2; tries <= 7; tries++) last = await wrong();
  assert.ok(last.data?.remainCount >= 1 && last.data.remainCount < 5, JSON.stringify(last));
  await page.getByText(new RegExp(`\\b${last.data.remainCount}\\b`)).first().waitFor();
  assert.equal(await isIn(context), false);
  await closes(context, near);
});

for (const [name, account] of [['user name', 'lilei'], ['email', 'lilei@example.com'], ['phone number', '+8613800000001']]) {
  row.tries(['logIn'], `log in by ${name}: the event has the user with the token`, async () => {
    const { context, page } = await drawn(near);
    await types(page, account, PASSWORD);
    const user = await told(page, 'login');
    assert.equal(user.id, LILEI);
    assert.equal(user.token.split('.').length, 3);
    assert.ok(new Date(user.tokenExpiredAt) > new Date());
    assert.equal((await tracks(page)).id, LILEI);
    const { code, status: counts, data } = await status(page);
    assert.deepEqual([code, counts, data.id], [200, true, LILEI]);
    assert.equal((await current(page)).token, user.token);
    // Another load of the page remembers.
    await page.reload();
    assert.equal((await tracks(page)).username, 'lilei');
    assert.equal((await status(page)).status, true);
    assert.equal(await isIn(context), true, 'the browser has its session at the house too');
    await closes(context, near);
  });
}

test('a box on a page of another site logs in by its token alone', async () => {
  const { context, page } = await entered(far);
  assert.equal((await tracks(page)).id, LILEI);
  assert.equal((await status(page)).status, true);
  await page.evaluate((to) => guard.logout({ redirectUri: to }), far.signedOut);
  await page.waitForURL(far.signedOut);
  assert.equal(await tracks(page), null);
  await closes(context, far);
});

const WAYS_OUT = {
  'by default': {}, 'only this device': { quitCurrentDevice: true }, 'the token revoked too': { revocationToken: true },
  'this device, and the token revoked': { quitCurrentDevice: true, revocationToken: true },
};
for (const [name, params] of Object.entries(WAYS_OUT)) {
  row.tries(['logOut'], `logout: ${name}`, async () => {
    const { context, page, user } = await entered(near);
    const other = await entered(near);
    const went = [];
    page.on('response', (answer) => went.push([new URL(answer.url()).pathname, answer.status()]));
    await page.evaluate((how) => { guard.logout(how); }, { ...params, redirectUri: `${near.origin}/elsewhere` });
    await page.waitForURL(`${near.origin}/elsewhere`);
    await isOut(context, page);
    const paths = went.map(([path]) => path);
    assert.ok(paths.includes(params.quitCurrentDevice ? '/logout' : '/api/v2/logout'), paths.join());
    if (params.revocationToken) assert.deepEqual(went.find(([path]) => path === '/oidc/token/revocation')?.[1], 200);
    assert.ok(!paths.includes('/oidc/session/end'), 'the call worked, so nothing else was tried');
    // The token is dead for whoever kept it.
    const me = await ask(`${house.base}/api/v2/users/me`, { headers: { authorization: user.token } });
    assert.notEqual(me.json().code, 200);
    // Another browser of the same person goes on.
    assert.equal((await tracks(other.page)).id, LILEI);
    await closes(other.context, near);
    await closes(context, near);
  });
}

test('logout to an address that is not registered, or to none, goes to the first that is', async () => {
  for (const params of [{ redirectUri: 'https://evil.example/' }, { redirectUri: `${near.origin}/signed-out?x` }, {}]) {
    const { context, page } = await entered(near);
    await page.evaluate((how) => { guard.logout(how); }, params);
    await page.waitForURL(near.signedOut);
    await isOut(context, page);
    await closes(context, near);
  }
});

test('the application hears of a log-out by Guard', async () => {
  const { context, page } = await entered(near);
  const since = performance.now();
  await page.evaluate(() => { guard.logout(); });
  const heard = await near.hearsLogout(`http://localhost:${house.port}/oidc`, { since, within: PATIENCE });
  assert.equal(heard.sub, LILEI);
  await page.waitForURL(near.signedOut);
  await closes(context, near);
});

const admin = () => ({ authorization: `Bearer ${token}`, 'x-authing-userpool-id': POOL.id, 'content-type': 'application/json' });
const KICKS = {
  'kick-active-users': () => kick(house, token, near.id, [LILEI]),
  'v2 users/kick': async () => (await ask(`${house.base}/api/v2/users/kick`, { method: 'POST', headers: admin(), body: JSON.stringify({ userIds: [LILEI] }) })).json(),
  'v3 kick-users': async () => (await ask(`${house.base}/api/v3/kick-users`, { method: 'POST', headers: admin(), body: JSON.stringify({ appIds: [near.id], userId: LILEI }) })).json(),
  '/logout?userId': async () => (await ask(`${house.base}/logout?userId=${LILEI}&appId=${near.id}`, { headers: admin() })).json(),
};
for (const [name, kicks] of Object.entries(KICKS)) {
  row.tries(['currentUser', 'loginStatus', 'trackSession'], `a kick by ${name} flips what Guard says within a second`, async () => {
    const { context, page } = await entered(near);
    assert.equal((await status(page)).status, true);
    const at = performance.now();
    const { code, statusCode } = await kicks();
    assert.equal(code ?? statusCode, 200);
    assert.equal(await tracks(page), null);
    assert.equal(await status(page), null);
    assert.ok(performance.now() - at < SOON, 'within a second');
    assert.equal(await current(page) ?? null, null);
    // A kick bars nobody: the same person comes back.
    await page.goto(`${near.origin}/`);
    await draws(page);
    await types(page, 'lilei', PASSWORD);
    await told(page, 'login');
    assert.equal((await tracks(page)).id, LILEI);
    await closes(context, near);
  });
}

row.tries(['codeFlow'], 'startWithRedirect and handleRedirectCallback: code and PKCE by the page of the house', async () => {
  const { context, page } = await drawn(near);
  await page.evaluate(() => { guard.startWithRedirect(); });
  await page.waitForURL(/\/login/);
  await page.fill('#account', 'lilei');
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
  await page.waitForURL(`${near.callback}?*`);
  await page.evaluate(() => guard.handleRedirectCallback());
  assert.equal((await tracks(page)).id, LILEI);
  assert.equal((await status(page)).status, true);
  assert.equal((await kick(house, token, near.id, [LILEI])).code, 200);
  assert.equal(await tracks(page), null);
  assert.equal(await status(page), null);
  await closes(context, near);
});

test('somebody who is in already is let in without a box, where the page asks for it (isSSO)', async () => {
  const { context, page } = await entered(near);
  const second = await context.newPage();
  await second.goto(`${near.origin}/`);
  await second.evaluate(() => {
    told.length = 0;
    window.guard = new GuardFactory.Guard({ ...settings, isSSO: true });
    guard.on('login', (user) => told.push(['login', JSON.parse(JSON.stringify(user))]));
    guard.start('#box').catch(() => {});
  });
  const user = await told(second, 'login');
  assert.equal(user.id, LILEI);
  assert.equal(user.token.split('.').length, 3);
  assert.equal((await tracks(second)).id, LILEI);
  assert.equal((await status(second)).status, true);
  assert.equal((await kick(house, token, near.id, [LILEI])).code, 200);
  assert.equal(await tracks(second), null);
  assert.equal(await status(second), null);
  await page.close();
  await closes(context, near);
});

test('the box registers people where the application lets them, by email and by user name, and says when a name is taken', async () => {
  const club = await page('club', 'localhost', { self_registration: true });
  const own = await serve(seedOf([club]));
  settle(club, { appId: club.id, host: own.base });
  const usual = house;
  try {
    house = own;
    for (const [tab, name] of [['Email', 'new@example.com'], ['Username', 'newcomer']]) {
      const { context, page } = await drawn(club);
      await page.evaluate(() => guard.changeView('register'));
      await page.getByRole('tab', { name: tab }).click();
      const fills = async (who) => {
        await page.fill('#box input[type=text]', who);
        for (const box of await page.$$('#box input[type=password]')) await box.fill('a password of my own');
        const answered = page.waitForResponse((answer) => /register-/.test(answer.url()) && answer.request().method() === 'POST');
        await page.click('#box button[type=submit]');
        return (await answered).json();
      };
      assert.notEqual((await fills(tab === 'Email' ? 'lilei@example.com' : 'lilei')).code, 200, 'taken');
      assert.equal((await fills(name)).code, 200);
      // Registered, the person is asked to log in.
      await page.waitForSelector('#box input[id$=account]');
      await types(page, name, 'a password of my own');
      const user = await told(page, 'login');
      assert.equal(user[tab.toLowerCase()], name);
      assert.equal((await tracks(page)).id, user.id);
      await closes(context, club);
    }
  } finally {
    house = usual;
    await Promise.all([own.stop(), club.close()]);
  }
});

test('a page on any loopback port works against the demo, with no more than the id', async () => {
  const demo = await start();
  const page = await Application.open('mine', { host: 'localhost', pages: near.pages });
  page.pages = { ...near.pages };
  settle(page, { appId: NOTES, host: demo.base });
  const own = house;
  try {
    house = demo;
    const { context, page: tab } = await entered(page);
    assert.equal((await tracks(tab)).id, LILEI);
    await tab.evaluate((to) => { guard.logout({ redirectUri: to }); }, page.signedOut);
    await tab.waitForURL(page.signedOut);
    assert.equal(await tracks(tab), null);
    await closes(context, page);
  } finally {
    house = own;
    await Promise.all([demo.stop(), page.close()]);
  }
});

row.isKept();
