// A person with a browser that runs no script: follows redirects inside the house, keeps cookies as a browser does, fills
// in the forms that the house shows, and stops where an application takes over.

import assert from 'node:assert/strict';
import { PASSWORD, ask } from './house.mjs';

const HOPS = 12;

const plain = (text) => text.replace(/&(lt|gt|quot|amp|#39|#x27);/g, (_, name) =>
  ({ lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'", '#x27': "'" })[name]);

/** The attributes of a tag; one without a value is ''. */
function attributes(tag) {
  const all = {};
  for (const [, name, value] of tag.matchAll(/([a-z][\w-]*)(?:="([^"]*)")?/gi)) all[name.toLowerCase()] = plain(value ?? '');
  return all;
}

/** The forms of a page: where they go, how, what they hold, and the named buttons. */
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, body]) => {
    const { action = '', method = 'get' } = attributes(head);
    const fields = {};
    for (const [, tag] of body.matchAll(/<input\b([^>]*)>/g)) {
      const { name, value = '', type } = attributes(tag);
      if (name && !['submit', 'radio', 'checkbox'].includes(type)) fields[name] = value;
    }
    const buttons = [...body.matchAll(/<button\b([^>]*)>/g)].map(([, tag]) => attributes(tag)).filter((b) => b.name);
    return { action, method: method.toLowerCase(), fields, buttons };
  });
}

/** What came back: a page of the house, or the address at which the browser left it. */
class Arrival {
  constructor(url, answer, left) {
    Object.assign(this, { url, status: answer.status, headers: answer.headers, html: answer.text, left });
  }

  form(holds) {
    return forms(this.html).find(({ fields, buttons }) => holds in fields || buttons.some((b) => b.name === holds));
  }

  /** The form that a `form_post` page sends to the application by itself. */
  posted(redirectUri) {
    return forms(this.html).find(({ action, method }) => method === 'post' && action === redirectUri);
  }
}

export class Person {
  #cookies = new Map();

  /**
   * `house` is an origin; other hosts below the same name and port belong to it too. At the origins in `also` the browser
   * follows redirects as well.
   */
  constructor(house, account = 'lilei', { password = PASSWORD, also = [] } = {}) {
    Object.assign(this, { house: new URL(house), account, password, also });
  }

  isHouse(url) {
    const { hostname, port, origin } = new URL(url);
    if (this.also.includes(origin)) return true;
    return port === this.house.port && (hostname === this.house.hostname || hostname.endsWith(`.${this.house.hostname}`));
  }

  cookies(url) {
    return [...(this.#cookies.get(new URL(url).hostname) ?? [])].map(([name, value]) => ({ name, value }));
  }

  /** Another browser with the same cookies. */
  copy() {
    const other = new Person(this.house, this.account, this);
    other.#cookies = new Map([...this.#cookies].map(([host, jar]) => [host, new Map(jar)]));
    return other;
  }

  #keep(url, answer) {
    const jar = this.#cookies.get(new URL(url).hostname) ?? new Map();
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === '' || /max-age=0\b/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    this.#cookies.set(new URL(url).hostname, jar);
  }

  /** One navigation, with the redirects that follow inside the house. `from` is the page that started it. */
  async goes(url, { method = 'GET', body, from } = {}) {
    for (let hop = 0; hop < HOPS; hop++) {
      const { origin, hostname } = new URL(url);
      const site = !from ? 'none' : from === origin ? 'same-origin' : new URL(from).hostname === hostname ? 'same-site' : 'cross-site';
      const headers = {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) exeunt-test', accept: 'text/html', 'accept-language': 'en',
        'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-user': '?1',
      };
      if (method === 'POST') headers.origin = from ?? 'null';
      // SameSite=Lax: a post from another site comes without cookies.
      const cookies = method === 'POST' && site === 'cross-site' ? [] : this.cookies(url);
      const answer = await ask(url, { method, headers, cookies, body });
      this.#keep(url, answer);
      const { location } = answer.headers;
      if (!location || answer.status < 300 || answer.status > 399) return new Arrival(url, answer, null);
      const next = new URL(location, url).href;
      if (!this.isHouse(next)) return new Arrival(url, answer, new URL(next));
      // 307 and 308 would post the password on; the house uses 303.
      [url, method, body] = [next, 'GET', undefined];
    }
    throw new Error(`more than ${HOPS} redirects, last to ${url}`);
  }

  /** Sends the form that holds this field or button. `fields` override what it holds. */
  async submits(arrival, holds, fields = {}) {
    const form = arrival.form(holds);
    assert.ok(form, `no form with ${holds} at ${arrival.url}:\n${arrival.html}`);
    const target = new URL(form.action || arrival.url, arrival.url).href;
    return this.goes(target, { method: form.method.toUpperCase(), body: { ...form.fields, ...fields }, from: new URL(arrival.url).origin });
  }

  async logsIn(origin = this.house.origin) {
    const page = await this.goes(`${origin}/login`);
    const after = await this.submits(page, 'password', { account: this.account, password: this.password });
    assert.equal(after.status, 200, `${this.account} could not log in`);
    return after;
  }

  /**
   * Answers whatever the authorization endpoint asks, until the browser leaves for the application or stands before a
   * page that asks nothing. `asked` tells what was asked on the way.
   */
  async authorizes(url, { method, body, from = 'http://application.example', consent = 'yes' } = {}) {
    const asked = [];
    let at = await this.goes(String(url), { method, body, from });
    for (let step = 0; step < 4 && !at.left; step++) {
      if (at.form('password')) {
        asked.push('login');
        at = await this.submits(at, 'password', { account: this.account, password: this.password });
      } else if (at.form('answer')) {
        asked.push('consent');
        at = await this.submits(at, 'answer', { answer: consent });
      } else break;
    }
    return Object.assign(at, { asked });
  }
}
