import { DatabaseSync } from 'node:sqlite';
import type { CloudEvent, Place } from '@evident/client';

export interface UserRow {
  readonly subject: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly active: boolean;
  readonly admin: boolean;
  /** Subjects: `role:<uuid>`. */
  readonly roles: readonly string[];
  /** Events that were applied to it: more than there are would mean that one was applied twice. */
  readonly changes: number;
}

export interface RoleRow {
  readonly subject: string;
  readonly slug: string;
  readonly name: string;
  readonly active: boolean;
  readonly changes: number;
}

const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS users (subject TEXT PRIMARY KEY, username TEXT, email TEXT, active INTEGER NOT NULL,
    admin INTEGER NOT NULL, changes INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS user_roles (subject TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (subject, role));
  CREATE TABLE IF NOT EXISTS roles (subject TEXT PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL,
    active INTEGER NOT NULL, changes INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL);`;

type Data = Readonly<Record<string, unknown>>;

/** Our own table. The place in Evident's events lies beside the rows, so that each event is applied exactly once. */
export class Table {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(schema);
  }

  place(): Place | undefined {
    const kept = this.#database.prepare('SELECT json FROM place').get();
    return kept === undefined ? undefined : (JSON.parse(String(kept.json)) as Place);
  }

  /** The event and its place in one transaction: after a crash neither is there, or both. */
  apply(event: CloudEvent, place: Place): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      if (event.type.startsWith('role.')) this.#applyToRole(event, event.data ?? {});
      else this.#applyToUser(event, event.data ?? {});
      this.#run('INSERT OR REPLACE INTO place VALUES (1, ?)', JSON.stringify(place));
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  users(): readonly UserRow[] {
    return this.#database
      .prepare('SELECT * FROM users ORDER BY subject')
      .all()
      .map((row) => ({
        subject: String(row.subject),
        username: row.username === null ? null : String(row.username),
        email: row.email === null ? null : String(row.email),
        active: row.active === 1,
        admin: row.admin === 1,
        roles: this.#rolesOf(String(row.subject)),
        changes: Number(row.changes),
      }));
  }

  roles(): readonly RoleRow[] {
    return this.#database
      .prepare('SELECT * FROM roles ORDER BY subject')
      .all()
      .map(({ subject, slug, name, active, changes }) => ({
        subject: String(subject),
        slug: String(slug),
        name: String(name),
        active: active === 1,
        changes: Number(changes),
      }));
  }

  close(): void {
    this.#database.close();
  }

  #applyToUser({ type, subject }: CloudEvent, data: Data): void {
    if (type === 'user.registered') this.#run('INSERT INTO users VALUES (?, NULL, NULL, 1, 0, 0)', subject);
    this.#run('UPDATE users SET changes = changes + 1 WHERE subject = ?', subject);
    if (type === 'user.identifier-added' && data.kind === 'username')
      this.#set(subject, 'username', String(data.value));
    if (type === 'user.identifier-added' && data.kind === 'email') this.#set(subject, 'email', String(data.value));
    if (type === 'user.reactivated') this.#set(subject, 'active', 1);
    if (type === 'user.deactivated' || type === 'user.removed') this.#set(subject, 'active', 0);
    if (type === 'user.admin-granted') this.#set(subject, 'admin', 1);
    if (type === 'user.admin-revoked') this.#set(subject, 'admin', 0);
    const role = `role:${data.roleId}`;
    if (type === 'user.role-granted') this.#run('INSERT OR IGNORE INTO user_roles VALUES (?, ?)', subject, role);
    if (type === 'user.role-revoked') this.#run('DELETE FROM user_roles WHERE subject = ? AND role = ?', subject, role);
    if (type === 'user.erased') this.#run('UPDATE users SET username = NULL, email = NULL WHERE subject = ?', subject);
  }

  #applyToRole({ type, subject }: CloudEvent, data: Data): void {
    const active = data.isActive === true ? 1 : 0;
    if (type === 'role.defined') {
      this.#run('INSERT INTO roles VALUES (?, ?, ?, ?, 0)', subject, String(data.slug), String(data.name), active);
    }
    if (type === 'role.changed') {
      this.#run('UPDATE roles SET name = ?, active = ? WHERE subject = ?', String(data.name), active, subject);
    }
    if (type === 'role.retired') this.#run('UPDATE roles SET active = 0 WHERE subject = ?', subject);
    this.#run('UPDATE roles SET changes = changes + 1 WHERE subject = ?', subject);
  }

  #set(subject: string, column: 'username' | 'email' | 'active' | 'admin', value: string | number): void {
    this.#run(`UPDATE users SET ${column} = ? WHERE subject = ?`, value, subject);
  }

  #run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.#database.prepare(sql).run(...values);
  }

  #rolesOf(subject: string): readonly string[] {
    const found = this.#database.prepare('SELECT role FROM user_roles WHERE subject = ? ORDER BY role').all(subject);
    return found.map(({ role }) => String(role));
  }
}
