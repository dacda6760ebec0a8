// The demo's applications: what changed at the application is shown without a reload. Every page works without it.
(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { live } = document.body.dataset;
  const policy = window.trustedTypes?.createPolicy('demo', { createHTML: (html) => html });

  // Moments in the reader's own zone.
  const tell = (root) => {
    for (const time of all('time', root)) {
      const at = new Date(time.dateTime);
      time.textContent = at.toLocaleTimeString(document.documentElement.lang, { hour12: false });
      time.title = at.toLocaleString(document.documentElement.lang, { hour12: false });
    }
  };
  tell(document);

  // A page out of the back-forward cache may show who has left.
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  // Whose page this is, for when the cookie is gone: logging out at the house makes the browser forget its site's cookies.
  let was = document.getElementById('state')?.dataset.was;
  let busy = false, again = false;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(live.replace(/\/live$/, was ? `?was=${was}` : ''));
      if (answer.ok) {
        const html = await answer.text();
        const page = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');
        tell(page);
        for (const old of all('[data-region]')) {
          const fresh = page.getElementById(old.id);
          if (!fresh || old.isEqualNode(fresh)) continue;
          const held = old.contains(document.activeElement) && document.activeElement;
          old.replaceWith(document.adoptNode(fresh));
          if (held) (all('button, a', fresh).find((one) => one.textContent === held.textContent) ?? document.querySelector('main a, main button'))?.focus();
        }
        const { title, was: now } = document.getElementById('state').dataset;
        was = now ?? was;
        if (title && title !== document.title) {
          document.title = title;
          document.getElementById('said').textContent = document.querySelector('h1').textContent;
        }
      }
    } catch { /* the server is away; the stream comes again when it is back */ }
    busy = false;
    if (again) { again = false; refresh(); }
  };

  // One stream for all tabs of an application: browsers open six connections to a host.
  if (!document.getElementById('state')) return;
  const line = new BroadcastChannel(live);
  line.onmessage = refresh;
  const changed = () => { line.postMessage(0); refresh(); };
  let opened = 0;
  const listen = () => new Promise(() => {
    const stream = new EventSource(live);
    // Who comes again, or takes over from another tab, may have missed something.
    stream.onopen = () => { if (opened++) changed(); else refresh(); };
    stream.addEventListener('changed', changed);
  });
  if (navigator.locks) navigator.locks.request(live, listen).catch(() => {}); else listen();
})();
