import { randomBytes } from 'node:crypto';
import { createSealSigner } from '@evident/crypto';
import type { Seal } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogReport, signSeal, verifyLog } from '../index.ts';
import { asLog, ourKey, positionOf, sealsOver, someEvents, tenant } from './sealed-events.fixture.ts';

const codes = ({ integrity, completeness }: LogReport) =>
  [...integrity.findings, ...completeness.findings].map(({ code }) => code);

/** As the store would give them: places without gaps. */
const renumbered = (events: readonly StoredEvent[]) =>
  events.map((event, index) => ({ ...event, position: positionOf(index + 1) }));

const forger = createSealSigner(randomBytes(32));

describe('a log', () => {
  const events = someEvents(47);
  const seals = sealsOver(events, 10);

  it('that is what was sealed has nothing wrong with it, and says how much is not sealed yet', async () => {
    expect(await verifyLog(asLog(events, { seals, kept: seals }))).toEqual({
      events: 47,
      letGo: 0,
      seals: 4,
      unsealed: 7,
      integrity: { ok: true, findings: [] },
      completeness: { ok: true, findings: [] },
    });
    expect(await verifyLog(asLog([], { seals: [] }))).toMatchObject({ events: 0, unsealed: 0 });
  });

  it('that was restored or migrated is still what was sealed, at other positions', async () => {
    const moved = events.map((event) => ({ ...event, position: event.position.replace('log', 'new') as never }));
    expect(codes(await verifyLog(asLog(moved, { seals, kept: seals, logId: 'new' })))).toEqual([]);
  });

  it.each<[string, (events: StoredEvent[]) => StoredEvent[], string[]]>([
    ['a changed member', (all) => all.with(12, { ...(all[12] as StoredEvent), data: { number: 999 } }), ['wrong-root']],
    ['another time', (all) => all.with(12, { ...(all[12] as StoredEvent), recordedAt: 1 }), ['wrong-root']],
    [
      'an event less',
      (all) => renumbered(all.toSpliced(12, 1)),
      ['wrong-order', 'wrong-root', 'wrong-root', 'wrong-root'],
    ],
    ['an event more', (all) => renumbered(all.toSpliced(12, 0, all[3] as StoredEvent)), ['wrong-root']],
    [
      'two events in the other order',
      (all) => renumbered(all.with(12, all[13] as StoredEvent).with(13, all[12] as StoredEvent)),
      ['wrong-root'],
    ],
    [
      'two events of one stream in the other order',
      (all) => renumbered(all.with(12, all[17] as StoredEvent).with(17, all[12] as StoredEvent)),
      ['wrong-order', 'wrong-root'],
    ],
  ])('with %s is found, with the stretch that holds it', async (_what, tamper, expected) => {
    const report = await verifyLog(asLog(tamper([...events]), { seals, kept: seals }));
    expect(codes(report)).toEqual(expect.arrayContaining(expected));
    const root = report.integrity.findings.find(({ code }) => code === 'wrong-root');
    expect(root).toMatchObject({ seal: 2, from: positionOf(11), to: positionOf(20) });
    expect(report.integrity.ok).toBe(false);
  });

  it('that was cut off before its last seal is not complete, and what is left of it is sound', async () => {
    const report = await verifyLog(asLog(events.slice(0, 35), { seals }));
    expect(report).toMatchObject({
      integrity: { ok: true },
      completeness: {
        findings: [
          {
            ...{ code: 'cut-off', seal: 4, from: positionOf(31), to: positionOf(40) },
            message: 'The log ends after 35 events; seal 4 covers 40.',
          },
        ],
      },
    });
  });

  it('that was cut off together with its seals is found by those that were kept', async () => {
    const cut = asLog(events.slice(0, 35), { seals: seals.slice(0, 3), kept: seals });
    expect(await verifyLog(cut)).toMatchObject({
      integrity: { ok: true },
      completeness: { findings: [{ code: 'missing-seal', seal: 4, from: positionOf(31), to: positionOf(40) }] },
    });
  });

  it('that was replaced by another of the same length under our own key is found by the seals that were kept', async () => {
    const other = someEvents(47);
    const report = await verifyLog(asLog(other, { seals: sealsOver(other, 10), kept: seals }));
    expect(report.integrity).toEqual({ ok: true, findings: [] });
    expect(report.completeness.findings).toMatchObject(
      seals.map(({ number, from, to }) => ({ code: 'missing-seal', seal: number, from, to })),
    );
  });

  it.each([
    ['the first event of a stretch', 10],
    ['the last event of a stretch', 19],
  ])('with %s at another position than was sealed is found', async (_which, index) => {
    const event = events[index] as StoredEvent;
    const between = `${event.position}5` as never;
    const report = await verifyLog(asLog(events.with(index, { ...event, position: between }), { seals }));
    expect(report.integrity.findings).toMatchObject([{ code: 'wrong-order', seal: 2 }]);
  });

  it.each<[string, (seal: Seal) => Partial<Seal>]>([
    ['its number', ({ number }) => ({ number: number + 1 })],
    ['the events before it', ({ before }) => ({ before: before + 1 })],
    ['the seal before it', () => ({ previous: 'a'.repeat(64) })],
  ])('with a seal that is ours and does not follow the one before it, by %s, is found', async (_what, change) => {
    const { kid: _kid, publicKey: _publicKey, signature: _signature, ...statement } = seals[1] as Seal;
    const next = signSeal(tenant, { ...statement, ...change(seals[1] as Seal) }, ourKey);
    const report = await verifyLog(asLog(events.slice(0, 20), { seals: [seals[0] as Seal, next] }));
    expect(report.integrity.findings).toMatchObject([
      { code: 'gap', seal: next.number, from: next.from, to: next.to, message: expect.stringContaining('seal 1') },
    ]);
    const [first] = seals as [Seal];
    const { kid: _, publicKey: _key, signature: _signed, ...beginning } = first;
    const alone = signSeal(tenant, { ...beginning, ...change(first) }, ourKey);
    expect((await verifyLog(asLog(events.slice(0, 10), { seals: [alone] }))).integrity.findings).toMatchObject([
      { code: 'gap', message: expect.stringContaining('the beginning') },
    ]);
  });

  it('tells how far it has come, page by page', async () => {
    const reported: number[] = [];
    await verifyLog({ ...asLog(someEvents(2_001), { seals: [] }), report: (count) => reported.push(count) });
    expect(reported).toEqual([0, 1_000, 2_000]);
  });

  it('that was changed and sealed anew by somebody without the key is found by the key', async () => {
    const changed = events.with(12, { ...(events[12] as StoredEvent), data: { number: 999 } });
    const forged = await verifyLog(asLog(changed, { seals: sealsOver(changed, 10, forger) }));
    expect(codes(forged)).toEqual(['foreign-key', 'foreign-key', 'foreign-key', 'foreign-key']);
    // Under the name of our key, the signature does not fit.
    const { kid, x } = ourKey.key;
    const named = sealsOver(changed, 10, { ...forger, key: { ...forger.key, kid, x } });
    expect(codes(await verifyLog(asLog(changed, { seals: named })))).toContain('wrong-seal');
  });

  it('that lacks a seal in the middle, or has one that states something else, is found', async () => {
    expect(codes(await verifyLog(asLog(events, { seals: seals.toSpliced(1, 1) })))).toContain('gap');
    const [, second] = seals;
    if (second === undefined) throw new Error('two seals at least');
    const altered = seals.with(1, { ...second, count: second.count - 1 });
    expect(codes(await verifyLog(asLog(events, { seals: altered })))).toContain('wrong-seal');
  });

  it('cannot be changed anywhere before its last seal without being found', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 38 }),
        fc.constantFrom('change', 'remove', 'add', 'swap', 'actor', 'stream'),
        async (index, how) => {
          const event = events[index] as StoredEvent;
          const metadata = { ...event.metadata, actor: 'user:somebody-else' };
          const other = {
            change: () => events.with(index, { ...event, data: { number: -1 } }),
            actor: () => events.with(index, { ...event, metadata }),
            stream: () => events.with(index, { ...event, stream: 'user-main.other' }),
            remove: () => renumbered(events.toSpliced(index, 1)),
            add: () => renumbered(events.toSpliced(index, 0, event)),
            swap: () => renumbered(events.with(index, events[index + 1] as StoredEvent).with(index + 1, event)),
          }[how]();
          expect(codes(await verifyLog(asLog(other, { seals })))).not.toEqual([]);
        },
      ),
      { numRuns: Number(process.env.SEAL_ROUNDS ?? 60) },
    );
  });
});
