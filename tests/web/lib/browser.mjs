// Chromium, and what a person does in it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { PASSWORD, housePorts } from './house.mjs';

const executablePath = existsSync('/usr/bin/chromium')
  ? '/usr/bin/chromium'
  : execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();

/** How long anything may take before it counts as not happening. */
export const PATIENCE = 15_000;

/** `more` are flags of Chromium beside the usual ones. Closing it fails when a page of a house asked another origin. */
export async function open(more = []) {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const browser = await chromium.launch({ executablePath, args: [...args, ...more] });
  const close = browser.close.bind(browser);
  browser.abroad = [];
  browser.close = async () => {
    await close();
    assert.deepEqual(browser.abroad, [], 'no page of a house asks another origin for anything');
  };
  return browser;
}

/** A browser of its own, as far as cookies go. Everything its pages complain about lands in `complaints`. */
export async function visitor(browser, { lang = 'en', width = 1280, height = 800, theme = 'light', script = true, agent, zone } = {}) {
  const context = await browser.newContext({
    locale: lang === 'zh' ? 'zh-CN' : 'en-US',
    viewport: { width, height },
    colorScheme: theme,
    javaScriptEnabled: script,
    userAgent: agent,
    timezoneId: zone ?? 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE);
  context.complaints = [];
  context.on('page', (page) => listen(page, context.complaints));
  context.on('request', (request) => watch(request, browser.abroad));
  return context;
}

/** Page loads may lead elsewhere, a frame's too (OpenID Connect Front-Channel Logout); what a page loads may not. */
function watch(request, abroad) {
  if (request.isNavigationRequest() || !/^https?:/.test(request.url())) return;
  // What a page asks of itself again follows no redirect, but the place it was led to is reported as asked.
  if (request.redirectedFrom()?.headers()['x-exeunt-live']) return;
  const from = request.frame().url();
  if (!/^https?:/.test(from)) return;
  const { origin, port } = new URL(from);
  if (housePorts.has(Number(port)) && new URL(request.url()).origin !== origin) abroad.push(`${from} asked ${request.url()}`);
}

function listen(page, complaints) {
  page.on('console', (message) => {
    // A refused form is answered 4xx on purpose, which Chromium also writes to the console.
    const refused = /Failed to load resource: the server responded with a status of (\d+)/.exec(message.text())?.[1];
    // So is a stream that a page opens just when its session ends.
    const expected = ['403', '404', '409', '422'].includes(refused) || (refused === '401' && message.location().url.endsWith('/live'));
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(`${page.url()} ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()} ${error.message}`));
}

export async function logInAs(page, origin, account, password = PASSWORD) {
  await page.goto(`${origin}/login`);
  await page.fill('#account', account);
  await page.fill('#password', password);
  await page.click('form.deed button:not([type=button])');
  await page.waitForURL(/\/u(\?|$)/);
}

/** Enters an application by single sign-on: no password is asked. */
export async function enter(page, origin) {
  await page.goto(`${origin}/u`);
  assert.equal(new URL(page.url()).pathname, '/u', `single sign-on let nobody into ${origin}`);
  assert.equal(new URL(page.url()).origin, origin);
}

/** Goes somewhere by `act` and waits until that page hears of changes: by its own stream, or in line behind another tab's. */
export async function listening(page, act) {
  // What the page before this one opened does not count.
  await page.goto('about:blank');
  let hear;
  const heard = new Promise((resolve) => {
    hear = (answer) => { if (answer.url().endsWith('/live') && answer.status() === 200) resolve(); };
  });
  page.on('response', hear);
  await act();
  await within(Promise.race([heard, inLine(page)]), `${page.url()} hears nothing`);
  page.off('response', hear);
}

/** Whether this very page waits for the lock that another tab holds. */
async function inLine(page) {
  await page.waitForFunction(async () => {
    const name = `who-${Math.random()}`;
    const { clientId } = await navigator.locks.request(name, async () => (await navigator.locks.query()).held.find((lock) => lock.name === name));
    return (await navigator.locks.query()).pending.some((lock) => lock.clientId === clientId);
  }).catch(() => new Promise(() => {})); // its own stream decides
}

/** A page without a script asks again until it shows this. */
export async function reloads(page, shown) {
  const deadline = performance.now() + PATIENCE;
  while (!(await shown.count())) {
    assert.ok(performance.now() < deadline, `${page.url()} never shows ${shown}`);
    await page.reload();
  }
}

async function within(promise, otherwise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(otherwise)), PATIENCE); });
  try { await Promise.race([promise, late]); } finally { clearTimeout(timer); }
}

export async function cookiesOf(context, origin) {
  const all = await context.cookies(origin);
  assert.ok(all.length > 0, `no cookies at ${origin}`);
  return all;
}

export const heading = (page) => page.locator('h1').first().textContent();
export const path = (page) => new URL(page.url()).pathname;
/** Acts, and arrives at a page that says what was done: first in its title, and with the focus on it, for who cannot see it. */
export async function says(page, act, what) {
  await Promise.all([page.waitForEvent('domcontentloaded'), act()]);
  const said = page.locator('main .notice[role=status]:focus b');
  await said.waitFor();
  if (!what.test(await said.textContent()) || !what.test((await page.title()).split(' · ')[0])) {
    throw new Error(`it says ${await said.textContent()}, under the title ${await page.title()}`);
  }
}

export const openMenu = (page) => page.click('button.me');

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Violations, one line each. The script comes through the debugger, so the page's own policy stays as it is. */
export async function axe(page, rules = RULES) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), rules);
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join(' | ')}`);
}

/** What sticks out of the page sideways, unless it scrolls by itself. */
export function overflow(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
    if (wide <= room) return null;
    const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > room + 1);
    return `${wide} > ${room}: ${out.slice(0, 4).map((e) => e.tagName + (e.id && `#${e.id}`) + (e.className && `.${e.className}`)).join(', ')}`;
  });
}
