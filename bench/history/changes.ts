import {
  type AppEvent,
  type AppState,
  appDecider,
  fold,
  initialApp,
  streams,
  type UserCommand,
  type UserState,
  userDecider,
} from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Decided } from './bulk-append.ts';
import { appOf } from './history.ts';
import { byAdministrator, type Making } from './making.ts';
import type { RegisteredUser } from './people.ts';

/** Whose states are kept at hand to be changed; the rest stay as they were registered. */
const changingUsers = 2_000;

interface Changing {
  readonly uid: string;
  readonly app: number;
  state: UserState;
  revision: number;
}

/** Makes the changes of a history: in turn, so that each second one takes back the one before it. */
export class Changes {
  readonly #making: Making;
  readonly #users: Changing[] = [];
  /** The app that is renamed, and disabled and enabled, time and again. */
  #app: { state: AppState; revision: number } | undefined;
  #made = 0;

  constructor(making: Making) {
    this.#making = making;
  }

  /** The revision that the stream of the nth user ends at. */
  revisionOf(nth: number, registered: number): number {
    return this.#users[nth - 1]?.revision ?? registered;
  }

  isActive(nth: number): boolean {
    return this.#users[nth - 1]?.state.isActive ?? true;
  }

  generationOf(nth: number): number {
    return this.#users[nth - 1]?.state.generation ?? 1;
  }

  /** The revision that the stream of the nth app ends at. */
  appRevisionOf(nth: number): number {
    return nth === 1 ? (this.#app?.revision ?? 1) : 1;
  }

  watch(users: readonly RegisteredUser[]): void {
    for (const { uid, apps, state } of users) {
      if (this.#users.length >= changingUsers) return;
      this.#users.push({ uid, app: apps[0] ?? 1, state, revision: 3 + apps.length });
    }
  }

  watchApp(events: readonly AppEvent[]): void {
    this.#app = { state: fold(appDecider, initialApp, events), revision: events.length - 1 };
  }

  async make(count: number): Promise<void> {
    if (this.#users.length === 0) return;
    const batch: Decided[] = [];
    for (let each = 0; each < count; each++) batch.push(this.#next());
    await this.#making.appends.append(batch);
  }

  #next(): Decided {
    const turn = this.#made++;
    if (turn % 50 === 0) return this.#changeApp(turn);
    // Pairs fall on one user: what one change takes away the next gives back.
    const user = this.#users[Math.floor(turn / 4) % this.#users.length];
    if (user === undefined) throw new RangeError('nobody to change');
    const { state } = user;
    const command: UserCommand =
      turn % 4 < 2
        ? { type: 'change-user', isActive: !state.isActive }
        : state.apps.has(appOf(user.app).uid)
          ? { type: 'unassign-app', appId: appOf(user.app).uid }
          : { type: 'assign-app', appId: appOf(user.app).uid, appNumber: user.app };
    const decision = userDecider.decide(command, state);
    if (!decision.accepted) throw new Error(decision.code);
    const { events } = decision;
    const expected = { revision: user.revision };
    user.state = fold(userDecider, state, events);
    user.revision += events.length;
    const stream = streams.user(this.#making.log.tenant, user.uid);
    const metadata = byAdministrator(this.#making, uuid5(`history/change/${turn}`), command.type);
    return { stream, step: command.type, events, expected, metadata };
  }

  #changeApp(turn: number): Decided {
    if (this.#app === undefined) throw new RangeError('no app to change');
    const { state, revision } = this.#app;
    const decision = appDecider.decide({ type: 'change-app', name: `App 1, name ${turn}` }, state);
    if (!decision.accepted) throw new Error(decision.code);
    const { events } = decision;
    this.#app = { state: fold(appDecider, state, events), revision: revision + events.length };
    const stream = streams.app(this.#making.log.tenant, appOf(1).uid);
    const metadata = byAdministrator(this.#making, uuid5(`history/change/${turn}`), 'change-app');
    return { stream, step: 'change-app', events, expected: { revision }, metadata };
  }
}
