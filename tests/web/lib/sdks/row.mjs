// The row of an SDK that runs on pages, whose suite is its own: a cell is ok once every test that tries it has passed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../program.mjs';
import { CAPABILITIES } from './matrix.mjs';

export function rowOf(sdk) {
  const cells = new Map(Object.keys(CAPABILITIES).map((capability) => [capability, { tests: 0, passed: 0 }]));
  return {
    /** A test of these capabilities. */
    tries(capabilities, name, body) {
      for (const capability of capabilities) cells.get(capability).tests += 1;
      test(name, async (context) => {
        await body(context);
        for (const capability of capabilities) cells.get(capability).passed += 1;
      });
    },
    /** The last test of the suite: README.md keeps the row. */
    isKept() {
      test('README.md keeps the row', () => {
        const words = [...cells.values()].map(({ tests, passed }) => (tests === 0 ? '—' : tests === passed ? 'ok' : 'fails'));
        const row = `| ${sdk} | ${words.join(' | ')} |`;
        console.log(row);
        assert.ok(readFileSync(join(root, 'README.md'), 'utf8').split('\n').includes(row), `README.md lacks ${row}`);
      });
    },
  };
}
