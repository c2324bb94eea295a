import { randomUUID } from 'node:crypto';
import { type Deployment, openTemporaryLog, startDeployment, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, verify } from '../e2e/objects.ts';

describe('an event that cannot be applied', () => {
  let evident: Deployment;
  let opened: TemporaryLog;
  let token: string;
  let apiKey: string;
  let alice: NewUser;
  let bob: NewUser;

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main' });
    opened = await openTemporaryLog({ dataDir: evident.dataDir });
    token = await adminToken(evident);
    const app = await createApp(evident, token);
    apiKey = app.body.api_key;
    [alice, bob] = [await createUser(evident, token), await createUser(evident, token)];
    for (const { body } of [alice, bob]) {
      await call(evident, `/users/${body.id}/assign/${app.body.id}`, { token, method: 'POST' });
    }
    // As a newer program would write it: this one cannot read it.
    const commandId = randomUUID();
    const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: Date.now() };
    const event = { id: randomUUID(), type: 'user.limited', schema: 99, data: {}, metadata };
    await opened.log.store.append(`user-main.${alice.body.uid}`, [event], 'any');
  });
  afterAll(async () => {
    await opened?.close();
    await evident?.remove();
  });

  const user = ({ body }: NewUser) => call(evident, `/users/${body.id}`, { token });
  const parked = async () => (await call(evident, '/ops/projections/users/parked', { token })).body;

  it('makes reads of its user 503, and nothing else; the sign-in of others goes on; health says why', async () => {
    await expect.poll(async () => (await user(alice)).status).toBe(503);
    expect((await user(bob)).status).toBe(200);
    expect((await verify(evident, bob, apiKey)).body).toMatchObject({ authorized: true });
    expect((await call(evident, '/ready')).body).toMatchObject({
      status: 'degraded',
      reasons: expect.arrayContaining([expect.stringContaining('could not be applied')]),
    });
    expect(await parked()).toMatchObject([{ type: 'user.limited', error: expect.stringContaining('schema 99') }]);
  });

  it('stays where a retry fails again, and is passed over once it is discarded, which is an event', async () => {
    const [{ id }] = await parked();
    const act = (action: string, headers = {}) =>
      call(evident, `/ops/projections/users/parked/${id}/${action}`, { token, method: 'POST', headers });
    expect((await act('retry')).body).toMatchObject({ id, parked: true });
    const discarded = await act('discard', { 'idempotency-key': 'discard' });
    expect(discarded.body).toEqual({ id, parked: false });
    const repeated = await act('discard', { 'idempotency-key': 'discard' });
    expect(repeated).toMatchObject({ status: 200, body: discarded.body });
    expect(await parked()).toEqual([]);
    expect((await user(alice)).status).toBe(200);
    expect((await act('retry')).status).toBe(404);
    const { body } = await call(evident, '/events?types=projection.*', { token });
    const types = body.events.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['projection.retry-requested', 'projection.event-discarded']);
    expect(body.events[1]).toMatchObject({ actor: expect.stringMatching(/^user:/), data: { eventId: id } });
  });
});
