import { createSealSigner } from '@evident/crypto';
import { type Expiry, type Seal, streams } from '@evident/domain';
import { type EventStore, EventStoreFault, readable } from '@evident/event-store';
import { adoptNewLogId } from '@evident/event-store/embedded';
import { expiriesAfter, verifyLog } from '@evident/evidence';
import { openKeyring } from '@evident/log';
import { silentLogger } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenIssuer, type TokenIssuer } from '../src/index.ts';
import { issuerKeyring } from '../src/keys/private-key-box.ts';
import { Retention, type RetentionOptions } from '../src/retention/retention.ts';
import { IssuerOnLog } from './issuer.fixture.ts';

let on: IssuerOnLog;
const users = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'] as const;
const [alice, bob] = users;
beforeEach(async () => {
  on = await new IssuerOnLog().open();
});
afterEach(() => on.remove());

/** The first of a month, that many after the one in which the clock began (January 2026). */
const monthLater = (months: number) => on.clock.advance(Date.UTC(2026, months, 1) - on.clock());
const attempts = async (userId: string, count: number) => {
  for (let each = 0; each < count; each++) await on.signIn({ userId });
};
const issuerKeeping = (months: number): Promise<TokenIssuer> =>
  createTokenIssuer({
    ...on.temporary,
    logger: silentLogger,
    config: { ...on.temporary.config, signInsKeptMonths: months },
  });
const revisionsLeft = async (userId: string) =>
  (await on.temporary.log.store.readStream(streams.signIn('main', userId))).map(({ revision }) => revision);
async function expiries(): Promise<Expiry[]> {
  const all: Expiry[] = [];
  for await (const expiry of expiriesAfter(on.temporary.log, 0)) all.push(expiry);
  return all;
}

async function signerOf() {
  const { log, masterKey: wrappingKey, now } = on.temporary;
  const keyring = await openKeyring(log, { ...issuerKeyring, wrappingKey, now });
  return createSealSigner(keyring.current('seals').key);
}
async function retention(more: Partial<RetentionOptions> = {}) {
  const signer = await signerOf();
  const { log } = on.temporary;
  const trusted = new Set([signer.key.kid]);
  return new Retention({ log, signer, trusted, months: 1, logger: silentLogger, now: on.clock, most: 3, ...more });
}
async function verified(log = on.temporary.log) {
  const seals = (await log.store.readStream(streams.seals('main'))).map(
    (event) => readable(log.codec.decode(event) as never).data as Seal,
  );
  const all = (async function* () {
    yield* seals;
  })();
  const trusted = new Set([(await signerOf()).key.kid]);
  const report = await verifyLog({
    tenant: 'main',
    store: log.store,
    seals: all,
    expiries: (after) => expiriesAfter(log, after),
    trusted,
    kept: seals,
  });
  return { letGo: report.letGo, findings: [...report.integrity.findings, ...report.completeness.findings] };
}
/** The same store, but for what is given. */
function storeWith(store: EventStore, other: Partial<EventStore>): EventStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(other, name) ?? Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
/** Three months of attempts of two users, all sealed. */
async function history() {
  for (let month = 1; month <= 3; month++) {
    await attempts(alice, 5);
    await attempts(bob, month === 1 ? 4 : 0);
    await on.issuer.sealLog();
    monthLater(month);
  }
}

