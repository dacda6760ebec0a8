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
