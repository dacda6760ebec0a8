// Every form that a house shows, found by following links, is sent what it must refuse: nothing, too much, a name that is
// taken, markup, an expired or foreign hidden value, everything twice. The answer is a page that says what to do and holds
// what was typed, and nothing has changed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { logInAs, open, visitor } from '../lib/browser.mjs';
import { again, answerOf, formsBelow, keptOn } from '../lib/forms.mjs';
import { PASSWORD, ask, csrfOf, logIn, start } from '../lib/house.mjs';
import { AGENTS, HOSTILE, settle } from '../lib/people.mjs';

const WATCHED = { chenliqun: ['/console/users', '/console/applications', '/console/keys'], lilei: ['/u/profile', '/u/devices', '/u/applications'], nobody: [] };
const TAKEN = { username: 'maya', email: 'maya@example.com', identifier: 'mail' };
/** What would be accepted, by the name of the field; names are others each time. */
let nth = 0;
const accepted = () => {
  const n = String(nth += 1).padStart(3, '0');
  return {
    username: `fresh-${n}`, name: 'Fresh', email: `fresh-${n}@example.com`, phone: `+8613900000${n}`, password: PASSWORD, identifier: `fresh-${n}`,
    label: 'Fresh', redirect_uris: 'https://fresh.example/cb', logout_redirect_uris: 'https://fresh.example/bye', account: 'maya', current: PASSWORD,
    new: PASSWORD, again: PASSWORD,
  };
};
/** A name typed to confirm an ending is typed again; a name at the log-in page is as long as names are. */
const RETYPED = ['confirm'], CUT = ['account'];
const HOSTILE_TEXT = '<img src=x onerror=alert(1)></textarea><script>alert(1)</script>"\'&amp;\u202e🧨';

/** Somebody in a browser without a script, and the forms they meet. */
async function meets(house, account, starts) {
  const context = await visitor(browser, { script: false, agent: AGENTS.edge });
  const page = await context.newPage();
  const role = { account, house, context, page, starts };
  await enters(role);
  return Object.assign(role, { forms: await formsBelow(page, house.base, starts) });
}

async function enters({ account, context, page, house }) {
  await context.clearCookies();
  if (account !== 'nobody') await logInAs(page, house.base, account);
}

/** A house with people on many devices, and who fills in its forms. */
async function opened() {
  const house = await start(), roles = {};
  try {
    const life = await settle(house);
    const starts = { nobody: ['/login'], lilei: ['/u', '/login/profile/logout?ask=1'], chenliqun: ['/console', `/console/receipts/${life.receipt}`] };
    for (const [account, below] of Object.entries(starts)) roles[account] = await meets(house, account, below);
    return { house, roles };
  } catch (error) {
    await house.stop();
    throw error;
  }
}

