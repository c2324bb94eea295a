// Can who does not know the password learn from the time of an answer whether there is such a user? Interleaved samples
// of the built program under its default settings, attempt limits and the memo of proven passwords included, each at a
// name of its own; compared by rank tests, which make no assumption about how the times are distributed.
//
//   npm run build && node --conditions=@evident/source bench/timing.ts [samples of each, default 300] [main | split]
//
// Ends with 1 where a class can be told apart, or where the control, which has to differ, cannot.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Deployment,
  isMissing,
  kruskalWallis,
  mannWhitney,
  startDeployment,
  startNatsServer,
} from '@evident/testing';
import { median } from './figures.ts';

const samples = Number(process.argv[2] ?? 300);
const shape = process.argv[3] === 'split' ? 'split' : 'main';
/** Of all tests of one table together that nothing differs, and yet one of them says so. */
const level = 0.01;
const warmUps = 20;
const rounds = warmUps + samples;
const right = 'the right password 1';
const wrong = 'not the password 123';

interface Sampled {
  readonly name: string;
  /** Sends the sample of this round and resolves with the milliseconds to the end of the answer. */
  readonly ask: (round: number) => Promise<number>;
}

const nats = shape === 'split' ? await startNatsServer() : undefined;
if (nats !== undefined && isMissing(nats)) throw new Error(nats.missing);
const env = {
  LOG_LEVEL: 'error',
  // So that each attempt at /token can come from an address of its own: the gateway limits those that flood.
  TRUST_PROXY: '127.0.0.1',
  ...(nats === undefined ? {} : { NATS_URL: nats.url }),
};
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let evident = await startDeployment({ shape, env });
try {
  const { apiKey } = await furnish(evident);
  // Every name is met cold, as by who goes through a list of them.
  await evident.stop();
  evident = await evident.restart();
  const verdicts = [await judge('POST /verify', verifyClasses(apiKey)), await judge('POST /token', tokenClasses())];
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
} finally {
  agent.destroy();
  await evident.remove();
  await nats?.stop();
}

function verifyClasses(apiKey: string): { alike: Sampled[]; control: Sampled } {
  const verify = (username: string, password: string, api_key = apiKey) =>
    timed('/verify', 'application/json', JSON.stringify({ username, password, api_key }), 200);
  const remembered = async (round: number) => {
    await verify(`remembered${round}`, right);
    return verify(`remembered${round}`, wrong);
  };
  return {
    alike: [
      { name: 'unknown user', ask: (round) => verify(`unknown${round}`, wrong) },
      { name: 'wrong password', ask: (round) => verify(`known${round}`, wrong) },
      { name: 'wrong password, disabled user', ask: (round) => verify(`disabled${round}`, wrong) },
      { name: 'wrong password, right one remembered', ask: remembered },
    ],
    control: { name: 'control: bad API key', ask: (round) => verify(`known${round}`, wrong, 'evk_bad') },
  };
}

function tokenClasses(): { alike: Sampled[]; control: Sampled } {
  const sign = (username: string, password: string, status = 401) =>
    timed('/token', 'application/x-www-form-urlencoded', `${new URLSearchParams({ username, password })}`, status);
  return {
    alike: [
      { name: 'unknown user', ask: (round) => sign(`stranger${round}`, wrong) },
      { name: 'wrong password', ask: (round) => sign(`signer${round}`, wrong) },
      { name: 'right password, disabled user', ask: (round) => sign(`dismissed${round}`, right) },
      { name: 'right password, removed user', ask: (round) => sign(`removed${round}`, right) },
    ],
    control: { name: 'control: no password', ask: (round) => sign(`signer${round}`, '', 422) },
  };
}

