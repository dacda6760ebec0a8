// What nobody has walked without a script yet: the first start, leaving an application, an application's log-out with its
// question, the four scopes in the console, a lost message told again from the list, filters, and pages that a kick has ended.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, seedOf } from '../lib/application.mjs';
import { enter, heading, logInAs, open, path, reloads, visitor } from '../lib/browser.mjs';
import { LILEI, MAIL, NOTES, isIn, kick, logIn, managementToken, serve, start } from '../lib/house.mjs';
import { AGENTS } from '../lib/people.mjs';

let house, browser;
before(async () => { [house, browser] = await Promise.all([start(), open()]); });
after(async () => {
  await browser?.close();
  await house?.stop();
});

async function without(account, { origin = house.base, ...options } = {}) {
  const context = await visitor(browser, { script: false, ...options });
  const page = await context.newPage();
  if (account) await logInAs(page, origin, account);
  return { context, page };
}

/** Closes it; its console was silent. */
async function done({ context }) {
  await context.close();
  assert.deepEqual(context.complaints, []);
}

test('the first start: a link, one refused form that loses nothing, an administrator', async () => {
  const fresh = await serve('');
  try {
    const [link] = /http\S+\/setup\S*/.exec(fresh.said()) ?? [];
    assert.ok(link, fresh.said());
    const own = await without(null);
    const { page } = own;
    await page.goto(link);
    await page.fill('[name=username]', 'root');
    await page.fill('[name=password]', 'letmeout, please');
    await page.fill('[name=identifier]', 'Not A Label');
    await page.locator('button.go').click();
    await page.locator('.notice.no').waitFor();
    assert.equal(await page.inputValue('[name=username]'), 'root');
    assert.equal(await page.inputValue('[name=identifier]'), 'Not A Label');
    assert.equal(await page.inputValue('[name=password]'), '');
    await page.fill('[name=password]', 'letmeout, please');
    await page.fill('[name=name]', 'Desk');
    await page.fill('[name=identifier]', 'desk');
    await page.fill('[name=redirect_uris]', 'https://desk.example/callback');
    await page.locator('button.go').click();
    await page.goto(`${new URL(link).origin}/login`);
    if (path(page) === '/login') {
      await page.fill('#account', 'root');
      await page.fill('#password', 'letmeout, please');
      await page.locator('form.deed button.go').click();
    }
    await page.goto(`${new URL(link).origin}/console`);
    assert.equal(await page.locator('a[href^="/console/users"]').first().isVisible(), true);
    await page.goto(link);
    assert.equal(await page.locator('[name=password]').count(), 0, 'the link is used up');
    await own.context.close();
  } finally {
    await fresh.stop();
  }
});

test('an application is left, the others stay', async () => {
  const own = await without('lilei');
  const { page } = own;
  await enter(page, house.notes);
  await enter(page, house.mail);
  await page.goto(`${house.base}/u/applications`);
  await page.locator('form[action="/u/applications/leave"]').filter({ hasText: 'Notes' }).locator('button').click();
  await page.waitForURL(/\/u\/applications/);
  const cookies = await own.context.cookies(house.notes);
  assert.equal(cookies.length ? await isIn(house.notes, cookies) : false, false);
  assert.equal(await isIn(house.mail, await own.context.cookies(house.mail)), true);
  await done(own);
});

test('an application asks to log out: the question is answered with no, then with yes', async () => {
  const own = await without('lilei');
  const { page } = own;
  const end = `${house.base}/oidc/session/end?client_id=${NOTES}`;
  await page.goto(end);
  assert.equal(await page.locator('main form').count(), 1);
  await page.click('main a.btn');
  assert.equal(await isIn(house.base, await own.context.cookies(house.base)), true);
  const kept = await own.context.cookies(house.base);
  await page.goto(end);
  await page.click('main form button');
  assert.match(await heading(page), /logged out/);
  assert.equal(await isIn(house.base, kept), false);
  await done(own);
});

