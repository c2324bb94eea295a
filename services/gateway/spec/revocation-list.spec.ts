import { fail, getRevocations, type Reply, type Revocation, succeed, type ValueOf } from '@evident/contracts';
import { silentLogger } from '@evident/runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { RevocationList } from '../src/revocation-list.ts';
import { ScriptedServices } from './scripted-services.fixture.ts';

const start = 1_000_000;
const user = '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f60';
const session = '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f61';
const endUser = (generation: number): Revocation => ({ kind: 'user', userId: user, generation });

let clock: number;
let services: ScriptedServices;
let list: RevocationList;

beforeEach(async () => {
  clock = start;
  services = new ScriptedServices(() => clock);
  list = new RevocationList({
    client: services,
    broadcast: services,
    tenant: 'main',
    now: () => clock,
    logger: silentLogger,
  });
  list.start();
  expect(await list.bringUp(undefined, clock + 1_000)).toBeUndefined();
  services.asked.length = 0;
});

const questions = () => services.askedOf(getRevocations).map(({ payload }) => payload);
const hasEnded = (generation: number) => list.hasEnded(user, session, generation);

interface Notice {
  readonly publisher?: string;
  readonly after?: number;
  readonly sequence?: number;
  readonly changes?: readonly Revocation[];
  readonly asOf?: number;
}
function hear({ publisher = 'scripted', after = 0, sequence = after, changes = [], asOf = clock }: Notice = {}): void {
  const message = { publisher, after, sequence, changes: changes.map((change) => ({ ...change })), asOf };
  services.publish('evident.identity-projection.evt.revocations.main', message);
}

describe('the list of ended tokens', () => {
  it('starts with a question, since what ended before is not broadcast again', () => {
    expect(list.isFresh).toBe(true);
    expect(hasEnded(1)).toBe(false);
  });

  it('ends the tokens of a generation that is lower than the one heard of, and no other', () => {
    hear({ after: 0, sequence: 1, changes: [endUser(3)] });
    expect([hasEnded(2), hasEnded(3), hasEnded(4)]).toEqual([true, false, false]);
    expect(list.hasEnded('0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f62', session, 1)).toBe(false);
  });

  it('never goes back, in whatever order and how often it hears', () => {
    hear({ after: 0, sequence: 2, changes: [endUser(5)] });
    hear({ after: 0, sequence: 1, changes: [endUser(3)] });
    expect(hasEnded(4)).toBe(true);
  });

  it('stays fresh by heartbeats, and is stale 750 ms after the head that the last one carried', () => {
    clock += 700;
    hear({ asOf: clock - 100 });
    clock += 650;
    expect(list.isFresh).toBe(true);
    clock += 1;
    expect(list.isFresh).toBe(false);
  });

  it('is not made fresh by an old head, nor for longer by a clock that runs ahead', () => {
    clock += 2_000;
    hear({ asOf: clock - 1_000 });
    expect(list.isFresh).toBe(false);
    hear({ asOf: clock + 60_000 });
    clock += 751;
    expect(list.isFresh).toBe(false);
  });

  it('asks from where it stands when it missed a sequence', async () => {
    services.ended.push(endUser(2), endUser(3));
    hear({ after: 1, sequence: 2, changes: [endUser(3)] });
    await settled();
    expect(questions()).toEqual([{ publisher: 'scripted', since: 0 }]);
    expect(hasEnded(2)).toBe(true);
  });

  it('asks when it does not know a publisher, and takes the whole list of that one', async () => {
    services.answer(getRevocations, () =>
      snapshotOf('second', 40, [{ kind: 'session', sessionId: session, expiresAt: clock + 60_000 }]),
    );
    hear({ publisher: 'second', after: 39, sequence: 40 });
    await settled();
    expect(hasEnded(9)).toBe(true);
    hear({ publisher: 'second', after: 40, sequence: 41, changes: [endUser(2)] });
    expect(questions()).toHaveLength(1);
    expect(list.hasEnded(user, user, 1)).toBe(true);
  });

  it('forgets who has been silent for ten seconds once another is fresh: they may have spoken of another log', async () => {
    hear({ after: 0, sequence: 1, changes: [endUser(9)] });
    services.answer(getRevocations, () => snapshotOf('second', 1, []));
    hear({ publisher: 'second', after: 1 });
    await settled();
    clock += 10_000;
    hear({ publisher: 'second', after: 1 });
    expect(hasEnded(8)).toBe(true);
    clock += 751;
    hear({ publisher: 'second', after: 1, asOf: clock - 751 });
    expect(hasEnded(8)).toBe(true);
    hear({ publisher: 'second', after: 1 });
    expect(hasEnded(8)).toBe(false);
  });

  it('is not made fresh by an old list of another publisher', async () => {
    clock += 751;
    services.answer(getRevocations, () => snapshotOf('second', 1, [], clock - 751));
    hear({ publisher: 'second', after: 0, sequence: 1 });
    await settled();
    expect(list.isFresh).toBe(false);
  });

  it('ignores a notice of the wrong shape', () => {
    services.publish('evident.identity-projection.evt.revocations.main', { publisher: 'scripted', sequence: 'x' });
    expect(list.isFresh).toBe(true);
  });
});

