// oidc-client-ts from the registry, in Chromium, in a page of another origin: redirect, popup, silent frame, refresh token,
// session monitor, and each sees a log-out or a kick.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Application, seedOf } from '../lib/application.mjs';
import { PATIENCE, open, openMenu, visitor } from '../lib/browser.mjs';
import { LILEI, PASSWORD, kick, managementToken, serve } from '../lib/house.mjs';

const here = dirname(createRequire(import.meta.url).resolve('oidc-client-ts'));
const library = readFileSync(join(here, '../browser/oidc-client-ts.min.js'), 'utf8');
/** The application: one manager on each of its pages, and what it was told. */
const script = `
  window.manager = new oidc.UserManager({
    ...settings, redirect_uri: origin + '/callback', silent_redirect_uri: origin + '/silent', popup_redirect_uri: origin + '/popup',
    post_logout_redirect_uri: origin + '/signed-out', response_type: 'code', monitorSession: true, checkSessionIntervalInSeconds: 1,
    automaticSilentRenew: false, loadUserInfo: true, silentRequestTimeoutInSeconds: 10,
  });
  window.told = new Promise((resolve) => manager.events.addUserSignedOut(() => resolve('signed out')));
  if (location.pathname === '/silent') manager.signinSilentCallback();
  if (location.pathname === '/popup') manager.signinPopupCallback();
`;
const PAGE = { type: 'text/html', body: '<!DOCTYPE html><title>Application</title><script src="/oidc.js"></script><script src="/settings.js"></script><script src="/app.js"></script>' };
let house, browser, near, far, token;

/** An application without a secret whose pages run the library. */
async function page(identifier, host) {
  const code = (body) => ({ type: 'text/javascript', body });
  const pages = Object.fromEntries(['/', '/callback', '/silent', '/popup', '/signed-out'].map((path) => [path, PAGE]));
  Object.assign(pages, { '/oidc.js': code(library), '/app.js': code(script) });
  const application = await Application.open(identifier, { host, pages, token_endpoint_auth_method: 'none', secret: undefined });
  application.settings.redirect_uris = ['/callback', '/silent', '/popup'].map((path) => application.origin + path);
  return application;
}

before(async () => {
  // Same site as the house, which ports do not divide; and another site.
  [near, far] = await Promise.all([page('near', 'localhost'), page('far', '127.0.0.1')]);
  [house, browser] = await Promise.all([serve(seedOf([near, far])), open()]);
  for (const { id, pages } of [near, far]) {
    const settings = { authority: `http://localhost:${house.port}/oidc`, client_id: id, scope: 'openid profile email' };
    const words = `const settings = Object.assign(${JSON.stringify(settings)}, JSON.parse(localStorage.settings ?? '{}'));`;
    pages['/settings.js'] = { type: 'text/javascript', body: words };
  }
  token = await managementToken(house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await Promise.all([near, far].map((a) => a?.close()));
});

async function types(page) {
  await page.fill('#account', 'lilei');
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
}

/** Logs in by redirect; `settings` stay with the pages of the application. */
async function entered(application, settings = {}) {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(`${application.origin}/`);
  await page.evaluate((text) => { localStorage.settings = text; }, JSON.stringify(settings));
  await page.reload();
  await page.evaluate(() => { manager.signinRedirect(); });
  await page.waitForURL(/\/login/);
  await types(page);
  await page.waitForURL(`${application.origin}/callback?*`);
  const user = await page.evaluate(async () => ({ ...await manager.signinRedirectCallback() }));
  return { context, page, user };
}

/** The token that a silent request brings, or the error. */
const silently = (page) => page.evaluate(() => manager.signinSilent().then((user) => ({ ...user }), ({ error, message }) => ({ error: error ?? message })));

test('log in by redirect; who it is comes from userinfo', async () => {
  const { context, user } = await entered(near);
  assert.equal(user.profile.sub, LILEI);
  assert.equal(user.profile.name, 'Li Lei 李雷');
  assert.equal(user.profile.email, 'lilei@example.com');
  assert.ok(user.session_state);
  assert.equal(user.refresh_token, undefined, 'nobody asked for offline_access');
  assert.deepEqual(context.complaints, []);
  await context.close();
});

test('log in by popup', async () => {
  const context = await visitor(browser);
  const opener = await context.newPage();
  await opener.goto(`${near.origin}/`);
  const opened = context.waitForEvent('page');
  const user = opener.evaluate(() => manager.signinPopup().then((user) => ({ ...user })));
  const popup = await opened;
  await popup.waitForURL(/\/login/);
  await types(popup);
  assert.equal((await user).profile.sub, LILEI);
  assert.deepEqual(context.complaints, []);
  await context.close();
});

test('silent renewal in a frame: another token of the same session; after a kick, login_required', async () => {
  const { context, page, user } = await entered(near);
  const renewed = await silently(page);
  assert.equal(renewed.error, undefined);
  assert.notEqual(renewed.access_token, user.access_token);
  assert.equal(renewed.profile.sid, user.profile.sid);
  assert.equal((await kick(house, token, near.id, [LILEI])).code, 200);
  assert.equal((await silently(page)).error, 'login_required');
  await context.close();
});

test('renewal by refresh token; after a kick, invalid_grant', async () => {
  const { context, page, user } = await entered(near, { scope: 'openid profile offline_access' });
  assert.ok(user.refresh_token);
  const renewed = await silently(page);
  assert.equal(renewed.error, undefined);
  assert.notEqual(renewed.access_token, user.access_token);
  assert.notEqual(renewed.refresh_token, user.refresh_token);
  assert.equal((await kick(house, token, near.id, [LILEI])).code, 200);
  assert.equal((await silently(page)).error, 'invalid_grant');
  await context.close();
});

test('the session monitor turns when the person logs out in another tab, and stays calm before', async () => {
  const { context, page } = await entered(near);
  const told = page.evaluate(() => window.told);
  let early = true;
  told.then(() => { if (early) early = 'told'; });
  await page.waitForFunction(() => [...document.querySelectorAll('iframe')].some((f) => f.src.includes('/oidc/')), null, { timeout: PATIENCE });
  assert.equal((await silently(page)).error, undefined);
  assert.equal(early, true, 'told though nothing happened');
  early = false;
  const own = await context.newPage();
  await own.goto(`${house.base}/u`);
  await openMenu(own);
  await own.click('form[action="/u/logout"] button');
  await own.waitForURL(/signed-out/);
  assert.equal(await told, 'signed out');
  await context.close();
});

test('log out by redirect: back at the application, and the house knows nobody', async () => {
  const { context, page, user } = await entered(near);
  const since = performance.now();
  await page.evaluate(() => { manager.signoutRedirect({ state: 'where I was' }); });
  await page.waitForURL(`${near.origin}/signed-out?*`);
  const answer = await page.evaluate(async () => ({ ...await manager.signoutRedirectCallback() }));
  assert.equal(answer.userState, 'where I was');
  assert.equal((await near.hearsLogout(`${house.base}/oidc`, { since })).sid, user.profile.sid);
  assert.equal((await silently(page)).error, 'login_required');
  await context.close();
});

test('a frame in a page of another site gets no cookie, so it is told login_required and shown nothing', async () => {
  const { context, page, user } = await entered(far);
  assert.equal(user.profile.sub, LILEI);
  assert.equal((await silently(page)).error, 'login_required');
  await context.close();
});
