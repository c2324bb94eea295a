import { randomBytes, randomUUID } from 'node:crypto';
import { createSealSigner, type SealSigner } from '@evident/crypto';
import type { Expiry } from '@evident/domain';
import { eventDigest, type StoredEvent } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { type ExpiryStatement, type LogReport, numberedEvents, signExpiry, verifyLog } from '../index.ts';
import { asLog, ourKey, positionOf, sealsOver, someEvents, tenant } from './sealed-events.fixture.ts';

const codes = ({ integrity, completeness }: LogReport) =>
  [...integrity.findings, ...completeness.findings].map(({ code }) => code);

/** Sixty events of three users: every third is an attempt of one of them. */
const events: StoredEvent[] = Array.from({ length: 60 }, (_, index) => {
  const isAttempt = index % 3 === 1;
  const id = `u${Math.floor(index / 3) % 3}`;
  const revision = Math.floor(index / 9) * (isAttempt ? 1 : 2) + (index % 3 === 2 ? 1 : 0);
  const event = randomUUID();
  const metadata = { tenant, actor: 'system', commandId: event, correlationId: event, occurredAt: index };
  return {
    ...{ id: event, type: isAttempt ? 'signin.failed' : 'user.registered', schema: 1, data: { index }, metadata },
    ...{ stream: `${isAttempt ? 'signin' : 'user'}-${tenant}.${id}`, revision },
    ...{ position: positionOf(index + 1), recordedAt: 1_700_000_000_000 + index },
  };
});
const seals = sealsOver(events, 10);
const isAttempt = ({ stream }: StoredEvent) => stream.startsWith('signin-');

/** The attempts among events `after` to `upTo` expire; `letGo` of each user's, all but a last one unless said. */
function expiryOf(after: number, upTo: number, total: number, more: Partial<Expiry> = {}, signer: SealSigner = ourKey) {
  const attempts = events.slice(after, upTo).flatMap((event, index) =>
    isAttempt(event)
      ? [
          {
            number: after + index + 1,
            id: event.stream.slice(-2),
            revision: event.revision,
            position: event.position as string,
            recordedAt: event.recordedAt,
            digest: eventDigest(event),
          },
        ]
      : [],
  );
  const last = attempts.at(-1)?.number ?? 0;
  const letGo = ['u0', 'u1', 'u2'].map((id) => ({
    id,
    upTo: attempts.findLast((each) => each.id === id)?.revision ?? 0,
  }));
  const statement: ExpiryStatement = {
    ...{ after, upTo: last, before: 1_700_000_000_000 + upTo, total: total + attempts.length },
    ...{ attempts, letGo, late: [], at: 1_800_000_000_000 },
    ...more,
  };
  return signExpiry(tenant, statement, signer);
}

const first = expiryOf(0, 20, 0);
const second = expiryOf(first.upTo, 40, first.total);
const gone = (...expiries: Expiry[]) =>
  events.filter(
    ({ position }) => !expiries.some(({ attempts }) => attempts.some((each) => each.position === position)),
  );
const both = gone(first, second);

