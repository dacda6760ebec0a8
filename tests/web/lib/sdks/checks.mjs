// Every call by which a program can ask whether somebody is in (the wire contract's list), by plain HTTP: each says true
// or false. `needs` names the tokens of a person it asks with.

import { NOTES, ask } from '../house.mjs';

const SECRET = '89abcdef0123456789abcdef01234567';
const CALLBACK = 'http://127.0.0.1/callback';
const JSON_BODY = { 'content-type': 'application/json' };

export const PLAIN = {
  'GET /cas/session': { needs: ['cookie'], says: async (h, p) => Boolean((await ask(`${h}/cas/session`, { cookies: p.cookies() })).json().session) },
  'GET /oidc/auth?prompt=none': {
    needs: ['cookie'],
    says: async (h, p) => {
      const query = { client_id: NOTES, redirect_uri: CALLBACK, response_type: 'code', scope: 'openid', state: 's', prompt: 'none' };
      const to = new URL((await ask(`${h}/oidc/auth?${new URLSearchParams(query)}`, { cookies: p.cookies() })).headers.location);
      if (!to.searchParams.has('code') && to.searchParams.get('error') !== 'login_required') throw new Error(`prompt=none: ${to}`);
      return to.searchParams.has('code');
    },
  },
  'POST /graphql/v2 user': { needs: ['login'], says: async (h, p) => Boolean((await graphql(h, 'query user { user { id } }', p.login)).data?.user?.id) },
  'POST /graphql/v2 checkLoginStatus': {
    needs: ['login'], says: async (h, p) => (await graphql(h, '{ checkLoginStatus { status } }', p.login)).data.checkLoginStatus.status === true,
  },
  'GET /api/v2/users/me': { needs: ['login'], says: async (h, p) => (await bearer(`${h}/api/v2/users/me`, p.login)).code === 200 },
  'GET /api/v2/users/me, bare': { needs: ['login'], says: async (h, p) => (await ask(`${h}/api/v2/users/me`, { headers: { authorization: p.login } })).json().code === 200 },
  'POST /api/v2/users/login/check-status': {
    needs: ['login'],
    says: async (h, p) => (await posted(`${h}/api/v2/users/login/check-status`, null, { token: p.login })).status === true,
  },
  'GET /api/v2/oidc/validate_token?id_token=': { needs: ['login'], says: (h, p) => validated(h, 'id_token', p.login) },
  'GET /api/v2/oidc/validate_token?id_token= of OpenID Connect': { needs: ['id'], says: (h, p) => validated(h, 'id_token', p.id) },
  'GET /api/v2/oidc/validate_token?access_token=': { needs: ['access'], says: (h, p) => validated(h, 'access_token', p.access) },
  'POST /oidc/token/introspection': {
    needs: ['access'],
    says: async (h, p) => (await ask(`${h}/oidc/token/introspection`, { method: 'POST', body: { token: p.access, client_id: NOTES, client_secret: SECRET } })).json().active,
  },
  'GET /oidc/me': { needs: ['access'], says: async (h, p) => (await ask(`${h}/oidc/me`, { headers: { authorization: `Bearer ${p.access}` } })).status === 200 },
  'GET /api/v3/get-profile': {
    needs: ['access'], says: async (h, p) => (await ask(`${h}/api/v3/get-profile`, { headers: { authorization: p.access } })).json().statusCode === 200,
  },
  'GET /api/v2/users/login-status': {
    needs: ['session'], says: async (h, p) => (await bearer(`${h}/api/v2/users/login-status?userId=${p.user}&appId=${NOTES}`, p.admin)).data.isLogin,
  },
  'POST /api/v3/check-session-status': {
    needs: ['session'], says: async (h, p) => (await posted(`${h}/api/v3/check-session-status`, p.admin, { appId: NOTES, userId: p.user })).data.active,
  },
  'GET active-users': {
    needs: ['session'],
    says: async (h, p) => (await bearer(`${h}/api/v2/applications/${NOTES}/active-users?page=1&limit=50`, p.admin)).data.list.some(({ id }) => id === p.user),
  },
  'POST list-application-active-users': {
    needs: ['session'],
    says: async (h, p) => (await posted(`${h}/api/v3/list-application-active-users`, p.admin, { appId: NOTES })).data.list.some(({ userId }) => userId === p.user),
  },
};

const bearer = async (url, token) => (await ask(url, { headers: { authorization: `Bearer ${token}` } })).json();

const posted = async (url, token, body) =>
  (await ask(url, { method: 'POST', headers: { ...JSON_BODY, ...(token && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) })).json();

const graphql = (h, query, token) => posted(`${h}/graphql/v2`, token, { query, variables: {} });

const validated = async (h, kind, token) => typeof (await ask(`${h}/api/v2/oidc/validate_token?${kind}=${token}`)).json().sub === 'string';

/** Trades a refresh token: the new one, or nothing. */
export async function traded(h, refresh) {
  const answer = await ask(`${h}/oidc/token`, { method: 'POST', body: { grant_type: 'refresh_token', refresh_token: refresh, client_id: NOTES, client_secret: SECRET } });
  const { access_token: access, refresh_token: next } = answer.json();
  return answer.status === 200 ? { access, refresh: next } : null;
}
