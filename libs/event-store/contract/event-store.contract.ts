import { describe, it } from 'vitest';
import type { EventStore } from '../src/event-store.port.ts';
import { appendCases } from './append.cases.ts';
import { contentCases } from './content.cases.ts';
import { followCases } from './follow.cases.ts';
import { idempotenceCases } from './idempotence.cases.ts';
import { modelCases } from './model.cases.ts';
import { orderingCases } from './ordering.cases.ts';
import { positionCases } from './position.cases.ts';
import { readCases } from './read.cases.ts';
import { restartCases } from './restart.cases.ts';
import { truncationCases } from './truncation.cases.ts';

/** What not every log can do; an adapter without it says why. */
export type EventStoreCapability =
  /** Refuses an event id that another stream holds. */
  | 'unique-ids'
  /** The harness can give an empty log. */
  | 'empty-log'
  /** Keeps strings with unpaired surrogates as they are. */
  | 'unpaired-surrogates'
  /** What was let go of a stream is at once gone from the order of the log as well. */
  | 'gone-at-once';

/** One log, shared by any number of processes. */
export interface LogUnderTest {
  /** Opens it as one more process would. */
  connect(): Promise<EventStore>;
  /** Lets go of the connections, and of the log where it is this case's own. */
  destroy(): Promise<void>;
}

/**
 * Gives the log for one case. It may hold what other cases wrote, unless `needs` is `empty-log`; nothing else writes
 * to it meanwhile.
 */
export type EventStoreHarness = (needs?: EventStoreCapability) => Promise<LogUnderTest>;

export interface EventStoreCase {
  readonly name: string;
  readonly needs?: EventStoreCapability;
  /** Rejects where the adapter breaks the promise. */
  run(log: LogUnderTest): Promise<void>;
}

/** Every promise of the port, one case each. Each uses streams of its own. */
export const eventStoreCases: readonly EventStoreCase[] = [
  ...appendCases,
  ...idempotenceCases,
  ...readCases,
  ...positionCases,
  ...orderingCases,
  ...followCases,
  ...contentCases,
  ...truncationCases,
  ...restartCases,
  ...modelCases,
];

/** Runs one case. */
export async function runEventStoreCase(one: EventStoreCase, open: EventStoreHarness): Promise<void> {
  const log = await open(one.needs);
  try {
    await one.run(log);
  } finally {
    await log.destroy();
  }
}

export interface EventStoreContractOptions {
  readonly open: EventStoreHarness;
  /** True, or the reason why the adapter lacks it. */
  readonly capabilities: Readonly<Record<EventStoreCapability, true | string>>;
  /** Names of cases that the adapter cannot pass, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** Binds the suite to an adapter. What is skipped is printed with its reason. */
export function eventStoreContract(name: string, { open, capabilities, skip = {} }: EventStoreContractOptions): void {
  const unknown = Object.keys(skip).filter((skipped) => !eventStoreCases.some((one) => one.name === skipped));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(`contract=event-store ${name}`, () => {
    for (const one of eventStoreCases) {
      const able = one.needs === undefined ? true : capabilities[one.needs];
      const reason = skip[one.name] ?? (able === true ? undefined : able);
      if (reason === undefined) it(one.name, () => runEventStoreCase(one, open));
      else it.skip(`${one.name} (skipped: ${reason})`);
    }
  });
}
