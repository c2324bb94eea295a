import { type CloudEvent, cloudEvent, given, type Reply, readEvents, type ValueOf } from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import type { OpenStreams } from '../http/open-streams.ts';
import { requestForMs } from '../http/request-context.ts';
import { filters, limitInQuery } from './audit-route.ts';
import { problems, tooManyStreams } from './problem.ts';
import { gathering, pullEvents } from './pull-events.ts';

const eventShape = cloudEvent.meta({ id: 'CloudEvent' });
const pageShape = z.object({ events: z.array(eventShape), next: z.string().nullable(), caughtUp: z.boolean() });

/** How long one question waits for an event: as long as that the end of a service may have to wait for its answer. */
const waitMs = 1_000;
/** Silent questions after which a stream says that it is still there. */
const silentQuestions = 10;
const perPiece = 500;

/** The log, in order, from any position: page by page, or as server-sent events for as long as somebody reads. */
export function events(now: Clock, streams: OpenStreams): Endpoint {
  return endpoint(
    {
      name: 'readEvents',
      method: 'GET',
      path: '/events',
      tag: 'Events',
      access: 'bearer',
      rule: 'read:evident/events',
      refusals: problems,
      summary: 'Everything that happened, in order',
      description:
        'With `Accept: text/event-stream` the same as server-sent events, live until closed: `id` is the position, and `Last-Event-ID` resumes after it.',
      headers: { 'Last-Event-ID': 'Of server-sent events: the position after which they go on; wins over `after`.' },
      query: z.strictObject({ after: filters.after, types: filters.types, limit: limitInQuery }),
      answers: {
        200: {
          means: 'A page; `next` is where to go on, also where nothing came.',
          shape: pageShape,
          otherType: 'text/event-stream',
        },
        400: { means: 'A position or a type that makes no sense.' },
        410: { means: 'The position is of another log.' },
      },
    },
    async ({ query }, call) => {
      const { types } = query;
      if (takesServerSent(call.client.header('accept'))) {
        // Empty where its reader has had no event yet, says the standard.
        const after = call.client.header('last-event-id') || query.after;
        return serverSent(given({ types }), after, { call, now, streams });
      }
      const reply = await pullEvents({ ...query, goesOn: gathering(now) }, (piece) =>
        call.query(readEvents, given({ ...piece, types })),
      );
      if (!reply.ok) return problems.refuse(reply.error);
      const { events: list, next, last } = reply.value;
      return { status: 200, json: { events: list, next, caughtUp: last.caughtUp } };
    },
  );
}

/** Whether an Accept header names server-sent events, and not as what its sender does not take (`;q=0`). */
function takesServerSent(accept = ''): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.toLowerCase().split(';');
    return type.trim() === 'text/event-stream' && !parameters.some((each) => /^\s*q=0(\.0*)?\s*$/.test(each));
  });
}

interface Serving {
  readonly call: Call;
  readonly now: Clock;
  readonly streams: OpenStreams;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that gathers what it passes on would hold events back.
  'x-accel-buffering': 'no',
};

/** The first piece is asked for before the answer begins, so that a refusal is a problem like any other. */
async function serverSent(filter: { types?: string }, after: string | undefined, serving: Serving): Promise<Answer> {
  const { call, now, streams } = serving;
  if (streams.isFull) return tooManyStreams();
  const ask = (from: string | undefined, wait: number) =>
    call.until(now() + requestForMs).query(readEvents, {
      ...filter,
      ...(from === undefined ? {} : { after: from }),
      limit: perPiece,
      waitMs: wait,
    });
  const first = await ask(after, 0);
  if (!first.ok) return problems.refuse(first.error);

  type Piece = Reply<ValueOf<typeof readEvents>>;
  async function* pieces(): AsyncGenerator<string> {
    yield 'retry: 1000\n\n';
    let place = after;
    let silent = 0;
    for (let piece: Piece | 'ending' = first as Piece; piece !== 'ending'; ) {
      if (!piece.ok) {
        yield `event: problem\ndata: ${JSON.stringify(problems.refuse(piece.error).json)}\n\n`;
        return;
      }
      const { events: list } = piece.value;
      const before = place;
      place = piece.value.next ?? undefined;
      silent = list.length === 0 && place === before ? silent + 1 : 0;
      // A position without an event moves on where a client resumes; without one either, it is a sign of life.
      if (list.length > 0) yield list.map(message).join('');
      else if (silent % silentQuestions === 0) yield `:\n${place === undefined ? '' : `id: ${place}\n`}\n`;
      piece = await streams.orEnding(ask(place, waitMs));
    }
  }
  const stream = streams.hold(pieces());
  return stream === undefined ? tooManyStreams() : { status: 200, headers, stream };
}

function message(event: CloudEvent): string {
  return `id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`;
}
