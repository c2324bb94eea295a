import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, openFixture } from './fixture.ts';

let on: Fixture;
beforeEach(async () => {
  on = await openFixture();
});
afterEach(() => on.remove());

const typesOn = async (userId: string) => (await on.read(streams.user('main', userId))).map(({ type }) => type);
const endsOn = async (userId: string) => (await typesOn(userId)).filter((type) => type === 'user.sessions-ended');

describe('ending one’s sessions', () => {
  it('needs no scope, ends the one that asks too, and happens once', async () => {
    const { userId, context } = await on.holderOf();
    const [first, again] = await Promise.all([
      on.service.endSessions({}, context),
      on.service.endSessions({ userId }, { ...context, commandId: randomUUID() }),
    ]);
    expect(first).toMatchObject({ ok: true, value: { userId } });
    // Whichever came second was refused or found it done.
    expect(again.ok || again.error.code === 'caller.bad-credential').toBe(true);
    expect(await endsOn(userId)).toHaveLength(1);
    expect(await on.service.endSessions({}, { ...context, commandId: randomUUID() })).toMatchObject({
      ok: false,
      error: { code: 'caller.bad-credential' },
    });
  });
});

describe('ending another’s sessions', () => {
  it('needs the scope for it, and says so for real and unknown users alike', async () => {
    const [{ context }, other] = [await on.holderOf(), await on.holderOf()];
    for (const userId of [other.userId, randomUUID()]) {
      expect(await on.service.endSessions({ userId }, context)).toMatchObject({
        ok: false,
        error: { code: 'caller.not-permitted', details: { missing: 'delete:sso/session' } },
      });
    }
    expect(await endsOn(other.userId)).toEqual([]);
  });

  it('is done with the scope, for a user that there is', async () => {
    const [{ context }, other] = [await on.holderOf('delete:sso/session'), await on.holderOf()];
    const ask = (userId: string) => on.service.endSessions({ userId }, { ...context, commandId: randomUUID() });
    expect(await ask(other.userId)).toMatchObject({ ok: true, value: { userId: other.userId } });
    expect(await endsOn(other.userId)).toHaveLength(1);
    expect(await ask(randomUUID())).toMatchObject({ ok: false, error: { code: 'user.unknown' } });
  });
});