describe('a log that let go of attempts', () => {
  it('verifies by the digests that its expiries keep, and tells how many it let go of', async () => {
    const report = await verifyLog(asLog(both, { seals, expiries: [first, second], kept: seals }));
    expect(report).toMatchObject({ events: 47, letGo: 13, seals: 6, unsealed: 0 });
    expect(codes(report)).toEqual([]);
  });

  it('verifies while it still has some of them: it was stopped in between, or its store lets go later', async () => {
    for (const left of [events, gone(first), gone(second)]) {
      expect(codes(await verifyLog(asLog(left, { seals, expiries: [first, second] })))).toEqual([]);
    }
  });

  // Pages that end before an attempt, with one, and after one.
  it.each([13, 14, 15])(
    'verifies while it lets go of more, as a server does beside which one looks, %d a page',
    async (page) => {
      const log = asLog(events, { seals });
      let decided: readonly Expiry[] = [];
      let read = 0;
      const store = {
        ...log.store,
        // Events go page by page; after the first of them an expiry is decided, and its attempts are gone.
        async readAll(...[after]: Parameters<typeof log.store.readAll>) {
          read += 1;
          if (read === 2) decided = [first, second];
          const left = decided.length === 0 ? events : both;
          return left.filter(({ position }) => after === undefined || position > after).slice(0, page);
        },
      };
      const expiries = async function* (after: number) {
        yield* decided.filter(({ upTo }) => upTo > after);
      };
      expect(codes(await verifyLog({ ...log, store, expiries }))).toEqual([]);
    },
  );

  it('that was moved verifies at its new positions, also where the places have no gaps there', async () => {
    const moved = both.map((event, index) => ({
      ...event,
      position: `new~${String(index + 1).padStart(16, '0')}` as never,
    }));
    const report = await verifyLog(asLog(moved, { seals, expiries: [first, second], kept: seals, logId: 'new' }));
    expect(codes(report)).toEqual([]);
  });

  it('has every event by its number, those that it let go of as what is known of them', async () => {
    const numbered = async (left: readonly StoredEvent[]) => {
      const log = asLog(left, { seals });
      const expired = async function* (after: number) {
        yield* [...first.attempts, ...second.attempts].filter(({ number }) => number > after);
      };
      const all = [];
      for await (const { event: _, ...each } of numberedEvents({ tenant, store: log.store, expired })) all.push(each);
      return all;
    };
    expect(await numbered(both)).toEqual(await numbered(events));
  });

  it('tells an attempt that is gone from the next event, be that of the same revision or of the same stream', async () => {
    const revisions: [string, number][] = [
      ['user-main.u0', 0],
      ['signin-main.u0', 0],
      ['user-main.u1', 0],
      ['signin-main.u0', 1],
      ['signin-main.u0', 2],
      ['signin-main.unknown', 0],
      ['signin-main.unknown', 1],
    ];
    const whole = someEvents(revisions.length).map((event, index) => {
      const [stream, revision] = revisions[index] ?? ['', 0];
      return { ...event, stream, revision };
    });
    const goes = [2, 4, 6];
    const attempts = whole.flatMap((event, index) => {
      const { revision, position, recordedAt } = event;
      const id = event.stream.split('.')[1] ?? '';
      const number = index + 1;
      return goes.includes(number) ? [{ number, id, revision, position, recordedAt, digest: eventDigest(event) }] : [];
    });
    const expired = async function* (after: number) {
      yield* attempts.filter(({ number }) => number > after);
    };
    const left = whole.filter((_, index) => !goes.includes(index + 1));
    const { store } = asLog(left, { seals: [] });
    const found = [];
    for await (const { number, stream, revision, event } of numberedEvents({ tenant, store, expired })) {
      expect(event === undefined).toBe(goes.includes(number));
      found.push([stream, revision]);
    }
    expect(found).toEqual(revisions);
  });

  it('that is replaced while it is read is not called whole', async () => {
    const log = asLog(both, { seals, expiries: [first, second] });
    const store = { ...log.store, readAll: async () => ({ outcome: 'log-changed', logId: 'new' }) as const };
    expect(await verifyLog({ ...log, store }).then(codes)).toEqual(['damaged']);
  });
});

