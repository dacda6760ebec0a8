// A house with some life in it: people on several devices, one with a hostile name, a kick, a key.

import { HANMEIMEI, NOTES, consolePost, kick, logIn, managementToken } from './house.mjs';

export const AGENTS = {
  chrome: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  safari: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
  wechat: 'Mozilla/5.0 (Linux; Android 16; 24129PN74C Build/BP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 MMWEBID/4773 MicroMessenger/8.0.64.2940(0x28004034) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64',
  edge: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0',
  curl: 'curl/8.9.1',
  none: '',
};

export const HOSTILE = {
  name: '<img src=x onerror=alert(1)> "\'&amp; שלום 王小明 Unbroken' + 'Name'.repeat(20),
  username: 'robert-tables-the-third-of-a-rather-long-line-of-tables',
  email: `a-very-long-mailbox-name-that-nobody-can-remember@${'subdomain.'.repeat(8)}example.com`,
};

/** Fills the house; returns the administrator's cookies and the id of the hostile user. */
export async function settle(house) {
  const admin = await logIn(house.base, 'chenliqun', { agent: AGENTS.edge });
  const made = await consolePost(house, admin, '/console/users/new', { ...HOSTILE, phone: '', password: 'letmeout' });
  if (made.status !== 303) throw new Error(/<ul class="faults">.*?<\/ul>/s.exec(made.text)?.[0] ?? made.text);
  const hostile = /users\/([0-9a-f]{24})/.exec(made.headers.location)[1];
  const key = await consolePost(house, admin, '/console/keys', { label: 'Leaving employees <script>' });
  if (key.status !== 200) throw new Error(key.text);
  for (const [account, origin, agent] of [
    ['lilei', house.notes, AGENTS.chrome], ['lilei', house.notes, AGENTS.safari], ['lilei', house.mail, AGENTS.wechat],
    ['hanmeimei', house.notes, AGENTS.safari], ['hanmeimei', house.mail, AGENTS.firefox],
    ['maya', house.notes, AGENTS.firefox], [HOSTILE.username, house.notes, `Mozilla/5.0 ${'x'.repeat(300)}`],
    [HOSTILE.username, house.notes, AGENTS.none],
  ]) await logIn(origin, account, { agent });
  const ended = await kick(house, await managementToken(house), NOTES, [HANMEIMEI]);
  return { admin, hostile, receipt: ended.data.receipt };
}
