// authing-js-sdk, in the version its word names.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Everything of 4.11 and what came later. */
export function open(place, name = 'authing-js-sdk') {
  const { AuthenticationClient, ManagementClient } = require(name);
  const { version } = require(`${name}/package.json`);
  const old = version.startsWith('4.11.');
  const { host, app, secret, pool, poolSecret, callback } = place;
  // 4.11 knows only `host`.
  const where = old ? { host } : { appHost: host };
  const client = (token, more = {}) => {
    const it = new AuthenticationClient({ appId: app, ...where, onError() {}, ...more });
    if (token) it.setToken(token);
    return it;
  };
  const program = (token) => client(token, { secret, redirectUri: callback, protocol: 'oidc', tokenEndPointAuthMethod: 'client_secret_post' });
  const admin = new ManagementClient({ userPoolId: pool, secret: poolSecret, host, onError(code, message) { throw new Error(`${code} ${message}`); } });
  const logged = (user) => ({ user: user.id, login: user.token });
  const calls = {
    logIn: {
      loginByUsername: { gives: ['login'], run: async ({ account, password }) => logged(await client().loginByUsername(account, password)) },
      loginByEmail: { gives: ['login'], run: async ({ email, password }) => logged(await client().loginByEmail(email, password)) },
      loginByPhonePassword: { gives: ['login'], run: async ({ phone, password }) => logged(await client().loginByPhonePassword(phone, password)) },
    },
    currentUser: {
      getCurrentUser: { needs: ['login'], run: async ({ login }) => (await client(login).getCurrentUser())?.id },
    },
    loginStatus: {
      checkLoginStatus: { needs: ['login'], run: async ({ login }) => (await client(login).checkLoginStatus()).status },
      'checkLoginStatus(token)': { needs: ['login'], run: async ({ login }) => (await client().checkLoginStatus(login)).status },
    },
    logOut: {
      logout: {
        needs: ['login'],
        // 4.11 wants to know who is in, as after a log-in.
        run: async ({ login, user }) => {
          const it = client(login);
          if (old) it.setCurrentUser({ id: user, token: login });
          await it.logout();
        },
      },
    },
    adminToken: { 'tokenProvider.getToken': { run: () => admin.tokenProvider.getToken() } },
    renew: {
      refreshToken: { needs: ['login'], run: async ({ login }) => ({ login: (await client(login).refreshToken()).token }) },
    },
  };
  if (!old) later(calls, { place, client, program, admin });
  return { sdk: `authing-js-sdk ${version}`, calls };
}

function later(calls, { place, client, program, admin }) {
  const { host, app, secret, callback } = place;
  calls.logIn.signinByCredentials = {
    gives: ['access', 'id', 'refresh'],
    run: async ({ account, password }) => {
      const { access_token: access, id_token: id, refresh_token: refresh } = await client().signinByCredentials({
        connection: 'PASSWORD', passwordPayload: { username: account, password },
        options: { scope: 'openid profile offline_access', passwordEncryptType: 'none' }, client_id: app, client_secret: secret,
      });
      return { access, id, refresh };
    },
  };
  calls.trackSession = {
    trackSession: { needs: ['cookie'], run: async () => { const { session, userInfo } = await client().trackSession(); return session && userInfo.id; } },
  };
  calls.logOut.logoutCurrent = { needs: ['login'], run: ({ login }) => client(login).logoutCurrent() };
  calls.logOutLink = {
    'buildLogoutUrl()': { needs: ['cookie'], run: ({ to }) => client().buildLogoutUrl({ redirectUri: to }) },
    'buildLogoutUrl({expert})': { needs: ['cookie', 'id'], run: ({ to, id }) => program().buildLogoutUrl({ expert: true, redirectUri: to, idToken: id }) },
    'buildLogoutUrl({expert}), log-in token': {
      needs: ['cookie', 'login'], run: ({ to, login }) => program().buildLogoutUrl({ expert: true, redirectUri: to, idToken: login }),
    },
    'buildLogoutUrl() of CAS': { needs: ['cookie'], run: ({ to }) => client(undefined, { protocol: 'cas' }).buildLogoutUrl({ redirectUri: to }) },
  };
  calls.activeUsers = { 'applications.activeUsers': { run: async () => (await admin.applications.activeUsers(app, 1, 50)).list.map(({ id }) => id) } };
  calls.adminStatus = {
    'users.checkLoginStatus': { run: async ({ user }) => (await admin.users.checkLoginStatus(user)).isLogin },
    'users.checkLoginStatus(app)': { run: async ({ user }) => (await admin.users.checkLoginStatus(user, app)).isLogin },
  };
  const good = ({ code }) => { if (code !== 200) throw new Error(`code ${code}`); };
  calls.kick = {
    'users.kick': { run: async ({ user }) => good(await admin.users.kick([user])) },
    'users.logout': { run: async ({ user }) => good(await admin.users.logout({ userId: user })) },
    'users.logout(app)': { run: async ({ user }) => good(await admin.users.logout({ userId: user, appId: app })) },
    'makeRestRequest(kick-active-users)': {
      run: async ({ user }) => {
        const url = `${host}/api/v2/applications/${app}/kick-active-users`;
        const { kicked } = await admin.makeRestRequest({ method: 'POST', url, data: { userIds: [user] } });
        if (kicked !== 1) throw new Error(`kicked ${kicked}`);
      },
    },
  };
  calls.codeFlow = {
    buildAuthorizeUrl: {
      run: ({ state }) => {
        const verifier = program().generateCodeChallenge();
        const codeChallenge = program().getCodeChallengeDigest({ codeChallenge: verifier, method: 'S256' });
        const scope = 'openid profile offline_access';
        return { verifier, url: program().buildAuthorizeUrl({ state, scope, redirectUri: callback, codeChallenge, codeChallengeMethod: 'S256' }) };
      },
    },
    getAccessTokenByCode: {
      run: async ({ code, verifier }) => {
        const { access_token: access, id_token: id, refresh_token: refresh } = await program().getAccessTokenByCode(code, { codeVerifier: verifier });
        return { access, id, refresh };
      },
    },
  };
  calls.currentUser.getUserInfoByAccessToken = { needs: ['access'], run: async ({ access }) => (await program().getUserInfoByAccessToken(access)).sub };
  Object.assign(calls.loginStatus, {
    introspectToken: { needs: ['access'], run: async ({ access }) => (await program().introspectToken(access)).active },
    'validateToken(access)': { needs: ['access'], run: async ({ access }) => Boolean((await client().validateToken({ accessToken: access })).sub) },
    'validateToken(id)': { needs: ['id'], run: async ({ id }) => Boolean((await client().validateToken({ idToken: id })).sub) },
  });
  calls.logOut['revokeToken(access)'] = { needs: ['access'], reaches: ['access'], run: ({ access }) => program().revokeToken(access) };
  calls.logOut['revokeToken(refresh)'] = { needs: ['refresh'], reaches: ['access', 'refresh'], run: ({ refresh }) => program().revokeToken(refresh) };
  calls.renew.getNewAccessTokenByRefreshToken = {
    needs: ['refresh'],
    run: async ({ refresh }) => {
      const { access_token: access, refresh_token: next, id_token: id } = await program().getNewAccessTokenByRefreshToken(refresh);
      return { access, refresh: next, ...(id && { id }) };
    },
  };
}
