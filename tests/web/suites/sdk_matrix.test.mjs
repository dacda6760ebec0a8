// Authing's own SDKs, as they come from their registries and unchanged but for the host: every one of them, every call that
// logs in, asks, logs out or kicks.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from '../lib/house.mjs';
import { SDKS } from '../lib/sdks/driver.mjs';
import { Matrix } from '../lib/sdks/matrix.mjs';

let house;
before(async () => { house = await start(); });
after(() => house?.stop());

for (const name of Object.keys(SDKS)) {
  test(name, async () => {
    const matrix = await Matrix.of(name, house);
    try {
      await matrix.walk();
      console.log(matrix.sdk, matrix.row().join(' | '), matrix.endings.length, matrix.slowest);
      assert.deepEqual(matrix.failures, []);
    } finally {
      await matrix.close();
    }
  });
}
