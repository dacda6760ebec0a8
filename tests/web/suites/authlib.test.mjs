// Authlib from PyPI, over requests (tests/clients/authlib).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../lib/plays.mjs';
import { provided } from '../lib/program.mjs';

for (const id_token_signed_response_alg of ['RS256', 'ES256']) {
  test(`Authlib: code flow, refresh, a kick, revocation, log out; ${id_token_signed_response_alg}`, async () => {
    const scene = await stage({ id_token_signed_response_alg });
    try {
      const python = provided('target/clients/python/bin/python');
      assert.deepEqual(await scene.runs(python, [provided('tests/clients/authlib/client.py')]), [
        'code flow with PKCE; the ID token verified by the published keys',
        'userinfo',
        'refresh, introspection',
        'after a kick: refresh invalid_grant, userinfo 401, introspection inactive, logout token verified',
        'revocation',
        'log out by end_session: back with the state, all of it over, logout token verified',
      ]);
    } finally {
      await scene.close();
    }
  });
}
