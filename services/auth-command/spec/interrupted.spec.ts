import type { UserObject } from '@evident/contracts';
import { type IdentifierKind, type ReservationState, streams } from '@evident/domain';
import type { NewEvent } from '@evident/event-store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
});
afterEach(() => {
  Object.assign(fixture.appends, { before: undefined, after: undefined });
});
afterAll(() => fixture.remove());

const wanted = (username: string, email = `${username}@example.com`) => ({
  username,
  email,
  password: goodPassword,
  isAdmin: true,
});

class ProcessEnded extends Error {}

/** Ends the command at its nth append, before or after it is durable. */
function endAt(step: number, when: 'before' | 'after'): void {
  let appends = 0;
  fixture.appends[when] = () => {
    appends += 1;
    if (appends >= step) throw new ProcessEnded();
  };
}

async function holderOf(kind: IdentifierKind, name: string): Promise<ReservationState['current']> {
  const { log } = fixture.temporary;
  return (await log.states.reservation.load(streams.reservation('main', kind, log.lookup.hash(kind, name)))).state
    .current;
}

// claims on name and address, number, user, roster
const steps = [1, 2, 3, 4, 5].flatMap((step) => (['before', 'after'] as const).map((when) => [step, when] as const));

describe.each(steps)('a registration that ended at append %i, %s it was durable,', (step, when) => {
  it('is completed by a repeat of the same command, as one user', async () => {
    const name = `repeated${++serial}`;
    const context = fixture.asAdmin();
    endAt(step, when);
    await expect(fixture.service.registerUser(wanted(name), context)).rejects.toThrow(ProcessEnded);
    Object.assign(fixture.appends, { before: undefined, after: undefined });
    const user = valueIn(await fixture.service.registerUser(wanted(name), context));
    expect(user).toMatchObject({ username: name, isAdmin: true });
    const numbers = (await fixture.read(streams.numbers('main', 'user'))).map(({ data }) => data);
    expect(numbers.filter((data) => (data as { holder: string }).holder === user.uid)).toHaveLength(1);
    const roster = await fixture.temporary.log.states.roster.load(streams.roster('main'));
    expect(roster.state.administrators.get(user.uid)).toBe('active');
  });

  it('leaves its name free or complete once a sweeper has looked', async () => {
    const name = `swept${++serial}`;
    endAt(step, when);
    await expect(fixture.service.registerUser(wanted(name), fixture.asAdmin())).rejects.toThrow(ProcessEnded);
    Object.assign(fixture.appends, { before: undefined, after: undefined });
    fixture.clock.advance(5_000);
    await fixture.service.sweepClaims();
    const again = await fixture.service.registerUser(wanted(name), fixture.asAdmin());
    const held = await holderOf('username', name);
    if (again.ok) {
      expect(held?.holder).toBe(again.value.uid);
    } else {
      expect(codeOf(again)).toBe('user.username-taken');
      const holder = await fixture.temporary.log.states.user.load(streams.user('main', held?.holder ?? ''));
      expect(holder.state.registered).toBe(true);
    }
  });

  it('leaves its name free or complete for a rival who comes later than five seconds', async () => {
    const name = `rival${++serial}`;
    endAt(step, when);
    await expect(fixture.service.registerUser(wanted(name), fixture.asAdmin())).rejects.toThrow(ProcessEnded);
    Object.assign(fixture.appends, { before: undefined, after: undefined });
    const complete = step > 4 || (step === 4 && when === 'after');
    const claimed = step > 1 || when === 'after';
    const young = await fixture.service.registerUser(wanted(name, `young${serial}@example.com`), fixture.asAdmin());
    expect(codeOf(young)).toBe(claimed ? 'user.username-taken' : 'ok');
    fixture.clock.advance(5_000);
    const late = await fixture.service.registerUser(wanted(name, `late${serial}@example.com`), fixture.asAdmin());
    expect(codeOf(late)).toBe(complete || young.ok ? 'user.username-taken' : 'ok');
  });
});

