import { describe, it } from 'vitest';
import { logCopyCases } from './log-copy.cases.ts';
import type { CopyPlace, LogCopyCapability, LogCopyCase } from './log-copy-case.ts';

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
