// Authing's SDKs, driven: one small program an SDK, js.mjs, node.mjs, py4.py, py5.py and java/Driver.java. Each reads a line of JSON
// on its standard input and answers with a line on its standard output that begins with `@`; other lines are the SDK's own.
//
//   asked     {"open": {host, app, secret, pool, poolSecret, key, callback}}
//   answered  {"sdk": "name version", "calls": {capability: {call: {needs, gives, reaches}}}}
//   asked     {"call": [capability, call], "with": {…}}
//   answered  {"answer": …}, or {"refused": "the SDK's words"}
//
// `with` holds what a program would have kept: account, password, email, phone, user, login, access, id, refresh, code, state, verifier,
// to. A call needs some of the tokens login, access, id, refresh, or a cookie, which the proxy adds as a browser would; a log-out reaches
// only some of them when it says so. A check answers whether, or who, is in; false and null are nobody.
//
// This file is the protocol for SDKs in Node: `node driver.mjs js authing-js-sdk-4-11`.

import { createInterface } from 'node:readline';

const [file, ...words] = process.argv.slice(2);
const { open } = await import(`./${file}.mjs`);
const say = (value) => process.stdout.write(`@${JSON.stringify(value)}\n`);
const worded = (error) => (error instanceof Error ? error.message : JSON.stringify(error)) || String(error);
let calls;

for await (const line of createInterface({ input: process.stdin })) {
  const { open: place, call, with: given = {} } = JSON.parse(line);
  if (place) {
    const opened = open(place, ...words);
    calls = opened.calls;
    const shown = ([name, { needs = [], gives, reaches }]) => [name, { needs, gives, reaches }];
    const all = Object.entries(calls).map(([capability, each]) => [capability, Object.fromEntries(Object.entries(each).map(shown))]);
    say({ sdk: opened.sdk, calls: Object.fromEntries(all) });
    continue;
  }
  try {
    const [capability, name] = call;
    say({ answer: (await calls[capability][name].run(given)) ?? null });
  } catch (error) {
    say({ refused: worded(error) });
  }
}
