import { setTimeout as wait } from 'node:timers/promises';
import { type NumberSequenceEvent, streams } from '@evident/domain';
import { eventId, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Command } from '../command.ts';
import type { Turns } from '../turns.ts';

const attempts = 64;

export interface NumbersOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly turns: Turns;
  readonly now: Clock;
}

export type Allocation = { readonly outcome: 'allocated'; readonly number: number } | { readonly outcome: 'contended' };

/**
 * The next integer id for a holder: 1, 2, 3 … with no number used twice, whoever else allocates. The same command
 * always gets the same one. One that is then not needed stays unused for ever.
 */
export async function allocateNumber(
  { log, turns, now }: NumbersOptions,
  { kind, holder }: { readonly kind: 'user' | 'app'; readonly holder: string },
  command: Command,
): Promise<Allocation> {
  const { store, codec, tenant } = log;
  const stream = streams.numbers(tenant, kind);
  const id = eventId(command.id, stream, 'number', 0);
  return turns.take(stream, async () => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const last = (await store.readStreamEnd(stream, 1)).at(-1);
      const event: NumberSequenceEvent = { type: 'number.allocated', data: { value: valueAfter(last), holder } };
      const encoded = await codec.encode([{ id, ...event }], { stream, metadata: command.metadata });
      const expected = last === undefined ? 'no-stream' : { revision: last.revision };
      const appended = await store.append(stream, encoded, expected);
      // A repeat finds its event where it was first appended: the revision there is what counts.
      if (appended.outcome === 'appended') return { outcome: 'allocated', number: appended.revision + 1 };
      if (now() >= command.deadline) break;
      await wait(Math.random() * Math.min(20, attempt));
    }
    return { outcome: 'contended' };
  });
}

function valueAfter(last: StoredEvent | undefined): number {
  return last === undefined ? 1 : last.revision + 2;
}
