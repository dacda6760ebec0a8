// Every real page, in both languages and three widths; every form, without a script; the keyboard's way through two pages.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axe, cookiesOf, heading, logInAs, open, openMenu, overflow, path, says, visitor } from '../lib/browser.mjs';
import { HANMEIMEI, LILEI, MAYA, NOTES, PASSWORD, isIn, logIn, start } from '../lib/house.mjs';
import { AGENTS, settle } from '../lib/people.mjs';

let house, browser, life;
before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  life = await settle(house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const GATES = ['/login', '/login?app_id=6099a1b2c3d4e5f60718293b', '/signed-out', '/signed-out?reason=kicked', '/nowhere'];
const CENTER = ['/u', '/u/devices', '/u/applications', '/u/activity', '/u/activity?kind=refused', '/u/profile', '/u/security',
  '/login/profile/logout?ask=1', '/console'];
const desk = () => ['/u', '/console', '/console/applications', '/console/applications/new', `/console/applications/${NOTES}`,
  `/console/applications/${NOTES}/sessions`, `/console/applications/${NOTES}/sessions?q=nobody-of-that-name`,
  `/console/applications/${NOTES}/kick?all=1`, '/console/users', `/console/users?q=${LILEI}`, '/console/users/new',
  `/console/users/${LILEI}`, `/console/users/${life.hostile}`, `/console/users/${LILEI}/kick`, '/console/keys',
  '/console/audit', '/console/deliveries', '/console/deliveries?state=lost', `/console/receipts/${life.receipt}`, '/console/receipts/nothing'];

/** Axe, headings, overflow at three widths, and a silent console. */
async function inspect(context, page, at) {
  const faults = [];
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(house.base + at, { waitUntil: 'load' });
  faults.push(...await axe(page));
  const heads = await page.locator('h1').count();
  if (heads !== 1) faults.push(`${heads} headings of the first rank`);
  if (await page.locator('img').count()) faults.push('somebody\'s name became an image');
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const out = await overflow(page);
    if (out) faults.push(`at ${width}: ${out}`);
  }
  faults.push(...context.complaints.splice(0));
  return faults.map((fault) => `${at}: ${fault}`);
}

for (const lang of ['zh', 'en']) {
  describe(`pages in ${lang}`, () => {
    test('at the gate', async () => {
      const context = await visitor(browser, { lang });
      const page = await context.newPage();
      const faults = [];
      for (const at of GATES) faults.push(...await inspect(context, page, at));
      assert.deepEqual(faults, []);
      assert.equal((await page.locator('html').getAttribute('lang')).slice(0, 2), lang);
      await context.close();
    });

    test('the personal center', async () => {
      const context = await visitor(browser, { lang, agent: AGENTS.chrome });
      const page = await context.newPage();
      await logInAs(page, house.base, 'lilei');
      const faults = [];
      for (const at of CENTER) faults.push(...await inspect(context, page, at));
      assert.deepEqual(faults, []);
      await context.close();
    });

    test('the console', async () => {
      const context = await visitor(browser, { lang, agent: AGENTS.edge });
      const page = await context.newPage();
      await logInAs(page, house.base, 'chenliqun');
      const faults = [];
      for (const at of desk()) faults.push(...await inspect(context, page, at));
      await page.goto(`${house.base}/console/applications/${NOTES}/sessions`);
      const scope = await page.locator('#ledger tr').filter({ hasText: 'Li Lei' }).first().locator('a.ends').getAttribute('href');
      faults.push(...await inspect(context, page, scope));
      // The menu, open, is part of the page.
      await openMenu(page);
      faults.push(...(await axe(page)).map((fault) => `menu: ${fault}`));
      assert.deepEqual(faults, []);
      await context.close();
    });
  });
}

