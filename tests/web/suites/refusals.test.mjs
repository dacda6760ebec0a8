// Every form that a house shows, found by following links, is sent what it must refuse: nothing, too much, a name that is
// taken, markup, an expired or foreign hidden value, everything twice. The answer is a page that says what to do and holds
// what was typed, and nothing has changed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cookiesOf, logInAs, open, visitor } from '../lib/browser.mjs';
import { again, answerOf, formsBelow, keptOn } from '../lib/forms.mjs';
import { PASSWORD, ask, csrfOf, logIn, start } from '../lib/house.mjs';
import { AGENTS, settle } from '../lib/people.mjs';

const WATCHED = { chenliqun: ['/console/users', '/console/applications', '/console/keys'], lilei: ['/u/profile', '/u/devices', '/u/applications'], nobody: [] };
const TAKEN = { username: 'maya', email: 'maya@example.com', identifier: 'mail' };
/** What would be accepted, by the name of the field. */
const VALID = {
  username: 'fresh', name: 'Fresh', email: 'fresh@example.com', phone: '+8613900000009', password: 'let me in, please', identifier: 'fresh', label: 'Fresh',
  redirect_uris: 'https://fresh.example/cb', logout_redirect_uris: 'https://fresh.example/bye', account: 'maya', current: PASSWORD, new: 'let me in, please',
  again: 'let me in, please',
};
const HOSTILE_TEXT = '<img src=x onerror=alert(1)></textarea><script>alert(1)</script>"\'&amp;\u202e🧨';

let house, browser, life, judge, stranger;
const roles = {};

/** Somebody in a browser without a script, and the forms they meet. */
async function meets(account, starts) {
  const context = await visitor(browser, { script: false, agent: AGENTS.edge });
  const page = await context.newPage();
  if (account !== 'nobody') await logInAs(page, house.base, account);
  return { account, context, page, forms: await formsBelow(page, house.base, starts) };
}

before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  life = await settle(house);
  judge = await (await visitor(browser)).newPage();
  stranger = csrfOf((await ask(`${house.base}/u`, { cookies: await logIn(house.base, 'hanmeimei') })).text);
  assert.ok(stranger);
  roles.nobody = await meets('nobody', ['/login']);
  roles.lilei = await meets('lilei', ['/u', '/login/profile/logout?ask=1']);
  roles.chenliqun = await meets('chenliqun', ['/console', `/console/receipts/${life.receipt}`]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

async function sends(role, form, fields) {
  const cookies = await role.context.cookies(house.base);
  const { origin } = new URL(form.action);
  const headers = { origin, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'accept-language': 'en', accept: 'text/html' };
  const answer = await ask(form.action, { method: 'POST', headers, cookies, body: new URLSearchParams(fields).toString() });
  return { ...answer, ...await answerOf(judge, answer.text) };
}

async function state(role, form) {
  const cookies = await role.context.cookies(house.base);
  const pages = [form.at, ...WATCHED[role.account].map((at) => house.base + at)];
  return Promise.all(pages.map(async (at) => keptOn(judge, (await ask(at, { cookies })).text)));
}

/** `fields` with some of them replaced, added or, by `undefined`, taken out. */
function changed(fields, changes) {
  const kept = fields.filter(([name]) => !(name in changes));
  return [...kept, ...Object.entries(changes).filter(([, value]) => value !== undefined)];
}

/** What is wrong with an answer that has to be a refusal of what was typed. */
function refusal(answer, form, fields, { beside = true } = {}) {
  const faults = [];
  if (answer.status < 400 || answer.status > 499) return [`answered ${answer.status} ${answer.headers.location ?? answer.heading}`];
  if (!answer.said && !answer.beside.length) faults.push(`${answer.status} “${answer.heading}” says nothing about it`);
  if (answer.said && !answer.focusable) faults.push('the summary takes no focus');
  if (beside && !/^Error: /.test(answer.title)) faults.push(`is titled “${answer.title}”`);
  for (const { name, type } of form.typed) {
    const [, typed] = fields.find(([one]) => one === name) ?? [];
    const values = answer.values.filter(([one]) => one === name).map(([, value]) => value);
    if (type === 'password') {
      if (values.some(Boolean)) faults.push(`${name} comes back`);
    } else if (typed && !values.some((value) => value.replaceAll('\r\n', '\n') === typed.replaceAll('\r\n', '\n'))) faults.push(`${name} is lost: ${JSON.stringify(values.map((v) => v.slice(0, 40)))}`);
  }
  if (answer.injected.length) faults.push(`injected ${answer.injected.join(' ')}`);
  return faults;
}

/** Sends each form what `cases` makes of it; all of it must be refused and change nothing. */
async function refuses(cases) {
  const faults = [];
  let sent = 0;
  for (const role of Object.values(roles)) {
    for (const form of role.forms) {
      const before = await state(role, form);
      for (const [what, changes] of cases(form)) {
        const fields = changed(form.fields, changes);
        const answer = await sends(role, form, fields);
        sent += 1;
        faults.push(...refusal(answer, form, fields).map((fault) => `${form.kind.split(' ')[0]} ${what}: ${fault}`));
      }
      if (process.env.DEBUG_STATE || cases(form).length) {
        const now = await state(role, form);
        if (JSON.stringify(now) !== JSON.stringify(before)) faults.push(`${form.kind}: something has changed`);
      }
    }
  }
  assert.ok(sent > 0);
  assert.deepEqual(faults, []);
}

const all = (form, value) => Object.fromEntries(form.typed.map(({ name }) => [name, value]));
const valid = (form) => Object.fromEntries(form.typed.filter(({ name }) => name in VALID).map(({ name }) => [name, VALID[name]]));

test('the crawl finds the forms', () => {
  const found = Object.fromEntries(Object.entries(roles).map(([name, { forms }]) => [name, forms.length]));
  assert.ok(found.nobody >= 1 && found.lilei >= 9 && found.chenliqun >= 20, JSON.stringify(found));
});

test('an expired, a foreign and a missing hidden value', () => refuses((form) => [
  ['csrf expired', { ...valid(form), csrf: 'x'.repeat(43) }], ['csrf of somebody else', { ...valid(form), csrf: stranger }],
  ['csrf empty', { ...valid(form), csrf: '' }], ['csrf missing', { ...valid(form), csrf: undefined }],
]));

test('nothing where something is wanted', () => refuses((form) => (form.typed.length ? [['all empty', all(form, '')]] : [])));

test('10,000 characters', () => refuses((form) => form.typed.map(({ name }) => [`long ${name}`, { ...valid(form), [name]: 'x'.repeat(10_000) }])));

test('a name that is taken', () => refuses((form) => form.typed.filter(({ name }) => name in TAKEN)
  .map(({ name }) => [`taken ${name}`, { ...valid(form), [name]: TAKEN[name] }])));
