import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { manualClock, openTemporaryLog, PeopleOnLog } from '@evident/testing';
import { expect, it } from 'vitest';
import { outgoingEvents } from './feed-messages.ts';

it('names people to whoever follows them, and nobody’s address or agent, not even of a session', async () => {
  const clock = manualClock();
  const temporary = await openTemporaryLog({ now: clock });
  const { log } = temporary;
  const people = new PeopleOnLog(log, clock);
  const user = await people.addUser();
  const opened = {
    userId: user.uid,
    audience: 'your-app',
    generation: 1,
    openedAt: clock(),
    methods: ['password'],
    tokenId: randomUUID(),
    accessExpiresAt: clock() + 1,
    roles: [],
    scopes: [],
    evidence: { stream: 'signin-main.x', revision: 0, eventId: randomUUID() },
    expiresAt: clock() + 1,
    refreshId: null,
    clientIp: '203.0.113.77',
    userAgent: 'an agent of theirs',
  };
  await people.append(streams.session('main', randomUUID()), [{ type: 'session.opened', data: opened }]);
  const events = await log.store.readAll(undefined, 100);
  if ('outcome' in events) throw new Error(events.outcome);
  const sent = await outgoingEvents(log, events);
  const text = JSON.stringify(sent);
  expect(sent).toHaveLength(events.length);
  expect(sent.find(({ type }) => type === 'session.opened')).toMatchObject({ data: { userId: user.uid } });
  expect(text).not.toMatch(/203\.0\.113\.77|an agent of theirs/);
  const named = sent.find(({ type }) => type === 'user.identifier-added');
  expect((named?.data as { value?: string } | null)?.value).not.toBe('sealed');
  await temporary.remove();
});