describe('forms that are refused', () => {
  test('log-in keeps the name, forgets the password, focuses the summary', async () => {
    const context = await visitor(browser);
    const page = await context.newPage();
    await page.goto(`${house.base}/login?next=/u/devices`);
    await page.fill('#account', 'maya@example.com');
    await page.fill('#password', 'wrong');
    await page.keyboard.press('Enter');
    await page.locator('.notice.no').waitFor();
    assert.equal(await page.inputValue('#account'), 'maya@example.com');
    assert.equal(await page.inputValue('#password'), '');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert');
    assert.match(await page.title(), /^Error: /);
    assert.deepEqual(await axe(page), []);
    await page.locator('.notice.no a').first().click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/u\/devices$/);
    assert.deepEqual(context.complaints, []);
    await context.close();
  });

  test('an unknown name is answered like a wrong password', async () => {
    const context = await visitor(browser, { script: false });
    const page = await context.newPage();
    const said = [];
    for (const account of ['maya', 'nobody-of-that-name']) {
      await page.goto(`${house.base}/login`);
      await page.fill('#account', account);
      await page.fill('#password', 'wrong');
      await page.keyboard.press('Enter');
      said.push((await page.locator('.notice.no').textContent()).replace(/\d+/, 'n'));
    }
    assert.equal(said[0], said[1]);
    await context.close();
  });

  const REFUSED = {
    '/u/profile': [{ email: 'no address', name: 'Maya Kept' }, 'email'],
    '/u/security': [{ current: 'wrong', new: 'short', again: 'other' }, null],
    '/console/users/new': [{ username: 'kept-name', name: 'Kept', email: 'no address', password: 'letmeout' }, 'email'],
    '/console/applications/new': [{
      name: 'Kept', identifier: 'Not A Label', redirect_uris: 'https://a.example/cb', jwks: '{"keys":[]}',
      backchannel_logout_uri: 'http://169.254.169.254/', frontchannel_logout_uri: 'https://b.example/bye',
    }, 'identifier'],
  };
  for (const [at, [typed, wrong]] of Object.entries(REFUSED)) {
    test(`${at} keeps what was typed and focuses the summary`, async () => {
      const context = await visitor(browser);
      const page = await context.newPage();
      await logInAs(page, house.base, at.startsWith('/console') ? 'chenliqun' : 'maya');
      await page.goto(house.base + at);
      for (const [field, value] of Object.entries(typed)) await page.fill(`main [name=${field}]`, value);
      await page.locator('main button.go').click();
      await page.locator('.notice.no').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert');
      assert.match(await page.title(), /^Error: /);
      for (const [field, value] of Object.entries(typed)) {
        const input = page.locator(`main [name=${field}]`);
        const secret = await input.getAttribute('type') === 'password';
        assert.equal(await input.inputValue(), secret ? '' : value, field);
      }
      if (wrong) assert.equal(await page.locator(`main [name=${wrong}]`).getAttribute('aria-invalid'), 'true');
      assert.deepEqual(await axe(page), []);
      for (const width of [360, 320]) {
        await page.setViewportSize({ width, height: 800 });
        assert.equal(await overflow(page), null);
      }
      assert.deepEqual(context.complaints, []);
      await context.close();
    });
  }

  for (const [what, at] of [['an application', `/console/applications/${NOTES}`], ['a user', `/console/users/${MAYA}`]]) {
    test(`deleting ${what} with the wrong name typed changes nothing and says so beside the field`, async () => {
      const context = await visitor(browser);
      const page = await context.newPage();
      await logInAs(page, house.base, 'chenliqun');
      await page.goto(house.base + at);
      await page.fill('#confirm', 'something else');
      await page.locator('form[action$="/delete"] button').click();
      await page.locator('#confirm-why').waitFor();
      assert.equal(await page.locator('#confirm').getAttribute('aria-invalid'), 'true');
      assert.deepEqual(await axe(page), []);
      assert.equal((await page.goto(house.base + at)).status(), 200);
      await context.close();
    });
  }

  test('an access key without a note is refused beside the field', async () => {
    const context = await visitor(browser);
    const page = await context.newPage();
    await logInAs(page, house.base, 'chenliqun');
    await page.goto(`${house.base}/console/keys`);
    await page.locator('main button.go').click();
    await page.locator('#label-why').waitFor();
    assert.deepEqual(await axe(page), []);
    await context.close();
  });
});

