// The demo's two applications, Notes and Mail: real relying parties, and what they hear when somebody leaves.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { axe, heading, listening, logInAs, open, openMenu, overflow, path, visitor } from '../lib/browser.mjs';
import { LILEI, NOTES, PASSWORD, ask, start } from '../lib/house.mjs';

let house, browser;
const contexts = [];
const OVER = /You were logged out by exeunt/;

before(async () => { [house, browser] = await Promise.all([start(), open()]); });
after(async () => {
  await browser?.close();
  await house?.stop();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) {
    const complaints = context.complaints;
    await context.close();
    assert.deepEqual(complaints, [], 'the console of the browser stays silent');
  }
});

const at = (app) => `${house.base}/demo/${app}`;

async function someone(options = {}) {
  const context = await visitor(browser, options);
  contexts.push(context);
  return { context, page: await context.newPage() };
}

/** Fills the house's log-in page. */
async function password(page, account) {
  await page.fill('#account', account);
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
}

/** Logs in at an application, with the password when the house asks for it. */
async function enter(page, app, account) {
  await page.goto(at(app));
  await page.click('main a.btn.go');
  if (account) await password(page, account);
  await page.waitForURL(at(app));
  await page.locator('.pairs').waitFor();
}

/** Somebody in Notes and Mail, each page hearing, and a page at the house. */
async function inBoth(account, options = {}) {
  const { context, page: center } = await someone(options);
  await logInAs(center, house.base, account);
  const [notes, mail] = [await context.newPage(), await context.newPage()];
  for (const [page, app] of [[notes, 'notes'], [mail, 'mail']]) {
    await enter(page, app);
    if (options.script !== false) await hearing(page, app);
  }
  return { context, center, notes, mail };
}

/** Opens an application's page and waits until it hears of changes. */
const hearing = (page, app) => listening(page, () => page.goto(at(app)));

const turned = (page) => page.locator('h1').filter({ hasText: OVER }).waitFor();
const fact = (page, name) => page.locator('.pairs dt').filter({ hasText: name }).locator('+ dd').textContent();
const heard = (page) => page.locator('#heard li').allTextContents();

async function behave(page, app, how) {
  await page.goto(at(app));
  await page.click(`button[value=${how}]`);
  await page.locator(`button[value=${how}][aria-pressed=true]`).waitFor();
}

async function leaveByPersonalCenter(center) {
  await center.goto(`${house.base}/u`);
  await openMenu(center);
  await center.click('#menu button.out');
  await center.waitForURL((url) => url.pathname === '/signed-out');
}

