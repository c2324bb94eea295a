import { parseStreamName, streams } from '@evident/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fixture, goodPassword, openFixture } from './fixture.ts';

const rounds = Number(process.env.PROPERTY_RUNS ?? 10);

let fixture: Fixture;
let second: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
  second = await fixture.second();
});
afterAll(async () => {
  await second.end();
  await fixture.remove();
});

/** One command: of a few that are sent again and again, for one of two names, by one of two processes, ended early or not. */
const command = fc.record({
  kind: fc.constantFrom('register', 'register', 'register', 'rename', 'sweep'),
  id: fc.nat({ max: 3 }),
  name: fc.nat({ max: 1 }),
  process: fc.nat({ max: 1 }),
  endsAtAppend: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
});
/** Commands at the same moment; then the clock goes on. */
const moment = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 4 }),
  laterMs: fc.constantFrom(0, 6_000),
});

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

async function run(prefix: string, { kind, id, name, process, endsAtAppend }: Command): Promise<void> {
  const on = process === 0 ? fixture : second;
  let appends = 0;
  const dies = async () => {
    appends += 1;
    if (endsAtAppend !== undefined && appends >= endsAtAppend) throw new Error('the process ended');
  };
  on.appends.before = dies;
  const wanted = { username: `${prefix}n${name}`, email: `${prefix}a${name}@example.com` };
  const context = on.asAdmin({ idempotencyKey: `${prefix}${kind}${id}${name}` });
  try {
    if (kind === 'sweep') await on.service.sweepClaims();
    if (kind === 'register') {
      await on.service.registerUser({ ...wanted, password: goodPassword, isAdmin: false }, context);
    }
    if (kind === 'rename') {
      const [some] = await registered(prefix);
      if (some !== undefined) await on.service.changeUser({ id: some.number, ...wanted }, context);
    }
  } catch (error) {
    if (!(error instanceof Error && error.message === 'the process ended')) throw error;
  } finally {
    if (on.appends.before === dies) on.appends.before = undefined;
  }
}

/** Every user of this run who was registered, by the log. */
async function registered(prefix: string) {
  const { log } = fixture.temporary;
  const all = await log.store.readAll(undefined, 1_000_000);
  if ('outcome' in all) throw new Error('the log changed');
  const ids = new Set(
    all.map(({ stream }) => parseStreamName(stream)).flatMap((name) => (name?.category === 'user' ? [name.id] : [])),
  );
  const states = await Promise.all(
    [...ids].map(async (uid) => ({ uid, ...(await log.states.user.load(streams.user('main', uid))).state })),
  );
  return states.filter((user) => user.registered && user.identifiers.some(({ value }) => value.startsWith(prefix)));
}

it('no name and no address ever has two owners, and who owns one holds its reservation', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 5 }), async (moments) => {
      const prefix = `run${++serial}x`;
      for (const { commands, laterMs } of moments) {
        await Promise.all(commands.map((one) => run(prefix, one)));
        fixture.clock.advance(laterMs);
      }
      const users = await registered(prefix);
      const owned = users.flatMap(({ uid, identifiers }) => Object.values(identifiers).map((one) => ({ uid, ...one })));
      expect(new Set(owned.map(({ kind, lookup }) => `${kind} ${lookup}`)).size).toBe(owned.length);
      expect(new Set(users.map(({ number }) => number)).size).toBe(users.length);
      for (const { uid, kind, lookup, claimId } of owned) {
        const { state } = await fixture.temporary.log.states.reservation.load(
          streams.reservation('main', kind, lookup),
        );
        expect(state.current).toMatchObject({ holder: uid, claimId });
      }
    }),
    { numRuns: rounds },
  );
});
