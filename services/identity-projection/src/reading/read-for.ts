import type { Caller } from '@evident/caller';
import type { Reply, ReplyError, RequestContext } from '@evident/contracts';
import { type Found, type Reading, read } from './reading.ts';

/**
 * Reads for a caller of whom the object in question decides what they may see. `refuse` is asked before anything is
 * read or waited for: who could see nothing of the kind learns nothing, not even how far the rows have come.
 */
export async function readFor<Value>(
  reading: Reading,
  context: RequestContext,
  refuse: (caller: Caller) => ReplyError | undefined,
  find: (caller: Caller) => Promise<Found<Value>>,
): Promise<Reply<Value>> {
  const checked = await reading.callers.check(context.credential);
  if (!checked.ok) return checked;
  const error = refuse(checked.caller);
  return error === undefined ? read(reading, context, () => find(checked.caller)) : { ok: false, error };
}
