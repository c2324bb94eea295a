import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { anEvent, aStream, someEvents } from '../../contract/sample-events.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog, type LogCheckProgress } from './index.ts';

const whole = new EmbeddedLog({ logId: 'log' });
let log: EmbeddedLog;
const stream = aStream();

beforeAll(async () => {
  const store = await whole.connect();
  await store.append(stream, someEvents(1500), 'no-stream');
  await store.append(aStream(), [anEvent()], 'no-stream');
  await store.close();
});
afterAll(() => whole.destroy());
beforeEach(() => {
  log = whole.copy();
});
afterEach(() => log.destroy());

function edit(sql: string): void {
  const raw = new DatabaseSync(log.path);
  raw.exec(sql);
  raw.close();
}

it('finds nothing wrong with a log that is whole, also while it is written, and tells how far it is', async () => {
  const progress: LogCheckProgress[] = [];
  const store = await log.connect();
  const check = checkEmbeddedLog(log.path, (far) => progress.push(far));
  await store.append(stream, someEvents(10), 'any');
  expect(await check).toEqual({ logId: 'log', events: 1501, streams: 2, problems: [] });
  expect(progress).toEqual([
    { checked: 1000, of: 1501 },
    { checked: 1501, of: 1501 },
  ]);
});

it('finds an empty log whole', async () => {
  const empty = new EmbeddedLog();
  await (await empty.connect()).close();
  expect(await checkEmbeddedLog(empty.path)).toMatchObject({ events: 0, streams: 0, problems: [] });
  await empty.destroy();
});

it.each([
  [
    'an event that was changed',
    `UPDATE events SET event = replace(event, '"number":7}', '"number":8}') WHERE place = 8`,
    '0000000000000008 is not what was written',
  ],
  ['an event that is gone', 'DELETE FROM events WHERE place = 1200', '0000000000001200 is missing'],
  [
    'times that go back',
    'UPDATE events SET recorded_at = 1 WHERE place = 900',
    '0000000000000900 is not what was written',
  ],
  ['an id that is not known', 'DELETE FROM ids WHERE place = 3', '0000000000000003 is not found by its id'],
  [
    'a link that leads elsewhere',
    'UPDATE events SET previous = 5 WHERE place = 700',
    '0000000000000700 does not follow',
  ],
  [
    'a stream that ends elsewhere',
    `UPDATE streams SET place = 3 WHERE name = '${stream}'`,
    'does not end where it says',
  ],
  [
    'a stream that is not known',
    `DELETE FROM streams WHERE name = '${stream}'`,
    'the streams hold 1 events, the log 1501',
  ],
  ['an end that is past the last event', 'UPDATE log SET last_place = 1502', '0000000000001502 is missing'],
  [
    'an end that is before the last event',
    'UPDATE log SET last_place = 1500',
    'the streams hold 1501 events, the log 1500',
  ],
])('lists %s', async (_, sql, problem) => {
  edit(sql);
  const { problems } = await checkEmbeddedLog(log.path);
  expect(problems.join('\n')).toContain(problem);
});

it('lists at most a hundred problems', async () => {
  edit('UPDATE events SET recorded_at = 1');
  expect((await checkEmbeddedLog(log.path)).problems).toHaveLength(100);
});
