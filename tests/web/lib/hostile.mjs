// A house whose people, applications and pool have names that try everything.

import { POOL, serve } from './house.mjs';

// Of the password of the demo, so that a seed takes no time.
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$52mZl3LmBePS5kuNCDecxQ$zniEmUx1ocJoP/Hh8gvgXvbyktrlyTQxLWX8ieQq8BU';

/** By what they try. */
export const NAMES = {
  markup: '<img src=x onerror="document.title=1"><b>bold</b>&amp;<!-- "\'',
  closing: '</title></textarea></script><script>document.title=1</script>',
  turned: 'abc מנהל (1) gnp.exe עמר',
  pictures: '👩‍👩‍👧‍👦🧨🇨🇳👨🏿‍🚀 é̵̡̢̧̨̛̖̗̘̙ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤a͝l̨g͘o',
  invisible: 'zero\u200bwidth\u200djoiner\ufeff\u00ad',
  long: 'Unbroken'.repeat(25),
  wide: '长'.repeat(200),
};
/** Marks that turn the text around them, which no name may hold. */
export const TURNING = 'abc \u202eevil\u2066 gnp.exe';


/** Serves it. Accounts are `person-markup` and so on, one administrator `person-admin`. */
export function hostileHouse() {
  const table = (name, entries) => [`[[${name}]]`, ...Object.entries(entries).map(([key, value]) => `${key} = ${JSON.stringify(value)}`), ''].join('\n');
  const id = (first, n) => `${first}${String(n).padStart(24 - first.length, '0')}`;
  const names = Object.entries(NAMES);
  const applications = names.map(([what, name], n) => table('applications', {
    id: id('6099', n), identifier: `app-${what}`, name: [...name].slice(0, 100).join(''), secret: '89abcdef0123456789abcdef01234567', redirect_uris: [`https://${what}.example/callback`],
    logout_redirect_uris: [`https://${what}.example/bye`], ...(n === 0 && { default: true }),
  }));
  const people = [...names, ['admin', NAMES.turned]].map(([what, name], n) => table('users', {
    id: id('60aa', n), username: `person-${what}`, name, email: `person-${what}@example.com`, password_hash: HASH, admin: what === 'admin',
  }));
  const pool = `[pool]\nid = "${POOL.id}"\nname = ${JSON.stringify(NAMES.markup)}\nsecret = "${POOL.secret}"\n`;
  return serve([pool, ...applications, ...people].join('\n'));
}
