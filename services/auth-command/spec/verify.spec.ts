import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOn, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let app: Awaited<ReturnType<typeof appOn>>;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
  app = await appOn(fixture);
});
afterAll(() => fixture.remove());

/** A user in a given state, seen by the rows. */
async function user(state: { active?: boolean; assigned?: boolean; admin?: boolean; removed?: boolean } = {}) {
  serial += 1;
  const { uid, username } = await registerOn(fixture, `person${serial}`);
  const stream = streams.user('main', uid);
  const { appId } = app;
  if (state.assigned !== false) {
    await fixture.append(stream, { type: 'user.app-assigned', data: { appId, appNumber: 7, userNumber: 1 } });
  }
  if (state.admin) await fixture.append(stream, { type: 'user.admin-granted', data: {} });
  if (state.active === false) await fixture.append(stream, { type: 'user.deactivated', data: { generation: 2 } });
  if (state.removed) await fixture.append(stream, { type: 'user.removed', data: { generation: 3, wasActive: true } });
  return { uid, username, stream };
}

const verify = (username: string, password = goodPassword, apiKey = app.apiKey) =>
  fixture.service.verifyCredentials({ username, password, apiKey }, requestContext());

describe('a good name, password and key', () => {
  it('of a user who is assigned are authorized, with the user as printed', async () => {
    const { uid, username } = await user();
    const reply = await verify(username);
    expect(valueIn(reply)).toMatchObject({
      authorized: true,
      user: { uid, username, email: `${username}@example.com`, isActive: true, isAdmin: false },
    });
  });

  it('leave one durable event that names user, app, actor and the ends that were judged', async () => {
    const { uid, username } = await user();
    const reply = await verify(username);
    const [event, ...more] = await fixture.read(streams.signIn('main', uid));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'signin.succeeded',
      data: { purpose: 'verify', userId: uid, appId: app.appId, ticketHash: null, judged: { app: 1, reservation: 0 } },
      stored: { metadata: { actor: `app:${app.appId}`, onBehalfOf: `user:${uid}` } },
    });
    expect(reply.ok && reply.position).toBe(event?.stored.position);
  });
});
