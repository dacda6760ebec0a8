// Where the Tab key leads, as a screen reader would say it.

/** Presses Tab from the top of the page to its end; each stop with its role and name, and what is wrong with it. */
export async function tabs(page) {
  const session = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    const { body } = document;
    body.tabIndex = -1;
    body.focus();
    body.removeAttribute('tabindex');
  });
  const stops = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const { result } = await session.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const on = async (functionDeclaration) => (await session.send('Runtime.callFunctionOn', {
      objectId: result.objectId, returnByValue: true, functionDeclaration: String(functionDeclaration),
    })).result.value;
    const seen = await on(look);
    if (!seen) break;
    const { nodes: [node] } = await session.send('Accessibility.getPartialAXTree', { objectId: result.objectId, fetchRelatives: false });
    const role = node.role?.value === 'DisclosureTriangle' ? 'summary' : node.role?.value;
    const said = `${role} ${(node.name?.value ?? '').replace(/\s+/g, ' ').trim()}`.trim();
    stops.push({ said, faults: seen.map((fault) => `${said}: ${fault}`) });
    if (stops.length > 400) throw new Error(`Tab never leaves ${page.url()}`);
  }
  await session.detach();
  return stops;
}

/** Runs in the page, with the focused element as `this`: null at the end of the page, else what is wrong. */
function look() {
  if (this === document.body || this.dataset.reached) return null;
  this.dataset.reached = '1';
  const faults = [];
  const ring = (e) => e && ['outlineStyle', 'outlineWidth'].every((name) => !['none', '0px'].includes(getComputedStyle(e)[name]));
  const nearby = [this, this.nextElementSibling, this.parentElement, this.closest('label, li, tr'), ...(this.labels ?? [])];
  if (!nearby.some(ring)) faults.push('shows no focus');
  // A control that lies invisibly over its label shows by the label.
  const shown = [this, ...(this.labels ?? [])].flatMap((e) => [...e.getClientRects()]).filter((box) => box.width > 1 && box.height > 1);
  const clear = shown.some((box) => {
    const x = Math.min(Math.max((box.left + box.right) / 2, 0), innerWidth - 1);
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const top = y > 0 && y < innerHeight && document.elementFromPoint(x, y);
    return top && (this.contains(top) || [...(this.labels ?? [])].some((label) => label.contains(top)));
  });
  if (!clear) faults.push('is covered, or out of sight');
  return faults;
}
