import type { Reply } from '@evident/contracts';
import type { Answer } from '../http/answer.ts';
import { integerInQuery } from '../http/numbers.ts';
import { text } from '../http/texts.ts';
import { problems } from './problem.ts';

/** What every route of an auditor has in common. */
export const auditRoute = {
  tag: 'Audit',
  access: 'bearer',
  rule: 'read:evident/audit',
  refusals: problems,
} as const;

export const unknownSubject = { 404: { means: 'Nothing is recorded about that subject.' } } as const;

const longestPage = 1_000;

/** More than a thousand is taken as a thousand. */
export const limitInQuery = integerInQuery(1, Number.MAX_SAFE_INTEGER, 100).transform((limit) =>
  Math.min(limit, longestPage),
);

const named = text(1, 256).optional();
/** `user:<uuid>`, as long as the services take it. */
export const subjectText = text(0, 240);
const example = (value: string, description: string) => ({ description, examples: [value] });

/** Filters as they stand in a query string; the services say what is wrong with them. */
export const filters = {
  subject: subjectText.optional().meta(example('user:0b6c0a4e-…', 'About whom or what.')),
  actor: subjectText.optional().meta(example('user:0b6c0a4e-…', 'Who did it; `system` where nobody asked for it.')),
  types: text(0, 2_048).optional().meta(example('user.*,role.changed', 'Event types, `*` for all of a kind.')),
  correlation: named.meta({ description: '`X-Request-Id` of the request that caused it.' }),
  causation: named.meta({ description: 'Id of the event that caused it.' }),
  from: named.meta(example('2026-01-25T12:00:00Z', 'A time or a position; inclusive.')),
  to: named.meta(example('2026-01-25T13:00:00Z', 'A time or a position; inclusive.')),
  at: named.meta(example('2026-01-25T12:00:00Z', 'A time or a position; now where it is left out.')),
  after: text(0, 256).optional().meta({ description: '`next` of the page before, a position or a time; exclusive.' }),
  user: subjectText.optional().meta(example('user:0b6c0a4e-…', 'A user, also by integer id.')),
  app: subjectText.optional().meta(example('app:9f1d2c3b-…', 'An app, also by integer id.')),
} as const;

/** The answer of a query as it stands. */
export function answered<Value>(reply: Reply<Value>, show: (value: Value) => unknown = (value) => value): Answer {
  return reply.ok ? { status: 200, json: show(reply.value) } : problems.refuse(reply.error);
}
