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

export interface LogCopyCase {
  readonly name: string;
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

/** Binds the suite to an adapter; `make` gives a place that has nothing yet. */
export function logCopyContract(name: string, make: () => Promise<CopyPlace>): void {
  describe(`contract=log-copy ${name}`, () => {
    for (const one of logCopyCases) it(one.name, () => runLogCopyCase(one, make));
  });
}
