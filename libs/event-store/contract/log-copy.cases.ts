import assert from 'node:assert/strict';
import type { EventStore, StoredEvent } from '../src/event-store.port.ts';
import { LogCopier } from '../src/log-copier.ts';
import type { LogCopy } from '../src/log-copy.port.ts';
import { copiedHistory, historyOf, noted } from './copied-history.ts';
import type { CopyPlace, LogCopyCase } from './log-copy-case.ts';
import { anEvent, aStream, assertAppended, assertFault, readOn } from './sample-events.ts';

export const logCopyCases: readonly LogCopyCase[] = [
  {
    name: 'has every event as it was: id, content, stream, revision, time and order, under an id of its own',
    async run(place) {
      const source = historyOf(40);
      const copy = await copyAll(place, source);
      assert.notEqual(copy.logId, source.logId);
      const log = await place.openLog();
      assert.equal(log.logId, copy.logId);
      assert.deepEqual(noted(await readOn(log, undefined)), noted(source.events));
      for (const { stream } of source.events)
        assert.deepEqual(
          noted(await log.readStream(stream)),
          noted(source.events.filter((event) => event.stream === stream)),
        );
      await log.close();
    },
  },
  {
    name: 'says of each event where it stood, and of a copy of a copy where it stood first',
    async run(place) {
      const source = historyOf(5);
      const earlier = source.events.map((event) => ({ ...event, origin: `earlier~${event.position.slice(-16)}` }));
      const [first, ...rest] = source.events;
      if (first === undefined) return;
      const events = [first, ...(earlier.slice(1) as unknown as StoredEvent[])];
      await copyAll(place, copiedHistory(source.logId, events));
      const log = await place.openLog();
      const origins = (await readOn(log, undefined)).map(({ origin }) => origin);
      assert.deepEqual(origins, [first.position, ...earlier.slice(1).map(({ origin }) => origin)]);
      assert.equal(rest.length, origins.length - 1);
      await log.close();
    },
  },
  {
    name: 'opens as a log when it is finished, and not before',
    async run(place) {
      const source = historyOf(6);
      const copy = await place.open(source);
      await copy.take(source.events);
      await assertFault(() => place.openLog(), 'unavailable');
      await copy.close();
      await assertFault(() => place.openLog(), 'unavailable');
      await copyAll(place, source);
      await (await place.openLog()).close();
    },
  },
  {
    name: 'is gone on with by the next run: nothing is skipped, nothing doubled',
    async run(place) {
      const source = historyOf(30);
      const begun = await place.open(source);
      await begun.take(source.events.slice(0, 11));
      await begun.close();
      const copier = await copyAll(place, source);
      assert.equal(copier.copied, 19);
      const log = await place.openLog();
      assert.deepEqual(noted(await readOn(log, undefined)), noted(source.events));
      await log.close();
    },
  },
  {
    name: 'that was finished says so, with what was copied, and takes no more',
    async run(place) {
      const longer = historyOf(5);
      const source = copiedHistory(longer.logId, longer.events.slice(0, 4));
      const { logId } = await copyAll(place, source);
      const again = await place.open(source);
      assert.deepEqual({ logId: again.logId, finished: again.finished }, { logId, finished: { events: 4 } });
      await again.finish({ events: 4 });
      await assertFault(() => again.take(longer.events.slice(4)), 'misuse');
      assert.equal((await new LogCopier({ target: again }).check(source)).events, 4);
      await again.close();
    },
  },
  {
    name: 'refuses an event that is not the next of its stream',
    async run(place) {
      const source = historyOf(20);
      const copy = await place.open(source);
      const [first] = source.events;
      const second = source.events.find(({ stream, revision }) => stream === first?.stream && revision === 1);
      if (first === undefined || second === undefined) assert.fail('the history has too few events');
      await copy.take([first]);
      await assertFault(() => copy.take([{ ...second, revision: 2 }]), 'misuse');
      await copy.take([second]);
      await copy.close();
    },
  },
  {
    name: 'has streams that begin late, as in the source, and a copy of the copy has them too',
    needs: 'late-beginnings',
    async run(place) {
      const whole = historyOf(40);
      const [stream = ''] = whole.events.map((event) => event.stream);
      const left = whole.events.filter((event) => event.stream !== stream || event.revision >= 4);
      const source = copiedHistory(whole.logId, left);
      const begun = await place.open(source);
      await begun.take(left.slice(0, 17));
      await begun.close();
      await copyAll(place, source);
      const log = await place.openLog();
      assert.deepEqual(noted(await readOn(log, undefined)), noted(left));
      const kept = left.filter((event) => event.stream === stream);
      assert.deepEqual(noted(await log.readStream(stream)), noted(kept));
      assert.deepEqual(noted(await log.readStream(stream, { from: 2, limit: 2 })), noted(kept.slice(0, 2)));
      const end = kept.at(-1)?.revision ?? -1;
      assert.equal(assertAppended(await log.append(stream, [anEvent()], { revision: end })).revision, end + 1);
      assert.equal(await log.truncateStream(stream, 3), 4);
      assert.equal(await log.truncateStream(stream, 6), 6);
      await log.close();
    },
  },
  {
    name: 'of one log is not gone on with as the copy of another',
    async run(place) {
      const source = historyOf(3);
      await (await place.open(source)).close();
      await assertFault(() => place.open(historyOf(3)), 'misuse');
      await copyAll(place, source);
      await assertFault(() => place.open(historyOf(3)), 'misuse');
    },
  },
  {
    name: 'is a log like any other afterwards: streams go on, repeats are known, times do not go back',
    async run(place) {
      const source = historyOf(12);
      await copyAll(place, source);
      const log = await place.openLog();
      const last = source.events.at(-1);
      if (last === undefined) return;
      const appended = assertAppended(await log.append(last.stream, [anEvent()], { revision: last.revision }));
      assert.equal(appended.revision, last.revision + 1);
      assert.ok(appended.recordedAt >= last.recordedAt);
      const repeated = assertAppended(await log.append(last.stream, [last], 'any'));
      assert.deepEqual([repeated.repeated, repeated.revision], [true, last.revision]);
      const [written] = await log.readStreamEnd(last.stream, 1);
      assert.equal(written?.origin, undefined);
      await log.append(aStream(), [anEvent()], 'no-stream');
      await log.close();
      const again = await place.open(source);
      assert.deepEqual(again.finished, { events: 12 });
      await again.close();
    },
  },
  {
    name: 'is not made where there is a log',
    async run(place) {
      const log = await place.openLog();
      await log.append(aStream(), [anEvent()], 'no-stream');
      await log.close();
      await assertFault(() => place.open(historyOf(1)), 'misuse');
    },
  },
  {
    name: 'that differs from the source is found out before anything is written to it',
    async run(place) {
      const source = historyOf(9);
      const copy = await place.open(source);
      await copy.take(source.events.slice(0, 5));
      const events = source.events.map((event, at) => (at === 3 ? { ...event, data: { number: -1 } } : event));
      const changed = copiedHistory(source.logId, events);
      const copier = new LogCopier({ target: copy, page: 2 });
      await assertFault(() => copier.catchUp(changed), 'misuse');
      assert.equal(copier.copied, 0);
      assert.equal(copier.checked.events, 3);
      await copy.close();
    },
  },
  {
    name: 'keeps up with a source that grows, and reads back what came',
    async run(place) {
      const source = historyOf(20);
      const copy = await place.open(source);
      const copier = new LogCopier({ target: copy, page: 3 });
      const early = copiedHistory(source.logId, source.events.slice(0, 13));
      assert.equal((await copier.catchUp(early)).events, 13);
      const { events, digest } = await copier.catchUp(source);
      assert.equal(events, 20);
      assert.equal(digest, (await new LogCopier({ target: copy }).check(source)).digest);
      await copy.close();
    },
  },
];

/** One run of the program. */
async function copyAll(place: CopyPlace, source: Pick<EventStore, 'logId' | 'readAll'>) {
  const target: LogCopy = await place.open(source);
  const copier = new LogCopier({ target, page: 7 });
  const { events } = await copier.catchUp(source);
  await target.finish({ events });
  await target.close();
  return { logId: target.logId, copied: copier.copied };
}
