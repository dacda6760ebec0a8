// oidc-provider with two applications, one that wants RS256 and one that wants ES256, and living sessions whose user has
// agreed to both: node server.mjs memory|sqlite PORT DIRECTORY SESSIONS
//
// As lean as its options allow, where that is to its advantage: opaque access tokens (its default), unsigned cookies, no
// certificate or proxy work, no log. Refresh tokens rotate at each use, as those it is measured against do.

import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import Provider from "oidc-provider";
import { MemoryAdapter, SqliteAdapter } from "./adapters.mjs";

const [store, port, directory, sessions] = process.argv.slice(2);
const SCOPE = "openid profile offline_access";
const APPLICATIONS = [
  ["6099a1b2c3d4e5f60718293a", "RS256"],
  ["6099a1b2c3d4e5f60718293b", "ES256"],
];

const jwk = (type, options, extra) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), use: "sig", ...extra,
});

if (store === "sqlite") SqliteAdapter.open(join(directory, "peer.db"));
const adapter = store === "sqlite" ? SqliteAdapter : MemoryAdapter;

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter,
  clients: APPLICATIONS.map(([id, alg]) => ({
    client_id: id,
    client_secret: "0123456789abcdef0123456789abcdef",
    grant_types: ["authorization_code", "refresh_token"],
    redirect_uris: ["http://127.0.0.1:9/callback"],
    post_logout_redirect_uris: ["http://127.0.0.1:9/bye"],
    id_token_signed_response_alg: alg,
  })),
  jwks: {
    keys: [
      jwk("rsa", { modulusLength: 2048 }, { alg: "RS256", kid: "rs" }),
      jwk("ec", { namedCurve: "P-256" }, { alg: "ES256", kid: "es" }),
    ],
  },
  claims: { profile: ["name", "preferred_username", "updated_at"] },
  async findAccount(_, sub) {
    return { accountId: sub, claims: async () => ({ sub, name: `Person ${sub}`, preferred_username: sub, updated_at: 0 }) };
  },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: () => "/interaction" },
  issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 3600, RefreshToken: 86400, Session: 86400, Grant: 86400 },
});

// A session as one that logged in and agreed: its cookie is its number.
const now = Math.floor(Date.now() / 1000);
const [Session, Grant] = ["Session", "Grant"].map((model) => new adapter(model));
async function seed() {
  for (let n = 0; n < Number(sessions); n += 1) {
    const secret = n.toString(16).padStart(43, "0");
    const accountId = `user${n}`;
    const base = { iat: now, exp: now + 86400 };
    const authorizations = {};
    for (const [id] of APPLICATIONS) {
      const grantId = `g${secret}${id}`;
      authorizations[id] = { sid: `s${secret}${id}`, grantId };
      await Grant.upsert(grantId, { ...base, accountId, clientId: id, jti: grantId, kind: "Grant", openid: { scope: SCOPE } }, 86400);
    }
    const session = { ...base, jti: secret, uid: `u${secret}`, kind: "Session", accountId, loginTs: now, authorizations };
    await Session.upsert(secret, session, 86400);
  }
}
if (store === "sqlite") SqliteAdapter.db.exec("BEGIN");
await seed();
if (store === "sqlite") SqliteAdapter.db.exec("COMMIT");

const server = createServer(provider.callback());
server.keepAliveTimeout = 600_000;
server.listen(Number(port), "127.0.0.1");
await once(server, "listening");
console.log(`ready ${port}`);
// Nobody reads on; its later notices must not end it.
process.stdout.on("error", () => {});
