// authing-node-sdk 4.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { AuthenticationClient, ManagementClient } = require('authing-node-sdk');
const { version } = require('authing-node-sdk/package.json');

const tokens = ({ access_token: access, id_token: id, refresh_token: refresh }) => ({ access, refresh, ...(id && { id }) });

function good({ statusCode, message, data }) {
  if (statusCode !== 200) throw new Error(`${statusCode} ${message}`);
  return data;
}

export function open({ host, app, secret, pool, poolSecret, callback }) {
  const client = (accessToken) => {
    const it = new AuthenticationClient({ appId: app, appSecret: secret, appHost: host, redirectUri: callback });
    if (accessToken) it.setAccessToken(accessToken);
    return it;
  };
  const admin = new ManagementClient({ accessKeyId: pool, accessKeySecret: poolSecret, host });
  const options = { scope: 'openid profile offline_access' };
  const calls = {
    logIn: {
      signInByUsernamePassword: {
        gives: ['access', 'id', 'refresh'],
        run: async ({ account, password }) => tokens(good(await client().signInByUsernamePassword({ username: account, password, options }))),
      },
      signInByEmailPassword: {
        gives: ['access', 'id', 'refresh'],
        run: async ({ email, password }) => tokens(good(await client().signInByEmailPassword({ email, password, options }))),
      },
      signInByAccountPassword: {
        gives: ['access', 'id', 'refresh'],
        run: async ({ account, password }) => tokens(good(await client().signInByAccountPassword({ account, password, options }))),
      },
    },
    currentUser: {
      getProfile: { needs: ['access'], run: async ({ access }) => good(await client(access).getProfile({})).userId },
      getUserInfoByAccessToken: { needs: ['access'], run: async ({ access }) => (await client().getUserInfoByAccessToken(access)).sub },
    },
    loginStatus: {
      introspectToken: { needs: ['access'], run: async ({ access }) => (await client(access).introspectToken(access)).active },
      getLoggedInApps: {
        needs: ['access'], run: async ({ access }) => good(await client(access).getLoggedInApps()).some(({ appId, active }) => appId === app && active),
      },
    },
    local: {
      parseIDToken: { needs: ['id'], run: async ({ id }) => (await client().parseIDToken(id)).sub },
      parseAccessToken: { needs: ['access'], run: async ({ access }) => (await client().parseAccessToken(access)).sub },
    },
    renew: {
      getNewAccessTokenByRefreshToken: {
        needs: ['refresh'], run: async ({ refresh }) => tokens(await client().getNewAccessTokenByRefreshToken(refresh)),
      },
    },
    logOutLink: {
      buildLogoutUrl: { needs: ['cookie', 'id'], run: ({ to, id, state }) => client().buildLogoutUrl({ redirectUri: to, idToken: id, state }) },
      logoutWithRedirect: {
        needs: ['cookie', 'id'],
        run: async ({ to, id, state }) => {
          let url;
          const answer = { setHeader(_, value) { url = value; return this; }, writeHead() { return this; } };
          await client().logoutWithRedirect(answer, { redirectUri: to, idToken: id, state });
          return url;
        },
      },
    },
    logOut: {
      'revokeToken(access)': { needs: ['access'], reaches: ['access'], run: ({ access }) => client(access).revokeToken(access) },
      'revokeToken(refresh)': { needs: ['refresh', 'access'], reaches: ['access', 'refresh'], run: ({ refresh, access }) => client(access).revokeToken(refresh) },
    },
    // It has no token: each request is signed.
    adminToken: {
      'checkSessionStatus, signed': { run: async ({ user }) => { good(await admin.checkSessionStatus({ appId: app, userId: user })); return 'signed'; } },
    },
    activeUsers: {
      listApplicationActiveUsers: {
        run: async () => good(await admin.listApplicationActiveUsers({ appId: app, options: { pagination: { page: 1, limit: 50 } } })).list.map(({ userId }) => userId),
      },
    },
    adminStatus: {
      checkSessionStatus: { run: async ({ user }) => good(await admin.checkSessionStatus({ appId: app, userId: user })).active },
    },
    kick: {
      kickUsers: { run: async ({ user }) => good(await admin.kickUsers({ appIds: [app], userId: user, options: { userIdType: 'user_id' } })) },
      'kickUsers by user name': {
        run: async ({ account }) => good(await admin.kickUsers({ appIds: [app], userId: account, options: { userIdType: 'username' } })),
      },
      kickPublicAccounts: { run: async ({ user }) => good(await admin.kickPublicAccounts({ appIds: [app], userId: user })) },
      'makeRequest(kick-active-users)': {
        run: async ({ user }) => {
          const url = `/api/v2/applications/${app}/kick-active-users`;
          const { code, message } = await admin.makeRequest({ method: 'POST', url, data: { userIds: [user] } });
          if (code !== 200) throw new Error(`${code} ${message}`);
        },
      },
    },
    codeFlow: {
      loginWithRedirect: {
        run: async ({ state }) => {
          const sent = {};
          const answer = { setHeader(name, value) { sent[name] = value; return this; }, writeHead() { return this; }, end() {} };
          await client().loginWithRedirect(answer, { ...options, state });
          return { url: sent.Location, verifier: sent['Set-Cookie'].split(';')[0] };
        },
      },
      handleRedirectCallback: {
        run: async ({ code, state, verifier }) => {
          const request = { url: `/callback?code=${code}&state=${state}`, headers: { cookie: verifier } };
          return tokens(await client().handleRedirectCallback(request, { setHeader() {} }));
        },
      },
    },
  };
  return { sdk: `authing-node-sdk ${version}`, calls };
}
