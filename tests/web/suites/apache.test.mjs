// Apache with mod_auth_openidc, from Debian, in front of a page: what it knows of a log-out it has heard by back-channel.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as passes } from 'node:timers/promises';
import { SECRET, SOON, seedOf } from '../lib/application.mjs';
import { LILEI, ask, kick, managementToken, serve } from '../lib/house.mjs';
import { Person } from '../lib/person.mjs';
import { provided } from '../lib/program.mjs';

const ID = '617061636865617061636865';
let house, apache, origin, dir, token;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks until the answer suits; fails when it does not within `patience` ms. */
async function until(claim, patience, look) {
  const started = performance.now();
  for (;;) {
    const found = await look().catch((error) => ({ error }));
    const took = performance.now() - started;
    if (found && !found.error) return took;
    assert.ok(took < patience, `${claim}: not within ${patience} ms ${found?.error ?? ''}`);
    await passes(10);
  }
}

before(async () => {
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  const seed = () => ['[[applications]]', `id = "${ID}"`, 'identifier = "apache"', 'name = "Apache"', `secret = "${SECRET}"`,
    `redirect_uris = ["${origin}/callback"]`, `logout_redirect_uris = ["${origin}/signed-out"]`,
    `backchannel_logout_uri = "${origin}/callback?logout=backchannel"`, ''].join('\n');
  house = await serve(seedOf([{ seed }]));
  token = await managementToken(house);
  dir = mkdtempSync(join(tmpdir(), 'exeunt-apache-'));
  chmodSync(dir, 0o755); // its children are nobody
  mkdirSync(join(dir, 'pages'));
  writeFileSync(join(dir, 'pages/page'), '<p>user: <!--#echo var="REMOTE_USER" --></p>\n');
  writeFileSync(join(dir, 'pages/signed-out'), 'bye\n');
  const defines = { Root: dir, Port: port, Issuer: `http://127.0.0.1:${house.port}/oidc`, ClientId: ID, ClientSecret: SECRET };
  const words = Object.entries(defines).flatMap(([name, value]) => ['-C', `Define ${name} ${value}`]);
  const binary = execFileSync('sh', ['-c', 'command -v apache2 || command -v /usr/sbin/apache2'], { encoding: 'utf8' }).trim();
  apache = spawn(binary, ['-D', 'FOREGROUND', '-f', provided('tests/clients/apache/httpd.conf'), ...words], { stdio: 'ignore' });
  apache.gone = once(apache, 'exit');
  process.once('exit', () => apache.kill('SIGKILL'));
  await until('Apache answers', 10_000, async () => (await ask(`${origin}/signed-out`)).status === 200);
});
after(async () => {
  apache?.kill('SIGTERM');
  await apache?.gone;
  await house?.stop();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

const visitor = (account) => new Person(`http://127.0.0.1:${house.port}`, account, { also: [origin] });

/** Opens the page; logs in where it is asked to. */
async function enters(person) {
  const form = await person.goes(`${origin}/page`);
  assert.equal(new URL(form.url).port, String(house.port), `no way to the log-in page: ${form.status} ${form.html}${log()}`);
  const page = await person.submits(form, 'password', { account: person.account, password: person.password });
  assert.equal(page.url, `${origin}/page`, page.html + log());
  return page;
}

const log = () => readFileSync(join(dir, 'error.log'), 'utf8').split('\n').filter((line) => /:(error|warn)\]/.test(line)).slice(-8).join('\n');

/** The user that the page names; none when Apache sends the browser to log in. */
async function userOf(person) {
  const page = await person.goes(`${origin}/page`);
  if (page.form('password')) return undefined;
  return /user: (\S+)<\/p>/.exec(page.html)[1];
}

test('a page behind Apache: log in, and it knows the user', async () => {
  const person = visitor('lilei');
  assert.match((await enters(person)).html, new RegExp(`user: ${LILEI}`));
  assert.equal(await userOf(person), LILEI);
});

test('a kick: the next request within a second is anonymous', async (t) => {
  const [lilei, other] = [visitor('lilei'), visitor('hanmeimei')];
  await enters(lilei);
  await enters(other);
  assert.equal((await kick(house, token, ID, [LILEI])).code, 200);
  const took = await until('anonymous', SOON, async () => await userOf(lilei) === undefined);
  t.diagnostic(`anonymous ${took.toFixed(0)} ms after the kick's answer`);
  assert.ok(await userOf(other), 'nobody else was kicked');
});

test('a log-out in the personal center ends this browser at Apache and no other of the same user', async () => {
  const [here, there] = [visitor('lilei'), visitor('lilei')];
  await enters(here);
  await enters(there);
  const own = await here.goes(`http://127.0.0.1:${house.port}/u`);
  const form = /<form\b[^>]*action="\/u\/logout"[\s\S]*?<\/form>/.exec(own.html)[0];
  await here.goes(`http://127.0.0.1:${house.port}/u/logout`, {
    method: 'POST', body: { csrf: /name="csrf" value="([^"]*)"/.exec(form)[1] }, from: `http://127.0.0.1:${house.port}`,
  });
  await until('anonymous', SOON, async () => await userOf(here) === undefined);
  assert.equal(await userOf(there), LILEI);
});

test('its own log-out address goes by end_session: back at the page for that, and the house knows nobody', async () => {
  const person = visitor('lilei');
  await enters(person);
  const bye = await person.goes(`${origin}/callback?logout=${encodeURIComponent(`${origin}/signed-out`)}`, { from: origin });
  assert.equal(new URL(bye.url).origin + new URL(bye.url).pathname, `${origin}/signed-out`, bye.html + log());
  assert.equal(bye.html, 'bye\n');
  assert.equal(await userOf(person), undefined);
});
