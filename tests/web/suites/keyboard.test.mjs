// The keyboard's way through every page of the gallery: its order is the recorded one (tab_order/NAME.txt, as a screen
// reader would say it; UPDATE_TAB_ORDER=1 records it anew), and wherever it stands it can be seen.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open, visitor } from '../lib/browser.mjs';
import { ask, start } from '../lib/house.mjs';
import { tabs } from '../lib/tab.mjs';

const recorded = join(dirname(fileURLToPath(import.meta.url)), '../tab_order');
const UPDATE = Boolean(process.env.UPDATE_TAB_ORDER);
const AT_ONCE = 2;

let house, browser, names;
before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  const pages = (await ask(`${house.base}/_dev/gallery`)).text.trim().split('\n');
  names = pages.filter((at) => at.startsWith('/_dev/gallery/en/')).map((at) => at.split('/').pop());
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Walks all of them in one language and size; `judge` takes a name and the stops. */
async function walk(options, judge) {
  const queue = [...names];
  const look = async () => {
    const context = await visitor(browser, options);
    await context.route('**/live', (route) => route.abort());
    const page = await context.newPage();
    for (let name = queue.shift(); name; name = queue.shift()) {
      await page.goto(`${house.base}/_dev/gallery/${options.lang}/${name}`, { waitUntil: 'load' });
      judge(name, await tabs(page));
    }
    await context.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
}

test('in the recorded order, on a desk', async () => {
  const faults = [];
  if (UPDATE) {
    rmSync(recorded, { recursive: true, force: true });
    mkdirSync(recorded, { recursive: true });
  }
  await walk({ lang: 'en' }, (name, stops) => {
    const file = join(recorded, `${name}.txt`), order = stops.map(({ said }) => `${said}\n`).join('');
    if (UPDATE) writeFileSync(file, order);
    faults.push(...stops.flatMap((stop) => stop.faults.map((fault) => `${name}: ${fault}`)));
    const kept = readdirSync(recorded).includes(`${name}.txt`) ? readFileSync(file, 'utf8') : 'nothing yet: record it by UPDATE_TAB_ORDER=1\n';
    if (kept !== order) faults.push(`${name}: was\n${kept}but is\n${order}`);
  });
  const gone = readdirSync(recorded).filter((file) => !names.includes(file.replace(/\.txt$/, '')));
  faults.push(...gone.map((file) => `tab_order/${file} is of no page`));
  assert.deepEqual(faults, []);
});

test('seen wherever it stands, on a phone', async () => {
  const faults = [];
  await walk({ lang: 'zh', width: 360, height: 640 }, (name, stops) => {
    faults.push(...stops.flatMap((stop) => stop.faults.map((fault) => `${name}: ${fault}`)));
  });
  assert.deepEqual(faults, []);
});

/** A page of the gallery, on a desk. */
async function shown(name) {
  const context = await visitor(browser, { lang: 'en' });
  await context.route('**/live', (route) => route.abort());
  const page = await context.newPage();
  await page.goto(`${house.base}/_dev/gallery/en/${name}`, { waitUntil: 'load' });
  return { context, page };
}

test('what is seldom done opens beside its button, comes next, and closes by Escape or a press elsewhere', async () => {
  const { context, page } = await shown('user');
  const [button, menu] = [page.locator('button[popovertarget=more]'), page.locator('#more')];
  await button.focus();
  await page.keyboard.press('Enter');
  await menu.waitFor({ state: 'visible' });
  const [from, to] = [await button.boundingBox(), await menu.boundingBox()];
  assert.ok(to.y >= from.y + from.height && to.y < from.y + from.height + 12, `${from.y} ${to.y}`);
  assert.ok(Math.abs(from.x + from.width - to.x - to.width) < 2, 'they end at one line');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('#more') !== null), true);
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
  assert.equal(await button.evaluate((it) => it === document.activeElement), true, 'the focus is back');
  await button.click();
  await page.mouse.click(400, 600);
  await menu.waitFor({ state: 'hidden' });
  await page.setViewportSize({ width: 360, height: 740 });
  await button.click();
  const { x, width } = await menu.boundingBox();
  assert.ok(x >= 0 && x + width <= 360, `on a phone it goes from ${x} to ${x + width}`);
  await context.close();
});

test('from a ticked row the bar is a step away', async () => {
  const { context, page } = await shown('status');
  await page.locator('td input[name=sid]').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  const link = page.locator('.to-bar:focus');
  assert.equal(await link.textContent(), 'To the selection bar');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.matches('#bar .end')), true);
  await context.close();
});

test('the scope page begins at the way back, and a receipt with what came of it', async () => {
  const { context, page } = await shown('kick');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel');
  assert.equal(await page.evaluate(() => scrollY), 0, 'the page is read from its top');
  await page.goto(`${house.base}/_dev/gallery/en/receipt`);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  assert.match(await page.title(), /is logged out everywhere/);
  await context.close();
});

test('the own session is spared in the numbers and in the grid, or said to end', async () => {
  const { context, page } = await shown('kick-own');
  const seen = async () => ({
    ends: await page.locator('.effect:visible dd').first().textContent(),
    button: (await page.locator('button.end').innerText()).trim(),
    stamped: await page.locator('.matrix tbody tr').first().locator('.over:visible').count(),
    warned: await page.locator('.notice.warn:visible').count(),
  });
  await page.check('input[value=all]');
  const spared = await seen();
  assert.match(spared.ends, /^4 log-ins in 2 sessions/);
  assert.deepEqual([spared.button, spared.stamped, spared.warned], ['Force log out 2 sessions', 0, 0]);
  await page.uncheck('input[value=keep-all]');
  const all = await seen();
  assert.match(all.ends, /^6 log-ins in 3 sessions/);
  assert.deepEqual([all.button, all.stamped, all.warned], ['Force log out 3 sessions', 3, 1]);
  await context.close();
});