test('on a phone no target of the personal center is smaller than a finger, and no tab is out of sight', async () => {
  for (const lang of ['zh', 'en']) {
    const context = await visitor(browser, { lang, width: 360 });
    const page = await context.newPage();
    await logInAs(page, house.base, 'lilei');
    for (const at of CENTER.filter((at) => at.startsWith('/u'))) {
      await page.goto(house.base + at);
      const small = await page.locator('header, main').locator('a, button, summary, select, input:not([type=checkbox])').evaluateAll((all) => all
        .filter((one) => one.checkVisibility() && !one.closest('[popover]') && !one.matches('.hid'))
        .map((one) => ({ box: one.getBoundingClientRect(), of: one.textContent.trim() || one.name }))
        .filter(({ box }) => box.height > 0 && (box.height < 44 || box.right > innerWidth))
        .map(({ box, of }) => `${of}: ${box.height} high, to ${box.right}`));
      assert.deepEqual(small, [], `${lang} ${at}`);
    }
    await context.close();
  }
});

describe('the keyboard', () => {
  /** What Tab reaches, from the top: names of the controls. */
  async function walk(page, steps) {
    const names = [];
    await page.keyboard.press('Tab');
    for (let n = 0; n < steps; n++) {
      const now = await page.evaluate(() => {
        const e = document.activeElement;
        if (e === document.body) return null;
        const box = e.getBoundingClientRect();
        const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
        const label = e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent;
        return { name: label.trim().replace(/\s+/g, ' '), seen, ring: getComputedStyle(e).outlineStyle !== 'none' };
      });
      if (!now) break;
      assert.ok(now.seen, `${now.name} is focused and cannot be seen`);
      assert.ok(now.ring, `${now.name} shows no focus`);
      names.push(now.name);
      await page.keyboard.press('Tab');
    }
    return names;
  }

  test('log-in', async () => {
    const context = await visitor(browser);
    const page = await context.newPage();
    await page.goto(`${house.base}/login`);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'account');
    assert.deepEqual(await walk(page, 20), ['Password', 'Show password', 'Log in', 'Li Lei 李雷', 'Han Meimei 韩梅梅', 'Maya Okafor', 'Chen Liqun 陈立群', '中文']);
    await page.focus('#account');
    for (const name of ['exeunt', 'Skip to content']) {
      await page.keyboard.press('Shift+Tab');
      assert.equal(await page.evaluate(() => document.activeElement.textContent), name);
    }
    await context.close();
  });

  test('devices', async () => {
    const context = await visitor(browser, { agent: AGENTS.chrome });
    const page = await context.newPage();
    await logIn(house.base, 'maya', { agent: AGENTS.safari });
    await logInAs(page, house.base, 'maya');
    await page.goto(`${house.base}/u/devices`);
    const names = await walk(page, 30);
    assert.deepEqual(names.slice(0, 10), ['Skip to content', 'exeunt Personal center', 'Overview', 'Devices', 'Applications',
      'Activity', 'Profile', 'Security', 'Menu of Maya Okafor', 'Log out Chrome 150 Windows']);
    assert.match(names[10], /^Log out .*other/);
    assert.match(names[11], /^Log out /);
    await context.close();
  });

  test('the menu opens, closes by Escape, and gives the focus back', async () => {
    const context = await visitor(browser);
    const page = await context.newPage();
    await logInAs(page, house.base, 'maya');
    await page.focus('button.me');
    await page.keyboard.press('Enter');
    await page.locator('#menu').waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    await page.locator('#menu').waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement.className), 'me');
    await context.close();
  });

  test('the skip link leads to the content', async () => {
    const context = await visitor(browser);
    const page = await context.newPage();
    await logInAs(page, house.base, 'chenliqun');
    await page.goto(`${house.base}/console/users`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#main$/);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => Boolean(document.activeElement.closest('main'))), true);
    await context.close();
  });
});

