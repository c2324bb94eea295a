import { auditHistory, cloudEvent } from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { requestForMs } from '../http/request-context.ts';
import { auditRoute, subjectText, unknownSubject } from './audit-route.ts';
import { problems } from './problem.ts';

const fields = z.record(z.string(), z.unknown());

export const history = (now: Clock) =>
  endpoint(
    {
      ...auditRoute,
      name: 'auditHistory',
      method: 'GET',
      path: '/audit/history/{subject}',
      summary: 'Everything that changed about a subject',
      params: z.object({ subject: subjectText }),
      query: z.strictObject({}),
      answers: {
        200: {
          means: 'For each event the fields in which the state before and after it differ.',
          shape: z.object({
            subject: z.string(),
            changes: z.array(z.object({ event: cloudEvent.meta({ id: 'CloudEvent' }), before: fields, after: fields })),
          }),
        },
        400: { means: 'That is no subject, or a parameter was given: it takes none.' },
        ...unknownSubject,
      },
    },
    async ({ params }, call) => {
      const first = await call.query(auditHistory, params);
      if (!first.ok) return problems.refuse(first.error);
      const { subject, changes, next } = first.value;
      if (next === null) return { status: 200, json: { subject, changes } };
      const ask = (after: string) => call.until(now() + requestForMs).query(auditHistory, { subject, after });
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      return { status: 200, headers, stream: pieces(subject, { changes, next }, ask) };
    },
  );

type Piece = { readonly changes: readonly unknown[]; readonly next: string | null };

/** A long history, piece by piece. Where one cannot be had the answer breaks off, and is no JSON. */
async function* pieces(
  subject: string,
  first: Piece,
  ask: (after: string) => Promise<{ ok: true; value: Piece } | { ok: false; error: { code: string } }>,
): AsyncGenerator<string> {
  yield `{"subject":${JSON.stringify(subject)},"changes":[${listed(first)}`;
  for (let { next } = first; next !== null; ) {
    const piece = await ask(next);
    if (!piece.ok) throw new Error(`a history broke off: ${piece.error.code}`);
    if (piece.value.changes.length > 0) yield `,${listed(piece.value)}`;
    ({ next } = piece.value);
  }
  yield ']}';
}

function listed({ changes }: Piece): string {
  return changes.map((change) => JSON.stringify(change)).join(',');
}
