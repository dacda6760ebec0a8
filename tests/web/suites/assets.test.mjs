// Style sheet, script and icons: small, compressed, kept forever, and nothing from anywhere else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { open, visitor } from '../lib/browser.mjs';
import { ask, start } from '../lib/house.mjs';

let house, names;
before(async () => {
  house = await start();
  const { text } = await ask(`${house.base}/login`);
  names = [...new Set(text.match(/\/assets\/[\w.-]+/g))];
});
after(() => house?.stop());

test('names carry a hash of the content', () => {
  assert.ok(names.length >= 3, names.join(' '));
  for (const name of names) assert.match(name, /-?[.-][0-9a-f]{8,}\./, name);
});

test('brotli, gzip and plain are the same file', async () => {
  for (const name of names) {
    const as = async (coding) => ask(house.base + name, { headers: { 'accept-encoding': coding } });
    const [br, gz, plain, refused] = await Promise.all(['br', 'gzip', 'identity', 'br;q=0, gzip;q=0'].map(as));
    assert.equal(br.headers['content-encoding'], 'br', name);
    assert.equal(gz.headers['content-encoding'], 'gzip', name);
    assert.equal(plain.headers['content-encoding'], undefined, name);
    assert.equal(refused.headers['content-encoding'], undefined, name);
    assert.deepEqual(brotliDecompressSync(br.raw), plain.raw, name);
    assert.deepEqual(gunzipSync(gz.raw), plain.raw, name);
    assert.ok(br.raw.length < plain.raw.length, name);
    for (const answer of [br, gz, plain]) {
      assert.match(answer.headers['cache-control'], /max-age=31536000, immutable/);
      assert.match(answer.headers.vary, /accept-encoding/i);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    }
    const tags = new Set([br, gz, plain].map((answer) => answer.headers.etag));
    assert.equal(tags.size, 3, `${name}: a tag belongs to one coding`);
  }
});

test('a known tag is answered 304 without a body', async () => {
  for (const name of names) {
    const { headers: { etag } } = await ask(house.base + name);
    const known = await ask(house.base + name, { headers: { 'if-none-match': `"other", ${etag}` } });
    assert.equal(known.status, 304);
    assert.equal(known.raw.length, 0);
    const other = await ask(house.base + name, { headers: { 'if-none-match': '"other"' } });
    assert.equal(other.status, 200);
  }
});

test('an unknown name and a precompressed twin are absent', async () => {
  for (const name of ['/assets/house.css', '/assets/..%2f..%2fCargo.toml', `${names[0]}.br`]) {
    assert.equal((await ask(house.base + name)).status, 404, name);
  }
});

test('live.js is at most 6 KB', async () => {
  const script = names.find((name) => name.endsWith('.js'));
  const { raw } = await ask(house.base + script, { headers: { 'accept-encoding': 'identity' } });
  assert.ok(raw.length <= 6 * 1024, `${raw.length} octets`);
});

test('the log-in page weighs at most 14 KB, and every request stays on its origin', async () => {
  const browser = await open();
  try {
    const context = await visitor(browser);
    const page = await context.newPage();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${house.base}/login`, { waitUntil: 'networkidle' });
    const kinds = asked.map((url) => /\.(css|js|svg)$/.exec(new URL(url).pathname)?.[1] ?? 'page').sort();
    assert.deepEqual(kinds, ['css', 'js', 'page', 'svg'], asked.join('\n'));
    let octets = 0;
    const bill = [];
    for (const url of asked) {
      assert.equal(new URL(url).origin, house.base, url);
      const { raw, headers } = await ask(url, { headers: { 'accept-encoding': 'br, gzip' } });
      octets += raw.length;
      bill.push(`${raw.length} ${headers['content-encoding'] ?? 'plain'} ${new URL(url).pathname}`);
    }
    assert.ok(octets <= 14 * 1024, `${octets} octets:\n${bill.join('\n')}`);
    assert.deepEqual(context.complaints, []);
  } finally {
    await browser.close();
  }
});

test('nothing on the log-in page moves once it stands, on a phone or a desk', async () => {
  const browser = await open();
  try {
    for (const [width, height] of [[1280, 800], [360, 740]]) {
      const context = await visitor(browser, { width, height });
      await context.addInitScript(() => {
        window.moved = [];
        new PerformanceObserver((list) => window.moved.push(...list.getEntries().map(({ value }) => value))).observe({ type: 'layout-shift', buffered: true });
      });
      const page = await context.newPage();
      for (const at of ['/login', '/login?next=/u', '/signed-out?reason=kicked']) {
        await page.goto(house.base + at, { waitUntil: 'networkidle' });
        // Two frames, so that what the script dressed has been painted.
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        assert.deepEqual(await page.evaluate(() => window.moved), [], `${at} at ${width} px`);
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
});
