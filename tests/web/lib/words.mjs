// What a page says: its text, title, labels, placeholders and tooltips, without what is not the page's own word.

/** Runs in the page: every sentence with where it stands. */
function sentences() {
  const own = document.documentElement.lang.slice(0, 2);
  // Names and their first letters, code and addresses; the other language's name for itself.
  const foreign = (e) => e.closest('code, pre, kbd, samp, bdi, .seal, .id, [translate=no], script, style, textarea, svg:not([aria-label])')
    || (e.closest('[lang]')?.lang.slice(0, 2) !== own);
  const where = (e) => `${e.tagName.toLowerCase()}${e.id && `#${e.id}`}${e.classList.length ? `.${[...e.classList].join('.')}` : ''}`;
  const all = [];
  const take = (e, text) => {
    const said = text.replace(/\s+/g, ' ').trim();
    if (said && !foreign(e)) all.push({ said, where: where(e) });
  };
  take(document.documentElement, document.title);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) take(node.parentElement, node.data);
  for (const name of ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt']) {
    for (const e of document.querySelectorAll(`[${name}]`)) take(e, e.getAttribute(name));
  }
  for (const e of document.querySelectorAll('input[type=submit], input[type=button], option')) take(e, e.label ?? e.value);
  return all;
}

export const says = (page) => page.evaluate(sentences);
