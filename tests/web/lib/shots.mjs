// Pictures of the running demo: all pages for the eye (.shots/, kept out of the repository), six for the README (pictures/).
//
//   node lib/shots.mjs [readme]

import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listening, logInAs, open, openMenu, visitor } from './browser.mjs';
import { HANMEIMEI, LILEI, MAIL, NOTES, PASSWORD, ask, csrfOf, kick, logIn, managementToken, start } from './house.mjs';
import { AGENTS, settle } from './people.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const shots = join(here, '../.shots'), pictures = join(here, '../pictures');

/** A session in Notes and in Mail, through single sign-on, without a browser. */
async function everywhere(house, account, agent) {
  const jar = new Map();
  const keep = (url, answer) => {
    const host = new URL(url).host;
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [name, value] = line.split(';')[0].split(/=(.*)/);
      jar.set(host, [...(jar.get(host) ?? []).filter((c) => c.name !== name), ...(value ? [{ name, value }] : [])]);
    }
  };
  const go = async (url, request = {}) => {
    for (let hop = 0; hop < 12; hop++) {
      const headers = { 'user-agent': agent, 'accept-language': 'en', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' };
      const answer = await ask(url, { ...request, headers, cookies: jar.get(new URL(url).host) ?? [] });
      keep(url, answer);
      if (!answer.headers.location) return answer;
      [url, request] = [new URL(answer.headers.location, url).href, {}];
    }
    throw new Error('too many hops');
  };
  const form = await go(`${house.base}/login`);
  await go(`${house.base}/login`, { method: 'POST', body: { account, password: PASSWORD, next: '', csrf: csrfOf(form.text) } });
  await go(`${house.notes}/u`);
  await go(`${house.mail}/u`);
}

async function readme(house, browser) {
  mkdirSync(pictures, { recursive: true });
  const shoot = async (page, name) => {
    const file = join(pictures, `${name}.png`);
    await page.screenshot({ path: file, animations: 'disabled' });
    const { size } = statSync(file);
    if (size > 120_000) throw new Error(`${name} weighs ${size} octets`);
  };
  const eye = async (options) => {
    const context = await visitor(browser, { height: 760, agent: AGENTS.chrome, ...options });
    const page = await context.newPage();
    return page;
  };
  const token = await managementToken(house);
  for (const [account, agent] of [['lilei', AGENTS.safari], ['lilei', AGENTS.wechat], ['hanmeimei', AGENTS.edge], ['maya', AGENTS.firefox]]) {
    await everywhere(house, account, agent);
  }
  const gate = await eye({ lang: 'en' });
  await gate.goto(`${house.mail}/login?crossed=1`);
  await shoot(gate, '1-login');

  const own = await eye({ lang: 'zh' });
  await logInAs(own, house.base, 'lilei');
  await own.goto(`${house.base}/u/devices`);
  await shoot(own, '2-devices');

  const desk = await eye({ lang: 'en', agent: AGENTS.edge });
  await logInAs(desk, house.base, 'chenliqun');
  await desk.goto(`${house.base}/console/applications/${NOTES}/sessions`);
  await desk.locator('#ledger tr').filter({ hasText: 'Maya' }).locator('input').check();
  await shoot(desk, '3-login-status');

  const dark = await eye({ lang: 'zh', theme: 'dark', agent: AGENTS.edge });
  await logInAs(dark, house.base, 'chenliqun');
  await dark.goto(`${house.base}/console/applications/${NOTES}/sessions`);
  await dark.locator('#ledger tr').filter({ hasText: 'Li Lei' }).first().locator('a.ends').click();
  await dark.locator('input[name=scope][value=app]').check();
  await shoot(dark, '4-scope');

  const phone = await eye({ lang: 'zh', width: 360, height: 740, agent: AGENTS.safari });
  await logInAs(phone, house.base, 'lilei');
  await listening(phone, () => phone.goto(`${house.base}/u`));
  await desk.goto(`${house.base}/console/users/${LILEI}/kick`);
  await desk.locator('button.btn.end').click();
  await desk.waitForURL(/receipts/);
  await phone.waitForURL(/signed-out/);
  // The page can be there before the sessions of the receipt are counted.
  await phone.reload();
  await shoot(phone, '6-signed-out');
  await desk.reload();
  await shoot(desk, '5-receipt');
  await kick(house, token, MAIL, [HANMEIMEI]);
}

