import { type Caller, reachOf } from '@evident/caller';
import type { ReplyError } from '@evident/contracts';

/** The refusal of who may see nothing of the kind; undefined for who may see some of it. */
export function refusalOf(caller: Caller, scope: string): ReplyError | undefined {
  const reach = reachOf(caller, scope);
  return reach.ok ? undefined : reach.error;
}
