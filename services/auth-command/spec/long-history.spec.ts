import { randomUUID } from 'node:crypto';
import type { PersonObject, Reply, RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { timeOrderedUuid } from '@evident/runtime';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Fixture, openFixture, valueIn } from './fixture.ts';
import { personOn, uniqueAddress } from './people-fixture.ts';

let fixture: Fixture;
let app: { readonly number: number };
/** One of whom nothing else is known, and one who was changed hundreds of times a while ago. */
let novice: PersonObject;
let veteran: PersonObject;
let number = 0;

const past = 700;
/** Longer than clocks may differ; all of them are over before the administrator's token is. */
const aWhile = 90_000;

beforeAll(async () => {
  fixture = await openFixture();
  app = valueIn(await fixture.service.registerApp({ name: 'CRM', url: 'https://crm.test' }, fixture.asAdmin()));
  [novice, veteran] = [await personOn(fixture), await personOn(fixture)];
  const stream = streams.user('main', veteran.uid);
  for (let count = 0; count < past; count += 2) {
    const [appId, userNumber] = [randomUUID(), veteran.number];
    await fixture.append(
      stream,
      { type: 'user.app-assigned', data: { appId, appNumber: 1_000 + count, userNumber } },
      { type: 'user.app-unassigned', data: { appId, appNumber: 1_000 + count } },
    );
  }
  fixture.clock.advance(aWhile);
});
afterAll(() => fixture.remove());

/** As the gateway sends it: a command id of its own that begins with the time. */
const request = (more: Partial<RequestContext> = {}) =>
  fixture.asAdmin({ commandId: timeOrderedUuid(fixture.clock()), ...more });

/** Events of the person's stream that are read by what is done. */
async function readBy(person: PersonObject, act: (person: PersonObject) => Promise<Reply<unknown>>): Promise<number> {
  const { store } = fixture.temporary.log;
  let events = 0;
  const spies = (['readStream', 'readStreamEnd'] as const).map((name) => {
    const read = store[name].bind(store) as typeof store.readStream;
    return vi.spyOn(store, name).mockImplementation(async (...asked: Parameters<typeof store.readStream>) => {
      const found = await read(...asked);
      if (asked[0] === streams.user('main', person.uid)) events += found.length;
      return found;
    });
  });
  try {
    valueIn(await act(person));
    return events;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const changes: readonly [string, (person: PersonObject) => Promise<Reply<unknown>>][] = [
  [
    'an app that is assigned',
    ({ number: userId }) => fixture.service.assignApp({ userId, appId: app.number }, request()),
  ],
  [
    'an app that is taken away',
    ({ number: userId }) => fixture.service.unassignApp({ userId, appId: app.number }, request()),
  ],
  [
    'a profile',
    ({ uid }) => fixture.service.changeProfile({ userId: uid, data: { number: ++number }, merge: true }, request()),
  ],
  ['a name', ({ uid }) => fixture.service.changePerson({ uid, name: `Ada ${++number}` }, request())],
  [
    'an address more',
    ({ uid }) => fixture.service.addIdentifier({ userId: uid, identifier: uniqueAddress() }, request()),
  ],
  ['activity', ({ number: id }) => fixture.service.changeUser({ id, isActive: false }, request())],
];

it.each(changes)('%s costs no more for who was changed hundreds of times than for who is new', async (_what, act) => {
  // Whoever is met first is folded once.
  await fixture.service.changePerson({ uid: veteran.uid, name: `Eve ${++number}` }, request());
  fixture.clock.advance(aWhile);
  const [few, many] = [await readBy(novice, act), await readBy(veteran, act)];
  expect(few).toBeGreaterThan(0);
  expect(many).toBeLessThan(64);
});

it('is done once with a key that is sent again, however long ago that was', async () => {
  const keyed = () => request({ idempotencyKey: 'assign once' });
  const assign = { userId: veteran.number, appId: app.number };
  valueIn(await fixture.service.assignApp(assign, request()));
  const removed = await fixture.service.unassignApp(assign, keyed());
  valueIn(await fixture.service.assignApp(assign, request()));
  fixture.clock.advance(aWhile);
  const events = await fixture.read(streams.user('main', veteran.uid));
  expect(await fixture.service.unassignApp(assign, keyed())).toEqual(removed);
  const name = { uid: veteran.uid, name: 'Eve' };
  const renamed = await fixture.service.changePerson(name, request({ idempotencyKey: 'rename once' }));
  valueIn(await fixture.service.changePerson({ ...name, name: 'Mallory' }, request()));
  expect(await fixture.service.changePerson(name, request({ idempotencyKey: 'rename once' }))).toEqual(renamed);
  expect(await fixture.read(streams.user('main', veteran.uid))).toHaveLength(events.length + 2);
});