/** An administrator forces somebody out of Notes, by the console; the page with the receipt. */
async function kickOutOfNotes(name, scope) {
  const { page } = await someone();
  await logInAs(page, house.base, 'chenliqun');
  await page.goto(`${house.base}/console/applications/${NOTES}/sessions`);
  await page.locator('#ledger tr').filter({ hasText: name }).first().locator('a.ends').click();
  await page.locator(`input[name=scope][value=${scope}]`).check();
  await page.locator('button.btn.end').click();
  await page.waitForURL(/\/console\/receipts\//);
  return page;
}

describe('logging in', () => {
  test('at Notes with the password, then at Mail without it: one session at the house', async () => {
    const { context, page } = await someone();
    await page.goto(at('notes'));
    assert.equal(await heading(page), 'You are not logged in');
    await enter(page, 'notes', 'lilei');
    assert.equal(await heading(page), 'Your notes');
    assert.match(await fact(page, 'Name'), /Li Lei/);
    assert.equal(await fact(page, 'sub'), LILEI);
    assert.equal(await fact(page, 'Provider'), `${house.base}/oidc`);
    const mail = await context.newPage();
    await enter(mail, 'mail');
    assert.equal(await fact(mail, 'sid'), await fact(page, 'sid'));
    // Neither page shows a token, and scripts see no cookie of either.
    for (const one of [page, mail]) {
      assert.doesNotMatch(await one.content(), /eyJ[\w-]+\./);
      assert.doesNotMatch(await one.evaluate(() => document.cookie), /demo_/);
    }
  });

  test('at 127.0.0.1, which is another issuer', async () => {
    const { page } = await someone();
    const other = `http://127.0.0.1:${house.port}`;
    await page.goto(`${other}/demo/notes/login`);
    await password(page, 'lilei');
    await page.waitForURL(`${other}/demo/notes`);
    assert.equal(await fact(page, 'Provider'), `${other}/oidc`);
    await page.click('#bar button');
    await page.waitForURL((url) => url.origin === other && url.searchParams.has('was'));
    assert.match(await page.locator('main').textContent(), /exeunt sent you back/);
    await page.reload();
    assert.match(await page.locator('main').textContent(), /exeunt sent you back/);
  });

  test('quietly: refused while nobody is logged in at the house, then without a page in between', async () => {
    const { page } = await someone();
    await page.goto(at('mail'));
    await Promise.all([page.waitForURL(/callback/), page.click('a.quiet')]);
    assert.equal(await heading(page), 'You were not logged in');
    assert.match(await page.locator('main').textContent(), /login_required/);
    await logInAs(page, house.base, 'maya');
    await page.goto(at('mail'));
    await page.click('a.quiet');
    await page.waitForURL(at('mail'));
    assert.match(await fact(page, 'Name'), /Maya/);
    page.context().complaints.splice(0); // the refused page was answered 400, on purpose
  });

  test('an answer that fits no log-in of this browser is not taken', async () => {
    const { page, context } = await someone();
    await page.goto(at('notes'));
    const departure = await ask(`${at('notes')}/login`);
    assert.equal(departure.status, 303);
    const asked = new URL(departure.headers.location);
    for (const [name, value] of [['response_type', 'code'], ['code_challenge_method', 'S256'], ['client_id', NOTES]]) {
      assert.equal(asked.searchParams.get(name), value);
    }
    const state = asked.searchParams.get('state');
    const cookies = departure.headers['set-cookie'].map((line) => {
      const [name, value] = line.split(';')[0].split('=');
      assert.match(line, /Path=\/demo\/notes; HttpOnly; SameSite=Lax/);
      return { name, value };
    });
    const iss = encodeURIComponent(`${house.base}/oidc`);
    const back = (query, jar = cookies) => ask(`${at('notes')}/callback?${query}`, { cookies: jar, headers: { 'accept-language': 'en' } });
    for (const [query, jar, part] of [
      [`code=x&state=never&iss=${iss}`, cookies, 'state'],
      [`code=x&state=${state}&iss=${iss}`, [], 'state'],
      [`code=x&state=${state}&state=${state}&iss=${iss}`, cookies, 'answer'],
      [`code=x&state=${state}&iss=${encodeURIComponent('http://evil.example/oidc')}`, cookies, 'iss'],
      [`code=x&state=${state}&iss=${iss}`, cookies, 'state'], // it was used up
    ]) {
      const answer = await back(query, jar);
      assert.equal(answer.status, 400, query);
      assert.match(answer.text, new RegExp(`<code>${part}</code>`), query);
      assert.equal(answer.headers['set-cookie'], undefined, query);
    }
    assert.equal((await context.cookies(at('notes'))).length, 0);
  });
});

describe('logging out', () => {
  test('in the personal center: both pages turn by themselves', async () => {
    const { center, notes, mail } = await inBoth('lilei');
    const sid = await fact(notes, 'sid');
    await leaveByPersonalCenter(center);
    await Promise.all([turned(notes), turned(mail)]);
    for (const page of [notes, mail]) {
      await page.locator('#heard li').first().waitFor();
      // Mail is told twice, by a frame too; one of them ends its session.
      const mine = (await heard(page)).filter((line) => line.includes(sid));
      assert.equal(mine.filter((line) => line.includes('1 session ended')).length, 1, mine.join('\n'));
      assert.match(await page.title(), OVER);
      assert.equal(await page.locator('#bar button').count(), 0);
    }
    // Nobody is let in again without the password.
    await notes.click('main a.btn.go');
    await notes.waitForURL(/\/login/);
  });

  test('forced, out of Notes only: Notes turns, its tokens are dead, Mail lives on', async () => {
    const { notes, mail } = await inBoth('hanmeimei');
    // A second browser of the same person stays in.
    const other = await inBoth('hanmeimei');
    await kickOutOfNotes('Han Meimei', 'cell');
    const out = await Promise.race([turned(notes).then(() => [notes, other.notes]), turned(other.notes).then(() => [other.notes, notes])]);
    assert.equal(await heading(out[1]), 'Your notes', 'one session only');
    for (const page of [mail, other.mail]) {
      await page.click('form[action$=userinfo] button');
      await page.locator('.answer').filter({ hasText: 'alive' }).waitFor();
      await page.click('form[action$=renew] button');
      await page.locator('.answer').filter({ hasText: 'renewed' }).waitFor();
    }
    await out[0].click('main a.btn.go');
    await out[0].waitForURL(/\/login/);
  });

  test('at Notes: the house and Mail are over too, and the browser comes back', async () => {
    const { center, notes, mail } = await inBoth('lilei');
    await notes.click('#bar button');
    await notes.locator('h1').filter({ hasText: 'You have logged out' }).waitFor();
    await notes.locator('main').filter({ hasText: 'exeunt sent you back' }).waitFor();
    assert.equal(path(notes), '/demo/notes');
    await turned(mail);
    await center.goto(`${house.base}/u`);
    assert.equal(path(center), '/login');
  });

  test('an application that fails is told again; its own page stays until it hears, its tokens are dead at once', async () => {
    const { context, notes, mail } = await inBoth('maya');
    const tools = await context.newPage();
    await behave(tools, 'notes', 'fail');
    const receipt = await kickOutOfNotes('Maya', 'all');
    await turned(mail);
    await notes.locator('#heard li').filter({ hasText: 'Fail with 500' }).first().waitFor();
    assert.equal(await heading(notes), 'Your notes');
    await notes.click('form[action$=userinfo] button');
    await notes.locator('.answer.refused').filter({ hasText: 'invalid_token' }).waitFor();
    await notes.click('form[action$=renew] button');
    await notes.locator('.answer.refused').filter({ hasText: 'invalid_grant' }).waitFor();
    const told = receipt.locator('#told');
    await told.getByText('HTTP 500').first().waitFor();
    assert.match(await told.textContent(), /TRY|try \d of/);
    await behave(tools, 'notes', 'well');
    await told.locator('xpath=ancestor::body').getByRole('button', { name: /Try now|again now/ }).first().click();
    await turned(notes);
    await told.locator('.stamp.ack').nth(1).waitFor();
  });

  test('an application that hangs delays nobody', async () => {
    const { context, center, notes, mail } = await inBoth('lilei');
    const tools = await context.newPage();
    await behave(tools, 'notes', 'hang');
    await leaveByPersonalCenter(center);
    await turned(mail);
    assert.doesNotMatch(await heading(notes), OVER, 'Notes is still thinking');
    await behave(tools, 'notes', 'well');
    // It is told again, and hears.
    await turned(notes);
  });

  test('an application that fails on the back channel hears by the frame of the farewell', async () => {
    const { context, center, mail } = await inBoth('lilei');
    const tools = await context.newPage();
    await behave(tools, 'mail', 'fail');
    await leaveByPersonalCenter(center);
    await turned(mail);
    assert.match(await mail.locator('.title p').textContent(), /Front channel/);
    await behave(tools, 'mail', 'well');
  });

  test('every tab of an application turns', async () => {
    const { context, center, notes } = await inBoth('lilei');
    const second = await context.newPage();
    await hearing(second, 'notes');
    await leaveByPersonalCenter(center);
    await Promise.all([turned(notes), turned(second)]);
  });
});

describe('what others send', () => {
  const none = 'eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCJ9';
  const claims = () => Buffer.from(JSON.stringify({ iss: `${house.base}/oidc`, aud: NOTES, sub: LILEI })).toString('base64url');

  test('a logout token that the house did not sign ends nothing', async () => {
    const { page } = await someone();
    await enter(page, 'notes', 'lilei');
    const post = (body, headers = {}) => ask(`${at('notes')}/backchannel`, { method: 'POST', headers, body });
    for (const [body, headers] of [
      [{ logout_token: `${none}.${claims()}.` }],
      [{ logout_token: `${none}.${claims()}.AAAA` }],
      [{ logout_token: 'a.b.c' }],
      [{ logout_token: '' }],
      [{}],
      [`logout_token=${none}.${claims()}.&logout_token=x`],
      [`{"logout_token":"x"}`, { 'content-type': 'application/json' }],
    ]) {
      const answer = await post(body, headers);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.equal(answer.json().error, 'invalid_request');
      assert.match(answer.headers['cache-control'], /no-store/);
    }
    assert.equal((await ask(`${at('notes')}/backchannel`)).status, 405);
    for (const query of ['', `?iss=${house.base}/oidc`, `?sid=x`, '?iss=http://evil.example/oidc&sid=x']) {
      assert.equal((await ask(`${at('notes')}/frontchannel${query}`)).status, 400, query);
    }
    await page.reload();
    assert.equal(await heading(page), 'Your notes');
    assert.match((await heard(page)).join('\n'), /not believed: token/);
  });

  test('a front-channel log-out in a frame ends the session it names, and no other', async () => {
    const { page } = await someone();
    await enter(page, 'mail', 'lilei');
    await hearing(page, 'mail');
    const [iss, sid] = [await fact(page, 'Provider'), await fact(page, 'sid')];
    const told = (id) => ask(`${at('mail')}/frontchannel?${new URLSearchParams({ iss, sid: id })}`);
    assert.equal((await told('another')).status, 200);
    assert.equal(await heading(page), 'Your mail');
    const answer = await told(sid);
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-security-policy'], new RegExp(`frame-ancestors ${house.base} `));
    await turned(page);
    assert.match(await page.locator('main').textContent(), /Front channel/);
  });

  test('forms of other sites and unknown hosts are refused', async () => {
    const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' };
    for (const form of ['logout', 'userinfo', 'renew', 'behave']) {
      const answer = await ask(`${at('notes')}/${form}`, { method: 'POST', headers: elsewhere, body: { behaviour: 'fail' } });
      assert.equal(answer.status, 403, form);
    }
    const odd = await ask(`${at('notes')}/behave`, { method: 'POST', body: { behaviour: 'explode' } });
    assert.equal(odd.status, 400);
    const stream = await ask(`${at('notes')}/live`, { headers: elsewhere });
    assert.equal(stream.status, 403);
    const host = await ask(`${house.notes}/demo/notes`, { headers: { 'accept-language': 'en' } });
    assert.equal(host.status, 421);
    assert.match(host.text, new RegExp(`href="${house.base}/demo/notes"`));
  });

  test('a demo of somebody\'s own people and applications has neither Notes nor Mail', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seed-'));
    writeFileSync(join(folder, 'seed.toml'), '[pool]\nname = "Own"\n');
    const own = await start(['--seed', join(folder, 'seed.toml')]);
    try {
      assert.equal((await ask(`${own.base}/demo/notes`)).status, 404);
      assert.doesNotMatch(own.said(), /demo\/notes/);
    } finally {
      await own.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('for everybody', () => {
  test('without a script: log in, forced out, told after a reload; forms work', async () => {
    const { page } = await someone({ script: false });
    await enter(page, 'notes', 'lilei');
    await page.click('form[action$=userinfo] button');
    assert.match(await page.locator('.answer').textContent(), /alive/);
    await page.click('button[value=reject]');
    assert.equal(await page.locator('button[aria-pressed=true]').getAttribute('value'), 'reject');
    await page.click('button[value=well]');
    const receipt = await kickOutOfNotes('Li Lei', 'all');
    await receipt.locator('#told .stamp.ack').first().waitFor();
    await page.reload();
    assert.match(await heading(page), OVER);
    assert.match((await heard(page))[0], /1 session ended/);
    await enter(page, 'notes', 'lilei');
    await page.click('#bar button');
    assert.match(await page.locator('main').textContent(), /exeunt sent you back/);
  });

  test('with the keyboard alone: in, a question, out', async () => {
    const { page } = await someone();
    await page.goto(at('notes'));
    const reach = async (label) => {
      const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
      for (let n = 0; n < 24 && (await focused()) !== label; n++) await page.keyboard.press('Tab');
      assert.equal(await focused(), label, 'reached by Tab');
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(ring, 'none', `${label} shows that it is focused`);
      await page.keyboard.press('Enter');
    };
    await reach('Log in with exeunt');
    await page.waitForURL(/\/login/);
    await page.focus('#account');
    await page.keyboard.type('lilei');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(at('notes'));
    await reach('Ask userinfo');
    await page.locator('.answer').waitFor();
    await page.waitForURL(at('notes'));
    await reach('Log out');
    await page.locator('h1').filter({ hasText: 'You have logged out' }).waitFor();
  });

  test('a page that changes keeps the focus where it was', async () => {
    const { center, notes } = await inBoth('lilei');
    await notes.focus('button[value=hang]');
    await leaveByPersonalCenter(center);
    await turned(notes);
    assert.equal(await notes.evaluate(() => document.activeElement.value), 'hang');
    assert.match(await notes.locator('#said').textContent(), OVER, 'a screen reader is told');
  });

  for (const [lang, theme, app] of [['en', 'light', 'notes'], ['zh', 'dark', 'notes'], ['zh', 'light', 'mail'], ['en', 'dark', 'mail']]) {
    test(`${app} in ${lang}, ${theme}: every state of the page is sound at 1280, 360 and 320`, async () => {
      const { context, page } = await someone({ lang, theme });
      const faults = [];
      const inspect = async (state) => {
        for (const width of [1280, 360, 320]) {
          await page.setViewportSize({ width, height: 800 });
          const found = [...(width === 360 ? [] : await axe(page)), await overflow(page)].filter(Boolean);
          faults.push(...found.map((fault) => `${state} at ${width}: ${fault}`));
          if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${app}.${state}.${lang}.${theme}.${width}.png`, fullPage: true });
        }
        await page.setViewportSize({ width: 1280, height: 800 });
      };
      await page.goto(at(app));
      await inspect('anonymous');
      await page.click('a.quiet');
      await page.waitForURL(/callback/);
      await inspect('trouble');
      context.complaints.splice(0); // the refused page was answered 400, on purpose
      await enter(page, app, 'lilei');
      await page.click('form[action$=userinfo] button');
      await page.locator('.answer').waitFor();
      await inspect('inside');
      const center = await context.newPage();
      await leaveByPersonalCenter(center);
      await page.locator('.doorline.over').waitFor();
      await inspect('over');
      assert.equal((await page.locator('html').getAttribute('lang')).slice(0, 2), lang);
      assert.deepEqual(faults, []);
    });
  }
});
