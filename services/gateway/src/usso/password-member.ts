import type { Reply } from '@evident/contracts';

/** The same reply; where the password was not acceptable, its refusal names the member in which this route took it. */
export function passwordMember<Value>(reply: Reply<Value>, member: string): Reply<Value> {
  if (reply.ok || reply.error.kind !== undefined || reply.error.code !== 'user.password-unacceptable') return reply;
  return { ok: false, error: { ...reply.error, details: { ...reply.error.details, field: member } } };
}