async function everything(house, browser) {
  mkdirSync(shots, { recursive: true });
  const life = await settle(house);
  for (const lang of ['zh', 'en']) {
    for (const theme of ['light', 'dark']) {
      for (const width of [1280, 360]) {
        const options = { lang, theme, width, height: 800 };
        const shoot = (page, name, fullPage = true) =>
          page.screenshot({ path: join(shots, `${name}.${lang}.${theme}.${width}.png`), fullPage, animations: 'disabled' });
        const own = await (await visitor(browser, { ...options, agent: width > 400 ? AGENTS.chrome : AGENTS.safari })).newPage();
        await own.goto(`${house.notes}/login?crossed=1`);
        await shoot(own, 'login');
        await own.fill('#account', 'lilei');
        await own.fill('#password', 'wrong');
        await own.keyboard.press('Enter');
        await own.locator('.notice').waitFor();
        await shoot(own, 'login-wrong');
        await logInAs(own, house.base, 'lilei');
        for (const [name, at] of [['u', '/u'], ['devices', '/u/devices'], ['profile', '/u/profile'], ['security', '/u/security'],
          ['confirm', '/login/profile/logout?ask=1'], ['forbidden', '/console'], ['absent', '/nowhere']]) {
          await own.goto(house.base + at);
          await shoot(own, name);
        }
        await own.goto(`${house.base}/u`);
        await openMenu(own);
        await shoot(own, 'menu', false);
        await own.goto(`${house.base}/login/profile/logout?redirect_uri=https://evil.example/bye?x=1`);
        await shoot(own, 'refused');
        await own.goto(`${house.base}/login/profile/logout`);
        await shoot(own, 'nobody');
        await own.context().close();

        const desk = await (await visitor(browser, { ...options, agent: AGENTS.edge })).newPage();
        await logInAs(desk, house.base, 'chenliqun');
        for (const [name, at] of [['console', '/console'], ['applications', '/console/applications'], ['application-new', '/console/applications/new'],
          ['application', `/console/applications/${NOTES}`], ['status', `/console/applications/${NOTES}/sessions`],
          ['status-empty', `/console/applications/${NOTES}/sessions?q=nobody-of-that-name`], ['everyone', `/console/applications/${NOTES}/kick?all=1`],
          ['users', '/console/users'], ['user-new', '/console/users/new'], ['user', `/console/users/${LILEI}`], ['user-hostile', `/console/users/${life.hostile}`],
          ['user-kick', `/console/users/${LILEI}/kick`], ['keys', '/console/keys'], ['audit', '/console/audit'], ['receipt', `/console/receipts/${life.receipt}`]]) {
          await desk.goto(house.base + at);
          await shoot(desk, name);
        }
        await desk.goto(`${house.base}/console/applications/${NOTES}/sessions`);
        await desk.locator('#ledger tr').filter({ hasText: 'Maya' }).first().locator('input').check();
        await shoot(desk, 'status-picked', false);
        await desk.goto(`${house.base}/console`);
        await openMenu(desk);
        await shoot(desk, 'console-menu', false);
        await desk.context().close();
      }
    }
  }
}

const browser = await open();
const house = await start();
try {
  await readme(house, browser);
} finally {
  await house.stop();
}
if (!process.argv.includes('readme')) {
  const other = await start();
  try {
    await everything(other, browser);
  } finally {
    await other.stop();
  }
}
await browser.close();
