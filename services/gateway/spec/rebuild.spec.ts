import { getRebuild, listProjections, requestRebuild, succeed } from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

const [asked, atWork] = ['00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000a'];
const running = { state: 'running', done: 3, total: 9, eventsPerSecond: 50, etaSeconds: 1 } as const;
const users = { name: 'users', version: 1, position: null, lagEvents: 0, lagMs: 0, state: 'live', parked: 0 };

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  const rebuild = { job: atWork, ...running };
  const listed = { ...users, group: 'directory', lagAtLeast: false, rebuild };
  gateway.services.answer(listProjections, () => succeed({ projections: [listed] }));
  gateway.services.answer(requestRebuild, () => succeed({ job: asked }, 'log~7'));
});

const request = async () => {
  const { status, json, headers } = await gateway.call('POST', '/ops/projections/users/rebuild');
  return { status, json, location: headers.get('location'), position: headers.get('x-evident-position') };
};

describe('a rebuild that is asked for while one is at work', () => {
  it('is that one, and its answer tells where the request stands', async () => {
    gateway.services.answer(getRebuild, () => succeed({ job: atWork, ...running }));
    expect(await request()).toEqual({
      status: 202,
      json: { job: atWork, ...running },
      location: `/ops/projections/users/rebuild/${atWork}`,
      position: 'log~7',
    });
  });

  it('waits under its own name where nobody says in time what it became', async () => {
    gateway.services.fail(getRebuild, 'read.not-yet');
    expect(await request()).toMatchObject({
      status: 202,
      json: { job: asked, state: 'queued' },
      location: `/ops/projections/users/rebuild/${asked}`,
    });
  });

  it('is refused to who may only read of it', async () => {
    gateway.services.fail(requestRebuild, 'caller.not-permitted');
    expect(await request()).toMatchObject({ status: 403, location: null });
  });
});