describe('a stale list', () => {
  it('is brought up by one question for all who wait', async () => {
    clock += 5_000;
    const errors = await Promise.all(Array.from({ length: 50 }, () => list.bringUp(undefined, clock + 10_000)));
    expect(new Set(errors)).toEqual(new Set([undefined]));
    expect(questions()).toHaveLength(1);
  });

  it('stays refused where nobody answers, or the answer is no fresher', async () => {
    clock += 5_000;
    services.fail(getRevocations, 'service.unavailable');
    expect(await list.bringUp(undefined, clock + 10_000)).toEqual({ code: 'service.unavailable' });
    services.answer(getRevocations, () => snapshotOf('scripted', 0, [], clock - 2_000));
    expect(await list.bringUp(undefined, clock + 10_000)).toEqual({ code: 'service.unavailable' });
    expect(list.isFresh).toBe(false);
  });

  it('waits for a second at most', async () => {
    clock += 5_000;
    await list.bringUp(undefined, clock + 10_000);
    expect(services.askedOf(getRevocations)[0]?.context.deadline).toBe(clock + 1_000);
  });
});

describe('a list that one message does not hold', () => {
  const parts = (publisher: string) => {
    let part = 0;
    services.answer(getRevocations, ({ since }) => {
      part += 1;
      if (part === 1) return succeed({ publisher, sequence: 1, snapshot: true, changes: [endUser(2)], asOf: 0 });
      expect(since).toBe(1);
      const changes: Revocation[] = [{ kind: 'session', sessionId: session, expiresAt: clock + 60_000 }];
      return succeed({ publisher, sequence: 2, snapshot: false, changes, asOf: clock });
    });
  };

  it('is asked for part by part, and believed when it is whole', async () => {
    parts('second');
    clock += 5_000;
    expect(await list.bringUp(undefined, clock + 10_000)).toBeUndefined();
    expect(questions()).toHaveLength(2);
    expect([list.hasEnded(user, user, 1), list.hasEnded(user, session, 9)]).toEqual([true, true]);
  });

  it('is not believed while a part is missing', async () => {
    services.answer(getRevocations, () =>
      succeed({ publisher: 'second', sequence: 0, snapshot: true, changes: [], asOf: 0 }),
    );
    clock += 5_000;
    expect(await list.bringUp(undefined, clock + 10_000)).toEqual({ code: 'service.unavailable' });
    expect(list.isFresh).toBe(false);
  });
});