describe('attempts to sign in', () => {
  it('are kept for ever unless it is configured', async () => {
    await history();
    monthLater(36);
    expect(await on.issuer.expireSignIns()).toBe(0);
    expect(await revisionsLeft(alice)).toHaveLength(15);
    expect(await expiries()).toEqual([]);
  });

  it('are kept for so many whole months and let go of then, the last of each user not before a later one', async () => {
    await attempts(alice, 5);
    await attempts(bob, 2);
    await on.issuer.sealLog();
    monthLater(2);
    const keeping = await issuerKeeping(2);
    on.clock.advance(-1);
    expect(await keeping.expireSignIns()).toBe(0);
    monthLater(3);
    expect(await keeping.expireSignIns()).toBe(7);
    expect([await revisionsLeft(alice), await revisionsLeft(bob)]).toEqual([[4], [1]]);
    expect(await keeping.expireSignIns()).toBe(0);

    await attempts(alice, 2);
    await on.issuer.sealLog();
    expect(await revisionsLeft(alice)).toEqual([4, 5, 6]);
    monthLater(6);
    expect(await keeping.expireSignIns()).toBe(2);
    expect([await revisionsLeft(alice), await revisionsLeft(bob)]).toEqual([[6], [1]]);
    const [, second] = await expiries();
    expect(second).toMatchObject({ total: 9, letGo: [{ id: alice, upTo: 5 }], late: [expect.any(String)] });
    await on.issuer.sealLog();
    expect(await verified()).toEqual({ letGo: 7, findings: [] });
  });

  it('do not expire while no seal is over them', async () => {
    await attempts(alice, 5);
    monthLater(12);
    const keeping = await issuerKeeping(1);
    expect(await keeping.expireSignIns()).toBe(0);
    await on.issuer.sealLog();
    expect(await keeping.expireSignIns()).toBe(5);
  });

  it('are looked for once in each stretch of the log, also where there are none', async () => {
    await attempts(alice, 5);
    await on.issuer.sealLog();
    monthLater(12);
    const { log } = on.temporary;
    const read: string[] = [];
    const readAll: EventStore['readAll'] = async (...asked) => {
      const page = await log.store.readAll(...asked);
      if (!('outcome' in page)) read.push(...page.map(({ id }) => id));
      return page;
    };
    const keeping = await retention({ log: { ...log, store: storeWith(log.store, { readAll }) }, most: 10 });
    expect(await keeping.expire()).toBe(5);
    await on.issuer.sealLog();
    monthLater(24);
    expect(await keeping.expire()).toBe(0);
    expect(read).not.toEqual([]);
    read.length = 0;
    expect(await keeping.expire()).toBe(0);
    expect(read).toEqual([]);
    await attempts(alice, 3);
    await on.issuer.sealLog();
    monthLater(36);
    expect(await keeping.expire()).toBe(3);
    await on.issuer.sealLog();
    expect((await verified()).findings).toEqual([]);
  });

  it('expire in lists of bounded length, by whichever process, each once', async () => {
    await history();
    monthLater(12);
    const rivals = await Promise.all([retention(), retention({ most: 2 }), retention({ most: 4 })]);
    const expired = await Promise.all(rivals.map((each) => each.expire()));
    expect(expired.reduce((sum, each) => sum + each)).toBe(19);
    const listed = await expiries();
    expect(listed.every((each) => each.attempts.length <= 4)).toBe(true);
    expect(listed.flatMap((each) => each.attempts.map(({ number }) => number))).toHaveLength(19);
    await on.issuer.sealLog();
    expect(await verified()).toEqual({ letGo: 17, findings: [] });
  });

  it('expire by the service itself, once it was started', async () => {
    await history();
    monthLater(12);
    const keeping = await issuerKeeping(1);
    keeping.start();
    await expect.poll(() => revisionsLeft(alice), { timeout: 60_000 }).toEqual([14]);
    await keeping.close();
  });
});

