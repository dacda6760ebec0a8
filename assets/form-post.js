// Posts the answer of an authorization request on to the application (OAuth 2.0 Form Post Response Mode).
(() => {
  'use strict';
  // Whoever comes back here by the browser's own button would post an answer that is spent: the button is theirs to press.
  const [visit] = performance.getEntriesByType('navigation');
  if (visit?.type !== 'back_forward') document.querySelector('form[data-answer]').submit();
})();
