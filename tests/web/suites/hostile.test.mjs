// People, applications and a pool whose names try everything, on every page that links lead to: nothing of a name becomes
// markup, nothing sticks out of a phone, and nothing turns the text around it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, logInAs, open, overflow, visitor } from '../lib/browser.mjs';
import { crawl, kindOf } from '../lib/crawl.mjs';
import { NAMES, TURNING, hostileHouse } from '../lib/hostile.mjs';
import { ask, consolePost, logIn } from '../lib/house.mjs';
import { AGENTS } from '../lib/people.mjs';

let house, browser, admin;
before(async () => {
  [house, browser] = await Promise.all([hostileHouse(), open()]);
  admin = await logIn(house.base, 'person-admin');
  for (const what of Object.keys(NAMES)) {
    await logIn(`http://app-${what}.localhost:${house.port}`, `person-${what}`, { agent: `Mozilla/5.0 ${NAMES.markup.replace(/[^ -~]/g, '')}` });
    await logIn(`http://app-long.localhost:${house.port}`, `person-${what}`, { agent: AGENTS.wechat });
  }
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Runs in the page: what a name made of itself. */
function damage() {
  const made = [...document.querySelectorAll('img, iframe, object, script:not([src]), title > *, textarea > *')].map((e) => `made ${e.outerHTML.slice(0, 80)}`);
  if (document.title === '1') made.push('ran a script');
  if (/[\u202a-\u202e\u2066\u2067]/.test(document.documentElement.outerHTML)) made.push('turns the text around it');
  return made;
}

async function faultsOf(page, url) {
  const faults = await page.evaluate(damage);
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const out = await overflow(page);
    if (out) faults.push(`at ${width} sticks out: ${out}`);
  }
  return faults.map((fault) => `${kindOf(url)}: ${fault}`);
}

async function walks(account, lang, starts) {
  const context = await visitor(browser, { lang });
  const page = await context.newPage();
  if (account) await logInAs(page, house.base, account);
  const faults = new Set(), known = new Set();
  // Each name has its own page, though all are of one kind; what is linked from there is looked at once.
  for (const start of starts) {
    await crawl(page, house.base, [start], async (_, url) => {
      for (const fault of await faultsOf(page, url)) faults.add(fault);
    }, { known });
  }
  assert.deepEqual(context.complaints, []);
  await context.close();
  return [...faults];
}

const ids = (first) => Object.keys(NAMES).map((_, n) => `${first}${String(n).padStart(24 - first.length, '0')}`);

test('as an administrator', async () => {
  const starts = ['/console', ...ids('60aa').flatMap((id) => [`/console/users/${id}`, `/console/users/${id}/kick`]),
    ...ids('6099').flatMap((id) => [`/console/applications/${id}`, `/console/applications/${id}/sessions`, `/console/applications/${id}/kick?all=1`])];
  assert.deepEqual(await walks('person-admin', 'zh', starts), []);
});

for (const what of Object.keys(NAMES)) {
  test(`as the person called ${what}`, async () => {
    assert.deepEqual(await walks(`person-${what}`, 'en', ['/u', '/login/profile/logout?ask=1', '/console']), []);
  });
}

test('at the gate', async () => {
  assert.deepEqual(await walks(null, 'en', ids('6099').map((id) => `/login?app_id=${id}`)), []);
});

test('as a receipt, with the farewell of whom it was about', async () => {
  const id = ids('60aa')[0];
  const context = await visitor(browser, { width: 360 });
  const page = await context.newPage();
  await logInAs(page, house.base, 'person-markup');
  const desk = await (await visitor(browser)).newPage();
  await logInAs(desk, house.base, 'person-admin');
  await desk.goto(`${house.base}/console/users/${id}/kick`);
  await desk.locator('button.btn.end').click();
  await desk.waitForURL(/\/console\/receipts\//);
  assert.deepEqual(await faultsOf(desk, desk.url()), []);
  assert.deepEqual(await axe(desk), []);
  await page.waitForURL(/signed-out/);
  assert.deepEqual(await faultsOf(page, page.url()), []);
  assert.equal(await page.locator('main').evaluate((main, name) => main.textContent.includes(name), NAMES.markup), true, 'the name stands there as text');
  await Promise.all([context.close(), desk.context().close()]);
});

test('a name with marks that turn text is refused', async () => {
  const made = await consolePost(house, admin, '/console/users/new', { username: 'turning', name: TURNING, email: '', phone: '', password: 'letmeout' });
  assert.equal(made.status, 422);
  const { text } = await ask(`${house.base}/console/users?q=turning`, { cookies: admin });
  assert.ok(!text.includes('\u202e'));
});
