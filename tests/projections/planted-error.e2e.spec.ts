import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, verify } from '../e2e/objects.ts';

const projection = pathToFileURL(
  join(import.meta.dirname, '../../services/identity-projection/dist/src/projections/users.projection.js'),
);

/** The same program with a mistake in one projection. */
const mistake = `
const { usersProjection } = await import('${projection.href}');
const { evolve } = usersProjection;
usersProjection.evolve = (row, event) => {
  if (event.type === 'user.deactivated') throw new TypeError('a planted mistake');
  return evolve(row, event);
};`;
const planted = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(mistake)}` };

describe('a projection with a mistake', () => {
  let evident: Deployment;
  let token: string;
  let apiKey: string;
  let alice: NewUser;
  let bob: NewUser;

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main', env: planted });
    token = await adminToken(evident);
    const app = await createApp(evident, token);
    apiKey = app.body.api_key;
    [alice, bob] = [await createUser(evident, token), await createUser(evident, token)];
    for (const { body } of [alice, bob]) {
      await call(evident, `/users/${body.id}/assign/${app.body.id}`, { token, method: 'POST' });
    }
  }, 60_000);
  afterAll(() => evident?.remove());

  const user = ({ body }: NewUser) => call(evident, `/users/${body.id}`, { token });
  const change = ({ body }: NewUser, json: object) =>
    call(evident, `/users/${body.id}`, { token, method: 'PUT', json });
  const isAuthorized = async (who: NewUser) => (await verify(evident, who, apiKey)).body.authorized;
  const parked = async () => (await call(evident, '/ops/projections/users/parked', { token })).body;

  it('answers 503 for the user whose event it cannot apply, never an older row, and serves all others', async () => {
    expect(await isAuthorized(alice)).toBe(true);
    expect((await change(alice, { is_active: false })).status).toBe(200);
    for (let n = 0; n < 5; n += 1) expect((await user(alice)).status).toBe(503);
    expect((await user(bob)).status).toBe(200);
    expect(await parked()).toMatchObject([{ type: 'user.deactivated', error: expect.stringContaining('planted') }]);
    expect((await call(evident, '/ready')).body).toMatchObject({
      status: 'degraded',
      reasons: expect.arrayContaining([expect.stringContaining('could not be applied')]),
    });
  });

  it('changes no decision: who may in is decided on the log, before and behind what waits', async () => {
    expect([await isAuthorized(alice), await isAuthorized(bob)]).toEqual([false, true]);
    expect((await change(alice, { is_active: true })).status).toBe(200);
    expect(await isAuthorized(alice)).toBe(true);
    expect((await change(alice, { email: 'behind@example.com' })).status).toBe(200);
    expect((await user(alice)).status).toBe(503);
    expect(await parked()).toHaveLength(1);
  });

  it('waits on in the mended program until it is tried again, which applies all that waits, in order', async () => {
    await evident.kill();
    evident = await evident.restart({ NODE_OPTIONS: '' });
    expect((await user(alice)).status).toBe(503);
    const [{ id }] = await parked();
    const retried = await call(evident, `/ops/projections/users/parked/${id}/retry`, { token, method: 'POST' });
    expect(retried.body).toEqual({ id, parked: false });
    expect(await parked()).toEqual([]);
    expect((await user(alice)).body).toMatchObject({ is_active: true, email: 'behind@example.com' });
    expect(await isAuthorized(alice)).toBe(true);
    const verified = await call(evident, '/ops/projections/users/verify', { token, method: 'POST' });
    expect(verified.body).toMatchObject({ differing: 0 });
    expect((await call(evident, '/ready')).body).toMatchObject({ status: 'ok' });
  });
});
