// A page says that it keeps itself fresh only while it does, says its counts aloud when they change, and loses nothing that was
// typed or could not be copied without a word.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs, open, visitor } from '../lib/browser.mjs';
import { LILEI, NOTES, kick, managementToken, start } from '../lib/house.mjs';

let house, browser;
before(async () => { [house, browser] = await Promise.all([start(), open()]); });
after(async () => {
  await browser?.close();
  await house?.stop();
});

async function logged(account, options) {
  const context = await visitor(browser, options);
  const page = await context.newPage();
  await logInAs(page, house.base, account);
  return { context, page };
}

const said = (page, text) => page.locator('#said', { hasText: text }).waitFor({ state: 'attached' });

test('without a script nothing is said to be live, and there is a link that asks again', async () => {
  const { context, page } = await logged('chenliqun', { script: false });
  for (const path of ['/console', `/console/applications/${NOTES}/sessions`]) {
    await page.goto(house.base + path);
    assert.equal(await page.getByText('Live', { exact: true }).isVisible(), false, path);
    assert.equal(await page.getByText('Disconnected').isVisible(), false, path);
    await page.getByRole('link', { name: 'Refresh' }).click();
    assert.equal(new URL(page.url()).pathname, path);
  }
  await context.close();
});

test('live is what has an open stream, in each tab, and a broken one is said to be broken', async () => {
  const { context, page } = await logged('chenliqun');
  let broken = false;
  await context.route('**/console/live', (route) => (broken ? route.abort() : route.continue()));
  await page.goto(`${house.base}/console`);
  await page.getByText('Live', { exact: true }).waitFor();
  const late = await context.newPage();
  await late.goto(`${house.base}/console/applications/${NOTES}/sessions`);
  await late.getByText('Live', { exact: true }).waitFor();
  assert.equal(await late.getByRole('link', { name: 'Refresh' }).isVisible(), false);
  broken = true;
  await page.close();
  await late.getByText('Disconnected, reconnecting').waitFor();
  assert.equal(await late.getByText('Live', { exact: true }).isVisible(), false);
  broken = false;
  await late.getByText('Live', { exact: true }).waitFor();
  await context.close();
});

test('counts that change are said, those that stand are not', async () => {
  const { context, page } = await logged('chenliqun');
  const lilei = await logged('lilei');
  await lilei.page.goto(`${house.base}/u`);
  await page.goto(`${house.base}/console/applications/${NOTES}/sessions`);
  await page.getByText('Live', { exact: true }).waitFor();
  assert.equal(await page.locator('#said').textContent(), '');
  await page.locator('#ledger td input').first().check();
  await said(page, '1 person selected');
  const token = await managementToken(house);
  await kick(house, token, NOTES, [LILEI]);
  await said(page, /1 person online/);
  await Promise.all([context.close(), lilei.context.close()]);
});

test('what cannot be copied is selected, and what was typed is not left without a question', async () => {
  const { context, page } = await logged('chenliqun');
  await context.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.goto(`${house.base}/console/applications/${NOTES}`);
  await page.locator('[data-copy=title-id]').click();
  await page.locator('[data-copy=title-id]', { hasText: 'Selected: press Ctrl+C' }).waitFor();
  assert.equal(await page.evaluate(() => getSelection().toString()), NOTES);
  const asked = [];
  page.on('dialog', (dialog) => { asked.push(dialog.type()); dialog.dismiss(); });
  await page.goto(`${house.base}/console/settings`);
  await page.goto(`${house.base}/console/applications/${NOTES}`);
  assert.deepEqual(asked, [], 'nothing was typed');
  await page.locator('input[name=name]').pressSequentially(' 2');
  await page.locator('.rail a').first().click();
  await page.waitForFunction(() => document.querySelector('input[name=name]').value === ' 2Notes');
  assert.deepEqual(asked, ['beforeunload']);
  await page.locator('input[name=name]').press('Enter');
  await page.waitForFunction(() => document.querySelector('input[name=name]').defaultValue === '2Notes');
  assert.deepEqual(asked, ['beforeunload'], 'saving is no loss');
  await context.close();
});
