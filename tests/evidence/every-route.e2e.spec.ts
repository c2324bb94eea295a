import { eventRegistry } from '@evident/domain';
import { subjectOfStream } from '@evident/evidence';
import { type Deployment, openTemporaryLog, startDeployment, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';
import type { Document, Operation } from '../security/openapi-answers.ts';
import { claimsOf } from '../security/planted-key.ts';
import { changesByGet, changesNothing, type RouteStage, routeCalls } from './route-calls.ts';

let evident: Deployment;
let opened: TemporaryLog;
let stage: Omit<RouteStage, 'send'>;
interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

let operations: Route[];
const address = '203.0.113.7';

beforeAll(async () => {
  evident = await startDeployment({
    shape: 'main',
    env: { TRUST_PROXY: '127.0.0.1', RATE_LIMIT: 'off', SELF_REGISTRATION: 'on' },
  });
  opened = await openTemporaryLog({ dataDir: evident.dataDir });
  stage = { evident, opened, token: await adminToken(evident) };
  const document: Document = (await call(evident, '/openapi.json')).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ path, operation },
      name: operation.operationId,
      method: method.toUpperCase(),
    })),
  );
});
afterAll(async () => {
  await opened?.close();
  await evident?.remove();
});

const isChanging = ({ name, method }: { name: string; method: string }) =>
  method !== 'GET' && changesNothing[name] === undefined;

/** All that a request caused, found by its id. */
async function eventsOf(correlation: string) {
  const path = `/audit/events?correlation=${correlation}&limit=1000`;
  return (await call(evident, path, { token: stage.token })).body.events as Record<string, unknown>[];
}

