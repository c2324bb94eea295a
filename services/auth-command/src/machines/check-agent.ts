import { fail, type ReplyError } from '@evident/contracts';
import { tooLongForToken } from '@evident/crypto';
import { checkDescription, checkTitle } from '@evident/domain';
import { unreadableScope } from './unreadable-scope.ts';

interface AgentMembers {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

/** Undefined where name, description and scopes, as far as they are given, are as they must be. */
export function checkMembers({ name, description, scopes = [] }: AgentMembers): ReplyError | undefined {
  const checkedName = name === undefined ? undefined : checkTitle(name);
  if (checkedName?.ok === false) return invalid('name', checkedName.reason);
  const checkedDescription = description === undefined ? undefined : checkDescription(description);
  if (checkedDescription?.ok === false) return invalid('description', checkedDescription.reason);
  const reason = tooLongForToken(scopes) ?? unreadableScope(scopes);
  return reason === undefined ? undefined : invalid('scopes', reason);
}

export function noVerifyKey(): ReplyError {
  return invalid('verify_key', 'must be a public Ed25519 key (SubjectPublicKeyInfo) in PEM');
}

export function invalid(field: string, reason: string): ReplyError {
  return fail('agent.invalid', { details: { field, reason } }).error;
}
