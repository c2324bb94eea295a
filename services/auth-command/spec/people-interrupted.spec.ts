import { randomUUID } from 'node:crypto';
import type { Reply } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, valueIn } from './fixture.ts';
import { openRegistration, personOn, signUp, stateOf, uniqueAddress } from './people-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openRegistration({ RATE_LIMIT: 'off' });
});
afterAll(() => fixture.remove());

class ProcessEnded extends Error {}

/** Ends what is done at its nth append, before or after it is durable. */
async function endedAt(
  on: Fixture,
  step: number,
  when: 'before' | 'after',
  act: () => Promise<unknown>,
): Promise<void> {
  let appends = 0;
  on.appends[when] = () => {
    appends += 1;
    if (appends >= step) throw new ProcessEnded();
  };
  await expect(act()).rejects.toThrow(ProcessEnded);
  Object.assign(on.appends, { before: undefined, after: undefined });
}
const stepsTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((step) =>
    (['before', 'after'] as const).map((when) => [step, when] as const),
  );

// Claim, number, user, sign-in.
describe.each(stepsTo(4))('a sign-up that ended at append %i, %s it was durable,', (step, when) => {
  const begin = async () => {
    const request = { identifier: uniqueAddress(), password: goodPassword, fromThisMachine: false };
    const context = requestContext();
    await endedAt(fixture, step, when, () => fixture.service.registerPerson(request, context));
    return { request, context };
  };

  it('is completed by a repeat, as one person with one sign-in', async () => {
    const { request, context } = await begin();
    const { userId, registered } = valueIn(await fixture.service.registerPerson(request, context));
    expect(registered).toBe(true);
    expect(await fixture.signIns(userId)).toHaveLength(1);
    expect(await fixture.read(streams.user('main', userId))).toHaveLength(3);
  });

  it('leaves its identifier free, or its person there to sign in, once a sweeper has looked', async () => {
    const { request } = await begin();
    fixture.clock.advance(5_000);
    await fixture.service.sweepClaims();
    const { identifier } = request;
    const isComplete = step > 3 || (step === 3 && when === 'after');
    const later = valueIn(await signUp(fixture, { identifier, orSignIn: true }));
    expect(later.registered).toBe(!isComplete);
  });
});

// Owner on the roster, owner on the user, administrator on the roster.
it.each(stepsTo(6, 4))(
  'a first sign-up that ended at append %i, %s it was durable, has one owner',
  async (step, when) => {
    const fresh = await openRegistration();
    const request = { identifier: uniqueAddress(), password: goodPassword, fromThisMachine: true };
    const context = requestContext();
    await endedAt(fresh, step, when, () => fresh.service.registerPerson(request, context));
    const isClaimed = step > 4 || when === 'after';
    const rival = valueIn(await signUp(fresh, { fromThisMachine: true }));
    expect(rival.person.isOwner).toBe(!isClaimed);
    const { userId, person } = valueIn(await fresh.service.registerPerson(request, context));
    expect(person).toMatchObject({ isOwner: isClaimed, isAdmin: isClaimed });
    const { owner, administrators } = (await fresh.temporary.log.states.roster.load(streams.roster('main'))).state;
    expect(owner).toBe(isClaimed ? userId : rival.userId);
    expect(administrators.get(owner ?? '')).toBe('active');
    await fresh.remove();
  },
);

// Given up by who never verified it, claimed, the user's own.
it.each(stepsTo(3))(
  'an address taken over ends at append %i, %s it was durable, with one owner',
  async (step, when) => {
    const identifier = uniqueAddress();
    const { userId: squatter } = valueIn(await signUp(fixture, { identifier }));
    const { uid } = await personOn(fixture);
    const context = fixture.asAdmin();
    const add = () => fixture.service.addIdentifier({ userId: uid, identifier }, context);
    await endedAt(fixture, step, when, add);
    expect(valueIn(await add())).toMatchObject({ value: identifier, verified: true });
    expect((await stateOf(fixture, squatter)).identifiers).toEqual([]);
    expect((await stateOf(fixture, uid)).identifiers).toHaveLength(2);
  },
);

it.each(['before', 'after'] as const)(
  'a removed identifier is free in the end, ended %s it was durable',
  async (when) => {
    const { uid } = await personOn(fixture);
    const identifier = uniqueAddress();
    const added = valueIn(await fixture.service.addIdentifier({ userId: uid, identifier }, fixture.asAdmin()));
    const context = fixture.asAdmin();
    const remove = () => fixture.service.removeIdentifier({ userId: uid, identifierId: added.id }, context);
    await endedAt(fixture, 1, when, remove);
    expect(valueIn(await remove()).value).toBe(identifier);
    expect(codeOf(await fixture.service.createPerson({ identifier }, fixture.asAdmin()))).toBe('ok');
  },
);

/** Lets a rival be faster at every append that begins with such an event, until the command gives up. */
async function outpaced<Outcome>(on: Fixture, type: string, act: () => Promise<Outcome>): Promise<Outcome> {
  on.appends.before = async (stream, [first]) => {
    if (first?.type !== type) return;
    await on.append(stream, { type: 'user.claim-abandoned', data: { kind: 'email', claimId: randomUUID() } });
  };
  try {
    return await act();
  } finally {
    on.appends.before = undefined;
  }
}

describe('a command that gave its claim back because others were faster', () => {
  it.each(['createPerson', 'registerPerson'] as const)('makes the person when it is sent again: %s', async (name) => {
    const request = { identifier: uniqueAddress(), password: goodPassword, fromThisMachine: false };
    const context = name === 'createPerson' ? fixture.asAdmin() : requestContext();
    const make = (): Promise<Reply<unknown>> => fixture.service[name](request, context);
    expect(codeOf(await outpaced(fixture, 'user.registered', make))).toBe('write.contended');
    expect(codeOf(await make())).toBe('ok');
  });

  it('adds the identifier when it is sent again', async () => {
    const { uid } = await personOn(fixture);
    const identifier = uniqueAddress();
    const context = fixture.asAdmin();
    const add = () => fixture.service.addIdentifier({ userId: uid, identifier }, context);
    expect(codeOf(await outpaced(fixture, 'user.identifier-added', add))).toBe('write.contended');
    expect(valueIn(await add()).value).toBe(identifier);
  });
});
