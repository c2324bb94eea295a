import type { ErrorCodeName, Reply } from '@evident/contracts';

/**
 * The same reply; where it is a refusal of this code, it names the member in which this route took what was refused. The
 * services know one name for it, and routes have others.
 */
export function refusedIn<Value>(reply: Reply<Value>, code: ErrorCodeName, member: string): Reply<Value> {
  if (reply.ok || reply.error.kind !== undefined || reply.error.code !== code) return reply;
  return { ok: false, error: { ...reply.error, details: { ...reply.error.details, field: member } } };
}
