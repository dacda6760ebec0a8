// Authing's own SDKs, as they come from their registries and unchanged but for the host: every one of them, every call that
// logs in, asks, logs out or kicks. README.md keeps the table that this prints.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start } from '../lib/house.mjs';
import { root } from '../lib/program.mjs';
import { SDKS } from '../lib/sdks/driver.mjs';
import { CAPABILITIES, Matrix } from '../lib/sdks/matrix.mjs';

/** What an SDK can do only with help, and the line of its package that says why; the table shows the number. */
const EXPLAINED = [
  { sdk: 'python-4', capability: 'trackSession', number: 1, file: 'authing/v2/authentication/authing.py:1699', says: "return self.restClient.request(method='GET', url=url)" },
];

let house;
const rows = [];
before(async () => { house = await start(); });
after(() => house?.stop());

/** A line of a file below the SDK's installed packages. */
function lineOf(sdk, file) {
  const [path, line] = file.split(':');
  const lib = join(root, `target/clients/authing-${sdk.at(-1)}/lib`);
  const [version] = readdirSync(lib);
  return readFileSync(join(lib, version, 'site-packages', path), 'utf8').split('\n')[line - 1];
}

for (const name of Object.keys(SDKS)) {
  test(`${name}: in by every way, out by every way, seen by everybody at once, and nobody else is touched`, async () => {
    const matrix = await Matrix.of(name, house);
    try {
      await matrix.walk();
      const cells = matrix.row();
      for (const { sdk, capability, number, file, says } of EXPLAINED) {
        if (sdk !== name) continue;
        assert.ok(lineOf(sdk, file).includes(says), `${file} is not the line any more`);
        const at = Object.keys(CAPABILITIES).indexOf(capability);
        if (cells[at] === 'ok') cells[at] = `${number}`;
      }
      rows.push(`| ${[matrix.sdk, ...cells].join(' | ')} |`);
      console.log(`${matrix.sdk}: ${matrix.endings.length} endings; asking everybody took at most ${Math.round(matrix.slowest)} ms`);
      assert.deepEqual(matrix.failures, []);
      assert.ok(matrix.endings.length > 0);
    } finally {
      await matrix.close();
    }
  });
}

test('README.md keeps the table', () => {
  const head = [`| | ${Object.values(CAPABILITIES).join(' | ')} |`, `|${' --- |'.repeat(Object.keys(CAPABILITIES).length + 1)}`];
  console.log([...head, ...rows].join('\n'));
  if (!SDKS['java-3']) console.log('The SDK for Java was left out: its tool chain is not here.');
  assert.equal(rows.length, Object.keys(SDKS).length, 'every SDK has its row');
  const kept = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
  for (const line of [...head, ...rows]) assert.ok(kept.includes(line), `README.md lacks ${line}`);
  for (const { file } of EXPLAINED) assert.ok(kept.some((line) => line.includes(file)), `README.md lacks ${file}`);
});