describe('a process that ends at any step', () => {
  /** The store until so many writes were made; then it is away. */
  function endingAfter(store: EventStore, writes: number): EventStore {
    let made = 0;
    const counted = <Result>(write: () => Promise<Result>): Promise<Result> => {
      if (made >= writes) return Promise.reject(new EventStoreFault('unavailable', 'ended'));
      made += 1;
      return write();
    };
    return storeWith(store, {
      append: (...append) => counted(() => store.append(...append)),
      truncateStream: (stream, before) => counted(() => store.truncateStream(stream, before)),
    });
  }

  it('has let go of nothing that is not on the log, and the next one does what was decided, and only that', async () => {
    await history();
    monthLater(12);
    const { log } = on.temporary;
    let ended = 0;
    for (let writes = 0; (await expiries()).at(-1)?.total !== 19; writes++) {
      const ending = endingAfter(log.store, writes % 4);
      await (await retention({ log: { ...log, store: ending } })).expire().catch(() => ended++);
      await on.issuer.sealLog();
      expect((await verified()).findings).toEqual([]);
      // Configured off meanwhile: what was decided is done, nothing more is decided.
      const before = await expiries();
      await (await retention({ months: 0 })).expire();
      expect(await expiries()).toEqual(before);
      for (const { id, upTo } of before.at(-1)?.letGo ?? []) expect((await revisionsLeft(id))[0]).toBe(upTo + 1);
    }
    expect(ended).toBeGreaterThan(5);
    expect([await revisionsLeft(alice), await revisionsLeft(bob)]).toEqual([[14], [3]]);
    expect(await verified()).toEqual({ letGo: 17, findings: [] });
  });
});

describe('a log', () => {
  it('that shows what it let go of until it clears up, as EventStoreDB does, lets each attempt expire once', async () => {
    const { log } = on.temporary;
    const begins = new Map<string, number>();
    const store = storeWith(log.store, {
      async truncateStream(stream, before) {
        const [end] = await log.store.readStreamEnd(stream, 1);
        const first = Math.max(begins.get(stream) ?? 0, Math.min(before, end?.revision ?? 0));
        begins.set(stream, first);
        return first;
      },
      readStream: (stream, { from = 0, ...more } = {}) =>
        log.store.readStream(stream, { ...more, from: Math.max(from, begins.get(stream) ?? 0) }),
    });
    const later = { ...log, store };
    await history();
    expect(await (await retention({ log: later })).expire()).toBe(14);
    await on.issuer.sealLog();
    monthLater(12);
    expect(await (await retention({ log: later })).expire()).toBe(5);
    await on.issuer.sealLog();
    const numbers = (await expiries()).flatMap((each) => each.attempts.map(({ number }) => number));
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(Object.fromEntries(begins)).toEqual({ [`signin-main.${alice}`]: 14, [`signin-main.${bob}`]: 3 });
    expect(await verified(later)).toEqual({ letGo: 0, findings: [] });
    // It clears up.
    for (const [stream, first] of begins) await log.store.truncateStream(stream, first);
    expect(await verified()).toEqual({ letGo: 17, findings: [] });
  });

  it('that is not what was sealed lets nothing expire', async () => {
    await history();
    monthLater(12);
    const { log } = on.temporary;
    const changed = storeWith(log.store, {
      readAll: async (...range) => {
        const page = await log.store.readAll(...range);
        if ('outcome' in page) return page;
        return page.map((event) => (event.type === 'user.registered' ? { ...event, data: { number: 2 } } : event));
      },
    });
    const fault = await (await retention({ log: { ...log, store: changed } }))
      .expire()
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'damaged' });
    expect(await expiries()).toEqual([]);
    expect(await revisionsLeft(alice)).toHaveLength(15);
  });

  it('that was restored under another id goes on letting attempts expire, and verifies', async () => {
    await history();
    expect(await (await retention()).expire()).toBeGreaterThan(0);
    await on.issuer.sealLog();
    const { path } = on.temporary.config.eventStore as { path: string };
    await on.temporary.close();
    adoptNewLogId(path);
    await on.restart();
    expect((await verified()).findings).toEqual([]);
    await attempts(alice, 1);
    await on.issuer.sealLog();
    monthLater(12);
    await (await retention()).expire();
    expect([await revisionsLeft(alice), await revisionsLeft(bob)]).toEqual([[15], [3]]);
    await on.issuer.sealLog();
    expect(await verified()).toEqual({ letGo: 18, findings: [] });
  });
});
