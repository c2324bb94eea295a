import { describe, it } from 'vitest';
import type { EventStore } from '../src/event-store.port.ts';
import type { CopyOrigin, LogCopy } from '../src/log-copy.port.ts';
import { logCopyCases } from './log-copy.cases.ts';

/** An empty place for one copy. */
export interface CopyPlace {
  /** As a run of the copying program does, also one after a crash of another. */
  open(source: CopyOrigin): Promise<LogCopy>;
  /** As a service does. */
  openLog(): Promise<EventStore>;
  destroy(): Promise<void>;
}

/** What not every log can do; an adapter without it says why. */
export type LogCopyCapability =
  /** A stream may begin with another revision than 0. */
  'late-beginnings';

export interface LogCopyCase {
  readonly name: string;
  readonly needs?: LogCopyCapability;
  /** Rejects where the adapter breaks the promise. */
  run(place: CopyPlace): Promise<void>;
}

export async function runLogCopyCase(one: LogCopyCase, make: () => Promise<CopyPlace>): Promise<void> {
  const place = await make();
  try {
    await one.run(place);
  } finally {
    await place.destroy();
  }
}

/** Binds the suite to an adapter; `make` gives a place that has nothing yet, `lacks` says why it cannot do something. */
export function logCopyContract(
  name: string,
  make: () => Promise<CopyPlace>,
  lacks: Readonly<Partial<Record<LogCopyCapability, string>>> = {},
): void {
  describe(`contract=log-copy ${name}`, () => {
    for (const one of logCopyCases) {
      const reason = one.needs === undefined ? undefined : lacks[one.needs];
      if (reason === undefined) it(one.name, () => runLogCopyCase(one, make));
      else it.skip(`${one.name} (skipped: ${reason})`);
    }
  });
}
