import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { standalone } from '../servers/standalone.ts';

interface Watched {
  readonly url: string;
  readonly token: string;
  /** An app that is changed over and over. */
  readonly app: number;
  /** When the event at this position came to the reader, by the clock of `performance.now`. */
  arrived(position: string): Promise<number>;
}

const server = standalone();

/** A server with one reader of its live events. */
const watched: Resource<Watched> = async ({ use }) => {
  const deployment = await use(server);
  const { url } = deployment;
  const { access_token: token } = await ask(url, '/token', { form: deployment.administrator });
  const app = await ask(url, '/apps/', { token, json: { name: 'Bench', url: 'https://bench.example.com' } });
  const { next } = await ask(url, '/events?limit=1000', { token });
  const ending = new AbortController();
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': next };
  const response = await fetch(`${url}/events`, { headers, signal: ending.signal });
  if (response.body === null || !response.ok) throw new Error(`/events: ${response.status}`);
  const waiting = new Map<string, PromiseWithResolvers<number>>();
  const place = (position: string) => {
    const known = waiting.get(position) ?? Promise.withResolvers<number>();
    waiting.set(position, known);
    return known;
  };
  const reading = readPositions(response.body, (position) => place(position).resolve(performance.now()));
  const value: Watched = {
    ...{ url, token, app: app.id },
    arrived: (position) => place(position).promise.finally(() => waiting.delete(position)),
  };
  return {
    value,
    async close() {
      ending.abort();
      await reading.catch(() => undefined);
    },
  };
};

async function readPositions(body: ReadableStream<Uint8Array>, onPosition: (position: string) => void): Promise<void> {
  let text = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('id: ')) onPosition(line.slice('id: '.length));
  }
}

export const liveEvent: Program = {
  name: 'live-event',
  measures: 'from the acknowledgement of a change over HTTP to its event at a reader of GET /events; p99',
  unit: 'ms',
  budget: [{ of: 'figure', most: 100 }],
  async run({ use, seconds, number }) {
    const { url, token, app, arrived } = await use(watched);
    const waited: number[] = [];
    const end = performance.now() + seconds * 1_000;
    for (let change = 0; performance.now() < end; change += 1) {
      const response = await fetch(`${url}/apps/${app}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `Bench ${number} ${change}` }),
      });
      const acknowledged = performance.now();
      await response.arrayBuffer();
      const position = response.headers.get('x-evident-position');
      if (!response.ok || position === null) throw new Error(`a change was answered ${response.status}`);
      // It may have come before the answer did.
      waited.push(Math.max(0, (await arrived(position)) - acknowledged));
    }
    waited.sort((a, b) => a - b);
    const at = (share: number) => waited[Math.floor(share * (waited.length - 1))] ?? Number.NaN;
    return { figure: at(0.99), also: { 'p50, ms': at(0.5), 'longest, ms': at(1), changes: waited.length } };
  },
};
