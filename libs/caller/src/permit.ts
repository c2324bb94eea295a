import { evaluate } from '@evident/authorization';
import { fail, type ReplyError } from '@evident/contracts';
import type { Caller } from './caller.ts';

/** Scopes are asked for by a handful of routes and held as shared arrays, so each pair is evaluated once. */
const evaluated = new WeakMap<readonly string[], Map<string, ReplyError | undefined>>();

/**
 * Undefined where the caller holds the scope (`create:sso/user`), else the refusal that names what was missing: the same
 * for real and unknown objects.
 */
export function permit(caller: Pick<Caller, 'scopes'>, scope: string): ReplyError | undefined {
  const known = evaluated.get(caller.scopes) ?? new Map<string, ReplyError | undefined>();
  evaluated.set(caller.scopes, known);
  if (!known.has(scope)) known.set(scope, refusal(caller.scopes, scope));
  return known.get(scope);
}

function refusal(held: readonly string[], scope: string): ReplyError | undefined {
  const [action = '', resource = ''] = scope.split(':', 2);
  const evaluation = evaluate({ held, needed: { action, resource } });
  if (evaluation.allowed) return undefined;
  return fail('caller.not-permitted', { details: { missing: evaluation.missing } }).error;
}
