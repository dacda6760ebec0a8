// Every page in every state, from fixtures: no accessibility violation, nothing that sticks out, a silent console.
//
// Chinese in light on a desk and English in the dark on a phone cover every rule of the style sheet and both lengths of
// every sentence; EVERY_PICTURE=1 looks at all eight combinations.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, open, overflow, visitor } from '../lib/browser.mjs';
import { ask, start } from '../lib/house.mjs';

const USUAL = [['zh', 'light', 1280], ['en', 'dark', 360]];
const ALL = ['zh', 'en'].flatMap((lang) => ['light', 'dark'].flatMap((theme) => [1280, 360].map((width) => [lang, theme, width])));
const LOOKS = process.env.EVERY_PICTURE ? ALL : USUAL;
const AT_ONCE = 3;

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

for (const [lang, theme, width] of LOOKS) {
  test(`${lang} ${theme} ${width}`, async () => {
    const queue = pages.filter((at) => at.startsWith(`/_dev/gallery/${lang}/`));
    const faults = [];
    const look = async () => {
      const context = await visitor(browser, { lang, theme, width });
      // Fixtures live in the past of this clock; an open stream would only ask for them again.
      await context.route('**/live', (route) => route.abort());
      const page = await context.newPage();
      for (let at = queue.shift(); at; at = queue.shift()) {
        const name = at.split('/').pop();
        await page.goto(house.base + at, { waitUntil: 'load' });
        faults.push(...(await axe(page)).map((fault) => `${name}: ${fault}`));
        const out = await overflow(page);
        if (out) faults.push(`${name}: sticks out: ${out}`);
        const heads = await page.locator('h1').count();
        if (heads !== 1) faults.push(`${name}: ${heads} headings of the first rank`);
      }
      faults.push(...context.complaints.filter((line) => !line.includes('net::ERR_FAILED')));
      await context.close();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, look));
    assert.deepEqual(faults, []);
  });
}