describe('a registrar that was frozen after its claims and wakes', () => {
  /** Runs `meanwhile` while the command stands before the append to its user's stream. */
  function freezeBefore(category: string, meanwhile: () => Promise<void>): void {
    let frozen = false;
    fixture.appends.before = async (stream: string, events: readonly NewEvent[]) => {
      const completes = events.some(({ type }) => type === 'user.registered' || type === 'user.identifier-added');
      if (frozen || !stream.startsWith(category) || !completes) return;
      frozen = true;
      await meanwhile();
    };
  }

  it('does not make a second owner of a name that another took', async () => {
    const name = `frozen${++serial}`;
    let taker: UserObject | undefined;
    freezeBefore('user-', async () => {
      fixture.clock.advance(5_000);
      taker = valueIn(await fixture.service.registerUser(wanted(name, `t${serial}@example.com`), fixture.asAdmin()));
    });
    const woken = await fixture.service.registerUser(wanted(name), fixture.asAdmin());
    expect(codeOf(woken)).toBe('user.username-taken');
    expect((await holderOf('username', name))?.holder).toBe(taker?.uid);
  });

  it('goes on under new claims where a sweeper gave its old ones up and nobody took the name', async () => {
    const name = `sweeper${++serial}`;
    freezeBefore('user-', async () => {
      fixture.clock.advance(5_000);
      await fixture.service.sweepClaims();
    });
    const woken = valueIn(await fixture.service.registerUser(wanted(name), fixture.asAdmin()));
    expect((await holderOf('username', name))?.holder).toBe(woken.uid);
    expect((await holderOf('email', `${name}@example.com`))?.holder).toBe(woken.uid);
  });

  it('does not make a second owner of an address that it was changing to', async () => {
    const user = await registerOn(fixture, `mover${++serial}`);
    const email = `wanted${serial}@example.com`;
    let taker: UserObject | undefined;
    freezeBefore('user-', async () => {
      fixture.clock.advance(5_000);
      taker = valueIn(await fixture.service.registerUser(wanted(`taker${serial}`, email), fixture.asAdmin()));
    });
    const woken = await fixture.service.changeUser({ id: user.number, email, isActive: false }, fixture.asAdmin());
    expect(codeOf(woken)).toBe('user.email-taken');
    expect((await holderOf('email', email))?.holder).toBe(taker?.uid);
    const { state } = await fixture.temporary.log.states.user.load(streams.user('main', user.uid));
    expect(state.identifiers.map(({ value }) => value)).toEqual([user.username, user.email]);
    expect(state.isActive).toBe(true);
  });
});

describe('a repeat of a registration that was refused for its address', () => {
  it.each([undefined, 2, 3])(
    'does not get the name that it gave up and another took (ended at append %s)',
    async (end) => {
      const name = `again${++serial}`;
      const owner = await registerOn(fixture, `owner${serial}`);
      const context = fixture.asAdmin();
      if (end !== undefined) endAt(end, 'before');
      await fixture.service.registerUser(wanted(name, owner.email), context).catch(() => undefined);
      Object.assign(fixture.appends, { before: undefined, after: undefined });
      fixture.clock.advance(5_000);
      const taker = valueIn(await fixture.service.registerUser(wanted(name), fixture.asAdmin()));
      valueIn(await fixture.service.changeUser({ id: owner.number, email: `moved${serial}@test` }, fixture.asAdmin()));
      const again = await fixture.service.registerUser(wanted(name, owner.email), context);
      expect(codeOf(again)).toBe('user.username-taken');
      expect((await holderOf('username', name))?.holder).toBe(taker.uid);
    },
  );
});

describe('an interrupted change of an address', () => {
  it('leaves the old address to whoever wants it, though it is still reserved', async () => {
    const user = await registerOn(fixture, `leaver${++serial}`);
    const email = `new${serial}@example.com`;
    fixture.appends.before = (stream, events) => {
      if (stream.startsWith('reservation-') && events.some(({ type }) => type === 'reservation.released'))
        throw new ProcessEnded();
    };
    valueIn(await fixture.service.changeUser({ id: user.number, email }, fixture.asAdmin()));
    fixture.appends.before = undefined;
    expect((await holderOf('email', user.email))?.holder).toBe(user.uid);
    const taker = valueIn(await fixture.service.registerUser(wanted(`heir${serial}`, user.email), fixture.asAdmin()));
    expect((await holderOf('email', user.email))?.holder).toBe(taker.uid);
  });
});
