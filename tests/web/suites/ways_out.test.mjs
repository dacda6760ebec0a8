// The four ways out, as a person walks them.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import { cookiesOf, enter, heading, listening, logInAs, open, openMenu, path, says, visitor } from '../lib/browser.mjs';
import { HANMEIMEI, LILEI, MAIL, NOTES, ask, isIn, kick, logIn, managementToken, start } from '../lib/house.mjs';

let house, browser, elsewhere;
const contexts = [];

/** A browser in which somebody is logged in at the base host, in Notes and in Mail. */
async function person(account, options = {}) {
  const context = await visitor(browser, options);
  contexts.push(context);
  const page = await context.newPage();
  await logInAs(page, house.base, account);
  if (options.everywhere !== false) {
    await enter(page, house.notes);
    await enter(page, house.mail);
    await page.goto(`${house.base}/u`);
  }
  return { context, page };
}

/** Copies of the cookies of all three hosts, for replay. */
async function copies(context) {
  const origins = [house.base, house.notes, house.mail];
  return Promise.all(origins.map(async (origin) => [origin, await cookiesOf(context, origin)]));
}

async function areIn(kept, expected) {
  for (const [origin, cookies] of kept) assert.equal(await isIn(origin, cookies), expected, `${origin}, cookie replayed`);
}

async function signedOut(page, reason, person) {
  await page.waitForURL((url) => url.pathname === '/signed-out');
  assert.equal(new URL(page.url()).searchParams.get('reason'), reason);
  if (person) assert.match(await page.locator('main').textContent(), new RegExp(person), 'the receipt names the person');
}

async function asksToLogIn(page, url) {
  await page.goto(url);
  assert.equal(path(page), '/login', `${url} led to ${page.url()}`);
}

