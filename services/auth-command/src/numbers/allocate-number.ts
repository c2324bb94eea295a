import { setTimeout as wait } from 'node:timers/promises';
import { type NumberSequenceEvent, numberSequenceDecider, streams } from '@evident/domain';
import { eventId, readable } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Command } from '../command.ts';
import type { Turns } from '../turns.ts';

const attempts = 64;
const { initial, evolve, decide } = numberSequenceDecider;

export interface NumbersOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly turns: Turns;
  readonly now: Clock;
}

export type Allocation = { readonly outcome: 'allocated'; readonly number: number } | { readonly outcome: 'contended' };

/**
 * The next integer id for a holder: 1, 2, 3 … with no number used twice, whoever else allocates. The same command
 * always gets the same one. One that is then not needed stays unused for ever. Not by `runCommand`, which would look for
 * what a repeat did before in all of a stream that is as long as there are users: the store finds it by the event's id.
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
      const { state, revision } = await endOf(log, stream);
      const decision = decide({ type: 'allocate-number', holder }, state);
      const [event] = decision.accepted ? decision.events : [];
      if (event === undefined) return { outcome: 'allocated', number: revision + 1 };
      const encoded = await codec.encode([{ id, ...event }], { stream, metadata: command.metadata });
      const appended = await store.append(stream, encoded, revision < 0 ? 'no-stream' : { revision });
      // A repeat finds its event where it was first appended: the revision there is what counts.
      if (appended.outcome === 'appended') return { outcome: 'allocated', number: appended.revision + 1 };
      if (now() >= command.deadline) break;
      await wait(Math.random() * Math.min(20, attempt));
    }
    return { outcome: 'contended' };
  });
}

/** Its last event says all. */
async function endOf({ store, codec }: NumbersOptions['log'], stream: string) {
  const [last] = await store.readStreamEnd(stream, 1);
  if (last === undefined) return { state: initial, revision: -1 };
  const event = readable<NumberSequenceEvent>(await codec.decode(last));
  return { state: evolve(initial, event), revision: last.revision };
}