describe('who deletes events and says that they expired', () => {
  const verified = (left: readonly StoredEvent[], expiries: readonly Expiry[]) =>
    verifyLog(asLog(left, { seals, expiries, kept: seals })).then(codes);
  const forger = createSealSigner(randomBytes(32));
  const without = (left: readonly StoredEvent[], number: number) =>
    left.filter(({ position }) => position !== positionOf(number));

  it('is found without an expiry, and with one that lists other events', async () => {
    expect(await verified(gone(first), [])).toContain('wrong-root');
    expect(await verified(without(both, 44), [first, second])).toContain('wrong-root');
    expect(await verified(without(both, 1), [first, second])).toContain('wrong-root');
  });

  it('is found by the key, where the expiry is one of their own', async () => {
    const third = expiryOf(second.upTo, 60, second.total, {}, forger);
    expect(await verified(gone(first, second, third), [first, second, third])).toEqual(['wrong-expiry']);
    const named = { ...third, kid: ourKey.key.kid, publicKey: ourKey.key.x };
    expect(await verified(gone(first, second, third), [first, second, named])).toEqual(['wrong-expiry']);
  });

  it('is found by the key also where the expiry is of events that the log does not have yet', async () => {
    const third = expiryOf(second.upTo, 60, second.total, {}, forger);
    const log = asLog(events.slice(0, 30), { seals: seals.slice(0, 3), expiries: [first, second, third] });
    expect(await verifyLog(log).then(codes)).toEqual(['wrong-expiry']);
  });

  it('is found where they add to an expiry of ours, change it, leave one out or put one in again', async () => {
    const third = expiryOf(second.upTo, 60, second.total);
    const longer = {
      ...second,
      attempts: [...second.attempts, ...third.attempts],
      upTo: third.upTo,
      total: third.total,
    };
    expect(await verified(gone(first, second, third), [first, longer])).toContain('wrong-expiry');
    const [attempt, ...rest] = second.attempts;
    if (attempt === undefined) throw new Error('an expiry lists attempts');
    const changed = { ...second, attempts: [{ ...attempt, digest: 'a'.repeat(64) }, ...rest] };
    expect(await verified(both, [first, changed])).toEqual(expect.arrayContaining(['wrong-expiry', 'wrong-root']));
    expect(await verified(both, [second])).toContain('wrong-expiry');
    expect(await verified(both, [first, second, second])).toContain('wrong-expiry');
  });

  it('is found where an expiry of our own key does not go on from the one before it', async () => {
    const miscounted = expiryOf(first.upTo, 40, first.total, { total: second.total + 1 });
    expect(await verified(both, [first, miscounted])).toEqual(['wrong-expiry']);
    const earlier = expiryOf(first.upTo, 40, first.total, { after: first.upTo - 1 });
    const { integrity } = await verifyLog(asLog(both, { seals, expiries: [first, earlier] }));
    expect(integrity.findings).toEqual([
      {
        ...{ code: 'wrong-expiry', from: second.attempts[0]?.position, to: second.attempts.at(-1)?.position },
        message: `The expiry of events ${first.upTo} to ${second.upTo} does not follow the one before it.`,
      },
    ]);
  });

  it('is found where the attempt expired and was to stay, as the last of its stream', async () => {
    const letGo = second.letGo.map(({ id, upTo }) => ({ id, upTo: id === 'u1' ? upTo - 1 : upTo }));
    const stays = expiryOf(first.upTo, 40, first.total, { letGo });
    const last = second.attempts.findLast(({ id }) => id === 'u1');
    const kept = events.filter((event) => both.includes(event) || event.position === last?.position);
    expect(await verified(kept, [first, stays])).toEqual([]);
    const { integrity } = await verifyLog(asLog(both, { seals, expiries: [first, stays], kept: seals }));
    expect(integrity.findings).toMatchObject([
      {
        code: 'not-let-go',
        from: last?.position,
        to: last?.position,
        message: expect.stringContaining('signin-main.u1'),
      },
    ]);
    // Until a later one expires: then it may go, and where that one stays in turn, it alone.
    const third = expiryOf(second.upTo, 60, second.total);
    expect(await verified(gone(first, second, third), [first, stays, third])).toEqual([]);
    const upTo = last?.revision ?? 0;
    const alone = expiryOf(second.upTo, 60, second.total, { letGo: [{ id: 'u1', upTo }] });
    expect(await verified(both, [first, stays, alone])).toEqual([]);
    const tooFew = expiryOf(second.upTo, 60, second.total, { letGo: [{ id: 'u1', upTo: upTo - 1 }] });
    expect(await verified(both, [first, stays, tooFew])).toEqual(['not-let-go']);
  });
});
