// Ends the sessions of an application as exeunt says so, asking once a second. Node 18, nothing to install.
//
//     node revocations.mjs https://id.example.com APP_ID APP_SECRET cursor.txt
//
// In the place of `console.log`, end all your sessions with this `sid` that began before `toe` (seconds). The cursor is
// written down after each page, so a restart goes on where it was; the first start hears of all that is still kept.
import { verify } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [house, app, secret, file] = process.argv.slice(2);
const headers = { authorization: `Basic ${Buffer.from(`${app}:${secret}`).toString('base64')}` };
const json = (part) => JSON.parse(Buffer.from(part, 'base64url'));
for (;; await new Promise((again) => { setTimeout(again, 1000); })) try {
  const after = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
  const answer = await fetch(`${house}/api/v1/revocations?after=${after}`, { headers });
  if (answer.status === 410) writeFileSync(file, ''); // away for too long: end what is in doubt, start anew
  if (!answer.ok) throw new Error(await answer.text());
  const { revocations, next } = await answer.json();
  const { keys } = await (await fetch(`${house}/oidc/.well-known/jwks.json`)).json();
  for (const [head, body, signature] of revocations.map(({ token }) => token.split('.'))) {
    const key = { key: keys.find(({ kid }) => kid === json(head).kid), format: 'jwk', dsaEncoding: 'ieee-p1363' };
    const genuine = verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    if (!genuine || json(head).typ !== 'secevent+jwt' || json(body).aud !== app) throw new Error('not one of ours');
    console.log(`end session ${json(body).sub_id.session.id}`);
  }
  writeFileSync(file, next, { flag: 'r+' }); // all cursors are of one length: written over at once, never half
} catch (error) { console.error(error.message); }
