// Answers of the authorization endpoint that need a page of the house and a browser that runs it: form_post, by itself and
// by hand, and web_message to a frame's parent and a popup's opener.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, seedOf } from '../lib/application.mjs';
import { PATIENCE, logInAs, open, visitor } from '../lib/browser.mjs';
import { Client, grantedTokens } from '../lib/flow.mjs';
import { PASSWORD, serve } from '../lib/house.mjs';

let house, browser, desk, client;

before(async () => {
  const page = { type: 'text/html', body: '<!DOCTYPE html><title>Application</title><button>Log in</button>' };
  desk = await Application.open('desk', { host: 'localhost', pages: { '/': page, '/callback': page } });
  [house, browser] = await Promise.all([serve(seedOf([desk])), open()]);
  client = new Client(`http://localhost:${house.port}/oidc`, desk);
});
after(async () => {
  await browser?.close();
  await Promise.all([house?.stop(), desk?.close()]);
});

async function types(page) {
  await page.fill('#account', 'lilei');
  await page.fill('#password', PASSWORD);
  await page.click('form.deed button:not([type=button])');
}

/** The form that came to the application. */
async function posted(sent, since) {
  const got = await desk.hears('/callback', { since, within: PATIENCE, fits: ({ method }) => method === 'POST' });
  assert.match(got.headers['content-type'], /^application\/x-www-form-urlencoded\b/);
  assert.equal(got.url.search, '');
  const { code, session_state: _, ...rest } = Object.fromEntries(new URLSearchParams(got.body));
  assert.deepEqual(rest, { state: sent.state, iss: client.issuer });
  grantedTokens(await client.exchange(code));
}

for (const script of [true, false]) {
  test(`form_post ${script ? 'sends itself' : 'has a button for a browser without script'}`, async () => {
    const context = await visitor(browser, { script });
    const page = await context.newPage();
    const since = performance.now();
    const { url, sent } = await client.request({ response_mode: 'form_post' });
    await page.goto(url);
    await types(page);
    if (!script) await page.locator(`form[action="${desk.callback}"] button`).click();
    await posted(sent, since);
    assert.deepEqual(context.complaints, []);
    await context.close();
  });
}

/** In a page of the application: what an authorization message says, asked by a frame or a popup. */
const hears = (page, { url, from, frame }) => page.evaluate(({ url, from, frame, patience }) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('no message')), patience);
  addEventListener('message', ({ origin, data }) => { if (origin === from && data?.type === 'authorization_response') resolve(data.response); });
  if (!frame) window.open(url);
  else document.body.append(Object.assign(document.createElement('iframe'), { src: url }));
}), { url, from, frame, patience: PATIENCE });

test('web_message: a popup in which somebody logs in tells its opener', async () => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(`${desk.origin}/`);
  const { url, sent } = await client.request({ response_mode: 'web_message' });
  const opened = context.waitForEvent('page');
  const told = hears(page, { url, from: new URL(client.issuer).origin, frame: false });
  const popup = await opened;
  await popup.waitForURL(/\/login/);
  await types(popup);
  const answer = await told;
  assert.equal(answer.state, sent.state);
  grantedTokens(await client.exchange(answer.code));
  assert.deepEqual(context.complaints, []);
  await context.close();
});

test('web_message: a frame tells the application, with a code or an error, and no other site', async () => {
  const context = await visitor(browser);
  const page = await context.newPage();
  const from = new URL(client.issuer).origin;
  const silently = async () => {
    await page.goto(`${desk.origin}/`);
    const { url, sent } = await client.request({ response_mode: 'web_message', prompt: 'none' });
    const { state, ...answer } = await hears(page, { url, from, frame: true });
    assert.equal(state, sent.state);
    return answer;
  };
  assert.equal((await silently()).error, 'login_required');
  await logInAs(page, from, 'lilei');
  grantedTokens(await client.exchange((await silently()).code));

  // The message is for the origin of the registered address alone.
  const stranger = await context.newPage();
  await stranger.goto(`${desk.origin.replace('localhost', '127.0.0.1')}/`);
  const { url } = await client.request({ response_mode: 'web_message', prompt: 'none' });
  await stranger.evaluate((src) => {
    window.heard = [];
    addEventListener('message', ({ data }) => heard.push(data));
    return new Promise((resolve) => document.body.append(Object.assign(document.createElement('iframe'), { src, onload: resolve })));
  }, url);
  assert.deepEqual(await stranger.evaluate(() => heard), []);
  await context.close();
});