/** Another site: a page whose body a test decides, and a place to come back to. */
async function serveElsewhere() {
  const pages = new Map();
  const seen = [];
  const server = http.createServer((request, answer) => {
    seen.push(request.url);
    answer.setHeader('content-type', 'text/html; charset=utf-8');
    const body = pages.get(request.url.split('?')[0]) ?? '<h1>elsewhere</h1>';
    answer.end(`<!doctype html><html lang="en"><title>elsewhere</title><link rel="icon" href="data:,">${body}`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    port,
    seen,
    // Not the same site as the house on localhost; any port of 127.0.0.1 is registered in the demo.
    friend: `http://127.0.0.1:${port}`,
    stranger: `http://evil.localhost:${port}`,
    show: (at, body) => pages.set(at, body),
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

before(async () => {
  [house, browser, elsewhere] = await Promise.all([start(), open(), serveElsewhere()]);
});
after(async () => {
  await browser?.close();
  await elsewhere?.close();
  await house?.stop();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) {
    const complaints = context.complaints;
    await context.close();
    assert.deepEqual(complaints, [], 'the console of the browser stays silent');
  }
});

const LOGOUT = '/login/profile/logout';

describe('way 1: the personal center', () => {
  test('avatar, log out: this session is over in every application, in every tab, for every copy of the cookie', async () => {
    const { context, page } = await person('lilei');
    const tab = await context.newPage();
    await listening(tab, () => tab.goto(`${house.base}/u/devices`));
    const other = await context.newPage();
    await listening(other, () => other.goto(`${house.mail}/u`));
    const kept = await copies(context);
    await areIn(kept, true);
    await openMenu(page);
    await page.click('#menu button.out');
    await signedOut(page, 'personal_center', 'Li Lei');
    assert.match(await heading(page), /logged out/);
    // The receipt names both applications.
    const main = await page.locator('main').textContent();
    assert.match(main, /Notes/);
    assert.match(main, /Mail/);
    await areIn(kept, false);
    await signedOut(tab, 'personal_center');
    await signedOut(other, 'personal_center');
    for (const origin of [house.base, house.notes, house.mail]) await asksToLogIn(page, `${origin}/u`);
  });

  test('the tab that listened for all is gone before it hears of its own log-out: its farewell tells the others', async () => {
    const { context, page } = await person('lilei', { everywhere: false });
    await page.addInitScript(() => {
      const heard = EventSource.prototype.addEventListener;
      EventSource.prototype.addEventListener = function (name, ...how) { if (name !== 'ended') heard.call(this, name, ...how); };
    });
    await listening(page, () => page.goto(`${house.base}/u`));
    const tab = await context.newPage();
    await listening(tab, () => tab.goto(`${house.base}/u/devices`));
    await openMenu(page);
    await page.click('#menu button.out');
    await signedOut(page, 'personal_center', 'Li Lei');
    await signedOut(tab, 'personal_center', 'Li Lei');
  });

  test('a farewell that is not theirs leads nobody away', async () => {
    const { context, page } = await person('lilei', { everywhere: false });
    const tab = await context.newPage();
    await listening(tab, () => tab.goto(`${house.base}/u/devices`));
    const asked = tab.waitForResponse(`${house.base}/u/devices`);
    await page.goto(`${house.base}/signed-out?reason=kicked`);
    assert.equal((await asked).status(), 200);
    await page.goto(`${house.base}/u`);
    assert.equal(path(page), '/u');
    assert.equal(path(tab), '/u/devices');
  });

  test('with the keyboard alone', async () => {
    const { context, page } = await person('lilei', { everywhere: false });
    const kept = await cookiesOf(context, house.base);
    const focused = () => page.evaluate(() => document.activeElement.className);
    for (let n = 0; n < 12 && (await focused()) !== 'me'; n++) await page.keyboard.press('Tab');
    assert.equal(await focused(), 'me', 'the avatar is reached by Tab');
    await page.keyboard.press('Enter');
    await page.locator('#menu').waitFor({ state: 'visible' });
    for (let n = 0; n < 12 && (await focused()) !== 'out'; n++) await page.keyboard.press('Tab');
    assert.equal(await focused(), 'out', 'the button is reached by Tab');
    await page.keyboard.press('Enter');
    await signedOut(page, 'personal_center', 'Li Lei');
    assert.equal(await isIn(house.base, kept), false);
  });

  test('without a script', async () => {
    const { context, page } = await person('lilei', { script: false });
    const kept = await copies(context);
    await openMenu(page);
    await page.click('#menu button.out');
    await signedOut(page, 'personal_center', 'Li Lei');
    await areIn(kept, false);
  });

  test('the farewell page logs nobody in again by itself', async () => {
    const { page } = await person('lilei');
    await openMenu(page);
    await page.click('#menu button.out');
    await signedOut(page, 'personal_center');
    await page.getByRole('link', { name: 'Log in again' }).click();
    assert.equal(path(page), '/login');
    await page.locator('#password').waitFor();
    assert.equal(await page.inputValue('#account'), '', 'and remembers no name');
  });

  test('Back shows nothing private', async () => {
    const { page } = await person('lilei', { everywhere: false });
    await page.goto(`${house.base}/u/profile`);
    await page.goto(`${house.base}/u/devices`);
    await openMenu(page);
    await page.click('#menu button.out');
    await signedOut(page, 'personal_center');
    for (let n = 0; n < 3; n++) {
      await page.goBack();
      await page.waitForURL((url) => ['/login', '/signed-out'].includes(url.pathname));
      const text = await page.locator('body').textContent();
      assert.doesNotMatch(text, /lilei@example|127\.0\.0\.1/);
    }
  });

  test('a form posted from a stale tab changes nothing', async () => {
    const { context, page } = await person('lilei', { everywhere: false, script: false });
    const stale = await context.newPage();
    await stale.goto(`${house.base}/u/profile`);
    await openMenu(page);
    await page.click('#menu button.out');
    await signedOut(page, 'personal_center');
    await stale.fill('#name', 'Somebody else');
    await stale.click('main form button.go');
    await stale.waitForLoadState();
    assert.equal(path(stale), '/login');
    const fresh = await logIn(house.base, 'lilei');
    assert.doesNotMatch((await ask(`${house.base}/u/profile`, { cookies: fresh })).text, /Somebody else/);
  });

  test('the button does not race the live stream of its own page', async () => {
    for (let n = 0; n < 5; n++) {
      const { context, page } = await person('maya', { everywhere: false });
      const visited = [];
      page.on('framenavigated', (frame) => visited.push(frame.url()));
      await listening(page, () => page.goto(`${house.base}/u/devices`));
      await page.click('section#own form button');
      await signedOut(page, 'personal_center', 'Maya');
      await page.waitForLoadState('networkidle');
      await signedOut(page, 'personal_center', 'Maya');
      assert.equal(visited.filter((url) => url.includes('/signed-out')).length, 1, visited.join('\n'));
      await context.close();
    }
  });

  test('ten tabs: none hangs for want of a connection, and all of them turn', async () => {
    const { context, page } = await person('maya', { everywhere: false });
    const tabs = [];
    for (let n = 0; n < 9; n++) {
      const tab = await context.newPage();
      await tab.goto(`${house.base}/u/devices`);
      tabs.push(tab);
    }
    // The tab that held the stream goes; another takes over.
    await page.close();
    await tabs[8].bringToFront();
    await listening(tabs[8], () => tabs[8].goto(`${house.base}/u`));
    await openMenu(tabs[8]);
    await tabs[8].click('#menu button.out');
    for (const tab of tabs) await signedOut(tab, 'personal_center');
  });

  test('one own device ends, its page turns, this one stays', async () => {
    const here = await person('hanmeimei', { everywhere: false });
    const there = await person('hanmeimei', { everywhere: false });
    await listening(there.page, () => there.page.goto(`${house.base}/u`));
    const kept = await cookiesOf(there.context, house.base);
    await here.page.goto(`${house.base}/u/devices`);
    const end = here.page.locator('#others form[action$="/end"] button').first();
    await says(here.page, () => end.click(), /^That device is logged out$/);
    await signedOut(there.page, 'personal_center');
    assert.equal(await isIn(house.base, kept), false);
    assert.equal(await isIn(house.base, await cookiesOf(here.context, house.base)), true);
  });
});

describe('way 2: the front-end link', () => {
  test('typed: logged out, with a receipt', async () => {
    const { context, page } = await person('lilei');
    const tab = await context.newPage();
    await listening(tab, () => tab.goto(`${house.notes}/u`));
    const kept = await copies(context);
    await page.goto(house.base + LOGOUT);
    await signedOut(page, 'front_end', 'Li Lei');
    await areIn(kept, false);
    await signedOut(tab, 'front_end');
    // Twice is no error.
    await page.goto(house.base + LOGOUT);
    await page.waitForURL(/signed-out/);
    assert.match(await heading(page), /Nobody was logged in/);
  });

  test('typed, with a registered address: goes there', async () => {
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    const target = `${elsewhere.friend}/signed-out?from=exeunt`;
    await page.goto(`${house.notes}${LOGOUT}?redirect_uri=${encodeURIComponent(target)}`);
    // On the way Mail is told by a frame.
    await page.waitForURL(target);
    await areIn(kept, false);
  });

  test('typed, with the address unencoded, as SDKs write it', async () => {
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    const target = `${elsewhere.friend}/signed-out?from=exeunt`;
    await page.goto(`${house.base}${LOGOUT}?redirect_uri=${target}&app_id=${MAIL}`);
    await page.waitForURL(target);
    await areIn(kept, false);
  });

  test('a refused address: logged out, the address stands there as text and leads nowhere', async () => {
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    const target = 'https://evil.example/<b>x</b>';
    await page.goto(`${house.base}${LOGOUT}?redirect_uri=${encodeURIComponent(target)}`);
    assert.equal(new URL(page.url()).origin, house.base);
    const notice = page.locator('.notice.no');
    assert.match(await notice.textContent(), /evil\.example/);
    const leads = await page.locator('a[href], form[action], [src]').evaluateAll((all) =>
      all.map((e) => e.href || e.action || e.src).filter((url) => new URL(url).origin !== location.origin));
    assert.deepEqual(leads, []);
    assert.equal(await page.locator('meta[http-equiv]').count(), 0);
    assert.equal(await notice.locator('a').count(), 0);
    assert.match(await heading(page), /logged out/);
    assert.match(await page.locator('main').textContent(), /Li Lei/);
    await areIn(kept, false);
    // The same answer, asked again and in the other language.
    await page.click('footer a[hreflang]');
    assert.match(await heading(page), /你已退出登录/);
    assert.match(await notice.textContent(), /evil\.example/);
  });

  test('followed from another site with a registered address: nothing to ask', async () => {
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    const target = `${elsewhere.friend}/signed-out?x=1`;
    elsewhere.show('/link', `<a href="${house.base}${LOGOUT}?redirect_uri=${encodeURIComponent(target)}">leave</a>`);
    await page.goto(`${elsewhere.friend}/link`);
    await page.click('a');
    await page.waitForURL(target);
    await areIn(kept, false);
  });

  for (const query of ['', `?redirect_uri=${encodeURIComponent('https://evil.example/')}`]) {
    test(`followed from another site with ${query ? 'an unregistered' : 'no'} address: one question, one button`, async () => {
      const { context, page } = await person('lilei');
      const kept = await copies(context);
      elsewhere.show('/link', `<a href="${house.base}${LOGOUT}${query}">leave</a>`);
      await page.goto(`${elsewhere.stranger}/link`);
      await page.click('a');
      await page.waitForURL(`${house.base}${LOGOUT}**`);
      assert.match(await heading(page), /Log out\?/);
      await areIn(kept, true);
      assert.equal(await page.locator('main form').count(), 1);
      await page.click('main form button');
      if (query) {
        await page.locator('.notice.no').waitFor();
        assert.match(await page.locator('.notice.no').textContent(), /evil\.example/);
        assert.equal(await page.locator('a[href^="https://evil"]').count(), 0);
      } else {
        await signedOut(page, 'front_end', 'Li Lei');
      }
      assert.match(await heading(page), /logged out/);
      await areIn(kept, false);
    });
  }

  test('the question can be answered in the other language, and with no', async () => {
    const { context, page } = await person('lilei', { everywhere: false });
    const kept = await cookiesOf(context, house.base);
    elsewhere.show('/link', `<a href="${house.base}${LOGOUT}?redirect_uri=https://evil.example/">leave</a>`);
    await page.goto(`${elsewhere.stranger}/link`);
    await page.click('a');
    await page.waitForURL(`${house.base}${LOGOUT}**`);
    await page.click('footer a[hreflang]');
    assert.match(await heading(page), /要退出登录吗/);
    assert.equal(await isIn(house.base, kept), true);
    await page.click('main a.btn');
    assert.equal(path(page), '/u');
    assert.equal(await isIn(house.base, kept), true);
  });

  test('an image, a frame, a fetch, a prefetch and a HEAD end nothing', async () => {
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    for (const origin of [house.base, house.notes]) {
      const url = `${origin}${LOGOUT}?redirect_uri=${encodeURIComponent(`${elsewhere.friend}/signed-out?x`)}`;
      for (const [name, site] of [['friend', elsewhere.friend], ['stranger', elsewhere.stranger]]) {
        const at = `/${name}-tricks`;
        elsewhere.show(at, `<link rel="prefetch" href="${url}"><img src="${url}" alt=""><iframe src="${url}"></iframe>
          <link rel="stylesheet" href="${url}"><script src="${url}"></script><video src="${url}"></video>
          <object data="${url}"></object><script>
          const done = (x) => x.then(() => 1, () => 1);
          Promise.all([done(fetch('${url}', { mode: 'no-cors', credentials: 'include' })),
            done(fetch('${url}', { method: 'POST', mode: 'no-cors', credentials: 'include' })),
            done(fetch('${url}', { credentials: 'include' })), navigator.sendBeacon('${url}')]).then(() => { document.title = 'done'; });
          </script>`);
        await page.goto(site + at);
        await page.waitForFunction(() => document.title === 'done');
      }
      await ask(url, { method: 'HEAD', cookies: kept.find(([o]) => o === origin)[1] });
      for (const purpose of ['prefetch', 'prefetch;prerender']) {
        await ask(url, { headers: { 'sec-purpose': purpose }, cookies: kept.find(([o]) => o === origin)[1] });
      }
    }
    await areIn(kept, true);
    // All of that was refused, which the browser says aloud.
    context.complaints.length = 0;
    await page.goto(`${house.base}/u`);
    assert.equal(path(page), '/u');
  });

  test('a page of this house cannot be tricked into it by a fetch either', async () => {
    const { context, page } = await person('lilei', { everywhere: false });
    const status = await page.evaluate(async (url) => (await fetch(url, { redirect: 'manual' })).status, house.base + LOGOUT);
    assert.equal(status, 403);
    assert.equal(await isIn(house.base, await cookiesOf(context, house.base)), true);
    context.complaints.length = 0;
  });

  test('a form posted by another site ends nothing', async () => {
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    for (const target of [`${house.base}${LOGOUT}`, `${house.base}/u/logout`, `${house.base}/u/devices/end-others`]) {
      elsewhere.show('/form', `<form method="post" action="${target}"><input name="csrf" value="x"><button>go</button></form>`);
      await page.goto(`${elsewhere.stranger}/form`);
      await page.click('button');
      await page.waitForLoadState();
    }
    await areIn(kept, true);
  });

  test('nobody named in the query is logged out in somebody else\'s place', async () => {
    const { context } = await person('hanmeimei', { everywhere: false });
    const kept = await cookiesOf(context, house.base);
    for (const name of ['userId', 'sub', 'sid', 'logout_hint', 'user']) {
      await ask(`${house.base}${LOGOUT}?${name}=${HANMEIMEI}`);
    }
    assert.equal(await isIn(house.base, kept), true);
  });

  test('without a script', async () => {
    const { context, page } = await person('lilei', { script: false });
    const kept = await copies(context);
    elsewhere.show('/link', `<a href="${house.base}${LOGOUT}">leave</a>`);
    await page.goto(`${elsewhere.stranger}/link`);
    await page.click('a');
    await page.click('main form button');
    await signedOut(page, 'front_end', 'Li Lei');
    await areIn(kept, false);
  });
});

describe('way 3: the kick by a program', () => {
  test('the open page of the kicked turns within a second, the other person\'s stays', async () => {
    const token = await managementToken(house);
    const lilei = await person('lilei');
    const han = await person('hanmeimei');
    await listening(lilei.page, () => lilei.page.goto(`${house.notes}/u`));
    await listening(han.page, () => han.page.goto(`${house.notes}/u`));
    const kept = await copies(lilei.context);
    const asked = Date.now();
    const answer = await kick(house, token, NOTES, [LILEI]);
    assert.equal(answer.code, 200);
    assert.equal(answer.message, 'forced logout success');
    assert.match(answer.data.receipt, /^[0-9a-z]+/);
    await signedOut(lilei.page, 'kicked');
    // When the page stood there; when this test came to see it is another matter.
    const stood = await lilei.page.evaluate(() => performance.timeOrigin + performance.getEntriesByType('navigation')[0].domInteractive);
    assert.ok(stood - asked < 1000, `${stood - asked} ms`);
    assert.match(await heading(lilei.page), /administrator ended/);
    // Out of Notes; Mail was not named.
    const [, notes, mail] = kept;
    assert.equal(await isIn(...notes), false);
    assert.equal(await isIn(...mail), true);
    assert.equal(path(han.page), '/u');
    assert.equal(await isIn(house.notes, await cookiesOf(han.context, house.notes)), true);
    // Single sign-on does not let the kicked back in without the password.
    await asksToLogIn(lilei.page, `${house.notes}/u`);
    await lilei.page.fill('#account', 'lilei');
    await lilei.page.fill('#password', 'letmeout');
    await lilei.page.click('form.deed button:not([type=button])');
    await lilei.page.waitForURL(`${house.notes}/u`);
  });

  test('out of both applications: the session is over altogether', async () => {
    const token = await managementToken(house);
    const { context, page } = await person('lilei');
    const kept = await copies(context);
    await listening(page, () => page.goto(`${house.base}/u`));
    await kick(house, token, NOTES, [LILEI]);
    await kick(house, token, MAIL, [LILEI]);
    await signedOut(page, 'kicked');
    await areIn(kept, false);
  });

  test('without a living credential nobody is kicked', async () => {
    const { context } = await person('lilei', { everywhere: false });
    const kept = await cookiesOf(context, house.base);
    for (const token of ['', 'x', `${await managementToken(house)}x`]) {
      const answer = await kick(house, token, NOTES, [LILEI]);
      assert.notEqual(answer.code, 200);
    }
    assert.equal(await isIn(house.base, kept), true);
  });
});

describe('way 4: the console', () => {
  test('dashboard to receipt in five actions, and the other browser turns by itself', async () => {
    const lilei = await person('lilei');
    const kept = await copies(lilei.context);
    await listening(lilei.page, () => lilei.page.goto(`${house.notes}/u`));
    const { page } = await person('chenliqun', { everywhere: false });
    await page.goto(`${house.base}/console`);
    let actions = 0;
    const act = async (locator, method = 'click') => { actions++; await locator[method](); };
    await act(page.locator('main a[href*="/sessions"]').filter({ hasText: /Notes/ }).first());
    await page.waitForURL(/\/sessions$/);
    await act(page.locator('#ledger tr').filter({ hasText: 'Li Lei' }).first().locator('input[name=sid]'), 'check');
    await act(page.getByRole('button', { name: 'Force log out' }));
    await page.locator('.kick').waitFor();
    assert.equal(await page.locator('input[name=scope]:checked').inputValue(), 'cell', 'the smallest scope is chosen');
    await act(page.locator('input[name=scope][value=all]'), 'check');
    await act(page.locator('button.btn.end'));
    await page.waitForURL(/\/console\/receipts\//);
    assert.ok(actions <= 5, `${actions} actions`);
    assert.match(await heading(page), /Li Lei .*logged out everywhere/);
    await signedOut(lilei.page, 'console');
    await areIn(kept, false);
  });

  // What lives on after a scope was carried out on the session "one" in Notes.
  const SCOPES = {
    cell: { oneNotes: false, oneMail: true, twoNotes: true, twoMail: true },
    app: { oneNotes: false, oneMail: true, twoNotes: false, twoMail: true },
    device: { oneNotes: false, oneMail: false, twoNotes: true, twoMail: true },
    all: { oneNotes: false, oneMail: false, twoNotes: false, twoMail: false },
  };
  for (const [scope, expected] of Object.entries(SCOPES)) {
    test(`scope "${scope}" ends exactly that`, async () => {
      const token = await managementToken(house);
      for (const application of [NOTES, MAIL]) await kick(house, token, application, [HANMEIMEI]);
      const agents = {
        one: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
        two: 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
      };
      const one = await person('hanmeimei', { agent: agents.one });
      const two = await person('hanmeimei', { agent: agents.two });
      const kept = { one: await copies(one.context), two: await copies(two.context) };
      const admin = await person('chenliqun', { everywhere: false });
      await admin.page.goto(`${house.base}/console/applications/${NOTES}/sessions`);
      await admin.page.locator('#ledger tr').filter({ hasText: 'Chrome' }).filter({ hasText: 'Han Meimei' }).locator('a.ends').click();
      await admin.page.locator(`input[name=scope][value=${scope}]`).check();
      await admin.page.locator('button.btn.end').click();
      await admin.page.waitForURL(/\/console\/receipts\//);
      const lives = {};
      for (const name of ['one', 'two']) {
        lives[`${name}Notes`] = await isIn(house.notes, kept[name][1][1]);
        lives[`${name}Mail`] = await isIn(house.mail, kept[name][2][1]);
      }
      assert.deepEqual(lives, expected);
      // The list agrees.
      await admin.page.goto(`${house.base}/console/applications/${NOTES}/sessions?q=hanmeimei`);
      assert.equal(await admin.page.locator('#ledger input[name=sid]').count(), expected.twoNotes ? 1 : 0);
    });
  }

  test('a user, out of everything', async () => {
    const { context, page } = await person('maya');
    const kept = await copies(context);
    await listening(page, () => page.goto(`${house.mail}/u`));
    const admin = await person('chenliqun', { everywhere: false });
    await admin.page.goto(`${house.base}/console/users`);
    await admin.page.getByRole('link', { name: 'Maya Okafor' }).click();
    await admin.page.locator('main a.ends').click();
    await admin.page.locator('button.btn.end').click();
    await admin.page.waitForURL(/\/console\/receipts\//);
    await signedOut(page, 'console');
    await areIn(kept, false);
  });

  test('the list of another tab follows, with its ticks kept', async () => {
    const token = await managementToken(house);
    await kick(house, token, NOTES, [LILEI, HANMEIMEI]);
    const admin = await person('chenliqun', { everywhere: false });
    const { page } = admin;
    await listening(page, () => page.goto(`${house.base}/console/applications/${NOTES}/sessions`));
    const row = (name) => page.locator('#ledger tr').filter({ hasText: name });
    assert.equal(await row('Li Lei').count(), 0);
    const cookies = await logIn(house.notes, 'lilei');
    await row('Li Lei').waitFor();
    await row('Li Lei').locator('input[name=sid]').check();
    await logIn(house.notes, 'hanmeimei');
    await row('Han Meimei').waitFor();
    assert.equal(await row('Li Lei').locator('input[name=sid]').isChecked(), true);
    assert.match(await page.locator('[data-picked]').textContent(), /1/);
    // Another tab of the administrator kicks; this one shows it.
    const tab = await admin.context.newPage();
    await tab.goto(`${house.base}/console/applications/${NOTES}/sessions`);
    await tab.locator('#ledger tr').filter({ hasText: 'Li Lei' }).locator('a.ends').click();
    await tab.locator('button.btn.end').click();
    await tab.waitForURL(/\/console\/receipts\//);
    await row('Li Lei').waitFor({ state: 'detached' });
    assert.equal(await isIn(house.notes, cookies), false);
  });

  test('everybody out of one application, the administrator included, without a script', async () => {
    const lilei = await person('lilei');
    const kept = await copies(lilei.context);
    const admin = await person('chenliqun', { script: false });
    await admin.page.goto(`${house.base}/console/applications/${MAIL}/sessions`);
    await admin.page.locator('a[href$="kick?all=1"]').click();
    await admin.page.fill('#confirm', 'Mail');
    await admin.page.locator('button.btn.end').click();
    await admin.page.waitForURL(/\/console\/receipts\//);
    assert.equal(await isIn(...kept[2]), false);
    assert.equal(await isIn(...kept[1]), true);
  });

  test('nobody but an administrator gets in', async () => {
    const { context, page } = await person('lilei', { everywhere: false });
    for (const at of ['/console', '/console/users', `/console/applications/${NOTES}/sessions`]) {
      const answer = await page.goto(house.base + at);
      assert.equal(answer.status(), 403, at);
    }
    assert.equal((await ask(`${house.base}/console/kick`, { method: 'POST', cookies: await cookiesOf(context, house.base), body: { user: HANMEIMEI } })).status, 403);
  });
});
