import { auditEvents, type CloudEvent, type RequestOf, readEvents, succeed } from '@evident/contracts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

export const position = (place: number) => `log~${String(place).padStart(16, '0')}`;
export const placeOf = (text: string | undefined) => (text === undefined ? 0 : Number(text.slice(4)));

export function event(place: number, data: Record<string, unknown> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`,
    type: 'user.registered',
    source: '/tenants/main',
    subject: 'user:7',
    time: '2026-01-25T12:00:00.000Z',
    dataschema: 'urn:evident:user.registered:1',
    datacontenttype: 'application/json',
    data,
    position: position(place),
    revision: place,
    actor: 'system',
    commandid: 'c',
    correlationid: 'c',
  };
}

/** A gateway before a log of so many events, given a few at a time; past its end, `held` says when an answer comes. */
export async function startLogOf(
  length: number,
  options: { perPiece?: number; data?: Record<string, unknown>; held?: Promise<void> } = {},
) {
  const gateway = await startGateway();
  const { perPiece = 3, data, held } = options;
  const page = (after: string | undefined, limit: number) => {
    const begin = placeOf(after) + 1;
    const end = Math.min(length, begin - 1 + Math.min(limit, perPiece));
    return Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) => event(begin + index, data));
  };
  gateway.services.answer(readEvents, async ({ after, limit }: RequestOf<typeof readEvents>) => {
    if (placeOf(after) >= length) await held;
    const events = page(after, limit);
    const next = events.at(-1)?.position ?? after ?? null;
    return succeed({ events, next, caughtUp: placeOf(next ?? undefined) >= length });
  });
  gateway.services.answer(auditEvents, ({ after, limit }) => {
    const events = page(after, limit);
    const last = events.at(-1)?.position;
    return succeed({ events, next: last === undefined || placeOf(last) >= length ? null : last }, position(length));
  });
  return gateway;
}

/** Server-sent events, unless the headers ask for something else. */
export async function openStream(
  { url, token }: Pick<RunningGateway, 'url' | 'token'>,
  path: string,
  headers: Record<string, string> = {},
) {
  const ending = new AbortController();
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    signal: ending.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    close: () => ending.abort(),
    /** Everything so far, once it holds this. */
    async until(wanted: string) {
      while (!text.includes(wanted)) {
        const piece = await reader?.read();
        if (piece?.done !== false) throw new Error(`the stream ended before ${wanted}: ${text}`);
        text += piece.value;
      }
      return text;
    },
    async toTheEnd() {
      for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) text += piece.value;
      return text;
    },
  };
}
