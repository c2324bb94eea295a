import { describe, it } from 'vitest';
import { appendCases } from './append.cases.ts';
import { contentCases } from './content.cases.ts';
import type { EventStoreCapability, EventStoreCase, LogUnderTest } from './event-store-case.ts';
import { followCases } from './follow.cases.ts';
import { idempotenceCases } from './idempotence.cases.ts';
import { modelCases } from './model.cases.ts';
import { orderingCases } from './ordering.cases.ts';
import { positionCases } from './position.cases.ts';
import { readCases } from './read.cases.ts';
import { restartCases } from './restart.cases.ts';
import { truncationCases } from './truncation.cases.ts';

/**
 * Gives the log for one case. It may hold what other cases wrote, unless `needs` is `empty-log`; nothing else writes
 * to it meanwhile.
 */
export type EventStoreHarness = (needs?: EventStoreCapability) => Promise<LogUnderTest>;

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
