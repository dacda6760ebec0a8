// The pages of an application: lines judged as one types, an address tried, two people at one form; with a script and without.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, heading, logInAs, open, says, visitor } from '../lib/browser.mjs';
import { LILEI, MAIL, NOTES, ask, logIn, start } from '../lib/house.mjs';

let house, browser;
before(async () => { [house, browser] = await Promise.all([start(), open()]); });
after(async () => { await browser?.close(); await house?.stop(); });

const at = (id, path = '') => `${house.base}/console/applications/${id}${path}`;

async function desk(settings = {}) {
  const context = await visitor(browser, settings);
  const page = await context.newPage();
  await logInAs(page, house.base, 'chenliqun');
  return { context, page };
}

test('each line is judged as one types, and nothing is saved by that', async () => {
  const { context, page } = await desk();
  await page.goto(at(NOTES));
  const lines = page.locator('#logout_redirect_uris-lines li');
  const before = await page.inputValue('#logout_redirect_uris');
  await page.fill('#logout_redirect_uris', 'https://fine.example/bye\nhttps://*.com/\nHTTPS://Fine.example:443/x');
  await lines.filter({ hasText: 'registered as https://fine.example/x' }).waitFor();
  assert.equal(await lines.count(), 3);
  assert.match(await lines.nth(1).textContent(), /public suffix/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'logout_redirect_uris', 'the pen stays where it writes');
  // An address is tried on what is typed, on either list, letter by letter.
  await page.locator('#try_url').pressSequentially('https://fine.example/by');
  await page.locator('#try-verdict').filter({ hasText: 'Its path differs' }).waitFor();
  await page.locator('#try_url').pressSequentially('e');
  await page.locator('#try-verdict').filter({ hasText: 'Allowed, by this entry' }).waitFor();
  await page.selectOption('[name=try_list]', 'login');
  await page.locator('#try-verdict').filter({ hasText: 'Refused' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.goto(at(NOTES));
  assert.equal(await page.inputValue('#logout_redirect_uris'), before);
  assert.deepEqual(context.complaints, []);
  await context.close();
});

test('without a script a button judges the lines; Enter in a field saves', async () => {
  const { context, page } = await desk({ script: false });
  await page.goto(at(MAIL));
  const registered = await page.inputValue('#redirect_uris');
  await page.fill('#name', 'Mail II');
  await page.fill('#redirect_uris', 'http://localhost/callback\njavascript:alert(1)');
  await page.fill('#try_url', 'http://localhost:3000/callback');
  await page.selectOption('[name=try_list]', 'login');
  await page.getByRole('button', { name: 'Check every line' }).click();
  await page.locator('#redirect_uris-lines li').filter({ hasText: 'Only http and https' }).waitFor();
  assert.match(await page.locator('#try-verdict').textContent(), /Allowed, by this entry.*http:\/\/localhost\/callback/);
  assert.equal(await page.inputValue('#name'), 'Mail II');
  assert.equal(await heading(page), 'Mail', 'nothing was saved');
  await page.fill('#redirect_uris', registered);
  await says(page, () => page.press('#name', 'Enter'), /^Saved$/);
  assert.equal(await heading(page), 'Mail II');
  await page.goto(at(MAIL, '/protocol'));
  await page.check('#grant-client_credentials');
  await says(page, () => page.locator('main button.go').click(), /^Saved$/);
  assert.ok(await page.isChecked('#grant-client_credentials'));
  await page.goto(at(MAIL));
  assert.equal(await page.inputValue('#redirect_uris'), registered, 'the other part stayed');
  await context.close();
});

test('two people at one form: the slower one sees what the other saved and loses nothing', async () => {
  const [first, second] = [await desk(), await desk()];
  await Promise.all([first, second].map(({ page }) => page.goto(at(NOTES))));
  await first.page.fill('#name', 'Notes of the first');
  await says(first.page, () => first.page.locator('main button.go').click(), /^Saved$/);
  await second.page.fill('#name', 'Notes of the second');
  await second.page.locator('main button.go').click();
  const notice = second.page.locator('.notice.no');
  await notice.waitFor();
  assert.match(await notice.textContent(), /somebody changed it first.*Notes of the first/s);
  assert.equal(await second.page.evaluate(() => document.activeElement.getAttribute('role')), 'alert');
  assert.equal(await second.page.inputValue('#name'), 'Notes of the second');
  assert.deepEqual(await axe(second.page), []);
  await says(second.page, () => second.page.locator('main button.go').click(), /^Saved$/);
  assert.equal(await heading(second.page), 'Notes of the second');
  await Promise.all([first, second].map(({ context }) => context.close()));
});

test('the lines of the quick start and the .env are copied whole; the download is the same', async () => {
  const { context, page } = await desk();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: house.base });
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.goto(at(NOTES, '/quick-start'));
  await page.locator('[data-copy=try-lines]').click();
  await page.locator('[data-copy=try-lines]').filter({ hasText: 'Copied' }).waitFor();
  assert.equal(await clipboard(), `curl -s ${house.notes}/oidc/.well-known/openid-configuration`);
  await page.goto(at(NOTES));
  await page.locator('[data-copy=env]').click();
  await page.locator('[data-copy=env]').filter({ hasText: 'Copied' }).waitFor();
  const cookies = (await context.cookies(house.base)).map(({ name, value }) => ({ name, value }));
  const file = await ask(at(NOTES, '/env'), { cookies });
  assert.equal(await clipboard(), file.text);
  assert.match(file.text, new RegExp(`\nOIDC_CLIENT_ID=${NOTES}\n`));
  assert.ok(!file.text.includes('89abcdef0123456789abcdef01234567'), 'never the secret');
  assert.deepEqual(context.complaints, []);
  await context.close();
});

test('the dashboard finds a person, and its curve and list turn when somebody logs in', async () => {
  const { context, page } = await desk();
  await page.goto(`${house.base}/console`);
  const logins = Number(/(\d+) ok/.exec(await page.locator('#logins').textContent())[1]);
  assert.ok(logins > 0);
  await logIn(house.notes, 'maya');
  await page.locator('#ticker').filter({ hasText: 'Maya Okafor' }).waitFor();
  await page.locator('#logins').filter({ hasText: `${logins + 1} ok` }).waitFor();
  assert.match(await page.locator('#condition').textContent(), /This is a demo/);
  await page.fill('[name=q]', 'lilei');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/console/users/${LILEI}`));
  await page.goto(`${house.base}/console/applications`);
  assert.match(await page.locator('#applications tr').filter({ hasText: 'notes' }).textContent(), /log-ins? in 7 days/);
  assert.deepEqual(context.complaints, []);
  await context.close();
});
