// Tells the window that asked, a parent or an opener, what became of its authorization request; nobody else may read it.
(() => {
  'use strict';
  const { origin, response } = document.currentScript.dataset;
  const asker = window.opener ?? (window.parent === window ? null : window.parent);
  asker?.postMessage({ type: 'authorization_response', response: JSON.parse(response) }, origin);
})();
