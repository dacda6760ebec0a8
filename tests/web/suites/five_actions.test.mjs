// A person is out in five actions from the dashboard: open the application, find the person, press their row, choose how far,
// confirm. What comes then is the receipt; and the open page of whoever was forced out says so within a second.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, heading, listening, logInAs, open, visitor } from '../lib/browser.mjs';
import { start } from '../lib/house.mjs';

let house, browser;
before(async () => { [house, browser] = await Promise.all([start(), open()]); });
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Somebody with an open page in Notes, and an administrator before the dashboard. */
async function scene(account) {
  const [own, desk] = await Promise.all([visitor(browser), visitor(browser)]);
  const person = await own.newPage(), page = await desk.newPage();
  await logInAs(person, house.notes, account);
  await listening(person, () => person.goto(`${house.notes}/u`));
  await logInAs(page, house.base, 'chenliqun');
  await page.goto(`${house.base}/console`);
  return { own, desk, person, page };
}

/** Performs each action, then sees the receipt and the person's page; answers how many actions it took. */
async function walks({ own, desk, person, page }, actions, name) {
  let taken = 0;
  for (const act of actions.slice(0, -1)) { await act(); taken += 1; }
  const told = person.waitForURL(/\/signed-out/).then(() => performance.now());
  const pressed = performance.now();
  await actions.at(-1)();
  taken += 1;
  await page.waitForURL(/\/console\/receipts\//);
  assert.match(await heading(page), new RegExp(`${name} is logged out everywhere`));
  const late = await told - pressed;
  assert.ok(late < 1_000, `the open page said so after ${Math.round(late)} ms`);
  assert.match(await heading(person), /An administrator|logged you out/i);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual([...own.complaints, ...desk.complaints], []);
  await Promise.all([own.close(), desk.close()]);
  return taken;
}

test('with the mouse', async () => {
  const here = await scene('lilei');
  const { page } = here;
  const taken = await walks(here, [
    async () => { await page.getByRole('main').getByRole('link', { name: 'Notes' }).click(); await page.waitForURL(/\/sessions$/); },
    async () => { await page.fill('input[type=search]', 'lilei'); await page.keyboard.press('Enter'); await page.waitForURL(/q=lilei/); },
    async () => { await page.locator('#ledger a.ends').first().click(); await page.waitForURL(/\/kick\?/); },
    () => page.locator('input[name=scope][value=all]').check(),
    () => page.locator('button.btn.end').click(),
  ], 'Li Lei 李雷');
  assert.ok(taken <= 5, `${taken} actions`);
});

test('with the keyboard alone', async () => {
  const here = await scene('maya');
  const { page } = here;
  const to = async (selector) => {
    for (let left = 80; left > 0; left--) {
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${selector} on ${page.url()}`);
  };
  const enters = async (selector, then) => { await to(selector); await page.keyboard.press('Enter'); await page.waitForURL(then); };
  const taken = await walks(here, [
    () => enters('main a[href$="/sessions"]', /\/sessions$/),
    async () => { await to('input[type=search]'); await page.keyboard.type('maya'); await page.keyboard.press('Enter'); await page.waitForURL(/q=maya/); },
    () => enters('#ledger a.ends', /\/kick\?/),
    async () => {
      await to('input[name=scope]');
      for (let left = 3; left > 0; left--) await page.keyboard.press('ArrowDown');
      assert.equal(await page.locator('input[name=scope]:checked').getAttribute('value'), 'all');
    },
    async () => { await to('button.btn.end'); await page.keyboard.press('Enter'); },
  ], 'Maya Okafor');
  assert.ok(taken <= 5, `${taken} actions`);
});
