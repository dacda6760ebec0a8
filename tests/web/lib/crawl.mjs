// Every page of a house that links lead to, one of each kind.

/** What a crawl must not open, or cannot: what ends the session, leaves the house, is no page. */
const AWAY = [/^\/login\/profile\/logout/, /^\/crossing\//, /[./](csv|json|ndjson|env)$/, /^\/api\//, /^\/oidc\//, /^\/_dev\//];

/** `/console/users/60aa…?page=2` and its like are one kind. */
export function kindOf(url) {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.split('/').map((part) => (/^[0-9a-f]{16,}$|^[0-9A-Za-z_-]{20,}$/.test(part) ? '{id}' : part)).join('/');
  const asked = [...new Set(searchParams.keys())].sort();
  return path + (asked.length ? `?${asked.join('&')}` : '');
}

/**
 * Opens `starts` and every kind of page that is linked from there on the same origin, each once; `visit(page, url)` looks at
 * it before the links are read. Kinds in `known` are not followed. Without a script it is quicker.
 */
export async function crawl(page, origin, starts, visit, { most = 150, known = new Set() } = {}) {
  const queue = starts.map((at) => new URL(at, origin).href), seen = [];
  for (const url of queue) known.add(kindOf(url));
  for (let url = queue.shift(); url; url = queue.shift()) {
    if (seen.length >= most) throw new Error(`more than ${most} kinds of pages:\n${seen.join('\n')}`);
    const answer = await page.goto(url, { waitUntil: 'load' }).catch((error) => {
      if (!/Download is starting/.test(error.message)) throw error;
    });
    if (!answer) continue;
    seen.push(kindOf(url));
    await visit(page, url, answer);
    const links = await page.locator('a[href]').evaluateAll((all) => all.filter((a) => !a.download && !a.target).map((a) => a.href));
    for (const link of links) {
      const to = new URL(link);
      to.hash = '';
      if (to.origin !== origin || to.searchParams.has('lang') || AWAY.some((away) => away.test(to.pathname)) || known.has(kindOf(to))) continue;
      known.add(kindOf(to));
      queue.push(to.href);
    }
  }
  return seen;
}
