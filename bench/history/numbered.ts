import { streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Decided } from './bulk-append.ts';
import { byAdministrator, type Making } from './making.ts';

/** The integer ids of these holders, the first of which is `first`: allocated in one go, since nobody races for them. */
export function numbered(making: Making, kind: 'user' | 'app', first: number, holders: readonly string[]): Decided {
  const events = holders.map((holder, index) => ({
    type: 'number.allocated',
    data: { value: first + index, holder },
  }));
  return {
    stream: streams.numbers(making.log.tenant, kind),
    step: 'number',
    events,
    expected: first === 1 ? 'no-stream' : { revision: first - 2 },
    metadata: byAdministrator(making, uuid5(`history/numbers/${kind}/${first}`), `register-${kind}`),
  };
}
