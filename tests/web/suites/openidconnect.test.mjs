// The Rust crate `openidconnect`, in a program of its own (tests/clients/openidconnect).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../lib/plays.mjs';
import { provided } from '../lib/program.mjs';

for (const id_token_signed_response_alg of ['RS256', 'ES256']) {
  test(`openidconnect: code flow, ID token, userinfo, refresh, a kick, log out; ${id_token_signed_response_alg}`, async () => {
    const scene = await stage({ id_token_signed_response_alg });
    try {
      assert.deepEqual(await scene.runs(provided('target/clients/debug/exeunt-client-openidconnect')), [
        'discovery',
        'code flow with PKCE; the ID token verified by the published keys',
        'userinfo of the same subject',
        'refresh',
        'after a kick: refresh invalid_grant, userinfo refused',
        'log out by end_session: back with the state, and all of it over',
      ]);
    } finally {
      await scene.close();
    }
  });
}
