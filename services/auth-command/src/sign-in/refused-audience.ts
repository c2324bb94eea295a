import { fail, type ReplyError } from '@evident/contracts';

/** Undefined where a session may be asked for this audience, or for none in particular; else the refusal that names it. */
export function refusedAudience(audience: string | undefined, allowed: readonly string[]): ReplyError | undefined {
  if (audience === undefined || allowed.includes(audience)) return undefined;
  const reason = 'should be TOKEN_AUDIENCE or one of ALLOWED_AUDIENCES, as this server is configured';
  return fail('request.invalid', { details: { field: 'audience', reason } }).error;
}
