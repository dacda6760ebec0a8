-- exeunt: what a fresh file looks like. An older file is led here step by step in src/store/migrate.rs.
-- Times are milliseconds since 1970 UTC. Order is `seq`, one counter for the whole house, never a time:
-- whatever has a seq at or below a barrier raised against it is dead.

CREATE TABLE house (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  seq        INTEGER NOT NULL,            -- last number given
  notices_forgotten INTEGER NOT NULL DEFAULT 0, -- the last notice that is no longer kept
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pools (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  secret_hash BLOB NOT NULL,
  secret_sealed BLOB NOT NULL,            -- the secret itself, sealed: programs sign their calls with it (HMAC-SHA1)
  secret_seq  INTEGER NOT NULL,           -- management tokens made before this number are dead
  position    INTEGER NOT NULL UNIQUE,    -- the first is the default
  created_at  INTEGER NOT NULL,
  contact     TEXT NOT NULL DEFAULT '',   -- whom people may ask, as the administrators put it
  accent      TEXT,                       -- #rrggbb; null: the house's own
  logo        BLOB,
  logo_type   TEXT,                       -- media type of the logo
  idle_seconds     INTEGER,               -- lifetimes of sessions; null: as configured
  absolute_seconds INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  pool_id       TEXT NOT NULL REFERENCES pools,
  username      TEXT,
  username_key  TEXT,                     -- normalised; so are email and phone below
  name          TEXT NOT NULL DEFAULT '',
  email         TEXT,
  email_key     TEXT,
  phone         TEXT,
  role          TEXT NOT NULL CHECK (role IN ('person', 'auditor', 'admin')),
  status        TEXT NOT NULL CHECK (status IN ('activated', 'disabled', 'deleted')),
  password_hash TEXT,
  seed_hash     TEXT,                     -- of the password a seed file last stated; while it states the same, a newer one stays
  password_seq  INTEGER NOT NULL DEFAULT 0, -- a log-in checked against an older password is refused
  barrier_seq   INTEGER NOT NULL DEFAULT 0, -- raised by a kick from everything
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  last_login_at INTEGER,
  last_ip       TEXT,
  logins        INTEGER NOT NULL DEFAULT 0,
  lang          TEXT,                     -- that the person chose; null: what the browser prefers
  zone          TEXT                      -- IANA name; null: the browser's
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_username ON users (pool_id, username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX users_by_email    ON users (pool_id, email_key)    WHERE email_key IS NOT NULL;
CREATE UNIQUE INDEX users_by_phone    ON users (pool_id, phone)        WHERE phone IS NOT NULL;
CREATE INDEX users_by_creation        ON users (pool_id, created_at DESC, id DESC);

-- One-time links by which a person sets a new password. One is dead once the password changed, whoever changed it.
CREATE TABLE password_links (
  hash         BLOB PRIMARY KEY,
  user_id      TEXT NOT NULL REFERENCES users,
  password_seq INTEGER NOT NULL,          -- of the password that it replaces
  expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_links_by_user ON password_links (user_id);
CREATE INDEX password_links_by_expiry ON password_links (expires_at);

CREATE TABLE applications (
  id                      TEXT PRIMARY KEY,
  pool_id                 TEXT NOT NULL REFERENCES pools,
  identifier              TEXT UNIQUE,    -- its host is {identifier}.{base host}; null once deleted
  name                    TEXT NOT NULL,
  secret_hash             BLOB NOT NULL,
  secret_sealed           BLOB,           -- the secret itself, sealed: only where it signs ID tokens (HS256)
  redirect_uris           TEXT NOT NULL,  -- JSON array of entries as typed
  logout_redirect_uris    TEXT NOT NULL,
  backchannel_logout_uri  TEXT,
  backchannel_session_required  INTEGER NOT NULL DEFAULT 0 CHECK (backchannel_session_required IN (0, 1)),
  frontchannel_logout_uri TEXT,
  frontchannel_session_required INTEGER NOT NULL DEFAULT 0 CHECK (frontchannel_session_required IN (0, 1)),
  grant_types             TEXT NOT NULL,
  response_types          TEXT NOT NULL DEFAULT '["code"]',
  auth_method             TEXT NOT NULL DEFAULT 'client_secret', -- at the token endpoint
  id_token_alg            TEXT NOT NULL DEFAULT 'RS256',
  jwks                    TEXT,           -- its public keys, for private_key_jwt
  tokens_outlive_logout   INTEGER NOT NULL DEFAULT 0 CHECK (tokens_outlive_logout IN (0, 1)),
  self_registration       INTEGER NOT NULL DEFAULT 0 CHECK (self_registration IN (0, 1)),
  is_default              INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  barrier_seq             INTEGER NOT NULL DEFAULT 0, -- raised when everybody in it is forced out
  created_at              INTEGER NOT NULL,
  updated_at              INTEGER NOT NULL,
  deleted_at              INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX applications_by_pool ON applications (pool_id, created_at);
CREATE UNIQUE INDEX applications_default ON applications (pool_id) WHERE is_default = 1;

CREATE TABLE access_keys (
  id          TEXT PRIMARY KEY,
  pool_id     TEXT NOT NULL REFERENCES pools,
  user_id     TEXT REFERENCES users,      -- its rights end with this admin's; null: made by the operator
  secret_hash BLOB NOT NULL,
  secret_sealed BLOB NOT NULL,            -- as of pools
  seq         INTEGER NOT NULL,
  name        TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  used_at     INTEGER,
  revoked_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX access_keys_by_pool ON access_keys (pool_id, created_at);

CREATE TABLE sessions (
  id           INTEGER PRIMARY KEY,
  sid          TEXT NOT NULL UNIQUE,
  user_id      TEXT NOT NULL REFERENCES users,
  seq          INTEGER NOT NULL,
  auth_seq     INTEGER NOT NULL,          -- last log-in
  auth_at      INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  ip           TEXT NOT NULL,
  user_agent   TEXT NOT NULL,
  ended_at     INTEGER,
  cause        TEXT,
  ending_id    TEXT
) STRICT;
CREATE INDEX sessions_live_by_user ON sessions (user_id, seq) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended_by_user ON sessions (user_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_by_ending ON sessions (ending_id) WHERE ending_id IS NOT NULL;
CREATE INDEX sessions_by_seen ON sessions (last_seen_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- One browser holds a different secret for each host; all die with the session, because they only refer to it. `seq` is
-- the place of the log-in behind it: below a barrier it opens that application no more, though the session entered it anew.
CREATE TABLE session_secrets (
  hash       BLOB PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  host       TEXT NOT NULL,
  seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_secrets_by_session ON session_secrets (session_id);

-- The ledger of who is in which application, and so of who must be told.
CREATE TABLE participants (
  session_id     INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  application_id TEXT NOT NULL REFERENCES applications,
  user_id        TEXT NOT NULL,
  issuer         TEXT NOT NULL,            -- by which the application knows the house, the last
  seq            INTEGER NOT NULL,
  barrier_seq    INTEGER NOT NULL DEFAULT 0, -- raised when this session is forced out of this application
  joined_at      INTEGER NOT NULL,
  ended_at       INTEGER,
  PRIMARY KEY (session_id, application_id)
) STRICT, WITHOUT ROWID;
-- An application may be set to the base host and to its own: it is told under every issuer that it was given something by.
CREATE TABLE participant_issuers (
  session_id     INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  application_id TEXT NOT NULL,
  issuer         TEXT NOT NULL,
  PRIMARY KEY (session_id, application_id, issuer)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_live ON participants (application_id, seq) WHERE ended_at IS NULL;
CREATE INDEX participants_live_by_user ON participants (user_id, application_id, seq) WHERE ended_at IS NULL;

-- Barriers of one user in one application.
CREATE TABLE kicks (
  user_id        TEXT NOT NULL,
  application_id TEXT NOT NULL,
  barrier_seq    INTEGER NOT NULL,
  PRIMARY KEY (user_id, application_id)
) STRICT, WITHOUT ROWID;

-- One-time codes that carry a session from one host to another of the same browser.
CREATE TABLE handoffs (
  hash       BLOB PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  host       TEXT NOT NULL,
  seq        INTEGER NOT NULL,           -- of the secret that gave it
  state_hash BLOB NOT NULL,
  next       TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX handoffs_by_expiry ON handoffs (expires_at);
CREATE INDEX handoffs_by_session ON handoffs (session_id);

-- Every ending and its receipt. What it covered refers to it by id.
CREATE TABLE endings (
  id             TEXT PRIMARY KEY,
  seq            INTEGER NOT NULL UNIQUE,
  pool_id        TEXT NOT NULL REFERENCES pools,
  at             INTEGER NOT NULL,
  cause          TEXT NOT NULL,
  scope          TEXT NOT NULL CHECK (scope IN ('cell', 'app', 'device', 'all')),
  application_id TEXT,
  users          TEXT,                    -- JSON array of ids; null: everybody in the application
  actor_kind     TEXT NOT NULL,
  actor_id       TEXT NOT NULL,
  ip             TEXT NOT NULL,
  request_id     TEXT NOT NULL,
  tokens         INTEGER NOT NULL DEFAULT 0, -- grants that ended with it
  open           INTEGER NOT NULL CHECK (open IN (0, 1)), -- 1 until the rows it covers have been written out
  pages          INTEGER NOT NULL DEFAULT 0, -- open pages that were told, live
  pages_ms       INTEGER NOT NULL DEFAULT 0  -- milliseconds until the last of them was
) STRICT, WITHOUT ROWID;
CREATE INDEX endings_open ON endings (seq) WHERE open = 1;
CREATE INDEX endings_by_pool ON endings (pool_id, seq);
CREATE INDEX endings_by_age ON endings (at) WHERE open = 0;

-- What an ending covered: each application that held a piece of a session, and so must hear. Written in the transaction
-- that ends the session, or that writes out what stands below a barrier; the outbox and the revocation feed read it.
CREATE TABLE notices (
  -- The place in the feed: one writer, so no later number commits earlier; none is given twice, though the last be gone.
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  ending_id      TEXT REFERENCES endings ON DELETE CASCADE, -- null: a test
  application_id TEXT NOT NULL,
  session_id     INTEGER NOT NULL,
  user_id        TEXT NOT NULL,
  sid            TEXT NOT NULL,
  issuer         TEXT NOT NULL,
  at             INTEGER NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('unreachable', 'waiting', 'acked', 'gave_up')), -- unreachable: no address
  due_at         INTEGER NOT NULL,         -- of the next try
  tries          TEXT NOT NULL DEFAULT '[]', -- JSON: milliseconds after `at` at which each try ended
  status         INTEGER,                  -- HTTP status of the last answer
  trouble        TEXT                      -- what went wrong last
) STRICT;
CREATE UNIQUE INDEX notices_of_ending ON notices (ending_id, session_id, application_id, issuer);
CREATE INDEX notices_due ON notices (application_id, due_at) WHERE state = 'waiting';
CREATE INDEX notices_lost ON notices (application_id, at) WHERE state = 'gave_up';
CREATE INDEX notices_by_application ON notices (application_id, id);

-- What an application was given: first a code, then tokens. Codes and refresh tokens are marks on the id, made with the
-- house's key; nothing in here opens anything.
CREATE TABLE grants (
  id              TEXT PRIMARY KEY,
  application_id  TEXT NOT NULL REFERENCES applications,
  user_id         TEXT REFERENCES users,   -- null: the application for itself
  session_id      INTEGER REFERENCES sessions ON DELETE SET NULL,
  seq             INTEGER NOT NULL,
  outlives_logout INTEGER NOT NULL CHECK (outlives_logout IN (0, 1)),
  issuer          TEXT NOT NULL,
  scope           TEXT NOT NULL,
  sid             TEXT NOT NULL,
  auth_at         INTEGER NOT NULL,
  redirect_uri    TEXT NOT NULL,           -- as it was asked for
  nonce           TEXT,
  challenge       TEXT,                    -- PKCE S256
  claims          TEXT,                    -- the claims parameter, as far as it is understood
  code_used       INTEGER NOT NULL DEFAULT 0 CHECK (code_used IN (0, 1)),
  generation      INTEGER NOT NULL DEFAULT 0, -- of the refresh token; 0: none was given
  rotated_at      INTEGER,
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,        -- of the code, then of the last token
  revoked_at      INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_session ON grants (session_id);
CREATE INDEX grants_by_expiry ON grants (expires_at);
CREATE INDEX grants_offline ON grants (user_id) WHERE outlives_logout = 1;

-- Single access tokens that were revoked before their time.
CREATE TABLE revoked_tokens (
  jti        TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- Ids of client assertions, each of which works once (RFC 7523 section 3).
CREATE TABLE assertions (
  hash       BLOB PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assertions_by_expiry ON assertions (expires_at);

-- Authorization requests that were pushed (RFC 9126).
CREATE TABLE pushed_requests (
  hash           BLOB PRIMARY KEY,
  application_id TEXT NOT NULL,
  query          TEXT NOT NULL,
  expires_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);

-- Signing keys. A new one is published before it signs; a retired one keeps its public half, for hints. One that was replaced
-- at once was in the wrong hands: what it signed is believed no more.
CREATE TABLE signing_keys (
  kid        TEXT PRIMARY KEY,
  alg        TEXT NOT NULL CHECK (alg IN ('RS256', 'ES256')),
  sealed     BLOB,                         -- PKCS #8, sealed with the house's key; null once retired
  public     TEXT NOT NULL,                -- JWK
  created_at INTEGER NOT NULL,
  signs_from INTEGER NOT NULL,
  retired_at INTEGER,
  distrusted INTEGER NOT NULL DEFAULT 0 CHECK (distrusted IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The keys under which Authing's SDKs encrypt passwords on their way. One of each kind for the house.
CREATE TABLE password_keys (
  kind       TEXT PRIMARY KEY CHECK (kind IN ('rsa', 'sm2')),
  sealed     BLOB NOT NULL,                -- PKCS #8 or the number, sealed with the house's key
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id         INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  pool_id    TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id   TEXT NOT NULL,
  act        TEXT NOT NULL,
  user_id    TEXT,                        -- whom it concerns
  target     TEXT NOT NULL DEFAULT '',    -- what it concerns: an application, a key
  ending_id  TEXT,
  ip         TEXT NOT NULL,
  user_agent TEXT NOT NULL DEFAULT '',
  request_id TEXT NOT NULL,
  detail     TEXT                         -- JSON: what was changed, {"field": [before, after]}; never a secret
) STRICT;
CREATE INDEX audit_by_pool ON audit (pool_id, id);
CREATE INDEX audit_by_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_by_ending ON audit (ending_id) WHERE ending_id IS NOT NULL;
