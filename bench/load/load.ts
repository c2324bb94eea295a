import { byAutocannon } from './autocannon.ts';
import type { Load, Loaded } from './plan.ts';
import { processorMs } from './processor-time.ts';
import { byWrk, hasWrk } from './wrk.ts';

/** A busy machine sheds a few; more than this share, and what was measured is something else. */
const mostRefused = 0.01;

/** Throws where more than one in a hundred was refused. By wrk where it is on the PATH, because it takes least from the server beside it; else by autocannon. */
export async function load(plan: Load): Promise<Loaded> {
  const used = () => (plan.server === undefined ? Number.NaN : processorMs(plan.server));
  const before = used();
  const { answers, refused, ...loaded } = await (hasWrk ? byWrk(plan) : byAutocannon(plan));
  if (answers === 0) throw new Error(`${plan.url} answered nothing in ${plan.seconds} s`);
  if (refused > answers * mostRefused) throw new Error(`${plan.url} refused ${refused} of ${answers} requests`);
  return { ...loaded, processorUs: ((used() - before) * 1_000) / answers };
}
