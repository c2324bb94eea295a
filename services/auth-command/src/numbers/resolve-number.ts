import { type NumberSequenceEvent, streams } from '@evident/domain';
import { readable } from '@evident/event-store';
import type { Log } from '@evident/log';

/**
 * The uuid that an integer id stands for, from the one event that says so; undefined for what was never allocated.
 * That it was allocated does not say that its holder was ever registered.
 */
export async function resolveNumber(
  { store, codec, tenant }: Pick<Log, 'store' | 'codec' | 'tenant'>,
  kind: 'user' | 'app',
  number: number,
): Promise<string | undefined> {
  if (!Number.isSafeInteger(number) || number < 1) return undefined;
  const [stored] = await store.readStream(streams.numbers(tenant, kind), { from: number - 1, limit: 1 });
  if (stored?.revision !== number - 1) return undefined;
  const { data } = readable<NumberSequenceEvent>(await codec.decode(stored));
  return data.holder;
}
