import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Body } from '../e2e/http.ts';
import type { History, Outcome } from './history.ts';
import { attempt, type Operation } from './operations.ts';

export interface WritersOptions {
  readonly evident: { readonly url: string };
  readonly token: string;
  readonly history: History;
  readonly count?: number;
  /**
   * What a writer does that was told 503 or nothing at all: `ends`, as callers whose server is gone, or `repeats` the
   * attempt with the same key until it is answered.
   */
  readonly inDoubt: 'ends' | 'repeats';
}

/** Names that several writers want at once, in each round others. */
const contendedNames = 4;
const repeatAfterMs = 50;

/** Concurrent callers, each busy with objects of its own and now and then with a name that others want as well. */
export class Writers {
  readonly #options: WritersOptions;
  readonly #round = randomUUID().slice(0, 8);
  readonly #working: Promise<unknown>;
  #stopping = false;

  constructor(options: WritersOptions) {
    this.#options = options;
    this.#working = Promise.all(Array.from({ length: options.count ?? 16 }, (_, number) => this.#write(number)));
  }

  /** Resolves when each has finished what it was doing. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#working;
  }

  /** Resolves when all of them have lost their server. */
  async lost(): Promise<void> {
    await this.#working;
  }

  async #write(writer: number): Promise<void> {
    const own: Own = { users: [], apps: [] };
    for (let step = 0; !this.#stopping; step++) {
      const operation = this.#next(own, `${this.#round}-${writer}-${step}`);
      const outcome = await this.#carryOut(operation);
      if (outcome.kind === 'in-doubt') return;
      if (outcome.kind === 'acknowledged') remember(own, operation, outcome.body);
    }
  }

  async #carryOut(operation: Operation): Promise<Outcome> {
    const { evident, token, history, inDoubt } = this.#options;
    const idempotencyKey = randomUUID();
    for (;;) {
      const answered = history.begin(operation, idempotencyKey);
      const answer: Answer | undefined = await attempt(evident, token, operation, idempotencyKey).catch(
        () => undefined,
      );
      const outcome = answered(answer);
      if (outcome.kind !== 'in-doubt' || inDoubt === 'ends') return outcome;
      await pause(repeatAfterMs);
    }
  }

  #next(own: Own, unique: string): Operation {
    const user = anyOf(own.users);
    const app = anyOf(own.apps);
    const dice = Math.random();
    if (user === undefined || dice < 0.4) {
      const wanted = `wanted-${this.#round}-${Math.floor(Math.random() * contendedNames)}`;
      const username = Math.random() < 0.25 ? wanted : `writer-${unique}`;
      return { kind: 'register-user', username, email: `${unique}@example.com` };
    }
    if (app === undefined || dice < 0.5) return { kind: 'register-app', name: `App ${unique}` };
    if (dice < 0.65) return { kind: Math.random() < 0.7 ? 'assign' : 'unassign', user, app };
    if (dice < 0.75) return { kind: 'change-user', user, email: `changed-${unique}@example.com` };
    if (dice < 0.85) return { kind: 'change-user', user, active: Math.random() < 0.5 };
    if (dice < 0.95) return { kind: 'change-app', app, url: `https://${unique}.example.com` };
    return { kind: 'rotate-key', app };
  }
}

interface Own {
  readonly users: number[];
  readonly apps: number[];
}

function remember(own: Own, { kind }: Operation, body: Body): void {
  if (kind === 'register-user') own.users.push(body.id);
  if (kind === 'register-app') own.apps.push(body.id);
}

function anyOf<Item>(items: readonly Item[]): Item | undefined {
  return items[Math.floor(Math.random() * items.length)];
}
