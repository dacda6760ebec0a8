// The consumers of the revocation feed that the documentation shows, in both languages, against the real binary: kicks, a
// consumer that dies, a server that is killed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LILEI, NOTES, ask, binary, kick, logIn, managementToken } from '../lib/house.mjs';

const SECRET = '89abcdef0123456789abcdef01234567';
const consumers = join(dirname(fileURLToPath(import.meta.url)), '../../../deploy/consumers');
const dir = mkdtempSync(join(tmpdir(), 'feed-'));
const kinds = [
  { name: 'stream in Python', command: 'python3', script: join(consumers, 'revocations.py') },
  { name: 'pages in Node', command: process.execPath, script: join(consumers, 'revocations.mjs') },
];
let house;

/** Resolves with the first line that fits, whether it came before or comes within ten seconds. */
function listener(child, said = []) {
  const waiting = new Set();
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    waiting.forEach((look) => look());
  });
  let troubles = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { troubles += text; });
  const hears = (fits) => new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not heard; said:\n${said.join('\n')}\n${troubles}`)), 10_000);
    const look = () => {
      const line = said.find(fits);
      if (line === undefined) return;
      clearTimeout(late);
      waiting.delete(look);
      resolve(line);
    };
    waiting.add(look);
    look();
  });
  return { said, hears };
}

/** The demo in a directory that outlives it. */
async function serve(port) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EXEUNT_')));
  const flags = ['demo', '--port', String(port), '--data-dir', join(dir, 'data')];
  const child = spawn(binary(), flags, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  process.once('exit', () => child.kill('SIGKILL'));
  const ready = await listener(child).hears((line) => line.startsWith('exeunt ready '));
  const bound = Number(ready.split(':').pop());
  return {
    port: bound,
    base: `http://127.0.0.1:${bound}`,
    notes: `http://notes.localhost:${bound}`,
    async ends(signal) { child.kill(signal); await gone; },
  };
}

function consume({ name, command, script }) {
  const file = join(dir, `${name}.cursor`);
  const child = spawn(command, [script, house.base, NOTES, SECRET, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  process.once('exit', () => child.kill('SIGKILL'));
  const heard = listener(child);
  /** The session was ended, and the cursor behind it written down: what happens after this is what was missed. */
  const ends = async (sid) => {
    await heard.hears((line) => line === `end session ${sid}`);
    const told = performance.now();
    const end = await feedEnd();
    for (let tries = 0; !existsSync(file) || readFileSync(file, 'utf8') !== end; tries++) {
      assert.ok(tries < 500, `${name} does not write down where it is`);
      await new Promise((again) => { setTimeout(again, 20); });
    }
    return told;
  };
  return { ...heard, name, ends, async dies() { child.kill('SIGKILL'); await gone; } };
}

/** The cursor of the end. */
async function feedEnd() {
  const authorization = `Basic ${Buffer.from(`${NOTES}:${SECRET}`).toString('base64')}`;
  return (await ask(`${house.base}/api/v1/revocations?after=now`, { headers: { authorization } })).json().next;
}

/** Somebody logs in to Notes; the public id of the session. */
async function comesIn() {
  const cookies = await logIn(house.notes, 'lilei');
  return (await ask(`${house.notes}/api/v1/session`, { cookies })).json().sid;
}

async function isKicked() {
  const answer = await kick(house, await managementToken(house), NOTES, [LILEI]);
  assert.equal(answer.data.kicked, 1);
}

before(async () => { house = await serve(0); });
after(async () => {
  await house?.ends('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

test('a consumer has at most twenty lines', () => {
  const code = ({ script }) => readFileSync(script, 'utf8').replace(/^"""[^]*?"""$/m, '').split('\n')
    .filter((line) => line.trim() && !line.trim().startsWith('//'));
  for (const kind of kinds) assert.ok(code(kind).length <= 20, `${kind.name}: ${code(kind).length}`);
});

test('each hears of a kick, of what it missed while it was away, and of nothing twice', async (t) => {
  const lines = (...sids) => sids.map((sid) => `end session ${sid}`);
  const both = (act) => Promise.all(running.map(act));
  let running = kinds.map(consume);
  const first = await comesIn();
  await isKicked();
  await both((consumer) => consumer.ends(first));

  const second = await comesIn();
  const began = performance.now();
  await isKicked();
  await both(async (consumer) => {
    const told = await consumer.ends(second);
    t.diagnostic(`${consumer.name}: ${Math.round(told - began)} ms after the kick was asked for`);
  });
  await both((consumer) => consumer.dies());
  for (const { said, name } of running) assert.deepEqual(said, lines(first, second), name);

  const missed = await comesIn();
  await isKicked();
  running = kinds.map(consume);
  await both((consumer) => consumer.ends(missed));

  await house.ends('SIGKILL');
  house = await serve(house.port);
  const later = await comesIn();
  await isKicked();
  await both((consumer) => consumer.ends(later));
  await both((consumer) => consumer.dies());

  const owed = await comesIn();
  await isKicked();
  await house.ends('SIGKILL');
  house = await serve(house.port);
  for (const { said, name } of running) assert.deepEqual(said, lines(missed, later), name);
  running = kinds.map(consume);
  await both((consumer) => consumer.ends(owed));
  const last = await comesIn();
  await isKicked();
  await both((consumer) => consumer.ends(last));
  await both((consumer) => consumer.dies());
  for (const { said, name } of running) assert.deepEqual(said, lines(owed, last), name);
});
