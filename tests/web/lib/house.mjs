// A house of its own for a suite: `exeunt demo`, or `exeunt serve` with a seed, on a free port; and an HTTP client that
// can say any Host.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export const PASSWORD = 'letmeout';
export const POOL = { id: '5f9d0cef60d09ff5a4c87c06', secret: '0123456789abcdef0123456789abcdef' };
export const NOTES = '6099a1b2c3d4e5f60718293a';
export const MAIL = '6099a1b2c3d4e5f60718293b';
export const LILEI = '60aa0000000000000000000a';
export const HANMEIMEI = '60aa0000000000000000000b';
export const MAYA = '60aa0000000000000000000c';
export const CHENLIQUN = '60aa0000000000000000000d';

/** The ports at which houses of this suite listen or listened. */
export const housePorts = new Set();

export function binary() {
  const places = [process.env.HOUSE_BINARY, join(root, 'target/release/exeunt'), join(root, 'target/debug/exeunt')];
  const found = places.find((place) => place && existsSync(place));
  if (!found) throw new Error('no binary: run cargo build --release');
  return found;
}

/** Starts a demo; resolves when its ready line came. */
export const start = (flags = []) => run(['demo', '--port', '0', ...flags]);

/** Starts an empty house that this seed fills, in a directory that goes with it. `settings` are its environment. */
export async function serve(seed, { flags = [], settings = {} } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'exeunt-house-'));
  const file = join(dir, 'seed.toml');
  writeFileSync(file, seed);
  const away = () => rmSync(dir, { recursive: true, force: true });
  try {
    const house = await run(['serve', '--port', '0', '--data-dir', join(dir, 'data'), '--seed', file, ...flags], settings);
    return { ...house, async stop() { await house.stop(); away(); } };
  } catch (error) {
    away();
    throw error;
  }
}

async function run(words, settings = {}) {
  // The server refuses settings it does not know, so it inherits none.
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EXEUNT_')));
  const child = spawn(binary(), words, { env: { ...inherited, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  const port = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready within 30 s:\n${said}`)), 30_000);
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      line += text;
      const ready = /exeunt ready http:\/\/[^:\s]+:(\d+)/.exec(line);
      if (ready) { clearTimeout(late); resolve(Number(ready[1])); }
    });
    child.once('exit', (code) => { clearTimeout(late); reject(new Error(`ended with ${code}:\n${said}`)); });
  });
  housePorts.add(port);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    port,
    base: `http://localhost:${port}`,
    notes: `http://notes.localhost:${port}`,
    mail: `http://mail.localhost:${port}`,
    said: () => said,
    async stop() { child.kill('SIGTERM'); await gone; },
  };
}

/** One request, no redirects followed, whatever the host is called: it goes to the loopback address. */
export function ask(url, { method = 'GET', headers = {}, cookies = [], body } = {}) {
  const { hostname, port, pathname, search, host } = new URL(url);
  const address = hostname.endsWith('localhost') ? '127.0.0.1' : hostname;
  const form = body && typeof body === 'object' ? new URLSearchParams(body).toString() : body;
  const all = { host, ...headers };
  if (cookies.length) all.cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  if (form !== undefined) {
    all['content-length'] = Buffer.byteLength(form);
    all['content-type'] ??= 'application/x-www-form-urlencoded';
  }
  return new Promise((resolve, reject) => {
    const request = http.request({ host: address, port, path: pathname + search, method, headers: all, timeout: 20_000 }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const raw = Buffer.concat(parts);
        const text = raw.toString('utf8');
        resolve({ status: answer.statusCode, headers: answer.headers, raw, text, json: () => JSON.parse(text) });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url}`)));
    request.on('error', reject);
    request.end(form);
  });
}

const taken = (answer) => (answer.headers['set-cookie'] ?? []).map((line) => {
  const [name, ...rest] = line.split(';')[0].split('=');
  return { name, value: rest.join('=') };
}).filter(({ value }) => value);

/** The hidden value of the first form. */
export const csrfOf = (html) => /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';

/** Logs in without a browser; the cookies of that host. */
export async function logIn(origin, account, { password = PASSWORD, agent = 'curl/8.9.1', lang = 'en' } = {}) {
  const headers = { 'user-agent': agent, 'accept-language': lang };
  const page = await ask(`${origin}/login`, { headers });
  const body = { account, password, next: '', csrf: csrfOf(page.text) };
  const answer = await ask(`${origin}/login`, { method: 'POST', headers, cookies: taken(page), body });
  if (answer.status !== 303) throw new Error(`${account} could not log in: ${answer.status}\n${answer.text}`);
  return taken(answer);
}

/** Whether these cookies still let somebody in at this host. */
export async function isIn(origin, cookies) {
  const answer = await ask(`${origin}/u`, { cookies });
  if (answer.status === 200) return true;
  if (answer.status === 303) return false;
  throw new Error(`GET ${origin}/u answered ${answer.status}`);
}

/** A management token, as the printed second line of the demo asks for it. */
export async function managementToken(house) {
  const answer = await ask(`${house.base}/api/v3/get-management-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accessKeyId: POOL.id, accessKeySecret: POOL.secret }),
  });
  return answer.json().data.access_token;
}

/** `kick-active-users`, as curl would call it. */
export async function kick(house, token, application, userIds) {
  const answer = await ask(`${house.base}/api/v2/applications/${application}/kick-active-users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-authing-userpool-id': POOL.id },
    body: JSON.stringify({ userIds }),
  });
  return { status: answer.status, ...answer.json() };
}

/** A form of the console, opened and sent by an administrator without a browser. */
export async function consolePost(house, cookies, at, fields, opened = at) {
  const page = await ask(house.base + opened, { cookies });
  return ask(house.base + at, { method: 'POST', cookies, body: { ...fields, csrf: csrfOf(page.text) } });
}
