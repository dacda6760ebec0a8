// Two stores for oidc-provider: a Map (the adapter it ships keeps a thousand entries, too few for a session each), and SQLite
// with prepared statements, WAL and synchronous=NORMAL.

import Database from "better-sqlite3";

export class MemoryAdapter {
  static rows = new Map();
  static grants = new Map();
  static uids = new Map();

  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    const key = this.key(id);
    MemoryAdapter.rows.set(key, payload);
    if (payload.uid) MemoryAdapter.uids.set(payload.uid, id);
    if (payload.grantId) {
      const members = MemoryAdapter.grants.get(payload.grantId);
      if (members) members.add(key);
      else MemoryAdapter.grants.set(payload.grantId, new Set([key]));
    }
  }

  async find(id) {
    return MemoryAdapter.rows.get(this.key(id));
  }

  async findByUid(uid) {
    return this.find(MemoryAdapter.uids.get(uid));
  }

  async consume(id) {
    MemoryAdapter.rows.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    MemoryAdapter.rows.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const key of MemoryAdapter.grants.get(grantId) ?? []) MemoryAdapter.rows.delete(key);
    MemoryAdapter.grants.delete(grantId);
  }
}

export class SqliteAdapter {
  static open(file) {
    const db = new Database(file);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.exec(`CREATE TABLE rows (
        model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, grant_id TEXT, uid TEXT,
        expires_at INTEGER, consumed INTEGER, PRIMARY KEY (model, id)) WITHOUT ROWID;
      CREATE INDEX rows_by_grant ON rows (grant_id) WHERE grant_id IS NOT NULL;
      CREATE INDEX rows_by_uid ON rows (uid) WHERE uid IS NOT NULL;`);
    SqliteAdapter.db = db;
    SqliteAdapter.sql = {
      upsert: db.prepare(`INSERT INTO rows (model, id, payload, grant_id, uid, expires_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
        expires_at = excluded.expires_at`),
      find: db.prepare("SELECT payload, consumed FROM rows WHERE model = ? AND id = ?"),
      findByUid: db.prepare("SELECT payload, consumed FROM rows WHERE uid = ? AND model = ?"),
      consume: db.prepare("UPDATE rows SET consumed = ? WHERE model = ? AND id = ?"),
      destroy: db.prepare("DELETE FROM rows WHERE model = ? AND id = ?"),
      revoke: db.prepare("DELETE FROM rows WHERE grant_id = ?"),
    };
  }

  constructor(model) {
    this.model = model;
  }

  static payload(row) {
    if (!row) return undefined;
    const payload = JSON.parse(row.payload);
    return row.consumed ? { ...payload, consumed: row.consumed } : payload;
  }

  async upsert(id, payload, expiresIn) {
    const expires = expiresIn ? Math.floor(Date.now() / 1000) + expiresIn : null;
    const { grantId, uid } = payload;
    SqliteAdapter.sql.upsert.run(this.model, id, JSON.stringify(payload), grantId ?? null, uid ?? null, expires);
  }

  async find(id) {
    return SqliteAdapter.payload(SqliteAdapter.sql.find.get(this.model, id));
  }

  async findByUid(uid) {
    return SqliteAdapter.payload(SqliteAdapter.sql.findByUid.get(uid, this.model));
  }

  async consume(id) {
    SqliteAdapter.sql.consume.run(Math.floor(Date.now() / 1000), this.model, id);
  }

  async destroy(id) {
    SqliteAdapter.sql.destroy.run(this.model, id);
  }

  async revokeByGrantId(grantId) {
    SqliteAdapter.sql.revoke.run(grantId);
  }
}