describe('without a script', () => {
  async function without(account) {
    const context = await visitor(browser, { script: false });
    const page = await context.newPage();
    await logInAs(page, house.base, account);
    return { context, page };
  }
  const send = (page, scope = 'main') => page.locator(`${scope} button.go`).click();

  test('an application: a refused line is named, nothing is lost, then the secret is shown once', async () => {
    const { context, page } = await without('chenliqun');
    await page.goto(`${house.base}/console/applications`);
    await page.click('a[href$="/applications/new"]');
    const lines = 'https://wiki.example/cb\njavascript:alert(1)\nhttps://wiki.example/cb#part';
    await page.fill('#name', 'Wiki 维基');
    await page.fill('#identifier', 'wiki');
    await page.fill('#redirect_uris', 'https://wiki.example/cb');
    await page.fill('#logout_redirect_uris', lines);
    await send(page);
    const faults = page.locator('.notice.no .faults li');
    assert.equal(await faults.count(), 2);
    assert.match(await faults.first().textContent(), /javascript:alert\(1\)/);
    assert.equal(await page.inputValue('#name'), 'Wiki 维基');
    assert.equal(await page.inputValue('#identifier'), 'wiki');
    assert.equal(await page.inputValue('#logout_redirect_uris'), lines);
    assert.equal(await page.locator('#logout_redirect_uris-lines li').count(), 3);
    await page.fill('#logout_redirect_uris', 'https://wiki.example/bye');
    await page.fill('#backchannel_logout_uri', 'https://wiki.example/told');
    await page.check('[name=backchannel_logout_session_required]');
    await page.check('#grant-client_credentials');
    await page.click('#response_types summary');
    await page.check('[name=response_types][value="code id_token"]');
    await page.selectOption('#id_token_signed_response_alg', 'ES256');
    await send(page);
    const secret = await page.locator('main code').filter({ hasText: /^[0-9a-f]{32}$/ }).textContent();
    const id = await page.locator('main code').filter({ hasText: /^[0-9a-f]{24}$/ }).first().textContent();
    await page.goto(`${house.base}/console/applications/${id}`);
    assert.equal(await heading(page), 'Wiki 维基');
    assert.ok(!(await page.content()).includes(secret), 'once');
    const ticked = () => page.locator('.form :checked').evaluateAll((all) => all.filter((one) => one.name).map((one) => one.value));
    assert.equal(await page.inputValue('#backchannel_logout_uri'), 'https://wiki.example/told');
    assert.deepEqual(await ticked(), ['1']);
    await page.goto(`${house.base}/console/applications/${id}/protocol`);
    assert.equal(await page.inputValue('#id_token_signed_response_alg'), 'ES256');
    assert.deepEqual(await ticked(), ['authorization_code', 'refresh_token', 'client_credentials', 'code id_token']);
    await page.goto(`${house.base}/console/applications/${id}`);
    // Edit it, take a new secret, delete it.
    await page.fill('#name', 'Wiki II');
    await says(page, () => send(page), /^Saved$/);
    assert.equal(await heading(page), 'Wiki II');
    await page.locator('form[action$="/secret"] button').click();
    const second = await page.locator('main code').filter({ hasText: /^[0-9a-f]{32}$/ }).textContent();
    assert.notEqual(second, secret);
    await page.goto(`${house.base}/console/applications/${id}`);
    await page.fill('#confirm', 'wiki');
    await page.locator('form[action$="/delete"] button').click();
    await page.waitForURL(/\/console\/receipts\//);
    assert.equal((await page.goto(`${house.base}/console/applications/${id}`)).status(), 404);
    await context.close();
  });

  test('a user: created, changed, disabled with a receipt, deleted', async () => {
    const { context, page } = await without('chenliqun');
    await page.goto(`${house.base}/console/users`);
    await page.click('a[href$="/users/new"]');
    await page.fill('#username', 'wang');
    await page.fill('#name', '王芳');
    await page.fill('#password', 'letmeout');
    await says(page, () => send(page), /created/i);
    assert.match(path(page), /^\/console\/users\/[0-9a-f]{24}$/);
    const at = house.base + path(page);
    const cookies = await logIn(house.base, 'wang');
    await page.goto(at);
    await page.fill('#email', 'wang@example.com');
    await says(page, () => send(page), /^Saved$/);
    assert.equal(await page.inputValue('#email'), 'wang@example.com');
    assert.equal(await isIn(house.base, cookies), true, 'a new address ends nothing');
    await page.check('input[type=radio][name=status][value=disabled]');
    await send(page);
    await page.waitForURL(/\/console\/receipts\//);
    assert.equal(await isIn(house.base, cookies), false);
    await assert.rejects(logIn(house.base, 'wang'));
    await page.goto(at);
    await page.fill('#confirm', 'wang');
    await page.locator('form[action$="/delete"] button').click();
    await page.waitForURL(/\/console\/receipts\//);
    await context.close();
  });

  test('an access key: made, shown once, revoked', async () => {
    const { context, page } = await without('chenliqun');
    await page.goto(`${house.base}/console/keys`);
    await page.fill('#label', 'night shift');
    await send(page);
    const secret = await page.locator('#key-secret').textContent();
    const id = await page.locator('#key-id').textContent();
    await page.goto(`${house.base}/console/keys`);
    assert.ok(!(await page.content()).includes(secret), 'once');
    await page.locator(`form[action$="/${id}/revoke"] button`).click();
    await page.waitForURL(/\/console\/keys$/);
    assert.equal(await page.locator(`form[action$="/${id}/revoke"]`).count(), 0);
    await context.close();
  });

  test('the password: changed, and the other devices leave', async () => {
    const other = await logIn(house.base, 'maya');
    const { context, page } = await without('maya');
    const before = await cookiesOf(context, house.base);
    await page.goto(`${house.base}/u/security`);
    await page.fill('#current', PASSWORD);
    await page.fill('#new', 'let me out, please');
    await page.fill('#again', 'let me out, please');
    await says(page, () => send(page), /^The password is changed$/);
    assert.equal(await isIn(house.base, other), false);
    assert.equal(await isIn(house.base, await cookiesOf(context, house.base)), true);
    assert.equal(await isIn(house.base, before), false, 'copies of the old cookie are dead');
    await page.fill('#current', 'let me out, please');
    await page.fill('#new', PASSWORD);
    await page.fill('#again', PASSWORD);
    await says(page, () => send(page), /^The password is changed$/);
    await context.close();
  });

  test('one device, then all others', async () => {
    const others = [];
    for (const agent of [AGENTS.chrome, AGENTS.safari, AGENTS.firefox]) others.push(await logIn(house.base, 'hanmeimei', { agent }));
    const { context, page } = await without('hanmeimei');
    await page.goto(`${house.base}/u/devices`);
    const row = page.locator('#others li').filter({ hasText: 'Safari' }).first();
    await says(page, () => row.locator('button.ends').click(), /^That device is logged out$/);
    await says(page, () => page.locator('form[action$="/end-others"] button').click(), /^The other devices are logged out$/);
    await page.reload();
    assert.equal(await page.locator('.notice').count(), 0, 'it is said once');
    assert.equal(await page.locator('#others li').count(), 0);
    for (const cookies of others) assert.equal(await isIn(house.base, cookies), false);
    await context.close();
  });

  test('language and theme, and back to where one was', async () => {
    const { context, page } = await without('lilei');
    await page.goto(`${house.base}/u/devices`);
    await openMenu(page);
    await page.click('#menu button[name=lang][value=zh]');
    assert.equal(path(page), '/u/devices');
    assert.equal((await page.locator('html').getAttribute('lang')).slice(0, 2), 'zh');
    await openMenu(page);
    await page.click('#menu button[name=theme][value=dark]');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    assert.equal(path(page), '/u/devices');
    await openMenu(page);
    await page.click('#menu button[name=lang][value=en]');
    assert.equal((await page.locator('html').getAttribute('lang')).slice(0, 2), 'en');
    await context.close();
  });

  test('a stale form is refused with what was typed', async () => {
    const { context, page } = await without('chenliqun');
    const stale = await context.newPage();
    await stale.goto(`${house.base}/console/users/${HANMEIMEI}`);
    await page.goto(`${house.base}/console/users/${HANMEIMEI}`);
    await page.fill('#phone', '+8613800000002');
    await says(page, () => send(page), /^Saved$/);
    await stale.fill('#name', 'Overwritten');
    await send(stale);
    assert.equal(await stale.locator('.notice[role=status]').count(), 0);
    await page.goto(`${house.base}/console/users/${HANMEIMEI}`);
    assert.match(await heading(page), /Han Meimei/);
    assert.equal(await page.inputValue('#phone'), '+8613800000002');
    await context.close();
  });
});
