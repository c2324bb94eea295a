import { auditEvents, given } from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import type { OpenStreams } from '../http/open-streams.ts';
import { requestForMs } from '../http/request-context.ts';
import { auditRoute, filters, unknownSubject } from './audit-route.ts';
import { problems, tooManyStreams } from './problem.ts';

const perPiece = 1_000;

/** A stretch of the log as one event a line, of any length, in the memory of two pieces. */
export function replay(now: Clock, streams: OpenStreams): Endpoint {
  const { from, to, types, subject, after } = filters;
  return endpoint(
    {
      ...auditRoute,
      name: 'replayEvents',
      method: 'GET',
      path: '/audit/replay',
      summary: 'Replay a stretch of the log, one event a line',
      description:
        'Ends with the line `{"end": true, "events": n, "position": p}`; a stream without it was cut off. `after=p` goes on where `p` was the last position received.',
      query: z.strictObject({ from, to, types, subject, after }),
      answers: {
        200: { means: 'Events as JSON, one a line.', type: 'application/x-ndjson' },
        400: { means: 'A time, position, range or type that makes no sense.' },
        ...unknownSubject,
      },
    },
    ({ query }, call) => begin(given(query), { call, now, streams }),
  );
}

type Filter = Readonly<Partial<Record<'from' | 'to' | 'types' | 'subject' | 'after', string>>>;

async function begin(
  filter: Filter,
  { call, now, streams }: { readonly call: Call; readonly now: Clock; readonly streams: OpenStreams },
): Promise<Answer> {
  if (streams.isFull) return tooManyStreams();
  const ask = (piece: Filter) =>
    call.until(now() + requestForMs).query(auditEvents, { ...piece, limit: perPiece, order: 'asc' });
  const first = await ask(filter);
  if (!first.ok) return problems.refuse(first.error);
  // What is recorded while it runs is not part of it: else a replay beside busy writers would have no end.
  // And each piece goes on where the one before ended, so that the beginning is not looked up again for each.
  const { from: _, ...rest } = filter;
  const bounded: Filter =
    first.position === undefined || filter.to !== undefined ? rest : { ...rest, to: first.position };

  async function* lines(): AsyncGenerator<string> {
    let [piece, count, position] = [first, 0, filter.after ?? null];
    for (;;) {
      if (!piece.ok) {
        yield `${JSON.stringify({ end: false, events: count, position, problem: problems.refuse(piece.error).json })}\n`;
        return;
      }
      const { events, next } = piece.value;
      count += events.length;
      position = events.at(-1)?.position ?? position;
      if (events.length > 0) yield events.map((event) => `${JSON.stringify(event)}\n`).join('');
      if (next === null) break;
      const answer = await streams.orEnding(ask({ ...bounded, after: next }));
      if (answer === 'ending') return;
      piece = answer;
    }
    yield `${JSON.stringify({ end: true, events: count, position })}\n`;
  }
  const headers = { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' };
  const stream = streams.hold(lines());
  return stream === undefined ? tooManyStreams() : { status: 200, headers, stream };
}
