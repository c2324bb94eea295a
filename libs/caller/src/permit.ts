import { fail, type ReplyError } from '@evident/contracts';
import type { Caller } from './caller.ts';

/** Undefined where the caller holds the scope (`create:sso/user`), else the refusal that names what was missing. */
export function permit(caller: Caller, scope: string): ReplyError | undefined {
  if (caller.scopes.includes('*:*')) return undefined;
  return fail('caller.not-permitted', { details: { missing: scope } }).error;
}
