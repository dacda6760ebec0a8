// The pages that carry an answer of ours into somebody else's window, in a real browser: by form, by message, by frame.
//
// The pages are those of the gallery; around them stand applications that exist only in this browser.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { open, visitor } from '../lib/browser.mjs';
import { start } from '../lib/house.mjs';

const APP = 'https://notes.acme.lan';
const EVIL = 'https://notes.acme.lan.evil.example';

const PAGE = '<!doctype html><html lang="en"><title>application</title>';

let house, browser, app, posted;
before(async () => {
  app = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'POST') posted.push(body);
    response.setHeader('content-type', 'text/html').end(PAGE);
  });
  await new Promise((ready) => app.listen(0, '127.0.0.1', ready));
  app.base = `http://127.0.0.1:${app.address().port}`;
  [house, browser] = await Promise.all([start(), open()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  app?.closeAllConnections();
  app?.close();
});

/** A browser in which every https address is an empty page. */
async function world(options) {
  const context = await visitor(browser, options);
  await context.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
  return context;
}

/** Serves a page of the gallery with other headers, and changed. */
async function serve(context, name, headers, change = (html) => html) {
  await context.route(`**/_dev/gallery/en/${name}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), ...headers }, body: change(await answer.text()) });
  });
  return `${house.base}/_dev/gallery/en/${name}`;
}

describe('an answer by form', () => {
  const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; require-trusted-types-for 'script'";
  const SENT = new URLSearchParams({ code: 'SplxlOBeZQQYbYS6WxSbIA', state: '"><script>alert(1)</script>', iss: 'https://acme.example' }).toString();

  /** The page as an application meets it: with the script that the gallery leaves out, and this application's address. */
  async function posting(context) {
    posted = [];
    const body = readFileSync(new URL('../../../assets/form-post.js', import.meta.url), 'utf8');
    await context.route('**/form-post.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
    const tag = '<script src="/form-post.js" defer></script></head>';
    const change = (html) => html.replace('</head>', tag).replace(`${APP}/callback`, `${app.base}/callback`);
    return serve(context, 'answer-form-post', { 'content-security-policy': CSP }, change);
  }

  test('goes by itself, and not again when the person comes back to it', async () => {
    const context = await world();
    const at = await posting(context);
    const page = await context.newPage();
    await page.goto(`${app.base}/`);
    await page.evaluate((url) => { location.href = url; }, at);
    await page.waitForURL(`${app.base}/callback`);
    assert.deepEqual(posted, [SENT]);
    // A browser may have forgotten the page or kept it: either way the answer is not posted twice.
    await page.goBack({ waitUntil: 'load' });
    if (page.url() === at) await page.locator('form[data-answer] button').waitFor();
    assert.deepEqual(posted, [SENT]);
    assert.deepEqual(context.complaints, []);
    await context.close();
  });

  test('waits for a button where no script runs', async () => {
    const context = await world({ script: false });
    const page = await context.newPage();
    await page.goto(await posting(context));
    assert.deepEqual(posted, []);
    await page.click('form[data-answer] button');
    await page.waitForURL(`${app.base}/callback`);
    assert.deepEqual(posted, [SENT]);
    await context.close();
  });
});

describe('an answer by message', () => {
  /** What a window of `origin` hears that opens the page, as a popup or in a frame. */
  async function heard(origin, how) {
    const context = await world();
    const at = await serve(context, 'answer-web-message', { 'cross-origin-opener-policy': 'unsafe-none', 'x-frame-options': '', 'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" });
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    await page.evaluate(() => {
      window.heard = [];
      window.over = new Promise((resolve) => {
        addEventListener('message', ({ data, origin }) => { if (data === 'over') resolve(window.heard); else window.heard.push([origin, data]); });
      });
    });
    let there;
    if (how === 'frame') {
      await page.evaluate((url) => new Promise((resolve) => {
        const element = document.body.appendChild(document.createElement('iframe'));
        element.onload = resolve;
        element.src = url;
      }), at);
      there = page.frames().find((frame) => frame.url() === at);
    } else {
      const opened = page.waitForEvent('popup');
      await page.evaluate((url) => { window.open(url); }, at);
      there = await opened;
      await there.waitForLoadState();
    }
    // What the same window says last is heard last.
    await there.evaluate(() => (window.opener ?? window.parent).postMessage('over', '*'));
    const said = await page.evaluate(() => window.over);
    await context.close();
    return said;
  }

  for (const how of ['popup', 'frame']) {
    test(`is heard by the application that opened a ${how}, whole`, async () => {
      const message = { type: 'authorization_response', response: { code: 'Splx', state: '</script>' } };
      assert.deepEqual(await heard(APP, how), [[house.base, message]]);
    });

    test(`is not heard by anybody else who opened a ${how}`, async () => {
      assert.deepEqual(await heard(EVIL, how), []);
    });
  }
});

describe('the frame of Session Management', () => {
  const CLIENT = '6099a1b2c3d4e5f60718293a';
  const state = (origin, held, salt = 'salt_-9') =>
    `${createHash('sha256').update([CLIENT, origin, held, salt].join(' ')).digest('hex')}.${salt}`;

  /** What the frame answers to messages, one after the other, when it holds this cookie. */
  async function answers(held, messages, origin = APP) {
    const context = await world();
    if (held) await context.addCookies([{ name: 'exeunt_state', value: held, url: house.base }]);
    const at = await serve(context, 'answer-check-session', { 'cross-origin-opener-policy': 'unsafe-none' });
    const asked = [];
    context.on('request', (request) => asked.push(request.url()));
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    // A window, not a frame: a frame of plain http inside of https, and its cookie, are what browsers block.
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate((url) => { window.frame = window.open(url); }, at)]);
    await popup.waitForLoadState();
    const before = asked.length;
    const said = await page.evaluate(([all, to]) => new Promise((resolve) => {
      const heard = [];
      addEventListener('message', ({ data, origin }) => {
        heard.push(origin === to ? data : `from ${origin}`);
        if (data === 'error' && heard.length >= all.filter((one) => typeof one === 'string' && one.length < 400).length) resolve(heard);
      });
      for (const one of all) window.frame.postMessage(one, to);
    }), [[...messages, 'the last word'], new URL(house.base).origin]);
    assert.equal(asked.length, before, 'nothing is asked of the server');
    assert.deepEqual(context.complaints, []);
    await context.close();
    return said.slice(0, -1);
  }

  test('the same log-in is unchanged, another one or none is changed', async () => {
    const said = await answers('held', [
      `${CLIENT} ${state(APP, 'held')}`, `${CLIENT} ${state(APP, 'held', 'another')}`, `${CLIENT} ${state(APP, 'before')}`, `${CLIENT} ${state(APP, '')}`,
    ]);
    assert.deepEqual(said, ['unchanged', 'unchanged', 'changed', 'changed']);
    assert.deepEqual(await answers('', [`${CLIENT} ${state(APP, '')}`, `${CLIENT} ${state(APP, 'held')}`]), ['unchanged', 'changed']);
  });

  test('another origin does not learn about the state of this one', async () => {
    assert.deepEqual(await answers('held', [`${CLIENT} ${state(APP, 'held')}`], EVIL), ['changed']);
  });

  test('what is malformed is an error, what is no text is passed over, and a flood is only answered', async () => {
    const good = `${CLIENT} ${state(APP, 'held')}`;
    const bad = ['', CLIENT, `${CLIENT} ${state(APP, 'held')} more`, `${CLIENT}  ${state(APP, 'held')}`, good.toUpperCase(), good.replace('.', '')];
    assert.deepEqual(await answers('held', bad), bad.map(() => 'error'));
    assert.deepEqual(await answers('held', [null, 7, { type: 'x' }, 'x'.repeat(401), good]), ['unchanged']);
    const flood = Array.from({ length: 5_000 }, (_, n) => `${CLIENT} ${state(APP, 'held', `s${n}`)}`);
    assert.deepEqual(new Set(await answers('held', flood)), new Set(['unchanged']));
  });
});
