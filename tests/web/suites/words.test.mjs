// A walk in Chinese meets no foreign word, one in English no Chinese one: every page of the gallery, and every page of a real
// house that links lead to.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { logInAs, open, visitor } from '../lib/browser.mjs';
import { crawl, kindOf } from '../lib/crawl.mjs';
import { ask, start } from '../lib/house.mjs';
import { AGENTS, HOSTILE, settle } from '../lib/people.mjs';
import { says } from '../lib/words.mjs';

/** Names of people, applications and pools in the demo and in the gallery, and what was typed there. */
const NAMES = [
  'Acme', 'exeunt', 'Maya Okafor', 'Anne-Sophie de Montmorency-Laval', 'deploy-bot', 'Li Lei', 'Han Meimei', 'Chen Liqun', 'Notes', 'Mail', 'Demo',
  'lilei', 'hanmeimei', 'maya', 'chenliqun', 'notes', 'mail', '李雷', '韩梅梅', '陈立群', '王小明', '王芳',
  'Jim Green', '=HYPERLINK(1)', 'department', HOSTILE.name, HOSTILE.username, HOSTILE.email, 'Leaving employees <script>',
];
/** Products and what they are called in Chinese too. */
const PRODUCTS = ['Authing', 'OpenID Connect', 'OAuth', 'SAML', 'CAS', 'SDK', 'Chrome', 'Safari', 'Firefox', 'Edge', 'Windows', 'macOS', 'iPhone', 'iPad',
  'Android', 'Ubuntu', 'Linux', 'iOS', 'iPadOS', 'HarmonyOS', 'WebSocket', 'curl', 'Cookie'];
/** Terms of the craft that Authing's console leaves in Latin letters. */
const TERMS = ['URL', 'ID', 'App', 'App ID', 'App Secret', 'IP', 'CSV', 'JSON', 'JWKS', 'PKCE', 'http', 'https', 'HTTP', 'HTTPS', 'host', 'GB', 'MB', 'KB', 'ms', 's', 'UTC',
  'Logo', 'PNG', 'SVG', 'JPEG', 'WebP', 'NDJSON', 'UTF-8', '.env', 'localhost', 'TOKEN', 'Asia/Shanghai', 'exeunt backup', 'exeunt demo --port', 'Issuer', 'Token'];
/** What a protocol calls a thing; it is never translated. By their shape: snake_case, camelCase, /a/path, {braced}. */
const LITERAL = /\{[^}]*\}|\b[a-z]\w*[._]\w+(?:_\w+)*|\b[a-z]+[A-Z]\w*|(?<!\w)\/[\w./{}-]+|\b(?:(?:code|id_token|token)(?: (?:id_token|token))*|none|null|format=JSON|[REHP]S(?:256|384|512)|EdDSA|ACK)\b/g;
const ADDRESS = /(?:https?|javascript):[^\s，。、；）]*|(?<![\w.])[\w.+-]+@[\w.-]+|\b(?:[0-9a-f]{1,4}:){3,}[0-9a-f]{1,4}\b|\b[0-9a-f]{12,}\b/gi;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const known = new RegExp([...NAMES, ...PRODUCTS, ...TERMS].sort((a, b) => b.length - a.length)
  .map((name) => (/^\w(.*\w)?$/.test(name) ? `(?<![A-Za-z_])${escaped(name)}(?![A-Za-z_])` : escaped(name))).join('|'), 'g');
/** The gallery's hostile name, up to where its many characters end. */
const TRAP = /<script>alert\('x'\)<\/script>[^长]*长+/g;

const stripped = (said) => [TRAP, ADDRESS, LITERAL, known].reduce((left, out) => left.replace(out, ' '), said);
const FOREIGN = { zh: /[A-Za-z]+/g, en: /\p{Script=Han}+/gu };

/** The foreign words of the page that stands there. */
async function foreign(page, lang) {
  const all = await says(page);
  assert.ok(all.length > 0 || /check-session/.test(page.url()), `${page.url()} says nothing`);
  return all.flatMap(({ said, where }) => (stripped(said).match(FOREIGN[lang]) ?? []).map((word) => `${kindOf(page.url())} ${where}: “${word}” in “${said.slice(0, 120)}”`));
}

let house, browser, pages, life;
before(async () => {
  [house, browser] = await Promise.all([start(), open()]);
  life = await settle(house);
  pages = (await ask(`${house.base}/_dev/gallery`)).text.trim().split('\n');
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

test('the judge knows a foreign word', () => {
  const found = (lang, said) => stripped(said).match(FOREIGN[lang]) ?? [];
  assert.deepEqual(found('zh', '登录 to 笔记'), ['to']);
  assert.deepEqual(found('zh', '用 Chrome 150 登录 https://a.example/x，client_secret_basic'), []);
  assert.deepEqual(found('zh', 'Chromes'), ['Chromes']);
  assert.deepEqual(found('en', 'Log out 退出, Li Lei 李雷'), ['退出']);
});

for (const lang of ['zh', 'en']) {
  describe(`in ${lang}`, () => {
    const walker = (more = {}) => visitor(browser, { lang, script: false, ...more });

    test('the gallery', async () => {
      const context = await walker();
      const page = await context.newPage();
      const faults = new Set();
      for (const at of pages.filter((one) => one.startsWith(`/_dev/gallery/${lang}/`))) {
        await page.goto(house.base + at);
        for (const fault of await foreign(page, lang)) faults.add(fault);
      }
      await context.close();
      assert.deepEqual([...faults], []);
    });

    for (const [who, account, starts, least] of [
      ['a stranger', null, ['/login', '/signed-out', '/signed-out?reason=kicked', '/nowhere', '/docs/authing', '/login/profile/logout'], 5],
      ['a person', 'lilei', ['/u', '/login/profile/logout?ask=1', '/console'], 8],
      ['an administrator', 'chenliqun', ['/u', '/console'], 20],
    ]) {
      test(`the real house, as ${who}`, async () => {
        const context = await walker({ agent: AGENTS.edge });
        const page = await context.newPage();
        if (account) await logInAs(page, house.base, account);
        const faults = new Set();
        const starting = account === 'chenliqun' ? [...starts, `/console/receipts/${life.receipt}`, `/console/users/${life.hostile}`] : starts;
        const seen = await crawl(page, house.base, starting, async () => {
          assert.equal((await page.locator('html').getAttribute('lang')).slice(0, 2), lang);
          for (const fault of await foreign(page, lang)) faults.add(fault);
        });
        await context.close();
        assert.ok(seen.length >= least, seen.join('\n'));
        assert.deepEqual([...faults], []);
      });
    }
  });
}
