import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';

/** CI asks for a hundred. */
const reconnects = Number(process.env.EVENTS_RECONNECTS ?? 15);

let server: Deployment;
let token: string;
beforeAll(async () => {
  server = await startDeployment({ shape: 'main' });
  token = await adminToken(server);
});
afterAll(() => server?.remove());

interface Live {
  /** Ids of the events so far, by position. */
  readonly seen: string[];
  next(): Promise<{ position: string; id: string; type: string }>;
  close(): void;
}

async function live(after: string | undefined): Promise<Live> {
  const ending = new AbortController();
  const response = await fetch(`${server.url}/events`, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(after === undefined ? {} : { 'last-event-id': after }),
    },
    signal: ending.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const seen: string[] = [];
  let text = '';
  return {
    seen,
    close: () => ending.abort(),
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end === -1) {
          const piece = await reader?.read();
          if (piece?.done !== false) throw new Error('the stream ended');
          text += piece.value;
          continue;
        }
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) continue;
        const event = JSON.parse(data);
        seen.push(event.id);
        return event;
      }
    },
  };
}

const change = (name: string) => call(server, '/apps/', { token, json: { name, url: 'https://app.example.com' } });

describe('live events', () => {
  it('arrive at a reader who asked before and sends nothing more; `npm run bench -- live-event` says how soon', async () => {
    const { body } = await call(server, '/events?limit=1000', { token });
    const stream = await live(body.next);
    for (const name of ['Arriving', 'And once more']) {
      const position = (await change(name)).headers.get('x-evident-position');
      for (let event = await stream.next(); event.position !== position; ) event = await stream.next();
    }
    stream.close();
  });

  it(`lose and double nothing over ${reconnects} connections, each going on after the last event of the one before`, async () => {
    const { body } = await call(server, '/events?limit=1000', { token });
    let last: string = body.next;
    const seen: string[] = [];
    let writing = true;
    const writer = (async () => {
      for (let number = 0; writing; number++) await change(`App ${number}`);
    })();
    for (let connection = 0; connection < reconnects; connection++) {
      const stream = await live(last);
      for (let count = 0; count < 1 + (connection % 4); count++) {
        const event = await stream.next();
        last = event.position;
        seen.push(event.id);
      }
      stream.close();
    }
    writing = false;
    await writer;
    const logged: string[] = [];
    for (let after: string = body.next; ; ) {
      const page = (await call(server, `/events?limit=1000&after=${encodeURIComponent(after)}`, { token })).body;
      logged.push(...page.events.map(({ id }: { id: string }) => id));
      if (page.caughtUp) break;
      after = page.next;
    }
    expect(seen).toEqual(logged.slice(0, seen.length));
  });
});
