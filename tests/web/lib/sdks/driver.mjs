// One SDK behind tests/clients/sdks: a program that is asked by lines of JSON and answers by lines that begin with `@`.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { provided, root } from '../program.mjs';

const here = (path) => provided(join('tests/clients/sdks', path));
const node = (...words) => () => [process.execPath, here('driver.mjs'), ...words];
const python = (venv, file) => () => [provided(`target/clients/${venv}/bin/python`), here('driver.py'), file];
const java = () => ['java', '-cp', [provided('target/clients/java/classes'), `${provided('target/clients/java/lib')}/*`].join(delimiter), 'Driver'];

/** The SDKs, by the name of their trace. Java only where its tool chain was found. */
export const SDKS = {
  'js-4.23': node('js'),
  'js-4.11': node('js', 'authing-js-sdk-4-11'),
  'node-4': node('node'),
  'python-4': python('authing-4', 'py4'),
  'python-5': python('authing-5', 'py5'),
  ...(existsSync(join(root, 'target/clients/java/classes')) && { 'java-3': java }),
};

/** A running SDK. */
export class Driver {
  static start(name) {
    const driver = new Driver();
    const [command, ...words] = SDKS[name]();
    driver.child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    driver.said = '';
    driver.child.stderr.setEncoding('utf8').on('data', (text) => { driver.said += text; });
    driver.child.stdin.on('error', () => {}); // it ended early; the question in flight tells
    driver.child.once('error', (error) => driver.ended?.(error));
    driver.child.once('close', (code) => driver.ended?.(new Error(`the driver ended with ${code}\n${driver.said}`)));
    createInterface({ input: driver.child.stdout }).on('line', (line) => {
      if (line.startsWith('@')) driver.answered?.(JSON.parse(line.slice(1)));
    });
    return driver;
  }

  /** One question, one answer. */
  async asks(question) {
    const late = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
    try {
      return await new Promise((resolve, reject) => {
        this.answered = resolve;
        this.ended = reject;
        this.child.stdin.write(`${JSON.stringify(question)}\n`);
      });
    } finally {
      clearTimeout(late);
    }
  }

  stop() {
    this.ended = undefined;
    this.child.kill('SIGKILL');
  }
}
