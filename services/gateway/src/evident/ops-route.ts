import type { Reply } from '@evident/contracts';
import { type Answer, withHeaders } from '../http/answer.ts';
import { problems } from './problem.ts';

/** What the routes of operators have in common. */
const opsRoute = { access: 'bearer', refusals: problems } as const;
export const reading = { ...opsRoute, rule: 'read:evident/ops' } as const;
export const managing = { ...opsRoute, rule: 'manage:evident/ops' } as const;

/** The answer of a reply, with the position of a write. */
export function told<Value>(reply: Reply<Value>, answer: (value: Value) => Answer): Answer {
  if (!reply.ok) return problems.refuse(reply.error);
  const { position } = reply;
  return position === undefined
    ? answer(reply.value)
    : withHeaders(answer(reply.value), { 'x-evident-position': position });
}

/** RFC 3339 UTC with milliseconds. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
