import { expect, it } from 'vitest';
import { type AppendOutcome, type EventStore, EventStoreFault, observeAppends, type Position } from './index.ts';

const position = 'log~1' as Position;
const appended: AppendOutcome = { outcome: 'appended', position, revision: 0, recordedAt: 1, repeated: false };
const event = {
  id: 'e',
  type: 't',
  schema: 1,
  data: {},
  metadata: { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 1 },
};

function watched(append: () => Promise<AppendOutcome>) {
  const seen: (readonly unknown[])[] = [];
  const store = observeAppends({ append } as unknown as EventStore, (outcome, events, _durationMs, ...fault) =>
    seen.push([outcome, events, ...fault]),
  );
  return { seen, append: () => store.append('s-main.1', [event, event], 'any') };
}

it('tells of what was written, and passes the answer on', async () => {
  const { seen, append } = watched(async () => appended);
  expect(await append()).toBe(appended);
  expect(seen).toEqual([['appended', 2]]);
});

it('counts nothing as written for a repeat or a conflict', async () => {
  const repeat = watched(async () => ({ ...appended, repeated: true }));
  await repeat.append();
  const conflict = watched(async () => ({ outcome: 'conflict', actual: 3 }));
  await conflict.append();
  expect([...repeat.seen, ...conflict.seen]).toEqual([
    ['appended', 0],
    ['conflict', 0],
  ]);
});

it('tells of a fault and throws it on', async () => {
  const fault = new EventStoreFault('disk-full', 'no room');
  const { seen, append } = watched(() => Promise.reject(fault));
  await expect(append()).rejects.toThrow('no room');
  expect(seen).toEqual([['failed', 0, fault]]);
});
