// An application in another language: a program that asks, by a line of JSON on its standard output, for what only the
// suite can play, and is answered by a line on its standard input. `{"seen": …}` is a claim that it found true.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The built or installed file, which tests/run provides. */
export function provided(path) {
  const file = join(root, path);
  if (!existsSync(file)) throw new Error(`${path} is missing: tests/run builds and installs what the clients need`);
  return file;
}

/** Runs it to its end; what it saw. `plays` maps the name of a question to an async function of its value. */
export async function converse(command, words, plays) {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  child.stdin.on('error', () => {}); // it ended early; its code tells
  const ended = new Promise((resolve, reject) => { child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal)); });
  const seen = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [[name, value]] = Object.entries(JSON.parse(line));
      if (name === 'seen') seen.push(value);
      else child.stdin.write(`${JSON.stringify(await plays[name](value))}\n`);
    }
    const code = await ended;
    if (code !== 0) throw new Error(`ended with ${code} after ${JSON.stringify(seen)}\n${said}`);
    return seen;
  } finally {
    clearTimeout(late);
    child.kill('SIGKILL');
  }
}
