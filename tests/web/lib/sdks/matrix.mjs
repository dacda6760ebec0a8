// One SDK against the house: every capability it has, and for every call that ends something: alive before, dead after, seen
// by every checking call of the SDK and of the house at once, and the friend stays in.

import assert from 'node:assert/strict';
import { HANMEIMEI, LILEI, NOTES, PASSWORD, POOL, ask, kick, managementToken } from '../house.mjs';
import { Person as Browser } from '../person.mjs';
import { PLAIN, traded } from './checks.mjs';
import { Driver } from './driver.mjs';
import { Proxy } from './proxy.mjs';
import { Trace } from './trace.mjs';

export const SECRET = '89abcdef0123456789abcdef01234567';
const CALLBACK = 'http://127.0.0.1/callback';
const SIGNED_OUT = 'http://127.0.0.1:9/signed-out?from=sdk';
const CHECKS = ['currentUser', 'loginStatus', 'trackSession'];

/** What a cell of the table may be about, in its order. */
export const CAPABILITIES = {
  logIn: 'log in', currentUser: 'current user', loginStatus: 'login status', logOutLink: 'log-out link', logOut: 'log-out call',
  trackSession: 'track session', adminToken: 'admin token', activeUsers: 'active users', kick: 'kick', codeFlow: 'code flow',
};

class Person {
  jar = new Map();

  constructor(account, user) {
    Object.assign(this, { account, user, email: `${account}@example.com`, phone: '+8613800000001', password: PASSWORD });
  }

  cookies() {
    return [...this.jar].map(([name, value]) => ({ name, value }));
  }

  has(needs = []) {
    return needs.every((need) => (need === 'cookie' || need === 'session' ? this.jar.size > 0 : Boolean(this[need])));
  }

  given() {
    const { jar: _, admin: __, ...rest } = this;
    return rest;
  }
}

export class Matrix {
  /** What failed: `capability: call: why`. */
  failures = [];
  /** Endings that were seen by everybody, and how long all the questions took after the answer, in milliseconds. */
  endings = [];
  slowest = 0;

  static async of(name, house) {
    const matrix = new Matrix();
    matrix.proxy = await Proxy.open(house.port);
    matrix.driver = Driver.start(name);
    matrix.house = house;
    matrix.origin = `http://127.0.0.1:${house.port}`;
    matrix.token = await managementToken(house);
    const key = (await ask(`${matrix.origin}/api/v2/.well-known`)).json().data.publicKey;
    const place = { host: matrix.proxy.origin, app: NOTES, secret: SECRET, pool: POOL.id, poolSecret: POOL.secret, key, callback: CALLBACK };
    const { sdk, calls } = await matrix.driver.asks({ open: place });
    Object.assign(matrix, { sdk, calls, trace: new Trace(name, sdk), tried: {} });
    return matrix;
  }

  async close() {
    this.driver.stop();
    await this.proxy.close();
  }

