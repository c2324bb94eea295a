import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { CloudEvent } from '@evident/contracts';
import { type Deployment, openTemporaryLog, PeopleOnLog, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bin } from '../cli/evident.ts';
import { adminToken } from '../e2e/http.ts';

/** Six events each. */
const people = Number(process.env.REPLAYED_PEOPLE ?? 250);
/** Where a replay is cut off: after that many lines, over and over. */
const pieces = [1, 700, 3, 450, 999];

let server: Deployment;
let token: string;
/** What a replay in one go gives, as position and id. */
let whole: readonly string[];

beforeAll(async () => {
  const { log, close, config } = await openTemporaryLog();
  const onLog = new PeopleOnLog(log);
  for (let made = 0; made < people; made += 50) {
    await Promise.all(Array.from({ length: Math.min(50, people - made) }, () => onLog.addUser()));
  }
  await close();
  server = await startDeployment({ shape: 'main', dataDir: config.dataDir });
  token = await adminToken(server);
  whole = (await received()).map(nameOf);
});
afterAll(() => server.remove());

const nameOf = ({ position, id }: CloudEvent) => `${position} ${id}`;
/** The place in the log, which has no gaps. */
const placeOf = (name: string | undefined) => Number(/~(\d+) /.exec(name ?? '')?.[1] ?? 0);

interface Stretch {
  readonly after?: string | undefined;
  /** Cut off after that many lines. */
  readonly most?: number | undefined;
  /** Where it ends, if not where the log ends. */
  readonly to?: string;
}

async function received({ after, to, most = Number.POSITIVE_INFINITY }: Stretch = {}): Promise<CloudEvent[]> {
  const query = new URLSearchParams({ ...(after === undefined ? {} : { after }), ...(to === undefined ? {} : { to }) });
  const cut = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${server.url}/audit/replay?${query}`, { headers, signal: cut.signal });
  if (answer.body === null || !answer.ok) throw new Error(`/audit/replay answered ${answer.status}`);
  return takeLines(Readable.fromWeb(answer.body as never), most, () => cut.abort());
}

/** The same from the command, which is killed once that many lines have come. */
async function printed({ after, to, most = Number.POSITIVE_INFINITY }: Stretch): Promise<CloudEvent[]> {
  const options = [...(after === undefined ? [] : ['--after', after]), ...(to === undefined ? [] : ['--to', to])];
  const child = spawn(process.execPath, [bin, 'audit', 'replay', ...options], {
    env: { PATH: process.env.PATH, DATA_DIR: server.dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return takeLines(child.stdout, most, () => child.kill('SIGKILL'));
}

async function takeLines(input: Readable, most: number, cut: () => void): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  // A cut is an error of the stream, and here it is what was wanted.
  input.on('error', () => undefined);
  const lines = createInterface({ input });
  lines.on('error', () => undefined);
  for await (const line of lines) {
    const read = JSON.parse(line) as CloudEvent & { readonly end?: boolean; readonly events: number };
    if (read.end !== undefined) {
      expect(read).toMatchObject({ end: true, events: events.length });
      return events;
    }
    events.push(read);
    if (events.length < most) continue;
    cut();
    lines.close();
    input.destroy();
    return events;
  }
  throw new Error(`it was cut off after ${events.length} events by nobody here`);
}

/** Takes up a replay that is cut off time and again, each time after the last position that was received. */
async function resumed(take: (stretch: Stretch) => Promise<readonly CloudEvent[]>, between: (cut: number) => unknown) {
  const names: string[] = [];
  const end = whole.at(-1)?.split(' ')[0] ?? '';
  for (let cut = 0; names.length < whole.length; cut++) {
    const after = names.at(-1)?.split(' ')[0];
    names.push(...(await take({ after, to: end, most: pieces[cut] })).map(nameOf));
    await between(cut);
  }
  return names;
}

it('is every event of the log once, in order', () => {
  expect(whole.length).toBeGreaterThan(people * 6);
  expect(whole.map(placeOf)).toEqual(Array.from(whole, (_, index) => index + 1));
  expect(new Set(whole.map((name) => name.split(' ')[1])).size).toBe(whole.length);
});

it('goes on without a gap or a double after its connection was cut and the server was killed', async () => {
  const kills = new Set([1, 3]);
  const names = await resumed(received, async (cut) => {
    if (!kills.has(cut)) return;
    await server.kill();
    server = await server.restart();
  });
  expect(names).toEqual(whole);
});

it('goes on without a gap or a double after the command that prints it was killed', async () => {
  expect(await resumed(printed, () => undefined)).toEqual(whole);
});
