import { expect, it } from 'vitest';
import { canonicalEvent, digestOf, eventDigest } from './event-digest.ts';
import type { Position, StoredEvent } from './event-store.port.ts';

const event: StoredEvent = {
  id: '0b3f6c1e-1f5a-4c5e-9a63-0c7c1d2e3f40',
  type: 'user.registered',
  schema: 1,
  data: { username: 'kept sealed', kinds: ['b', 'a'] },
  metadata: { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'd', occurredAt: 1_700_000_000_000 },
  stream: 'user-main.1',
  revision: 4,
  position: 'log~0000000000000007' as Position,
  recordedAt: 1_700_000_000_001,
};

it('is what it was when the first log was written', () => {
  expect(canonicalEvent(event)).toBe(
    '{"data":{"kinds":["b","a"],"username":"kept sealed"},"id":"0b3f6c1e-1f5a-4c5e-9a63-0c7c1d2e3f40","metadata":{"actor":"system","commandId":"c","correlationId":"d","occurredAt":1700000000000,"tenant":"main"},"schema":1,"type":"user.registered"}',
  );
  expect(eventDigest(event)).toBe('bf64250a44fb287a4d2b39cdb45d37b7c209955525f510cbe94b1c9e2c6a85a6');
});

it('covers the event, its stream, revision and time, and not its position', () => {
  const digest = eventDigest(event);
  const others: StoredEvent[] = [
    { ...event, stream: 'user-main.2' },
    { ...event, revision: 5 },
    { ...event, recordedAt: 1 },
    { ...event, schema: 2 },
    { ...event, data: { ...event.data, more: null } },
    { ...event, metadata: { ...event.metadata, actor: 'user:1' } },
  ];
  for (const other of others) expect(eventDigest(other)).not.toBe(digest);
  expect(eventDigest({ ...event, position: 'other~0000000000000001' as Position })).toBe(digest);
});

it('is the digest of the text that the embedded log keeps', () => {
  expect(digestOf(canonicalEvent(event), event.stream, event.revision, event.recordedAt)).toBe(eventDigest(event));
});
