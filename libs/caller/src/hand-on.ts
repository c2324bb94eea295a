import { delegable } from '@evident/authorization';
import { fail, type ReplyError } from '@evident/contracts';
import type { Holder } from './permit.ts';

/**
 * Undefined where the caller may hand these scopes on (to a role, a user, an agent or a key), else the refusal that
 * names the first one that reaches further than what the caller holds now. `superadmin` is nobody's to give.
 */
export function handOn(
  { scopes, bounds }: Pick<Holder, 'scopes' | 'bounds'>,
  wanted: readonly string[],
): ReplyError | undefined {
  for (const held of bounds === undefined ? [scopes] : [scopes, bounds]) {
    const delegation = delegable({ held, wanted });
    if (!delegation.allowed) return fail('caller.not-permitted', { details: { missing: delegation.missing } }).error;
  }
  return undefined;
}
