import { type Deployment, openTemporaryLog, startDeployment, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import type { Document } from '../security/openapi-answers.ts';
import { changesByGet, changesNothing, type RouteStage, routeCalls } from './route-calls.ts';

let evident: Deployment;
let opened: TemporaryLog;
let stage: Omit<RouteStage, 'send'>;
let operations: { readonly name: string; readonly method: string }[];
const address = '203.0.113.7';

beforeAll(async () => {
  evident = await startDeployment({
    shape: 'main',
    env: { TRUST_PROXY: '127.0.0.1', RATE_LIMIT: 'off', SELF_REGISTRATION: 'on' },
  });
  opened = await openTemporaryLog({ dataDir: evident.dataDir });
  stage = { evident, opened, token: await adminToken(evident) };
  const document: Document = (await call(evident, '/openapi.json')).body;
  operations = Object.values(document.paths).flatMap((methods) =>
    Object.entries(methods).map(([method, { operationId: name = '' }]) => ({ name, method: method.toUpperCase() })),
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
      const answer = await run({
        ...stage,
        send(path, options = {}) {
          sent += 1;
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
      // What the program itself does because of it is from nowhere; what was asked for is not.
      expect(events.filter(({ clientip }) => clientip === address).map(({ type }) => type)).not.toEqual([]);
    },
  );
});
