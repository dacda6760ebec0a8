// Applications are told, and people see it: on the receipt, on the farewell, by a test message. With a script and without.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { axe, logInAs, open, reloads, visitor } from '../lib/browser.mjs';
import { PASSWORD, serve } from '../lib/house.mjs';

const PROBE = '6099a1b2c3d4e5f60718293c';

/** An application whose answers a test settles, and that keeps them back until `go` when it is told to. */
async function party() {
  const here = { says: [200], until: null, heard: 0 };
  here.waits = () => { here.until = new Promise((resolve) => { here.go = resolve; }); };
  const server = http.createServer((request, answer) => {
    here.heard += 1;
    const status = here.says.length > 1 ? here.says.shift() : here.says[0];
    const { until } = here;
    request.resume().on('end', async () => { await until; answer.writeHead(status).end(); });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  here.port = server.address().port;
  here.close = () => { server.closeAllConnections(); server.close(); };
  return here;
}

let house, browser, probe;
before(async () => {
  [probe, browser] = await Promise.all([party(), open()]);
  const person = (id, name, admin) => `[[users]]\nid = "60aa00000000000000000${id}"\nusername = "${name}"\npassword = "${PASSWORD}"\nadmin = ${admin}\n`;
  house = await serve(`
[pool]
name = "Acme"

[[applications]]
id = "${PROBE}"
identifier = "probe"
name = "Probe"
backchannel_logout_uri = "http://127.0.0.1:${probe.port}/backchannel"
default = true

${person('00a', 'lilei', false)}
${person('00b', 'hanmeimei', false)}
${person('00d', 'chenliqun', true)}`);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  probe?.close();
});

async function logged(account, options) {
  const context = await visitor(browser, options);
  const page = await context.newPage();
  await logInAs(page, house.base, account);
  return { context, page };
}

/** The administrator forces somebody out everywhere and stands before the receipt. */
async function receiptOf(page, account) {
  await page.goto(`${house.base}/console/users?q=${account}`);
  await page.goto(`${house.base}/console/users/${account === 'lilei' ? '60aa0000000000000000000a' : '60aa0000000000000000000b'}/kick`);
  await page.locator('button.btn.end').click();
  await page.waitForURL(/\/console\/receipts\//);
}

test('a receipt turns from trying to confirmed by itself', async () => {
  Object.assign(probe, { says: [500, 200], until: null, heard: 0 });
  const [user, admin] = [await logged('lilei'), await logged('chenliqun')];
  await receiptOf(admin.page, 'lilei');
  const stamp = admin.page.locator('#told tbody tr').filter({ hasText: 'Probe' }).locator('.stamp');
  await stamp.filter({ hasText: /^ACK$/ }).first().waitFor();
  assert.equal(probe.heard, 2);
  assert.deepEqual(await axe(admin.page), []);
  assert.deepEqual(admin.context.complaints, []);
  await Promise.all([user.context.close(), admin.context.close()]);
});

test('without a script what was given up is told again by the keyboard', async () => {
  Object.assign(probe, { says: [404], until: null });
  const user = await logged('hanmeimei', { script: false });
  const admin = await logged('chenliqun', { script: false });
  await receiptOf(admin.page, 'hanmeimei');
  const lost = admin.page.locator('#told .stamp.lost');
  await reloads(admin.page, lost);
  assert.match(await admin.page.locator('#lost').textContent(), /Probe was not reached/);
  probe.says = [200];
  const button = admin.page.locator('#told button', { hasText: 'Tell it again' });
  for (let left = 60; left > 0 && !(await button.evaluate((node) => node === document.activeElement)); left--) await admin.page.keyboard.press('Tab');
  await admin.page.keyboard.press('Enter');
  await admin.page.waitForURL(/#told$/);
  const acked = admin.page.locator('#told .stamp.ack').first();
  await reloads(admin.page, acked);
  assert.equal(await lost.count(), 0);
  await Promise.all([user.context.close(), admin.context.close()]);
});

test('a test message says what the application answered', async () => {
  const admin = await logged('chenliqun');
  for (const [status, shown] of [[200, /Answered 200 after .*works/], [400, /Answered 400/], [503, /Failed after .*HTTP 503/]]) {
    Object.assign(probe, { says: [status], until: null });
    await admin.page.goto(`${house.base}/console/applications/${PROBE}`);
    await admin.page.locator('#test-message button').click();
    await admin.page.waitForURL(/#test-message$/);
    assert.match(await admin.page.locator('#test-outcome').textContent(), shown);
  }
  // One that takes its time: the page turns when it has answered.
  probe.says = [204];
  probe.waits();
  await admin.page.goto(`${house.base}/console/applications/${PROBE}`);
  await admin.page.locator('#test-message button').click();
  await admin.page.locator('#test-outcome', { hasText: 'no answer yet' }).waitFor();
  probe.go();
  await admin.page.locator('#test-outcome', { hasText: 'Answered 204' }).waitFor();
  assert.deepEqual(admin.context.complaints, []);
  await admin.context.close();
});

test('the farewell says that it waits, and then that it was confirmed', async () => {
  probe.says = [200];
  probe.waits();
  const { context, page } = await logged('lilei');
  await page.goto(`${house.base}/login/profile/logout`);
  await page.waitForURL(/\/signed-out/);
  await page.locator('#told', { hasText: 'No answer yet' }).waitFor();
  probe.go();
  await page.locator('#told', { hasText: 'confirmed in' }).waitFor();
  assert.deepEqual(context.complaints, []);
  await context.close();
});