describe('several identity-projections, of which any may answer', () => {
  const parts = 8;
  /** Each has a list of its own in as many parts, and they answer by turns. */
  const byTurns = () => {
    const publishers = ['first', 'second'];
    services.answer(getRevocations, ({ publisher: named, since, others = [] }) => {
      clock += 1;
      const publisher = publishers.reverse()[0] ?? '';
      const known = [{ publisher: named, since }, ...others].find((place) => place.publisher === publisher);
      const sequence = Math.min(parts, (known?.since ?? 0) + 1);
      const isWhole = sequence === parts;
      const changes = isWhole ? [endUser(2)] : [];
      return succeed({ publisher, sequence, snapshot: known === undefined, changes, asOf: isWhole ? clock : 0 });
    });
  };
  const heartbeats = () => {
    hear({ publisher: 'first', after: parts });
    hear({ publisher: 'second', after: parts });
  };

  it('come to a whole list although each part is of another one', async () => {
    byTurns();
    clock += 5_000;
    expect(await list.bringUp(undefined, clock + 10_000)).toBeUndefined();
    expect(questions().length).toBeLessThanOrEqual(2 * parts);
    expect(hasEnded(1)).toBe(true);
  });

  it('are not asked again for what each has told, and either keeps the list fresh', async () => {
    byTurns();
    clock += 5_000;
    await list.bringUp(undefined, clock + 10_000);
    heartbeats();
    await settled();
    services.asked.length = 0;
    for (let beat = 0; beat < 4; beat++) {
      clock += 250;
      heartbeats();
    }
    await settled();
    clock += 700;
    hear({ publisher: 'first', after: parts });
    clock += 700;
    expect(list.isFresh).toBe(true);
    expect(questions()).toEqual([]);
  });

  it('are no trouble where the clock of one is behind, while another keeps the list fresh', async () => {
    services.answer(getRevocations, () => snapshotOf('behind', 1, [], clock - 90_000));
    hear();
    await list.passWrite('log~5');
    expect(list.isFresh).toBe(true);
    expect(list.clockBehindMs).toBeUndefined();
    clock += 751;
    expect(await list.bringUp(undefined, clock + 1_000)).toBeDefined();
    expect(list.clockBehindMs).toBe(90_000);
  });

  it('have not passed a write where the one that says so was forgotten before its answer came', async () => {
    services.answer(getRevocations, () => snapshotOf('frozen', 1, []));
    hear({ publisher: 'frozen', after: 1 });
    await settled();
    services.answer(getRevocations, ({ others = [], ...latest }) => {
      const known = [latest, ...others].some(({ publisher }) => publisher === 'frozen');
      if (known) {
        clock += 10_001;
        hear();
      }
      const changes = [endUser(2)];
      return succeed({ publisher: 'frozen', sequence: 2, snapshot: !known, changes, asOf: clock });
    });
    await list.passWrite('log~5');
    expect(list.isFresh).toBe(false);
    expect(await list.bringUp(undefined, clock + 1_000)).toBeUndefined();
    expect(hasEnded(1)).toBe(true);
  });
});

