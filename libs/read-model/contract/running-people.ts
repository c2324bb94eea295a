import assert from 'node:assert/strict';
import { EventStoreFault, type NewEvent, type Position } from '@evident/event-store';
import type { ProjectionRunner, ProjectionRunnerOptions, RunnerState } from '../src/projection-runner.ts';
import type { ReadModelStore } from '../src/read-model.port.ts';
import { runProjections } from '../src/run-projections.ts';
import { BreakableReadModel } from './breakable-read-model.ts';
import { MemoryLog } from './memory-log.ts';
import { group, people } from './people.ts';
import { decodePeople, event, type Planted, peopleProjections, plantedErrors } from './people-projections.ts';

/** A log, a read model and what runs between them; each spec has its own. */
export class RunningPeople {
  readonly log: MemoryLog;
  readonly model: BreakableReadModel;
  readonly planted: Planted = plantedErrors();
  readonly projections = peopleProjections(this.planted);
  readonly store: ReadModelStore;
  readonly states: RunnerState[] = [];
  readonly heard: string[] = [];
  readonly #runners: ProjectionRunner[] = [];

  constructor(options: { readonly log?: MemoryLog; readonly model?: BreakableReadModel } = {}) {
    this.log = options.log ?? new MemoryLog();
    this.model = options.model ?? new BreakableReadModel();
    this.store = this.model.connect();
  }

  run(changed: Partial<ProjectionRunnerOptions> = {}): ProjectionRunner {
    const runner = runProjections({
      group,
      projections: this.projections.all,
      events: this.log,
      store: this.store,
      decode: decodePeople(this.planted),
      backOff: { firstMs: 1, longestMs: 4 },
      hooks: {
        onState: (state) => this.states.push(state),
        onParked: ({ projection, stream, type }) => this.heard.push(`parked ${projection} ${stream} ${type}`),
        onFault: ({ error }) => this.heard.push(`fault ${error instanceof Error ? error.message : String(error)}`),
        onStartOver: (reason) => this.heard.push(`start over: ${reason}`),
      },
      ...changed,
    });
    this.#runners.push(runner);
    return runner;
  }

  /** Appends to one person's stream; the answer is the position of the last event. */
  async append(person: string, ...events: readonly (NewEvent | string)[]): Promise<Position> {
    const all = events.map((each) => (typeof each === 'string' ? event(each, { name: person }) : each));
    const outcome = await this.log.append(`person-main.${person}`, all);
    assert.equal(outcome.outcome, 'appended');
    return outcome.outcome === 'appended' ? outcome.position : assert.fail();
  }

  async age(person: string): Promise<number | null | undefined> {
    return (await this.store.get(people, `person-main.${person}`))?.age;
  }

  async total(): Promise<number | undefined> {
    return (await this.store.get(this.projections.totals.view, 'main'))?.people;
  }

  /** Everything in the rows, to compare two read models. */
  async rows(store: ReadModelStore = this.store): Promise<unknown> {
    const found: unknown[] = [];
    for (const { view } of this.projections.all) {
      const rows = await store.scan(view, { limit: 10_000 });
      found.push(rows.map(({ key, row, position }) => ({ key, row, position })));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runner of this.#runners) await runner.stop();
  }
}

/** Resolves when the runner has passed everything that is in the log. */
export async function caughtUp(runner: ProjectionRunner, log: MemoryLog, withinMs = 60_000): Promise<void> {
  const head = await log.lastPosition();
  if (head !== undefined)
    assert.equal(await runner.reached(head, withinMs), 'reached', `at ${runner.position()}, ${runner.state()}`);
}

export const away = new EventStoreFault('unavailable', 'the log is away');

/** A store of which single calls can be made to fail: `failing` is asked before each. */
export function withFaults(
  store: ReadModelStore,
  failing: (call: keyof ReadModelStore) => Error | undefined,
): ReadModelStore {
  return new Proxy(store, {
    get(target, name: keyof ReadModelStore) {
      if (name === 'beside') return (generation: string) => withFaults(target.beside(generation), failing);
      const call = target[name] as (...given: readonly unknown[]) => Promise<unknown>;
      return async (...given: readonly unknown[]) => {
        const fault = failing(name);
        if (fault !== undefined) throw fault;
        return call.apply(target, [...given]);
      };
    },
  });
}
