// The powers of administrators in a browser: settings with a picture and a colour, readers, one press into the demo. The walks
// are made without a script.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, logInAs, open, says, visitor } from '../lib/browser.mjs';
import { MAYA, NOTES, start } from '../lib/house.mjs';

let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

test('the pool gets a colour and a logo, without a script', async () => {
  const context = await visitor(browser, { script: false });
  const page = await context.newPage();
  await logInAs(page, house.base, 'chenliqun');
  await page.goto(`${house.base}/console`);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Whom to ask').fill('reception 8001');
  await page.getByLabel('Accent colour').fill('#8a1c5c');
  await page.getByRole('button', { name: 'Preview' }).click();
  assert.match(await page.locator('.notice').textContent(), /nothing is saved yet/);
  assert.equal(await page.locator('.sample rect[fill="#8a1c5c"]').count(), 1);
  await says(page, () => page.getByRole('button', { name: 'Save' }).click(), /^Saved$/);
  await page.locator('#logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: PNG });
  await page.getByRole('button', { name: 'Use this picture' }).click();
  await page.waitForURL(/#picture$/);

  for (const theme of ['light', 'dark']) {
    const stranger = await visitor(browser, { theme });
    const gate = await stranger.newPage();
    await gate.goto(`${house.base}/login`);
    assert.ok(await gate.locator('.brand img').evaluate((image) => image.complete && image.naturalWidth > 0), 'the logo is drawn');
    const ground = await gate.locator('.btn.go').evaluate((button) => getComputedStyle(button).backgroundColor);
    if (theme === 'light') assert.equal(ground, 'rgb(138, 28, 92)');
    assert.deepEqual(await axe(gate), []);
    assert.deepEqual(stranger.complaints, []);
    await stranger.close();
  }
  assert.deepEqual(context.complaints, []);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.waitForURL(/#picture$/);
  assert.equal(await page.locator('.brand img').count(), 0);
  await context.close();
});

test('a read-only administrator finds nothing to press', async () => {
  const context = await visitor(browser, { script: false });
  const page = await context.newPage();
  await logInAs(page, house.base, 'chenliqun');
  await page.goto(`${house.base}/console/users/${MAYA}`);
  await page.getByLabel(/^Read-only administrator/).check();
  await says(page, () => page.getByRole('button', { name: 'Save' }).click(), /^Saved$/);
  await context.close();

  const reader = await visitor(browser, { script: false });
  const desk = await reader.newPage();
  await logInAs(desk, house.base, 'maya');
  for (const at of ['', '/applications', `/applications/${NOTES}`, `/applications/${NOTES}/sessions`, '/users', `/users/${MAYA}`,
    '/users/new', '/keys', '/audit', '/deliveries', '/settings']) {
    await desk.goto(`${house.base}/console${at}`);
    assert.match(await desk.locator('.reads').textContent(), /read-only administrator/, at);
    assert.deepEqual(await desk.locator('main form[method=post] button').allTextContents(), [], at);
    assert.equal(await desk.locator('main form[method=post] :is(input:not([type=hidden]), select, textarea):enabled').count(), 0, at);
  }
  assert.deepEqual(reader.complaints, []);
  await reader.close();
});

test('one press on the log-in page of the demo is a log-in', async () => {
  const context = await visitor(browser, { script: false });
  const page = await context.newPage();
  await page.goto(`${house.base}/login`);
  await page.getByRole('button', { name: /Li Lei/ }).click();
  await page.waitForURL(/\/u$/);
  assert.match(await page.locator('h1').textContent(), /Li Lei/);
  assert.deepEqual(context.complaints, []);
  await context.close();
});