describe('a write made here', () => {
  it('is held for half a second at most, and passed when the answer comes after all', async () => {
    const late = Promise.withResolvers<Reply<ValueOf<typeof getRevocations>>>();
    services.answer(getRevocations, () => late.promise);
    await list.passWrite('log~5');
    expect(list.isFresh).toBe(false);
    late.resolve(snapshotOf('scripted', 0, []));
    await settled();
    expect(list.isFresh).toBe(true);
  });

  it('has ended what it ended by the time that it is answered', async () => {
    services.ended.push(endUser(2));
    await list.passWrite('log~5');
    expect(hasEnded(1)).toBe(true);
    expect(services.askedOf(getRevocations)[0]?.context).toMatchObject({ minPosition: 'log~5' });
  });

  it('leaves the list stale, whatever it hears, until its position was passed', async () => {
    services.fail(getRevocations, 'deadline.passed');
    await list.passWrite('log~5');
    hear();
    expect(list.isFresh).toBe(false);
    expect(await list.bringUp(undefined, clock + 10_000)).toEqual({ code: 'deadline.passed' });
    services.restoreRevocations();
    expect(await list.bringUp(undefined, clock + 10_000)).toBeUndefined();
    expect(list.isFresh).toBe(true);
  });

  it('refuses nobody who was already waiting for an earlier one when it was made', async () => {
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    services.answer(getRevocations, async (_, { minPosition }) => {
      await answers[minPosition === 'log~5' ? 0 : 1]?.promise;
      return snapshotOf('scripted', 0, []);
    });
    const writes = [list.passWrite('log~5')];
    const waiting = list.bringUp(undefined, clock + 10_000);
    writes.push(list.passWrite('log~6'));
    answers[0]?.resolve();
    expect(await waiting).toBeUndefined();
    expect(list.isFresh).toBe(false);
    answers[1]?.resolve();
    await Promise.all(writes);
    expect(list.isFresh).toBe(true);
  });

  it('is not waited for in a log that was replaced', async () => {
    services.fail(getRevocations, 'log.changed');
    await list.passWrite('log~5');
    hear();
    expect(list.isFresh).toBe(true);
  });
});

describe('a position that a client demands', () => {
  it('is awaited with all the time that the client has, beside a write that waits for half a second', async () => {
    const written = Promise.withResolvers<Reply<ValueOf<typeof getRevocations>>>();
    const deadlines: number[] = [];
    services.answer(getRevocations, (_question, { minPosition, deadline }) => {
      if (minPosition !== undefined) deadlines.push(deadline - clock);
      return deadlines.length === 1 ? written.promise : snapshotOf('scripted', 0, []);
    });
    const held = list.passWrite('log~5');
    const demanded = list.bringUp('log~5', clock + 10_000);
    written.resolve(fail('deadline.passed'));
    await held;
    expect(await demanded).toBeUndefined();
    expect(deadlines).toEqual([1_000, 10_000]);
  });

  it('is known to be passed the next time', async () => {
    await list.bringUp('log~7', clock + 10_000);
    await list.bringUp('log~7', clock + 10_000);
    expect(questions()).toHaveLength(1);
  });
});

describe('memory', () => {
  it('keeps an entry as long as a token that it ends can live, and no longer', () => {
    hear({ after: 0, sequence: 1, changes: [endUser(2)] });
    clock += 86_400_000;
    hear({ after: 1, sequence: 2, changes: [{ kind: 'session', sessionId: session, expiresAt: clock + 1 }] });
    expect(list.hasEnded(user, user, 1)).toBe(true);
    clock += 71_000;
    hear({ after: 2, sequence: 3, changes: [] });
    expect(hasEnded(1)).toBe(false);
  });
});

const snapshotOf = (publisher: string, sequence: number, changes: Revocation[], asOf = clock) =>
  succeed({ publisher, sequence, snapshot: true, changes, asOf });

/** Answers of the double take a few turns of the microtask queue. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

it('owes only the last of many writes that it was not brought past, and asks about that one alone', async () => {
  services.fail(getRevocations, 'service.unavailable');
  const position = (place: number) => `log~${String(place).padStart(16, '0')}`;
  await Promise.all(
    Array.from({ length: 50 }, (_, place) => list.passWrite(position(place < 25 ? place + 25 : place - 25))),
  );
  expect(list.isFresh).toBe(false);
  services.asked.length = 0;
  expect(await list.bringUp(undefined, clock + 1_000)).toMatchObject({ code: 'service.unavailable' });
  services.restoreRevocations();
  expect(await list.bringUp(undefined, clock + 1_000)).toBeUndefined();
  const demanded = services.askedOf(getRevocations).map(({ context }) => context.minPosition);
  expect(demanded).toEqual([position(49), position(49)]);
});