async function judge(title: string, { alike, control }: { alike: Sampled[]; control: Sampled }): Promise<boolean> {
  const classes = [...alike, control];
  const times = classes.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const place of shuffled(classes.length)) {
      const took = await classes[place]?.ask(round);
      if (round >= warmUps && took !== undefined) times[place]?.push(took);
    }
  }
  const told = times.slice(0, alike.length);
  const [reference = []] = told;
  console.log(`\n${title}, ${shape}, ${samples} samples of each`);
  const rows = classes.map(({ name }, place) => {
    const values = times[place] ?? [];
    const { p, superiority } = mannWhitney(values, reference);
    const against = place === 0 ? ['', ''] : [p.toPrecision(2), superiority.toFixed(3)];
    return [name, median(values).toFixed(2), ...against];
  });
  printTable([['class', 'median ms', 'p (Mann-Whitney)', 'slower than first'], ...rows]);
  const pairs = told.flatMap((first, index) => told.slice(index + 1).map((second) => mannWhitney(first, second).p));
  const overall = kruskalWallis(told).p;
  const least = Math.min(...pairs);
  const isAlike = overall >= level && least >= level / pairs.length;
  const controlDiffers = mannWhitney(times.at(-1) ?? [], reference).p < level / pairs.length;
  console.log(
    `p of all alike (Kruskal-Wallis): ${overall.toPrecision(2)}; least p of ${pairs.length} pairs: ${least.toPrecision(2)}`,
  );
  console.log(
    `a class slower by ${visibleShift(reference, level / pairs.length).toFixed(2)} ms would have been told apart`,
  );
  console.log(isAlike ? 'verdict: cannot be told apart' : 'verdict: CAN BE TOLD APART');
  if (!controlDiffers) console.log('verdict of the control: it does not differ, so nothing was shown');
  return isAlike && controlDiffers;
}

/** The least delay, in steps of 0.02 ms, that would have shown between these samples and themselves delayed. */
function visibleShift(values: readonly number[], atLevel: number): number {
  let shift = 0;
  while (
    mannWhitney(
      values,
      values.map((value) => value + shift),
    ).p >= atLevel
  )
    shift += 0.02;
  return shift;
}

/** Users of each class, one for each round, and an app that they may all use. */
async function furnish(deployment: Deployment): Promise<{ apiKey: string }> {
  const ask = async (method: string, path: string, body: unknown, token?: string) => {
    const isForm = body instanceof URLSearchParams;
    const headers = {
      ...(isForm || body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() }),
    };
    const sent = body === undefined ? null : isForm ? body : JSON.stringify(body);
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${deployment.url}${path}`, { method, headers, body: sent });
      const text = await response.text();
      if (response.ok) return text === '' ? undefined : JSON.parse(text);
      // A machine that others use as well is at times too slow, and says so.
      if (response.status !== 503 || attempt === 20) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      await pause(1_000);
    }
  };
  const { access_token: token } = await ask('POST', '/token', new URLSearchParams({ ...deployment.administrator }));
  const app = await ask('POST', '/apps/', { name: 'Timing', url: 'https://timing.example.com' }, token);
  const add = async (username: string) => {
    const user = { username, email: `${username}@example.com`, password: right };
    const { id } = await ask('POST', '/users/', user, token);
    await ask('POST', `/users/${id}/assign/${app.id}`, undefined, token);
    return id;
  };
  for (let round = 0; round < rounds; round += 1) {
    const [disabled, dismissed, removed] = await Promise.all(
      ['disabled', 'dismissed', 'removed', 'known', 'remembered', 'signer'].map((name) => add(`${name}${round}`)),
    );
    await ask('PUT', `/users/${disabled}`, { is_active: false }, token);
    await ask('PUT', `/users/${dismissed}`, { is_active: false }, token);
    await ask('DELETE', `/users/${removed}`, undefined, token);
  }
  return { apiKey: app.api_key };
}

function timed(path: string, type: string, body: string, status: number): Promise<number> {
  const { hostname, port } = new URL(evident.url);
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-forwarded-for': [10, ...randomBytes(3)].join('.'),
  };
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const asked = request({ agent, host: hostname, port, path, method: 'POST', headers }, (answer) => {
      answer.resume().once('end', () => {
        const took = performance.now() - began;
        // A class that was refused by a limit would be compared with nothing.
        const expected = answer.statusCode === status;
        if (expected) resolve(took);
        else reject(new Error(`${path} answered ${answer.statusCode} instead of ${status}`));
      });
    });
    asked.once('error', reject).end(body);
  });
}

function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