  /** A call of the SDK, as it came back; what went over the wire is kept for the trace. */
  async #calls(capability, name, person, more = {}) {
    const { needs = [] } = this.calls[capability][name];
    this.proxy.take();
    this.proxy.jar = person.jar;
    this.proxy.sends = needs.includes('cookie');
    const given = { ...person.given(), ...more };
    const came = await this.driver.asks({ call: [capability, name], with: given });
    return { ...came, seen: this.proxy.take(), given };
  }

  #writes(capability, name, when, { seen, given }) {
    const { account, user, email, phone, password, login, access, id, refresh, code, state, verifier } = given;
    const { reaches } = this.calls[capability][name];
    this.trace.saw(capability, name, when, seen, {
      account, user, email, phone, password, login, access, id, refresh, code, state, verifier, admin: this.#adminOf(seen), app: NOTES, pool: POOL.id,
      'app secret': SECRET, 'pool secret': POOL.secret, callback: CALLBACK, host: this.proxy.origin,
    }, reaches);
  }

  /** The administrator's token that the SDK got, now or before. */
  #adminOf(seen) {
    for (const { path, answer } of seen) {
      if (path === '/api/v3/get-management-token') this.adminToken = JSON.parse(answer).data.access_token;
      if (path === '/graphql/v2') this.adminToken = JSON.parse(answer).data?.accessToken?.accessToken ?? this.adminToken;
    }
    return this.adminToken;
  }

  async #tries(capability, name, what) {
    const tried = (this.tried[capability] ??= {});
    try {
      await what();
      tried[name] ??= true;
    } catch (error) {
      tried[name] = false;
      this.failures.push(`${capability}: ${name}: ${error.message}`);
    }
  }

  /** Logs somebody in by one of the SDK's calls; the friend by the same. */
  async #logsIn(name, account, user) {
    const person = Object.assign(new Person(account, user), { admin: this.token });
    const came = await this.#calls('logIn', name, person);
    if (came.refused) throw new Error(came.refused);
    Object.assign(person, came.answer);
    if (account === 'lilei') this.#writes('logIn', name, 'done', came);
    return person;
  }

  /** The code flow with the SDK's helpers, for somebody whose browser is in. */
  async #byCode() {
    const [build, trade] = Object.keys(this.calls.codeFlow);
    const person = Object.assign(new Person('lilei', LILEI), { admin: this.token });
    const state = 'state-of-the-matrix';
    const built = await this.#calls('codeFlow', build, person, { state });
    if (built.refused) throw new Error(`${build}: ${built.refused}`);
    const { url, verifier } = typeof built.answer === 'string' ? { url: built.answer } : built.answer;
    const browser = new Browser(this.origin, 'lilei');
    await browser.logsIn();
    const { left } = await browser.authorizes(url.replace(this.proxy.origin, this.origin));
    assert.ok(left?.href.startsWith(CALLBACK), `the house led to ${left}`);
    assert.equal(left.searchParams.get('state'), state);
    const code = left.searchParams.get('code');
    person.jar = new Map(browser.cookies(this.origin).map(({ name, value }) => [name, value]));
    const came = await this.#calls('codeFlow', trade, person, { code, state, verifier });
    if (came.refused) throw new Error(`${trade}: ${came.refused}`);
    this.#writes('codeFlow', trade, 'done', came);
    for (const token of ['access', 'id', 'refresh']) assert.ok(came.answer[token], `${token} of the code flow`);
    return Object.assign(person, came.answer);
  }

  /** Follows a link of the SDK within the house, as the person's browser, until it leads to the target; the first status. */
  async #follows(url, person, target) {
    let first;
    for (let at = url.replace(this.proxy.origin, this.origin), hops = 0; hops < 6; hops++) {
      const answer = await ask(at, { cookies: person.cookies() });
      first ??= answer.status;
      assert.ok(answer.headers.location, `${at} answered ${answer.status}`);
      const next = new URL(answer.headers.location, at);
      if (next.href.startsWith(target)) return first;
      assert.equal(next.origin, this.origin, `led to ${next}`);
      at = next.href;
    }
    throw new Error('led in circles');
  }

  /** Asks every check that this person's tokens allow; `dead` names the tokens that should count no more. */
  async #checks(person, expected, { reach, record = false, about = '' } = {}) {
    const fits = (needs) => person.has(needs) && (!reach || (needs.length > 0 && needs.every((need) => reach.includes(need))));
    for (const capability of CHECKS) {
      for (const [name, { needs = [] }] of Object.entries(this.calls[capability] ?? {})) {
        if (!fits(needs)) continue;
        await this.#tries(capability, name, async () => {
          const came = await this.#calls(capability, name, person);
          const says = !came.refused && Boolean(came.answer);
          if (expected) assert.ok(!came.refused, `${about}${came.refused}`);
          assert.equal(says, expected, `${about}says ${JSON.stringify(came.answer ?? came.refused)}`);
          if (expected && typeof came.answer === 'string') assert.equal(came.answer, person.user);
          if (record) this.#writes(capability, name, expected ? 'alive' : 'dead', came);
        });
      }
    }
    for (const [name, { needs, says }] of Object.entries(PLAIN)) {
      if (fits(needs)) assert.equal(await says(this.origin, person), expected, `${about}${name}`);
    }
    if (reach) return;
    for (const [capability, find] of [['activeUsers', (all) => all.includes(person.user)], ['adminStatus', Boolean]]) {
      for (const name of Object.keys(this.calls[capability] ?? {})) {
        await this.#tries(capability, name, async () => {
          const came = await this.#calls(capability, name, person);
          assert.ok(!came.refused, `${about}${came.refused}`);
          assert.equal(find(came.answer), expected, `${about}says ${JSON.stringify(came.answer)}`);
          if (record) this.#writes(capability, name, expected ? 'alive' : 'dead', came);
        });
      }
    }
  }

  /** New tokens for old ones, before an ending and, refused, after it. */
  async #renews(person, expected, reach) {
    for (const [name, { needs }] of Object.entries(this.calls.renew ?? {})) {
      if (!person.has(needs) || (reach && !needs.every((need) => reach.includes(need)))) continue;
      const came = await this.#calls('renew', name, person);
      const [token] = needs;
      const works = !came.refused && Boolean(came.answer?.[token === 'refresh' ? 'access' : token]);
      assert.equal(works, expected, `${name}: ${came.refused ?? ''}`);
      this.#writes('renew', name, expected ? 'alive' : 'dead', came);
      if (expected) Object.assign(person, came.answer);
    }
    if (person.refresh && (!reach || reach.includes('refresh'))) {
      const next = await traded(this.origin, person.refresh);
      assert.equal(Boolean(next), expected, 'POST /oidc/token, refresh_token');
      if (next) Object.assign(person, next);
    }
  }

  async #clears() {
    await kick(this.house, this.token, NOTES, [LILEI]);
  }

  /** One ending, by a call of the SDK: `person` is in before it, and out after it. */
  async #ends(capability, name, person, friend, entrance) {
    const { reaches } = this.calls[capability][name];
    const about = `${entrance}, ${capability} ${name}: `;
    await this.#checks(person, true, { record: true, about });
    await this.#renews(person, true);
    const came = await this.#calls(capability, name, person, { to: SIGNED_OUT, state: 'state-of-the-matrix' });
    if (came.refused) throw new Error(came.refused);
    if (capability === 'logOutLink') {
      const { state, id, login } = came.given;
      const link = { method: 'GET', path: came.answer.replace(this.proxy.origin, ''), headers: {}, body: '', answer: '' };
      const status = await this.#follows(came.answer, person, SIGNED_OUT);
      this.trace.saw(capability, name, 'done', [{ ...link, status }], { to: SIGNED_OUT, state, id, login });
    } else {
      this.#writes(capability, name, 'done', came);
    }
    const answered = performance.now();
    await this.#checks(person, false, { reach: reaches, record: true, about });
    await this.#renews(person, false, reaches);
    this.slowest = Math.max(this.slowest, performance.now() - answered);
    if (friend) await this.#checks(friend, true, { about: `${about}the friend: ` });
    this.endings.push(`${entrance} → ${capability} ${name}`);
  }

  /** Everything. */
  async walk() {
    for (const name of Object.keys(this.calls.adminToken ?? {})) {
      await this.#tries('adminToken', name, async () => {
        const came = await this.#calls('adminToken', name, new Person('lilei', LILEI));
        if (came.refused) throw new Error(came.refused);
        this.#writes('adminToken', name, 'done', came);
      });
    }
    const ways = Object.entries(this.calls.logIn);
    let friend;
    await this.#tries('logIn', ways[0][0], async () => { friend = await this.#logsIn(ways[0][0], 'hanmeimei', HANMEIMEI); });
    const kinds = new Set();
    for (const [way, { gives }] of ways) {
      // Every way in is alive and dies; each ending is tried with the first way of each kind.
      const first = !kinds.has(`${gives}`);
      kinds.add(`${gives}`);
      await this.#entrance(way, () => this.#logsIn(way, 'lilei', LILEI), 'logIn', friend, first);
    }
    if (this.calls.codeFlow) await this.#entrance('code flow', () => this.#byCode(), 'codeFlow', friend, true);
    this.trace.settle();
  }

  async #entrance(way, enter, capability, friend, all) {
    const names = capability === 'codeFlow' ? Object.keys(this.calls.codeFlow) : [way];
    const sees = async (what) => {
      for (const name of names) await this.#tries(capability, name, what);
    };
    let probe;
    await this.#clears();
    await sees(async () => {
      probe = await enter();
      await this.#checks(probe, true, { about: `${way}: ` });
      await this.#clears();
      await this.#checks(probe, false, { about: `${way}, then a kick: ` });
    });
    if (!all || !probe) return;
    for (const ending of ['kick', 'logOutLink', 'logOut']) {
      for (const [name, { needs }] of Object.entries(this.calls[ending] ?? {})) {
        if (!probe.has(needs)) continue;
        await this.#tries(ending, name, async () => this.#ends(ending, name, await enter(), friend, way));
        await this.#clears();
      }
    }
  }

  /** A row of the table: `ok`, `FAILS`, or that the SDK has no such call. */
  row() {
    return Object.keys(CAPABILITIES).map((capability) => {
      const calls = Object.keys(this.calls[capability] ?? {});
      if (calls.length === 0) return '—';
      const also = capability === 'activeUsers' ? Object.values(this.tried.adminStatus ?? {}) : [];
      return [...calls.map((name) => this.tried[capability]?.[name]), ...also].every((well) => well === true) ? 'ok' : 'FAILS';
    });
  }
}
