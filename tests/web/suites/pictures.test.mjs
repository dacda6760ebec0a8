// The look of each screen: pictures kept small in pictures/screens/, each compared with how it looks now, with a tolerance for
// how machines draw letters. UPDATE_PICTURES=1 draws them anew. With other fonts than those recorded beside them only the
// places of the parts are compared, and the test says so.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open, visitor } from '../lib/browser.mjs';
import { ask, start } from '../lib/house.mjs';
import { shrunk, unlike } from '../lib/likeness.mjs';

const kept = join(dirname(fileURLToPath(import.meta.url)), '../pictures/screens');
const UPDATE = Boolean(process.env.UPDATE_PICTURES);
const LOOKS = [['zh', 'light', 1280, 320], ['en', 'dark', 360, 180]];
/** Fixtures are of this moment. */
const NOW = 1_795_327_327_000;

/** One state of each screen: of `login`, `login-missing`, `login-wrong` it is `login`. */
const screens = (names) => [...new Map(names.toReversed().map((name) => [name.split('-')[0], name])).values()].toReversed();

/** The fonts that the pages find here, as the system names them. */
const fonts = () => ['system-ui:lang=en', 'sans-serif:lang=zh-cn', 'serif:lang=zh-cn', 'monospace:lang=en']
  .map((wanted) => execFileSync('fc-match', ['-f', '%{family}', wanted], { encoding: 'utf8' }).trim());

let house, browser, names;
before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  const pages = (await ask(`${house.base}/_dev/gallery`)).text.trim().split('\n');
  names = screens(pages.filter((at) => at.includes('/zh/')).map((at) => at.split('/').pop()));
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Runs in the page: where the parts of it stand, in steps of 8 px. */
function parts() {
  const step = (n) => Math.round(n / 8);
  return [...document.querySelectorAll('header, nav, main, aside, footer, h1, h2, table, form')].filter((e) => e.checkVisibility()).map((e) => {
    const box = e.getBoundingClientRect();
    return `${e.localName} ${step(box.left + scrollX)} ${step(box.top + scrollY)} ${step(box.width)} ${step(box.height)}`;
  });
}

const near = (a, b) => a.length === b.length && a.every((line, n) => {
  const [one, ...x] = line.split(' '), [other, ...y] = b[n].split(' ');
  return one === other && x.every((value, at) => Math.abs(value - y[at]) <= Math.max(3, value * 0.05));
});

test('every screen looks as it did', async () => {
  const record = join(kept, 'places.json');
  const before = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : { fonts: [], places: {} };
  const here = { fonts: fonts(), places: {} };
  const sameFonts = JSON.stringify(before.fonts) === JSON.stringify(here.fonts);
  if (!UPDATE && !sameFonts) console.log(`other fonts (${here.fonts.join(', ')}) than recorded (${before.fonts.join(', ')}): only places are compared`);
  if (UPDATE) {
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
  }
  const table = await (await browser.newContext()).newPage();
  const faults = [];
  for (const [lang, theme, width, across] of LOOKS) {
    const context = await visitor(browser, { lang, theme, width });
    await context.route('**/live', (route) => route.abort());
    await context.clock.setFixedTime(NOW);
    const page = await context.newPage();
    for (const name of names) {
      await page.goto(`${house.base}/_dev/gallery/${lang}/${name}`, { waitUntil: 'load' });
      const file = `${name}.${lang}.png`, at = join(kept, file);
      here.places[file] = await page.evaluate(parts);
      if (!UPDATE && !before.places[file]) {
        faults.push(`${file} is not kept yet: UPDATE_PICTURES=1`);
        continue;
      }
      if (!UPDATE && !near(before.places[file], here.places[file])) faults.push(`${file}: parts stand elsewhere\n${before.places[file].join('\n')}\nbut now\n${here.places[file].join('\n')}`);
      if (!UPDATE && !sameFonts) continue;
      const now = await shrunk(table, await page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide' }), across);
      if (UPDATE) writeFileSync(at, Buffer.from(now.png, 'base64'));
      else {
        const difference = unlike(await shrunk(table, readFileSync(at), across), now);
        if (difference) faults.push(`${file} ${difference}`);
      }
    }
    await context.close();
  }
  if (UPDATE) writeFileSync(record, `${JSON.stringify(here, null, 1)}\n`);
  const gone = readdirSync(kept).filter((file) => file.endsWith('.png') && !here.places[file]);
  faults.push(...gone.map((file) => `${file} is of no screen`));
  assert.deepEqual(faults, []);
});

test('a likeness is judged: a moved button and another colour are seen, a smoother letter is not', () => {
  const blank = { width: 64, height: 64, grey: Array(64 * 64).fill(240) };
  const band = (from, to, value) => ({ ...blank, grey: blank.grey.map((grey, n) => (n >= from && n < to ? value : grey)) });
  assert.equal(unlike(blank, blank), null);
  assert.equal(unlike(blank, band(0, 64 * 64, 232)), null);
  assert.match(unlike(blank, band(64 * 16, 64 * 24, 60)), /differs/);
  assert.match(unlike(blank, { ...blank, height: 80, grey: Array(64 * 80).fill(240) }), /high/);
});