test('the page of whoever was kicked says so when it is asked again, and asks for the password', async () => {
  const own = await without('lilei');
  const { page } = own;
  await enter(page, house.notes);
  await kick(house, await managementToken(house), NOTES, [LILEI]);
  await page.reload();
  assert.equal(path(page), '/login');
  await page.fill('#account', 'lilei');
  await page.fill('#password', 'letmeout');
  await page.locator('form.deed button.go').click();
  await page.waitForURL(`${house.notes}/u`);
  await done(own);
});

for (const [scope, lives] of Object.entries({ cell: [false, true, true], app: [false, true, false], device: [false, false, true], all: [false, false, false] })) {
  test(`the console ends the scope "${scope}"`, async () => {
    const one = await without('hanmeimei', { agent: AGENTS.chrome }), two = await without('hanmeimei', { agent: AGENTS.firefox });
    for (const { page } of [one, two]) for (const origin of [house.notes, house.mail]) await enter(page, origin);
    const kept = [[house.notes, one], [house.mail, one], [house.notes, two]];
    const cookies = await Promise.all(kept.map(async ([origin, { context }]) => [origin, await context.cookies(origin)]));
    const desk = await without('chenliqun', { agent: AGENTS.edge });
    const { page } = desk;
    await page.goto(`${house.base}/console/applications/${NOTES}/sessions?q=hanmeimei`);
    await page.locator('#ledger tr').filter({ hasText: 'Chrome' }).locator('a.ends').first().click();
    await page.locator(`input[name=scope][value=${scope}]`).check();
    await page.locator('button.btn.end').click();
    await page.waitForURL(/\/console\/receipts\//);
    assert.deepEqual(await Promise.all(cookies.map((one) => isIn(...one))), lives);
    await Promise.all([one, two, desk].map(done));
    const token = await managementToken(house);
    for (const application of [NOTES, MAIL]) await kick(house, token, application, ['60aa0000000000000000000b']);
  });
}

test('a lost message is found in the list of deliveries and told again', async () => {
  const application = await Application.open('desk', { pages: {} });
  const other = await serve(`${seedOf([application])}\n[[users]]\nusername = "boss"\npassword = "letmeout"\nadmin = true\n`);
  try {
    let status = 404;
    application.server.prependListener('request', (request, answer) => {
      const write = answer.writeHead.bind(answer);
      answer.writeHead = (_, headers) => write(status, headers);
    });
    await logIn(`http://desk.localhost:${other.port}`, 'lilei');
    await kick(other, await managementToken(other), application.id, [LILEI]);
    const desk = await without('boss', { origin: other.base });
    const { page } = desk;
    await page.goto(`${other.base}/console/deliveries?state=lost`);
    const button = page.locator('main form.again button').first();
    await reloads(page, button);
    status = 200;
    await button.click();
    await page.waitForLoadState();
    await page.goto(`${other.base}/console/deliveries`);
    await reloads(page, page.locator('main .stamp.ack'));
    await done(desk);
  } finally {
    await other.stop();
    await application.close();
  }
});

test('filters are forms, and answer what was asked', async () => {
  const own = await without('maya');
  await own.page.goto(`${house.base}/u/activity`);
  await own.page.selectOption('select[name=kind]', { index: 1 });
  await own.page.locator('form[action="/u/activity"] button').first().click();
  assert.match(own.page.url(), /kind=/);
  await done(own);
  const desk = await without('chenliqun');
  const { page } = desk;
  for (const [at, found] of [['/console/users', 'Maya'], [`/console/applications/${NOTES}/sessions`, null]]) {
    await page.goto(house.base + at);
    await page.fill('main input[name=q]', 'maya');
    await page.locator('main input[name=q]').press('Enter');
    await page.waitForURL(/q=maya/);
    assert.equal(await page.inputValue('main input[name=q]'), 'maya', at);
    if (found) assert.match(await page.locator('main').textContent(), new RegExp(found));
  }
  await page.goto(`${house.base}/console/audit`);
  await page.locator('main form[action="/console/audit"] button').first().click();
  assert.equal(path(page), '/console/audit');
  await done(desk);
});
