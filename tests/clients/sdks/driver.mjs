// The protocol of README.md, for SDKs in Node: `node driver.mjs js js-4.11` speaks for one of them.

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
