import { streams } from '@evident/domain';
import { erased } from '@evident/event-store';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, openFixture, registerOn } from './fixture.ts';

let fixture: Fixture;
let uid: string;
beforeAll(async () => {
  fixture = await openFixture({ env: { UNKNOWN_CALLERS_MONTHS: '2' } });
  ({ uid } = await registerOn(fixture, 'known'));
});
afterAll(() => fixture.remove());

const day = 86_400_000;
const attempt = (username: string) =>
  fixture.service.authenticate(
    { username, password: 'a guess', purpose: 'session' },
    requestContext({ clientIp: '203.0.113.9', userAgent: 'curl' }),
  );
/** From where each attempt of a stream came, as the log tells it now. */
const clients = async (userId: string | undefined) =>
  Promise.all((await fixture.read(streams.signIn('main', userId))).map((event) => event.client()));
const known = { ip: '203.0.113.9', userAgent: 'curl' };

describe('attempts that named nobody', () => {
  it('forget from where they came when so many whole months are over; other attempts do not', async () => {
    // The first of a month, whenever the clock of the fixture began.
    const begun = new Date(fixture.clock());
    fixture.clock.advance(Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth() + 1) - begun.getTime());
    await attempt('nobody');
    await attempt('known');
    expect(await fixture.service.forgetUnknownCallers()).toEqual([]);
    expect(await clients(undefined)).toEqual([known]);
    const month = new Date(fixture.clock()).toISOString().slice(0, 7);

    const year = new Date(fixture.clock()).getUTCFullYear();
    const thirdLater = Date.UTC(year, new Date(fixture.clock()).getUTCMonth() + 3);
    fixture.clock.advance(thirdLater - day - fixture.clock());
    await attempt('nobody');
    expect(await fixture.service.forgetUnknownCallers()).toEqual([]);

    fixture.clock.advance(day);
    expect(await fixture.service.forgetUnknownCallers()).toEqual([`unknown-${month}`]);
    expect(await clients(undefined)).toEqual([erased, known]);
    expect(await clients(uid)).toEqual([known]);
    expect(await fixture.service.forgetUnknownCallers()).toEqual([]);
  });

  it('are forgotten by the service itself, once it was started', async () => {
    fixture.clock.advance(100 * day);
    await attempt('nobody');
    fixture.service.start();
    await expect
      .poll(async () => (await clients(undefined)).map((client) => client === erased))
      .toEqual([true, true, false]);
  });
});
