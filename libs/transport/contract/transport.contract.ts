import { describe, it } from 'vitest';
import { broadcastCases } from './broadcast.cases.ts';
import { deadlineCases } from './deadline.cases.ts';
import { exchangeCases } from './exchange.cases.ts';
import { refusalCases } from './refusal.cases.ts';
import type { OpenTransport, TransportCase } from './transport-harness.ts';
import { wireCases } from './wire.cases.ts';

export const transportCases: readonly TransportCase[] = [
  ...exchangeCases,
  ...refusalCases,
  ...deadlineCases,
  ...broadcastCases,
  ...wireCases,
];

/** Names of cases that a transport cannot run, each with the reason, which the run prints. */
export type SkippedCases = Readonly<Record<string, string>>;

/**
 * The contract of `RequestClient` and `Broadcast`, for every transport.
 *
 * A name in `skip` that no case has fails the run, so that a renamed case is not skipped for ever.
 */
export function transportContract(name: string, open: OpenTransport, skip: SkippedCases = {}): void {
  const unknown = Object.keys(skip).filter((skipped) => !transportCases.some((known) => known.name === skipped));
  if (unknown.length > 0) throw new Error(`skip names no case: ${unknown.join('; ')}`);
  describe(`contract=transport adapter=${name}`, () => {
    for (const rule of transportCases) {
      const reason = skip[rule.name];
      if (reason === undefined) it(rule.name, () => rule.run(open));
      else it.skip(`${rule.name} (skipped: ${reason})`, () => {});
    }
  });
}
