// Authing's own SDK for JavaScript against this house: odd addresses, pages and refusals. What all SDKs do stands in
// sdk_matrix.test.mjs.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sdk from 'authing-js-sdk';
import { cookiesOf, heading, logInAs, open, path, visitor } from '../lib/browser.mjs';
import { HANMEIMEI, LILEI, MAIL, NOTES, POOL, ask, consolePost, isIn, logIn, start } from '../lib/house.mjs';

const { AuthenticationClient, ManagementClient } = sdk;
const EXACT = 'http://127.0.0.1/bye?x=1&y=2';
let house, browser, host, token;

before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  host = `http://127.0.0.1:${house.port}`;
  const answer = await ask(`${host}/api/v2/userpools/access-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userPoolId: POOL.id, secret: POOL.secret }),
  });
  assert.equal(answer.status, 201);
  token = answer.json().accessToken;
  // An address with two parameters, registered as it is: unencoded, only the long reading of it is allowed.
  const admin = await logIn(house.base, 'chenliqun');
  const made = await consolePost(house, admin, '/console/applications/new', {
    name: 'Desk', identifier: 'desk', redirect_uris: 'http://127.0.0.1/callback', logout_redirect_uris: EXACT,
    backchannel_logout_uri: '', frontchannel_logout_uri: '',
  });
  assert.equal(made.status, 200, made.text);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const authentication = (appId, appHost) => new AuthenticationClient({ appId, appHost, onError() {} });
const management = (accessToken = token) =>
  new ManagementClient({ userPoolId: POOL.id, accessToken, host, onError() {} });

test('buildLogoutUrl with two parameters in the address, unencoded, followed by Chromium', async () => {
  const desk = `http://desk.localhost:${house.port}`;
  const target = EXACT.replace('127.0.0.1', '127.0.0.1:9');
  const url = authentication('x', desk).buildLogoutUrl({ redirectUri: target });
  const context = await visitor(browser);
  const page = await context.newPage();
  await logInAs(page, desk, 'lilei');
  const cookies = await cookiesOf(context, desk);
  const left = page.waitForRequest(target);
  await page.goto(url).catch(() => {}); // nobody listens on that port
  await left;
  assert.equal(await isIn(desk, cookies), false);
  await context.close();
});

test('buildLogoutUrl without an address ends at the farewell page', async () => {
  const url = authentication(MAIL, house.mail).buildLogoutUrl();
  const context = await visitor(browser);
  const page = await context.newPage();
  await logInAs(page, house.mail, 'lilei');
  const cookies = await cookiesOf(context, house.mail);
  await page.goto(url);
  assert.equal(path(page), '/signed-out');
  assert.match(await heading(page), /logged out/);
  assert.equal(await isIn(house.mail, cookies), false);
  assert.deepEqual(context.complaints, []);
  await context.close();
});

test('buildLogoutUrl with an address that nobody registered: logged out, and here', async () => {
  const url = authentication(NOTES, house.notes).buildLogoutUrl({ redirectUri: 'https://evil.example/' });
  const cookies = await logIn(house.notes, 'lilei');
  const answer = await ask(url, { cookies });
  assert.equal(answer.headers.location, undefined);
  assert.match(answer.text, /evil\.example/);
  assert.equal(await isIn(house.notes, cookies), false);
});

test('applications.activeUsers tells who is online, a kick through the SDK makes them leave', async () => {
  const client = management();
  const lilei = await logIn(house.notes, 'lilei');
  const elsewhere = await logIn(house.notes, 'lilei', { agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0' });
  const han = await logIn(house.notes, 'hanmeimei');
  const online = async () => client.applications.activeUsers(NOTES, 1, 50);
  const ids = ({ list }) => list.map((user) => user.id);
  const before = await online();
  assert.equal(typeof before.totalCount, 'number');
  assert.ok(ids(before).includes(LILEI) && ids(before).includes(HANMEIMEI), JSON.stringify(before));

  const url = `${host}/api/v2/applications/${NOTES}/kick-active-users`;
  const data = await client.httpClient.request({ method: 'POST', url, data: { userIds: [LILEI] } });
  assert.equal(data.kicked, 1);
  assert.match(data.receipt, /^\w+/);
  const left = await online();
  assert.ok(!ids(left).includes(LILEI));
  assert.ok(ids(left).includes(HANMEIMEI));
  assert.equal(left.totalCount, before.totalCount - 1);
  assert.equal(await isIn(house.notes, lilei), false);
  assert.equal(await isIn(house.notes, elsewhere), false);
  assert.equal(await isIn(house.notes, han), true);

  // The client that hands back the whole envelope sees Authing's words.
  const whole = await client.fastHttpClient.request({ method: 'POST', url, data: { userIds: [LILEI] } });
  assert.equal(whole.code, 200);
  assert.equal(whole.message, '强制下线成功');
  // Once more is no error, and a log-in after the kick lives.
  assert.equal(await isIn(house.notes, await logIn(house.notes, 'lilei')), true);
});

test('pages of activeUsers', async () => {
  const client = management();
  await Promise.all(['lilei', 'hanmeimei', 'maya'].map((account) => logIn(house.mail, account)));
  const all = await client.applications.activeUsers(MAIL, 1, 50);
  assert.equal(all.totalCount, all.list.length);
  const seen = [];
  for (let page = 1; page <= all.totalCount; page++) {
    const { list, totalCount } = await client.applications.activeUsers(MAIL, page, 1);
    assert.equal(totalCount, all.totalCount);
    seen.push(...list.map((user) => user.id));
  }
  assert.deepEqual(seen, all.list.map((user) => user.id));
  assert.deepEqual((await client.applications.activeUsers(MAIL, all.totalCount + 1, 1)).list, []);
});

test('refusals reach the SDK as errors with a code, and end nothing', async () => {
  const cookies = await logIn(house.notes, 'hanmeimei');
  const url = `${host}/api/v2/applications/${NOTES}/kick-active-users`;
  const refused = async (client, request) => {
    const error = await client.httpClient.request({ method: 'POST', ...request }).then(() => null, (e) => e);
    assert.ok(error, 'refused');
    const { code, message } = JSON.parse(error.message);
    assert.notEqual(code, 200);
    assert.ok(message);
    return code;
  };
  // The SDK itself wants a token it can read; whether it is genuine is for the server to say.
  const [head, claims, seal] = token.split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  await refused(management(`${none}.${claims}.`), { url, data: { userIds: [HANMEIMEI] } });
  await refused(management(`${head}.${claims}.${[...seal].reverse().join('')}`), { url, data: { userIds: [HANMEIMEI] } });
  await refused(management(), { url, data: { userIds: 'all' } });
  await refused(management(), { url, data: { userIds: [HANMEIMEI, 'x'] } });
  await refused(management(), { url: url.replace(NOTES, 'f'.repeat(24)), data: { userIds: [HANMEIMEI] } });
  assert.equal(await isIn(house.notes, cookies), true);
});
