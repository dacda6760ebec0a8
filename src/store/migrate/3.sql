-- From 2 to 3: what a pool looks like and how long its sessions live, administrators who only read, the language and zone of a
-- person, links to set a password, what an act changed, every issuer that an application knows.
ALTER TABLE pools ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE pools ADD COLUMN accent TEXT;
ALTER TABLE pools ADD COLUMN logo BLOB;
ALTER TABLE pools ADD COLUMN logo_type TEXT;
ALTER TABLE pools ADD COLUMN idle_seconds INTEGER;
ALTER TABLE pools ADD COLUMN absolute_seconds INTEGER;
ALTER TABLE audit ADD COLUMN detail TEXT;
CREATE INDEX audit_by_ending ON audit (ending_id) WHERE ending_id IS NOT NULL;

CREATE TABLE users_3 (
  id            TEXT PRIMARY KEY,
  pool_id       TEXT NOT NULL REFERENCES pools,
  username      TEXT,
  username_key  TEXT,
  name          TEXT NOT NULL DEFAULT '',
  email         TEXT,
  email_key     TEXT,
  phone         TEXT,
  role          TEXT NOT NULL CHECK (role IN ('person', 'auditor', 'admin')),
  status        TEXT NOT NULL CHECK (status IN ('activated', 'disabled', 'deleted')),
  password_hash TEXT,
  seed_hash     TEXT,
  password_seq  INTEGER NOT NULL DEFAULT 0,
  barrier_seq   INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  last_login_at INTEGER,
  last_ip       TEXT,
  logins        INTEGER NOT NULL DEFAULT 0,
  lang          TEXT,
  zone          TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO users_3 SELECT id, pool_id, username, username_key, name, email, email_key, phone, role, status, password_hash,
  seed_hash, password_seq, barrier_seq, created_at, updated_at, last_login_at, last_ip, logins, NULL, NULL FROM users;
DROP TABLE users;
ALTER TABLE users_3 RENAME TO users;
CREATE UNIQUE INDEX users_by_username ON users (pool_id, username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX users_by_email    ON users (pool_id, email_key)    WHERE email_key IS NOT NULL;
CREATE UNIQUE INDEX users_by_phone    ON users (pool_id, phone)        WHERE phone IS NOT NULL;
CREATE INDEX users_by_creation        ON users (pool_id, created_at DESC, id DESC);

CREATE TABLE password_links (
  hash         BLOB PRIMARY KEY,
  user_id      TEXT NOT NULL REFERENCES users,
  password_seq INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_links_by_user ON password_links (user_id);
CREATE INDEX password_links_by_expiry ON password_links (expires_at);

CREATE TABLE participant_issuers (
  session_id     INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  application_id TEXT NOT NULL,
  issuer         TEXT NOT NULL,
  PRIMARY KEY (session_id, application_id, issuer)
) STRICT, WITHOUT ROWID;
INSERT INTO participant_issuers SELECT session_id, application_id, issuer FROM participants WHERE ended_at IS NULL;
DROP INDEX notices_of_ending;
CREATE UNIQUE INDEX notices_of_ending ON notices (ending_id, session_id, application_id, issuer);
