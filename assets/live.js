// exeunt: what a page can do better with a script. Nothing here is needed: every page works without it.
(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;

  // The browser's zone, so that the server can tell times in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `tz=${encodeURIComponent(zone)};Path=/;SameSite=Lax;Max-Age=31536000`;

  // A page from the back-forward cache may show somebody who has left: ask again.
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  // Relative times. The words come from the server: moments ago | minutes | hours | one day | days.
  const words = { long: (body.dataset.ago || '').split('|'), short: (body.dataset.agoShort || '').split('|') };
  const tell = () => {
    for (const time of all('time[data-rel]')) {
      const past = Math.max(0, Date.now() - Date.parse(time.dateTime)) / 60000;
      const row = words[time.dataset.rel];
      const [n, form] = past < 1 ? [0, 0] : past < 60 ? [past, 1] : past < 1440 ? [past / 60, 2] : [past / 1440, past < 2880 ? 3 : 4];
      const text = row[form].replace('{}', Math.floor(n));
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tell, 30000);

  // Buttons that only a script can serve appear now, and again whenever a region is replaced.
  const dress = () => {
    for (const button of all('[data-copy], [data-show], [data-all]')) button.hidden = false;
    count();
  };

  // How many are picked in the ledger.
  const count = () => {
    for (const line of all('[data-picked]')) {
      const picked = all('td input:checked', line.closest('form'));
      const people = new Map(picked.map((box) => [box.dataset.user, box.dataset.name]));
      const say = people.size === 1 && line.dataset.pickedOne ? line.dataset.pickedOne : line.dataset.picked;
      line.textContent = say.replace('{p}', people.size).replace('{n}', picked.length);
      const names = line.parentElement.querySelector('[data-names]');
      if (names) names.textContent = [...people.values()].slice(0, 4).join(names.dataset.names) + (people.size > 4 ? ' …' : '');
    }
    for (const box of all('[data-all]')) {
      const boxes = all('td input[type=checkbox]', box.closest('form'));
      box.checked = boxes.length > 0 && boxes.every((one) => one.checked);
      box.indeterminate = !box.checked && boxes.some((one) => one.checked);
    }
  };
  addEventListener('change', (event) => {
    const box = event.target;
    if (box.matches('[data-all]')) for (const one of all('td input[type=checkbox]', box.closest('form'))) one.checked = box.checked;
    if (box.matches('input[type=checkbox]')) count();
  });
  addEventListener('reset', () => setTimeout(count));

  addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy], [data-show]');
    if (!button) return;
    if (button.dataset.show) {
      const field = document.getElementById(button.dataset.show);
      const shown = field.type === 'password';
      field.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', shown);
      [button.textContent, button.dataset.on] = [button.dataset.on, button.textContent];
      return;
    }
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    } catch { return; } // no permission: the text can still be selected
    const label = button.querySelector('span');
    const before = label.textContent;
    if (before === button.dataset.done) return;
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
  // A password never leaves the page as readable text, not even into the browser's list of old inputs.
  addEventListener('submit', (event) => {
    for (const button of all('[data-show]', event.target)) document.getElementById(button.dataset.show).type = 'password';
  });

  // Live pages: the server says that something changed, we ask for this very page again and take over its live regions.
  let parse = (html) => html;
  if (window.trustedTypes) {
    const policy = trustedTypes.createPolicy('exeunt', { createHTML: (html) => html });
    parse = (html) => policy.createHTML(html);
  }
  const busy = (region) => all('input, textarea, select', region).some((field) =>
    field === document.activeElement && !/^(checkbox|radio|submit|button)$/.test(field.type) || field.dataset.typed);
  addEventListener('input', (event) => {
    if (!/^(checkbox|radio)$/.test(event.target.type)) event.target.dataset.typed = '1';
  });
  const swap = (old, fresh) => {
    const checked = new Set(all('input:checked', old).map((box) => box.value));
    const open = new Set(all('details[open]', old).map((box) => box.id));
    const held = document.activeElement;
    const key = held && old.contains(held) && (held.id ? `#${CSS.escape(held.id)}`
      : held.value && held.name ? `[name="${CSS.escape(held.name)}"][value="${CSS.escape(held.value)}"]`
      : held.getAttribute('href') ? `[href="${CSS.escape(held.getAttribute('href'))}"]` : null);
    for (const box of all('input[type=checkbox], input[type=radio]', fresh)) if (checked.has(box.value)) box.checked = true;
    for (const box of all('details', fresh)) if (open.has(box.id)) box.open = true;
    old.replaceWith(fresh);
    if (key) (fresh.querySelector(key) || document.querySelector('h1')).focus({ preventScroll: true });
  };
  let running = false, again = false;
  const refresh = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', headers: { accept: 'text/html' } });
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(parse(await answer.text()), 'text/html');
        for (const old of all('[data-live-region][id]')) {
          const fresh = page.getElementById(old.id);
          if (fresh && !busy(old) && !old.isEqualNode(fresh)) swap(old, document.adoptNode(fresh));
        }
        dress();
        tell();
      }
    } catch { /* offline: the stream reconnects, and the next change asks again */ }
    setTimeout(() => { running = false; if (again) { again = false; refresh(); } }, 500);
  };

  let stream = null;
  const close = () => { if (stream) { stream.close(); stream = null; } };
  if (body.dataset.live && window.EventSource) {
    stream = new EventSource(body.dataset.live);
    stream.addEventListener('changed', refresh);
    stream.addEventListener('ended', (event) => {
      close();
      const to = new URL(JSON.parse(event.data).to, location.href);
      if (to.origin === location.origin) location.replace(to);
    });
    // The stream must never outrun a log-out of this page's own: it closes before the form leaves.
    addEventListener('submit', (event) => { if (event.target.matches('[data-leaves]')) close(); });
    addEventListener('beforeunload', close);
    addEventListener('pagehide', close);
  }

  dress();
})();
