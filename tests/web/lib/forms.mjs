// Every form of a house, found by following links; and what an answer to one holds.

import { crawl, kindOf } from './crawl.mjs';

/** Runs in the page: each button of each form that is posted, with what pressing it sends. */
function posted() {
  const all = [];
  for (const form of document.forms) {
    const controls = [...form.elements];
    const attribute = (e, name) => e.getAttribute(name);
    if ((attribute(form, 'method') ?? 'get').toLowerCase() !== 'post') continue;
    const typed = controls.filter((e) => e.name && !e.readOnly && (e.matches('textarea') || (e.matches('input') && /^(text|email|tel|url|search|number|password)$/.test(e.type))));
    const buttons = controls.filter((e) => e.matches('button, input[type=submit]') && e.type === 'submit');
    for (const button of buttons) {
      if (((attribute(button, 'formmethod') ?? 'post').toLowerCase()) !== 'post') continue;
      all.push({
        action: new URL(attribute(button, 'formaction') ?? attribute(form, 'action') ?? location.href, location.href).href,
        multipart: (attribute(button, 'formenctype') ?? attribute(form, 'enctype')) === 'multipart/form-data',
        fields: [...new FormData(form)].filter(([, value]) => typeof value === 'string').concat(button.name ? [[button.name, button.value]] : []),
        // A button that tries something out has fields of its own, and changes nothing.
        asks: button.name === 'check',
        // One that says who is meant needs nothing typed.
        typed: typed.filter((e) => button.name !== 'as' && (button.name === 'check' || !/^try_/.test(e.name))).map((e) => ({
          name: e.name, type: e.matches('textarea') ? 'textarea' : e.type, optional: /\(optional\)|optional/i.test(e.labels?.[0]?.textContent ?? ''),
        })),
        button: button.textContent.trim(),
      });
    }
  }
  return all;
}

/** The forms on pages below `starts`, one of each kind; `at` is the page on which it stands. */
export async function formsBelow(page, origin, starts) {
  const found = new Map();
  await crawl(page, origin, starts, async (_, url) => {
    for (const form of await page.evaluate(posted)) {
      const names = [...new Set(form.fields.map(([name]) => name))].sort();
      const kind = `${kindOf(form.action)} ${names.join(' ')}`;
      if (new URL(form.action).origin === origin && !found.has(kind)) found.set(kind, { ...form, at: url, kind });
    }
  });
  return [...found.values()];
}

/** A form as it stands there now, with the hidden values of this session; `undefined` when it is gone. */
export async function again(page, form) {
  await page.goto(form.at, { waitUntil: 'load' });
  return (await page.evaluate(posted)).find((one) => {
    const names = [...new Set(one.fields.map(([name]) => name))].sort();
    return `${kindOf(one.action)} ${names.join(' ')}` === form.kind;
  });
}

/** Runs in any page: what an answer holds, without opening it. */
function read(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const summary = page.querySelector('[role=alert]');
  const controls = [...page.querySelectorAll('input, textarea, select')];
  return {
    title: page.title,
    heading: page.querySelector('h1')?.textContent.trim() ?? '',
    said: summary?.textContent.trim() ?? '',
    focusable: Boolean(summary?.matches('[tabindex="-1"]')),
    beside: [...page.querySelectorAll('[aria-invalid=true]')].filter((e) => e.getAttribute('aria-describedby')?.split(' ')
      .some((id) => page.getElementById(id)?.textContent.trim())).map((e) => e.name),
    values: controls.filter((e) => e.name && !/^(checkbox|radio)$/.test(e.type)).map((e) => [e.name, e.value]),
    injected: [...page.querySelectorAll('img, iframe, object, embed, base, [onerror], [onload], script:not([src])')].map((e) => e.outerHTML.slice(0, 80)),
  };
}
export const answerOf = (page, html) => page.evaluate(read, html);

/** Runs in any page: what a page keeps, without hidden values that differ each time. */
function keeps(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const forms = [...page.forms].flatMap((form) => [...new FormData(form)].filter(([name]) => name !== 'csrf').map((pair) => pair.join('=')));
  const links = [...page.querySelectorAll('main a[href]')].map((a) => a.getAttribute('href'));
  return [...forms, ...links];
}
export const keptOn = (page, html) => page.evaluate(keeps, html);
