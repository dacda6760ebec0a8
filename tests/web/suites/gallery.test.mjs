// Every page in every state, from fixtures: no accessibility violation, nothing that sticks out, a silent console. Each page
// is loaded once in each language; then the scheme is switched and the window made narrower under it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, open, overflow, visitor } from '../lib/browser.mjs';
import { ask, start } from '../lib/house.mjs';

// A window of 1280 px at 200 % zoom is laid out as one of 640 px; 320 px is where WCAG 1.4.10 asks for reflow.
const WIDTHS = [1280, 640, 360, 320];
const JUDGED = [1280, 360];
const AT_ONCE = 2;

let house, browser, pages;
before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  pages = (await ask(`${house.base}/_dev/gallery`)).text.trim().split('\n');
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

test('both languages have the same pictures', () => {
  const of = (lang) => pages.filter((at) => at.startsWith(`/_dev/gallery/${lang}/`)).map((at) => at.split('/').pop());
  assert.deepEqual(of('zh'), of('en'));
  assert.ok(of('zh').length >= 80, `${of('zh').length} pictures`);
});

/** Both schemes, every width. */
async function faultsOf(page) {
  const faults = [];
  const heads = await page.locator('h1').count();
  if (heads !== 1) faults.push(`${heads} headings of the first rank`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const out = await overflow(page);
    if (out) faults.push(`at ${width}: sticks out: ${out}`);
    if (!JUDGED.includes(width)) continue;
    // The scheme changes colours and nothing else.
    for (const [colorScheme, rules] of [['light'], ['dark', ['color-contrast', 'link-in-text-block']]]) {
      await page.emulateMedia({ colorScheme });
      faults.push(...(await axe(page, rules)).map((fault) => `${colorScheme} ${width}: ${fault}`));
    }
  }
  return faults;
}

for (const lang of ['zh', 'en']) {
  test(`${lang}, light and dark, at ${WIDTHS.join(', ')} px`, async () => {
    const queue = pages.filter((at) => at.startsWith(`/_dev/gallery/${lang}/`));
    const faults = [];
    const look = async () => {
      const context = await visitor(browser, { lang });
      // Fixtures live in the past of this clock; an open stream would only ask for them again.
      await context.route('**/live', (route) => route.abort());
      const page = await context.newPage();
      for (let at = queue.shift(); at; at = queue.shift()) {
        await page.setViewportSize({ width: WIDTHS[0], height: 800 });
        await page.goto(house.base + at, { waitUntil: 'load' });
        faults.push(...(await faultsOf(page)).map((fault) => `${at.split('/').pop()}: ${fault}`));
      }
      faults.push(...context.complaints.filter((line) => !line.includes('net::ERR_FAILED')));
      await context.close();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, look));
    assert.deepEqual(faults, []);
  });
}
