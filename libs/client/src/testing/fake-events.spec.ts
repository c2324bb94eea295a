import { expect, it } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { createFakeEvents } from './index.ts';

it('hands events to the code under test, waits for it, and repeats them', async () => {
  const events = createFakeEvents();
  const seen: CloudEvent[] = [];
  const subscription = events.subscribe({ types: ['user.*'], handle: (event) => seen.push(event) });
  const first = await events.publish({ type: 'user.registered', subject: 'user:7' });
  await events.publish({ type: 'app.registered', subject: 'app:7' });
  const second = await events.publish({ type: 'user.removed', subject: 'user:7', data: { wasActive: true } });
  await events.redeliver(first);
  expect(seen).toEqual([first, second, first]);
  expect([first.revision, second.revision, subscription.position()]).toEqual([0, 1, first.position]);
  await subscription.stop();
  await events.publish({ type: 'user.registered', subject: 'user:8' });
  expect(seen).toHaveLength(3);
});

it('tells the test what a handler throws', async () => {
  const events = createFakeEvents();
  events.subscribe({
    handle: () => {
      throw new Error('a bug');
    },
  });
  const published = events.publish({ type: 'user.registered', subject: 'user:7' });
  await expect(published).rejects.toMatchObject({ code: 'handler-failed' });
});

it('hands each subscriber one event at a time, in order, after those of before', async () => {
  const events = createFakeEvents();
  const subjects = ['user:1', 'user:2', 'user:3', 'user:4'];
  const publish = (subject: string) => events.publish({ type: 'user.registered', subject });
  const [first = '', second = '', ...later] = subjects;
  await publish(first);
  await publish(second);
  const seen: string[] = [];
  const subscription = events.subscribe({
    from: 'start',
    async handle({ subject }) {
      seen.push(`begins ${subject}`);
      await Promise.resolve();
      seen.push(`ends ${subject}`);
    },
  });
  const published = await Promise.all(later.map(publish));
  expect(seen).toEqual(subjects.flatMap((subject) => [`begins ${subject}`, `ends ${subject}`]));
  expect(subscription.position()).toBe(published.at(-1)?.position);
});
