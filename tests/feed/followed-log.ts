import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { openTemporaryLog, PeopleOnLog, type TemporaryLog } from '@evident/testing';

/** How a user has to look in a table that was kept from the events. */
export interface Expected {
  readonly active: boolean;
  readonly admin: boolean;
  readonly roles: readonly string[];
  readonly changes: number;
}

/** Writes to the log of a running deployment, much faster than over HTTP, and knows what a reader of it must come to. */
export class FollowedLog {
  readonly #opened: TemporaryLog;
  readonly #people: PeopleOnLog;
  readonly #users: string[] = [];
  readonly #random: () => number;
  written = 0;

  private constructor(opened: TemporaryLog, random: () => number) {
    this.#opened = opened;
    this.#people = new PeopleOnLog(opened.log);
    this.#random = random;
  }

  static async open(dataDir: string, random: () => number): Promise<FollowedLog> {
    return new FollowedLog(await openTemporaryLog({ dataDir }), random);
  }

  /** Appends to random users, some of them new, a stream at a time; the answer is the last position. */
  async write(streams: number, eventsEach: number): Promise<Position | undefined> {
    let position: Position | undefined;
    for (let n = 0; n < streams; n += 1) {
      const isNew = this.#users.length === 0 || this.#random() < 0.2;
      const uid = isNew ? randomUUID() : this.#pick(this.#users);
      if (isNew) this.#users.push(uid);
      const first: DomainEvent[] = isNew ? [{ type: 'user.registered', data: { number: this.#users.length } }] : [];
      const rest = Array.from({ length: eventsEach }, () => this.#change());
      position = await this.#people.append(`user-main.${uid}`, [...first, ...rest]);
      this.written += first.length + eventsEach;
    }
    return position;
  }

  /** What the users of the log come to, by subject, read from the log itself. */
  async expected(): Promise<ReadonlyMap<string, Expected>> {
    const { store } = this.#opened.log;
    const users = new Map<string, Expected>();
    for (let after: Position | undefined; ; ) {
      const page = await store.readAll(after, 1_000);
      if ('outcome' in page || page.length === 0) return users;
      for (const { stream, type, data } of page) {
        if (!stream.startsWith('user-main.')) continue;
        const subject = `user:${stream.slice('user-main.'.length)}`;
        users.set(subject, applied(users.get(subject), type, data));
      }
      after = page.at(-1)?.position;
    }
  }

  /** Of every event, in order. */
  async positions(): Promise<readonly Position[]> {
    const all = await this.#opened.log.store.readAll(undefined, 1_000_000);
    return 'outcome' in all ? [] : all.map(({ position }) => position);
  }

  lastPosition(): Promise<Position | undefined> {
    return this.#opened.log.store.lastPosition();
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  #change(): DomainEvent {
    const roleId = `7f000000-0000-4000-8000-00000000000${Math.floor(this.#random() * 5)}`;
    return this.#pick<DomainEvent>([
      { type: 'user.role-granted', data: { roleId } },
      { type: 'user.role-revoked', data: { roleId } },
      { type: 'user.admin-granted', data: {} },
      { type: 'user.reactivated', data: {} },
      { type: 'user.named', data: { name: `name ${Math.floor(this.#random() * 1_000)}` } },
    ]);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

function applied(before: Expected | undefined, type: string, data: object): Expected {
  const { active, admin, roles, changes } = before ?? { active: true, admin: false, roles: [], changes: 0 };
  const role = `role:${(data as { readonly roleId?: string }).roleId}`;
  const others = roles.filter((each) => each !== role);
  return {
    active: type === 'user.reactivated' || (active && type !== 'user.deactivated' && type !== 'user.removed'),
    admin: type === 'user.admin-granted' || (admin && type !== 'user.admin-revoked'),
    roles: type === 'user.role-granted' ? [...others, role].sort() : type === 'user.role-revoked' ? others : roles,
    changes: changes + 1,
  };
}