let browser, house, roles, judge, stranger;
before(async () => {
  browser = await open();
  ({ house, roles } = await opened());
  judge = await (await visitor(browser)).newPage();
  stranger = csrfOf((await ask(`${house.base}/u`, { cookies: await logIn(house.base, 'hanmeimei') })).text);
  assert.ok(stranger);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const BOUNDARY = 'a-boundary-between-parts';
const inParts = (fields) => [...fields.map(([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  `--${BOUNDARY}--\r\n`].join('');

async function sends(role, form, fields) {
  const cookies = await role.context.cookies(role.house.base);
  const { origin } = new URL(form.action);
  const headers = { origin, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'accept-language': 'en', accept: 'text/html' };
  if (form.multipart) headers['content-type'] = `multipart/form-data; boundary=${BOUNDARY}`;
  const body = form.multipart && typeof fields !== 'string' ? inParts(fields) : new URLSearchParams(fields).toString();
  const answer = await ask(form.action, { method: 'POST', headers, cookies, body });
  return { ...answer, ...await answerOf(judge, answer.text) };
}

async function state(role, form) {
  const cookies = await role.context.cookies(role.house.base);
  const pages = [form.at, ...WATCHED[role.account].map((at) => role.house.base + at)];
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
  if (form.asks && answer.status === 200) return answer.injected.map((tag) => `injected ${tag}`);
  if (answer.status < 400 || answer.status > 499) return [`answered ${answer.status} ${answer.headers.location ?? answer.heading}`];
  if (!answer.said && !answer.beside.length) faults.push(`${answer.status} “${answer.heading}” says nothing about it`);
  if (answer.said && !answer.focusable) faults.push('the summary takes no focus');
  if (beside && !/^Error: /.test(answer.title)) faults.push(`is titled “${answer.title}”`);
  for (const { name, type } of form.typed.filter((one) => !RETYPED.includes(one.name))) {
    const [, typed] = fields.find(([one]) => one === name) ?? [];
    const values = answer.values.filter(([one]) => one === name).map(([, value]) => value);
    if (type === 'password') {
      if (values.some(Boolean)) faults.push(`${name} comes back`);
    } else if (typed && !values.some((value) => value === typed.replaceAll('\r\n', '\n') || (CUT.includes(name) && value && typed.startsWith(value)))) faults.push(`${name} is lost: ${JSON.stringify(values.map((v) => v.slice(0, 40)))}`);
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
      if (!cases(form).length) continue;
      const before = await state(role, form);
      for (const [what, changes] of cases(form)) {
        const fields = changed(form.fields, changes);
        const answer = await sends(role, form, fields);
        sent += 1;
        faults.push(...refusal(answer, form, fields).map((fault) => `${form.kind.split(' ')[0]} ${what}: ${fault}`));
      }
      const now = await state(role, form);
      if (JSON.stringify(now) !== JSON.stringify(before)) faults.push(`${form.kind}: something has changed`);
    }
  }
  assert.ok(sent > 0);
  assert.deepEqual(faults, []);
}

/** By what a form does: nothing grave, the own session, whole people and applications, other sessions. */
const RANK = [0, 3, 2, 1];
const all = (form, value) => Object.fromEntries(form.typed.map(({ name }) => [name, value]));
/** For what stands empty. */
function valid(form) {
  const stands = new Set(form.fields.filter(([, value]) => value).map(([name]) => name)), fresh = accepted();
  return Object.fromEntries(form.typed.map(({ name }) => name).filter((name) => name in fresh && !stands.has(name)).map((name) => [name, fresh[name]]));
}

test('the crawl finds the forms', () => {
  const found = Object.fromEntries(Object.entries(roles).map(([name, { forms }]) => [name, forms.length]));
  assert.ok(found.nobody >= 1 && found.lilei >= 9 && found.chenliqun >= 20, JSON.stringify(found));
});

// How a page looks is no act: without the value it is only remembered in this browser.
const acts = ({ kind }) => !kind.startsWith('/prefs ');

test('an expired, a foreign and a missing hidden value', () => refuses((form) => !acts(form) ? [] : [
  ['csrf expired', { ...valid(form), csrf: 'x'.repeat(43) }], ['csrf of somebody else', { ...valid(form), csrf: stranger }],
  ['csrf empty', { ...valid(form), csrf: '' }], ['csrf missing', { ...valid(form), csrf: undefined }],
]));

test('nothing where something is wanted', () => refuses((form) => (form.typed.some(({ optional }) => !optional) ? [['all empty', all(form, '')]] : [])));

test('10,000 characters', () => refuses((form) => form.typed.map(({ name }) => [`long ${name}`, { ...valid(form), [name]: 'x'.repeat(10_000) }])));

test('a name that is taken', () => refuses((form) => form.typed.filter(({ name }) => name in TAKEN)
  .map(({ name }) => [`taken ${name}`, { ...valid(form), [name]: TAKEN[name] }])));

describe('what may be accepted', () => {
  let other;
  before(async () => { other = await opened(); });
  after(() => other?.house.stop());

  /** Opens the form anew. What was there to end may have been ended: then everybody logs in again. */
  async function anew(role, form) {
    const now = await again(role.page, form);
    if (now) return now;
    await enters(role);
    // Whoever was disabled or deleted stays out.
    for (const account of ['lilei', 'hanmeimei', 'maya', 'chenliqun', HOSTILE.username]) await logIn(other.house.notes, account, { agent: AGENTS.firefox }).catch(() => {});
    await logIn(other.house.base, role.account === 'nobody' ? 'maya' : role.account);
    const back = await again(role.page, form);
    if (back) return back;
    // A form may ask for more by now: whether one's own session stays.
    const all = await formsBelow(role.page, other.house.base, role.starts);
    return all.find(({ kind }) => kind === form.kind) ?? all.find(({ kind }) => kind.split(' ')[0] === form.kind.split(' ')[0]);
  }

  test('markup, quotes, direction marks and pictures are text', async () => {
    const faults = [];
    for (const role of Object.values(other.roles)) {
      for (const form of role.forms) {
        for (const { name, type } of form.typed.filter((one) => one.type !== 'password')) {
          const now = await anew(role, form);
          assert.ok(now, `${form.kind} is nowhere`);
          const fields = changed(now.fields, { ...valid(now), [name]: HOSTILE_TEXT });
          const answer = await sends(role, now, fields);
          const what = `${form.kind.split(' ')[0]} hostile ${name} (${type})`;
          if (answer.status < 300) faults.push(...answer.injected.map((tag) => `${what}: injected ${tag}`));
          else if (answer.status < 400) {
            const next = await ask(new URL(answer.headers.location, now.action).href, { cookies: await role.context.cookies(role.house.base) });
            const { injected } = await answerOf(judge, next.text);
            if (next.status >= 400 || injected.length) faults.push(`${what}: then ${next.status} ${injected.join(' ')}`);
          } else faults.push(...refusal(answer, now, fields).map((fault) => `${what}: ${fault}`));
        }
      }
    }
    assert.deepEqual(faults, []);
  });

  test('octets that are no text', async () => {
    const faults = [];
    for (const role of Object.values(other.roles)) {
      for (const form of role.forms.filter(({ typed }) => typed.length)) {
        const now = await anew(role, form);
        assert.ok(now, `${form.kind} is nowhere`);
        for (const junk of ['%00', '%ff%fe', '%ed%a0%80', 'x&x=%', '%e2%80%ae'.repeat(3000)]) {
          const fields = new URLSearchParams(now.fields.filter(([name]) => name !== form.typed[0].name)).toString();
          const answer = await sends(role, now, `${fields}&${form.typed[0].name}=${junk}`);
          if (answer.status >= 500 || (answer.status >= 400 && !answer.heading)) faults.push(`${form.kind.split(' ')[0]} ${junk.slice(0, 12)}: ${answer.status}`);
        }
      }
    }
    assert.deepEqual(faults, []);
  });

  test('sent twice at once: done at most once, and nothing breaks', async () => {
    const faults = [], gone = [];
    const grave = ({ kind }) => [/^\/u\/logout|^\/login/, /delete/, /kick|revoke|end|leave|password/].findIndex((rule) => rule.test(kind));
    for (const role of Object.values(other.roles)) {
      // What ends things comes last, the own session at the very end.
      for (const form of role.forms.toSorted((a, b) => RANK[grave(a) + 1] - RANK[grave(b) + 1])) {
        const now = await anew(role, form);
        if (!now) { gone.push(form.kind); continue; }
        const fields = changed(now.fields, valid(now));
        const answers = await Promise.all([sends(role, now, fields), sends(role, now, fields)]);
        for (const answer of answers) {
          const decent = answer.status < 400 || (answer.status < 500 && answer.heading);
          if (!decent) faults.push(`${form.kind.split(' ')[0]}: ${answer.status}`);
        }
        if (/\/new$/.test(now.action) && !now.asks) assert.equal(answers.filter(({ status }) => status < 400).length, 1, `${form.kind}: ${answers.map(({ status }) => status)}`);
      }
    }
    // What another form has ended for good is not there to be sent.
    assert.ok(gone.length <= 6, gone.join('\n'));
    assert.deepEqual(faults, []);
  });
});
