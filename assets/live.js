// exeunt: what a page does better with a script; every page works without it.
(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)],
    id = (name) => document.getElementById(name),
    on = addEventListener,
    data = document.body.dataset,
    boxes = (inside) => all('td [type=checkbox]', inside.closest('form'));

  // The browser's zone, so that the server can tell times in it.
  document.cookie = `tz=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)};Path=/;SameSite=Lax;Max-Age=31536000`;

  // A page out of the back-forward cache may show who has left.
  on('pageshow', ({ persisted }) => { if (persisted) location.reload(); });

  // Relative times in the page's words: moments | minutes | hours | one day | days.
  const tell = () => {
    for (const time of all('time[data-rel]')) {
      const past = (Date.now() - Date.parse(time.dateTime)) / 60000,
        row = (time.dataset.rel === 'long' ? data.ago : data.agoShort).split('|'),
        [n, form] = past < 1 ? [0, 0] : past < 60 ? [past, 1] : past < 1440 ? [past / 60, 2] : [past / 1440, past < 2880 ? 3 : 4];
      time.textContent = row[form].replace('{}', n | 0);
    }
  };
  setInterval(tell, 30000);

  // What parts of the page have to say anew is said in a region that was there from the start.
  let told;
  const speak = (word) => {
    const parts = all('[data-said]').map((part) => part.dataset.said),
      fresh = word || (told && parts.filter((part) => !told.includes(part)).join(' '));
    told = parts;
    if (fresh) id('said').textContent = fresh;
  };

  // Names and numbers of what is ticked.
  const count = () => {
    for (const line of all('[data-picked]')) {
      const picked = boxes(line).filter((box) => box.checked),
        people = new Map(picked.map((box) => [box.dataset.user, box.dataset.name])),
        say = people.size === 1 ? line.dataset.pickedOne : line.dataset.picked;
      line.textContent = say.replace('{p}', people.size).replace('{n}', picked.length);
      line.dataset.said = line.textContent;
      const names = all('[data-names]', line.parentElement)[0];
      names.textContent = [...people.values()].slice(0, 4).join(names.dataset.names) + (people.size > 4 ? ' …' : '');
    }
    for (const box of all('[data-all]')) {
      const ticked = boxes(box).filter((one) => one.checked).length;
      box.checked = ticked > 0 && ticked === boxes(box).length;
      box.indeterminate = ticked > 0 && !box.checked;
    }
    speak();
  };
  // Buttons that only a script can serve.
  const dress = () => {
    for (const button of all('[data-copy], [data-show], [data-all]')) button.hidden = false;
    count();
  };
  on('change', ({ target }) => {
    if (target.matches('[data-all]')) for (const box of boxes(target)) box.checked = target.checked;
    count();
  });
  on('reset', () => setTimeout(count));

  on('click', async (event) => {
    const button = event.target.closest('[data-copy], [data-show]');
    if (!button) return;
    const { show, copy, done, keys } = button.dataset;
    if (show) {
      const hidden = id(show).type === 'password';
      id(show).type = hidden ? 'text' : 'password';
      button.ariaPressed = hidden;
      [button.textContent, button.dataset.on] = [button.dataset.on, button.textContent];
      return;
    }
    let say = done;
    try { await navigator.clipboard.writeText(id(copy).textContent); } catch { // plain http has no clipboard
      getSelection().selectAllChildren(id(copy));
      say = keys;
    }
    speak(say);
    const label = all('span', button)[0], before = label.textContent;
    if (before === say) return;
    label.textContent = say;
    setTimeout(() => { label.textContent = before; }, 3000);
  });

  // Something changed: ask for this very page again and take over its live regions.
  const policy = window.trustedTypes?.createPolicy('exeunt', { createHTML: (html) => html });
  on('input', ({ target }) => { if (!/checkbox|radio/.test(target.type)) target.dataset.typed = '1'; });
  const swap = (old, fresh) => {
    const ticked = new Set(all('input:checked', old).map((box) => box.value)),
      open = new Set(all('details[open]', old).map((box) => box.id)),
      held = all(':focus', old)[0],
      by = held && ['id', 'value', 'href', 'data-copy'].find((name) => held.getAttribute(name));
    for (const box of all('input', fresh)) if (ticked.has(box.value)) box.checked = true;
    for (const box of [fresh, ...all('details', fresh)]) if (open.has(box.id) || (box === fresh && old.open)) box.open = true;
    old.replaceWith(fresh);
    if (!by) return;
    const like = fresh.querySelector(`[${by}="${CSS.escape(held.getAttribute(by))}"]`);
    (like || fresh.querySelector('a, button, input'))?.focus({ preventScroll: true });
  };
  // Nothing that is heard may outrun a page load that has begun: it may be this very page's log-out, on its way to an
  // application. A load that ends in a download leaves the page standing, which then catches up.
  let busy, again, gone, farewell;
  const leaves = () => {
    gone = 1;
    setTimeout(() => { gone = 0; if (data.live) refresh(); }, 10000);
  };
  on('submit', leaves);
  // Nor is what was typed into a form lost without a word.
  on('beforeunload', (event) => {
    if (!gone && all('[data-keep] [data-typed]').some((field) => field.value !== field.defaultValue)) event.preventDefault();
    else leaves();
  });
  const asked = { headers: { 'x-exeunt-live': 1 }, redirect: 'manual' };
  // Takes over what the answer has anew of these parts of the page.
  const take = async (answer, parts) => {
    const html = await answer.text(),
      page = new DOMParser().parseFromString(policy?.createHTML(html) ?? html, 'text/html');
    for (const old of all(parts)) {
      const fresh = page.getElementById(old.id);
      if (fresh && !all('[data-typed]', old)[0] && !old.isEqualNode(fresh)) swap(old, document.adoptNode(fresh));
    }
    dress();
    tell();
  };
  const refresh = async () => {
    if (gone || (again = busy)) return;
    busy = 1;
    try {
      const answer = await fetch(location.href, asked);
      // Who is led away goes there as a page: a fetch may not follow to another host (CSP connect-src). The stream comes first,
      // it knows why, and so does the farewell of another tab.
      if (answer.type === 'opaqueredirect') setTimeout(() => gone || (farewell ? location.replace(farewell) : location.reload()), 1000);
      else if (answer.ok && !gone) await take(answer, '[data-live-region][id]');
    } catch { /* offline: the next change asks again */ }
    setTimeout(() => { busy = 0; if (again) refresh(); }, 500);
  };

  // A form that can be checked is, as one types; what came of each line is put beside it.
  let check = 0;
  on('input', ({ target }) => {
    const form = target.closest('form[data-check]'), mine = ++check;
    if (form) setTimeout(async () => {
      if (mine !== check) return;
      const body = new URLSearchParams(new FormData(form));
      body.set('check', 1);
      const answer = await fetch(form.action, { ...asked, method: 'POST', body }).catch(() => 0);
      if (answer.ok && mine === check) take(answer, '[data-checked]');
    }, 300);
  });

  // A farewell that still waits for an application asks again, ever more seldom.
  const wait = (ms) => setTimeout(() => {
    if (ms > 20000 || !all('[data-pending]')[0]) return;
    refresh();
    wait(ms * 2);
  }, ms);
  wait(600);

  // One stream serves all tabs of a session: browsers open six connections to a host, and a seventh tab would hang.
  if (data.live) {
    const name = data.live + all('[name=csrf]')[0].value, line = new BroadcastChannel(name);
    let opened = 0;
    setTimeout(() => { opened ||= 1; }, 1000); // who takes over late has missed something
    // Between the tabs goes an address to leave for, nothing: something changed, how the stream is: 1 open, 0 not, 2 asked, or
    // where the farewell of a tab stands. That is not proof: whoever is still let in stays.
    const hear = ({ data: to }) => {
      if (to === 2 && data.up) line.postMessage(data.up);
      if (to < 2) data.up = to;
      if (gone || to < 3) return;
      if (!to || to.url) {
        farewell = to?.url;
        return refresh();
      }
      leaves();
      location.replace(to);
    };
    const say = (to) => { line.postMessage(to); hear({ data: to }); };
    const listen = () => {
      if (gone) return;
      const feed = new EventSource(data.live);
      // What happened between the making of this page and now was told to nobody.
      feed.onopen = () => { say(1); if (opened++) say(); else if (all('[data-live-region]').length) refresh(); };
      feed.onerror = () => {
        say(0);
        if (feed.readyState < 2) return;
        refresh();
        setTimeout(listen, 5000);
      };
      feed.addEventListener('changed', () => say());
      feed.addEventListener('ended', (event) => {
        feed.close();
        const to = new URL(JSON.parse(event.data).to, location.href);
        if (to.origin === location.origin) say(to.href);
      });
    };
    line.onmessage = new BroadcastChannel('farewell').onmessage = hear;
    line.postMessage(2);
    if (navigator.locks) navigator.locks.request(name, () => new Promise(listen)).catch(() => {}); else listen();
    // The tab that listened may be the one that logs out, and be gone before it hears so; its next page tells the others.
  } else if (id('farewell')) new BroadcastChannel('farewell').postMessage({ url: location.href });
  dress();
})();
