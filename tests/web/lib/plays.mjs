// What a suite plays for an application in another language: the person in front of the browser, the administrator who
// kicks, and the application's back-channel.

import assert from 'node:assert/strict';
import { Application, seedOf } from './application.mjs';
import { LILEI, kick, managementToken, serve } from './house.mjs';
import { Person } from './person.mjs';
import { converse } from './program.mjs';

/** A house and one application of it; `runs` starts the program with the words that describe both. */
export async function stage(settings = {}) {
  const application = await Application.open('desk', settings);
  const house = await serve(seedOf([application]));
  const issuer = `http://127.0.0.1:${house.port}/oidc`;
  const token = await managementToken(house);
  const person = new Person(new URL(issuer).origin);
  let since = 0;
  const plays = {
    async browse(url) {
      since = performance.now();
      const at = await person.authorizes(url, { from: application.origin });
      assert.ok(at.left, `the browser stays at ${at.url} (${at.status}):\n${at.html}`);
      return Object.fromEntries(at.left.searchParams);
    },
    async kick() {
      since = performance.now();
      assert.equal((await kick(house, token, application.id, [LILEI])).code, 200);
      return {};
    },
    /** The logout token itself: to judge it is the program's part. */
    async logout_token() {
      const post = await application.hears('/backchannel', { since });
      return { logout_token: new URLSearchParams(post.body).get('logout_token') };
    },
  };
  const words = [issuer, application.id, application.secret, application.callback, application.signedOut, LILEI];
  return {
    runs: (command, before = []) => converse(command, [...before, ...words], plays),
    async close() { await house.stop(); await application.close(); },
  };
}
