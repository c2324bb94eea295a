import { createSealSigner, type SealSigner } from '@evident/crypto';
import { type Seal, streams } from '@evident/domain';
import { type EventStore, readable } from '@evident/event-store';
import { expiriesAfter, verifyLog } from '@evident/evidence';
import { openKeyring } from '@evident/log';
import { openTemporaryLog, PeopleOnLog, silentLogger, type TemporaryLog, until } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuerKeyring } from '../keys/private-key-box.ts';
import { Sealer, type SealerOptions } from './sealer.ts';

let temporary: TemporaryLog;
let people: PeopleOnLog;
let signer: SealSigner;
beforeEach(async () => {
  temporary = await openTemporaryLog();
  people = new PeopleOnLog(temporary.log);
  const { log, masterKey: wrappingKey, now } = temporary;
  const keyring = await openKeyring(log, { ...issuerKeyring, wrappingKey, now });
  signer = createSealSigner(keyring.current('seals').key);
});
afterEach(() => temporary.remove());

const sealer = (more: Partial<SealerOptions> = {}) =>
  new Sealer({ log: temporary.log, signer, logger: silentLogger, now: Date.now, everyMs: 5, ...more });

async function seals(): Promise<Seal[]> {
  const stored = await temporary.log.store.readStream(streams.seals('main'));
  return Promise.all(stored.map(async (event) => readable(await temporary.log.codec.decode(event)).data as Seal));
}

async function verified(store: EventStore = temporary.log.store) {
  const list = await seals();
  const all = (async function* () {
    yield* list;
  })();
  const trusted = new Set(list.slice(0, 1).map(({ kid }) => kid));
  const expiries = (after: number) => expiriesAfter({ ...temporary.log, store }, after);
  return verifyLog({ tenant: 'main', store, seals: all, expiries, trusted, kept: [] });
}

describe('the sealer', () => {
  it('seals everything up to the end, in stretches of a bounded length', async () => {
    for (let count = 0; count < 10; count++) await people.addUser();
    await sealer({ most: 16 }).sealNow();
    const list = await seals();
    expect(list.length).toBeGreaterThan(3);
    expect(list.slice(0, -1).every(({ count }) => count === 16)).toBe(true);
    expect(list.map(({ number }) => number)).toEqual(list.map((_, index) => index + 1));
    expect(await verified()).toMatchObject({
      integrity: { ok: true },
      completeness: { ok: true },
      unsealed: list.length,
    });
  });

  it('does not seal a log in which nothing happened but seals', async () => {
    await people.addUser();
    expect(await sealer().sealNow()).toBe(1);
    expect(await sealer().sealNow()).toBe(0);
    await people.addApp();
    expect(await sealer().sealNow()).toBe(1);
    expect(await verified()).toMatchObject({ integrity: { ok: true }, unsealed: 1 });
  });

  it('reads no seal but the last one, however many there are', async () => {
    await people.addUser();
    await sealer({ most: 2 }).sealNow();
    const { length } = await seals();
    const { store } = temporary.log;
    const read: number[] = [];
    const noted = {
      ...bound(store),
      logId: store.logId,
      readAll: store.readAll.bind(store),
      lastPosition: store.lastPosition.bind(store),
      compare: store.compare.bind(store),
      readStream: async (...asked: Parameters<EventStore['readStream']>) => {
        const events = await store.readStream(...asked);
        read.push(...events.map(({ revision }) => revision));
        return events;
      },
    };
    await people.addUser();
    expect(await sealer({ log: { ...temporary.log, store: noted } }).sealNow()).toBe(1);
    expect(length).toBeGreaterThan(1);
    expect(read).toEqual([]);
  });

  it('goes on by itself as things happen', async () => {
    const running = sealer();
    running.start();
    await people.addUser();
    const one = await until(async () => (await seals()).at(-1), { what: 'a seal' });
    await people.addUser();
    await until(async () => ((await seals()).length > one.number ? true : undefined), { what: 'another seal' });
    await running.stop();
    expect(await verified()).toMatchObject({ integrity: { ok: true } });
  });

  it('goes on after a restart, and beside others, without a gap or a double', async () => {
    const others = [sealer({ most: 7 }), sealer({ most: 5 }), sealer({ most: 11 })];
    for (let round = 0; round < 5; round++) {
      await people.addUser();
      await Promise.all(others.map((each) => each.sealNow()));
      await sealer({ most: 3 }).sealNow();
    }
    expect(await verified()).toMatchObject({ integrity: { ok: true }, completeness: { ok: true } });
  });

  it('goes on where the log has other positions than when it was sealed', async () => {
    await people.addUser();
    await sealer().sealNow();
    await people.addUser();
    // As after a restore: the same events in a log with another id.
    const { log } = temporary;
    const moved = { ...log, store: movedTo('restored', log.store) };
    expect(await sealer({ log: moved }).sealNow()).toBe(1);
    const [first, second] = await seals();
    expect(second?.before).toBe(first?.count);
    expect(second?.from).toContain('restored~');
  });
});

/** The same log under another id, as far as the sealer looks. */
function movedTo(logId: string, store: EventStore): EventStore {
  const own = store.logId;
  const out = <Text extends string>(position: Text) => position.replace(own, logId) as Text;
  const back = <Text extends string>(position: Text) => position.replace(logId, own) as Text;
  return {
    ...bound(store),
    logId,
    async readAll(after, limit) {
      const page = await store.readAll(after === undefined ? undefined : back(after), limit);
      return 'outcome' in page ? page : page.map((event) => ({ ...event, position: out(event.position) }));
    },
    lastPosition: async () => {
      const last = await store.lastPosition();
      return last === undefined ? undefined : out(last);
    },
    compare: (a, b) =>
      a.startsWith(`${logId}~`) && b.startsWith(`${logId}~`)
        ? Number(a > b) - Number(a < b)
        : { outcome: 'log-changed', logId },
  };
}

function bound(store: EventStore) {
  return {
    append: store.append.bind(store),
    readStream: store.readStream.bind(store),
    readStreamEnd: store.readStreamEnd.bind(store),
    truncateStream: store.truncateStream.bind(store),
    readAllBackwards: store.readAllBackwards.bind(store),
    follow: store.follow.bind(store),
    parsePosition: store.parsePosition.bind(store),
    close: store.close.bind(store),
  };
}
