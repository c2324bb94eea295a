import { randomUUID } from 'node:crypto';
import {
  type AppCommand,
  appDecider,
  type Decider,
  type DomainEvent,
  foldIdentifier,
  type IdentifierKind,
  reservationDecider,
  streams,
  type UserCommand,
  userDecider,
} from '@evident/domain';
import { eventId, type Position, runCommand } from '@evident/event-store';
import type { Log } from '@evident/log';

export interface PersonToAdd {
  readonly username?: string;
  readonly email?: string;
  readonly isAdmin?: boolean;
  readonly passwordHash?: string;
}

export interface AddedPerson {
  readonly uid: string;
  readonly number: number;
  readonly username: string;
  readonly email: string;
  readonly usernameLookup: string;
  readonly emailLookup: string;
  /** Of the last event of the registration. */
  readonly position: Position;
}

export interface AddedApp {
  readonly uid: string;
  readonly number: number;
  readonly position: Position;
}

/** Puts users and apps on a log as the deciders would, without the service that asks and hashes. */
export class PeopleOnLog {
  readonly #log: Log;
  readonly #now: () => number;
  #users = 0;
  #apps = 0;

  constructor(log: Log, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  async addUser(person: PersonToAdd = {}): Promise<AddedPerson> {
    const uid = randomUUID();
    const number = ++this.#users;
    const { username = `user${number}`, email = `user${number}@example.com` } = person;
    const identifiers = [await this.claim(uid, 'username', username), await this.claim(uid, 'email', email)];
    const position = await this.changeUser(uid, {
      type: 'register-user',
      number,
      identifiers,
      passwordHash: person.passwordHash ?? `sealed-${number}`,
      isAdmin: person.isAdmin ?? false,
    });
    const lookups = { usernameLookup: this.lookup('username', username), emailLookup: this.lookup('email', email) };
    return { uid, number, username, email, ...lookups, position };
  }

  async addApp(app: { readonly name?: string; readonly url?: string } = {}): Promise<AddedApp> {
    const uid = randomUUID();
    const number = ++this.#apps;
    const key = { keyId: randomUUID(), lookup: this.#log.lookup.hash('api-key', uid), prefix: `sso_${number}` };
    const { name = `App ${number}`, url = `https://app${number}.example.com` } = app;
    const position = await this.changeApp(uid, { type: 'register-app', number, name, url, key });
    return { uid, number, position };
  }

  /** Resolves with where the change is visible. */
  changeUser(uid: string, command: UserCommand): Promise<Position> {
    return this.decide(userDecider, streams.user(this.#log.tenant, uid), command);
  }

  changeApp(uid: string, command: AppCommand): Promise<Position> {
    return this.decide(appDecider, streams.app(this.#log.tenant, uid), command);
  }

  /** Claims the value for the user, who has yet to complete it. */
  async claim(uid: string, kind: IdentifierKind, value: string) {
    const lookup = this.lookup(kind, value);
    const claimId = randomUUID();
    const stream = streams.reservation(this.#log.tenant, kind, lookup);
    await this.decide(reservationDecider, stream, { type: 'claim', claimId, holder: uid, now: this.#now() });
    return { kind, value, lookup, claimId, verified: false };
  }

  async release(kind: IdentifierKind, lookup: string, claimId: string): Promise<Position> {
    return this.decide(reservationDecider, streams.reservation(this.#log.tenant, kind, lookup), {
      type: 'release',
      claimId,
    });
  }

  lookup(kind: IdentifierKind, value: string): string {
    return this.#log.lookup.hash(kind, foldIdentifier(value));
  }

  /** Appends events as they are, whatever a decider would say; about `person` where the stream names another. */
  async append(stream: string, events: readonly DomainEvent[], person?: string | null): Promise<Position> {
    const metadata = this.#metadata();
    const named = events.map((event, place) => ({ ...event, id: eventId(metadata.commandId, stream, 'spec', place) }));
    const context = { stream, metadata, ...(person === undefined ? {} : { person }) };
    const appended = await this.#log.store.append(stream, await this.#log.codec.encode(named, context), 'any');
    if (appended.outcome !== 'appended') throw new Error(`${stream} was not appended to`);
    return appended.position;
  }

  /** Decides on a stream as a service would. Resolves with where it is visible. */
  async decide<Command, State, Event extends DomainEvent, Code extends string>(
    decider: Decider<Command, State, Event, Code>,
    stream: string,
    command: Command,
  ): Promise<Position> {
    const { store, codec } = this.#log;
    const request = { stream, step: 'spec', command, metadata: this.#metadata() };
    const outcome = await runCommand({ store, codec, decider }, request);
    if (outcome.outcome !== 'accepted' || outcome.position === undefined) {
      throw new Error(`refused: ${JSON.stringify(outcome)}`);
    }
    return outcome.position;
  }

  #metadata() {
    const commandId = randomUUID();
    return { tenant: this.#log.tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: this.#now() };
  }
}