describe('the routes of /openapi.json, of all three contracts', () => {
  it('that change something have a valid call in the table, and the table has no other', () => {
    const changing = operations.filter(isChanging).map(({ name }) => name);
    expect(changing.length).toBeGreaterThan(50);
    expect(Object.keys(routeCalls).toSorted()).toEqual([...changing, ...changesByGet].toSorted());
    const known = new Set(operations.map(({ name }) => name));
    expect(Object.keys(changesNothing).filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(Object.entries(routeCalls))(
    '%s leaves an event that says who, from where and in which request',
    async (name, run) => {
      const correlation = `route-${name}`;
      let sent = 0;
      let caller: string | undefined;
      const answer = await run({
        ...stage,
        send(path, options = {}) {
          sent += 1;
          caller = options.token === undefined ? undefined : claimsOf(options.token).sub;
          const headers = { ...options.headers, 'x-request-id': correlation, 'x-forwarded-for': address };
          return call(evident, path, { ...options, headers });
        },
      });
      expect([sent, answer.status < 300 ? 'succeeded' : [answer.status, answer.body]]).toEqual([1, 'succeeded']);
      const events = await eventsOf(correlation);
      for (const event of events) {
        expect
          .soft(event)
          .toMatchObject({ correlationid: correlation, actor: expect.stringMatching(/^(system$|\w+:.)/) });
      }
      // What the program itself does because of it is from nowhere and by nobody; what was asked for is not.
      const actors = events.filter(({ clientip }) => clientip === address).map(({ actor }) => actor);
      if (caller === undefined) expect(actors).toContainEqual(expect.stringMatching(/^(user|app|service):./));
      else expect([...new Set(actors)]).toEqual([caller]);
    },
  );
});

/** Everything that the registry marks as secret, and everything that is sealed, as it lies in the log. */
function* secretsIn(value: unknown, isSecret: (member: string) => boolean, inSecret = false): Generator<string> {
  if (typeof value === 'string') {
    if (inSecret && value.length >= 16) yield value;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [member, each] of Object.entries(value)) yield* secretsIn(each, isSecret, inSecret || isSecret(member));
}

const isClaim = (stream: string) => stream.startsWith('reservation-');

describe('what is told about all that happened', () => {
  it('holds no hash, key or sealed value, on any route', async () => {
    const stored = await opened.log.store.readAll(undefined, 100_000);
    if ('outcome' in stored) throw new Error('the log was replaced');
    const marked = new Set<string>();
    const secrets = new Set<string>();
    for (const { type, data, metadata } of stored) {
      const secret = new Set([...(eventRegistry.get(type)?.secret ?? []), 'sealed']);
      for (const found of secretsIn(data, (member) => secret.has(member))) secrets.add(found);
      for (const found of secretsIn(metadata, (member) => member === 'sealedClient' || member === 'b'))
        secrets.add(found);
      for (const member of secret) if (Object.hasOwn(data, member)) marked.add(`${type} ${member}`);
    }
    const names = stored.map(({ stream }) => stream);
    // What is sealed says whose key it is under: that is a subject, as the name of a stream is; but a claim's is a hash.
    const [claims, others] = [names.filter(isClaim), names.filter((name) => !isClaim(name))].map((some) =>
      some.join(' '),
    );
    for (const secret of secrets) if (others?.includes(secret)) secrets.delete(secret);
    expect([...secrets].filter((secret) => claims?.includes(secret)).length).toBeGreaterThan(10);
    expect(secrets.size).toBeGreaterThan(100);
    expect(marked.size).toBeGreaterThan(15);
    const subjects = [...new Set(stored.map(({ stream }) => subjectOfStream(stream) ?? stream))];
    const paths = [
      ...['/audit/replay', '/audit/events?limit=1000&order=desc', '/events?limit=1000', '/audit/sign-ins?limit=1000'],
      ...['/audit/log/seals', `/audit/log/proof/${stored[0]?.id}`, '/audit/access?app=1', '/audit/access?user=1'],
      ...subjects.flatMap((subject) =>
        ['history', 'state', 'diff'].map((kind) => `/audit/${kind}/${encodeURIComponent(subject)}`),
      ),
    ];
    let told = 0;
    for (const path of paths) {
      const { status, body } = await call(evident, path, { token: stage.token });
      if (status === 200) told += 1;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      expect([path, [...secrets].filter((secret) => text.includes(secret))]).toEqual([path, []]);
    }
    expect(told).toBeGreaterThan(paths.length * 0.9);
  });
});

const positionElsewhere = `${'x'.repeat(16)}~0000000000000001`;
const garbage = ['nonsense!', '', '2026-13-45T99:99:99Z', positionElsewhere];
const spoilt: Readonly<Record<string, readonly string[]>> = {
  ...{ from: garbage, to: garbage, at: garbage, after: garbage.filter((value) => value !== '') },
  ...{ type: ['nonsense.*', 'user.nonsense'], types: ['nonsense.*', ','], subject: ['nonsense', 'user:'] },
  ...{ user: ['nonsense', 'user:nobody', '999999'], app: ['nonsense', 'app:nothing', '999999'] },
  ...{ limit: ['0', '-1', 'many'], order: ['sideways'], outcome: ['maybe'] },
};

/** Well formed, and of nothing that is there. */
const unknown = new Set([
  'user:nobody',
  'app:nothing',
  '999999',
  'user:00000000-0000-4000-8000-000000000000',
  'teapot:1',
]);
/** Where `after` is no position. */
const pagedByNumber = new Set(['/audit/log/seals', '/audit/access']);

function statusFor(path: string, name: string, value: string): number {
  if (value === positionElsewhere) return name === 'after' && pagedByNumber.has(path) ? 400 : 410;
  return unknown.has(value) || path.includes('/proof/') ? 404 : 400;
}

/** The words in which a problem says what it would have taken. */
const whatWasExpected = /, like |neither .* nor |should (be|have) |ends before/;

describe('a question that makes no sense', () => {
  it('is answered by a problem that says what was expected, whichever of the routes is asked', async () => {
    const { token } = stage;
    const asked = operations.filter(({ path, method }) => method === 'GET' && /^\/(events$|audit\/)/.test(path));
    const somebody = (await createUser(evident, token)).body.uid;
    const someApp = String((await createApp(evident, token)).body.id);
    let questions = 0;
    for (const { path, operation } of asked) {
      const { events } = (await call(evident, '/audit/events?order=desc&limit=1', { token })).body;
      const real = path.replace('{subject}', 'app:1').replace('{event_id}', events[0].id);
      const target = path.includes('{subject}')
        ? path.replace('{subject}', encodeURIComponent(`user:${somebody}`))
        : real;
      const needed: readonly [string, string][] = path.endsWith('/access') ? [['app', someApp]] : [];
      for (const { name } of operation.parameters?.filter((parameter) => parameter.in === 'query') ?? []) {
        for (const value of spoilt[name] ?? []) {
          const query = new URLSearchParams([...needed.filter(([other]) => other !== name), [name, value]]);
          questions += 1;
          await expectProblem(`${target}?${query}`, statusFor(path, name, value));
        }
      }
      const names = new Set(operation.parameters?.map(({ name }) => name));
      if (names.has('from') && names.has('to')) {
        questions += 2;
        await expectProblem(`${target}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`, 400);
        await expectProblem(`${target}?from=${events[0].position}&to=2020-01-01T00:00:00Z`, 400);
      }
      if (!path.includes('{')) continue;
      for (const value of ['nonsense', 'user:00000000-0000-4000-8000-000000000000', 'teapot:1']) {
        questions += 1;
        await expectProblem(path.replace(/\{\w+\}/, encodeURIComponent(value)), statusFor(path, 'subject', value));
      }
    }
    expect(questions).toBeGreaterThan(60);
  });

  async function expectProblem(target: string, expected: number): Promise<void> {
    const { status, headers, body } = await call(evident, target, { token: stage.token });
    const detail = expected === 400 ? whatWasExpected : /./;
    expect.soft([target, status]).toEqual([target, expected]);
    expect.soft([target, headers.get('content-type')]).toEqual([target, expect.stringContaining('problem+json')]);
    expect.soft([target, body.detail]).toEqual([target, expect.stringMatching(detail)]);
  }
});
