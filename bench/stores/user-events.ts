import { randomUUID } from 'node:crypto';
import type { EventStore, JsonObject, NewEvent } from '@evident/event-store';

const perUser = 8;

/** The events of 2,000 users take turns, so that a batch seldom sees a row twice, as in life. */
export async function fillWithUsers(log: EventStore, total: number): Promise<void> {
  const apps = Array.from({ length: 40 }, () => randomUUID());
  let made = 0;
  while (made < total) {
    const people = Array.from({ length: 2000 }, () => ({
      stream: `user-main.${randomUUID()}`,
      events: userEvents(apps),
    }));
    for (let turn = 0; turn < perUser; turn += 1) {
      const due = people.slice(0, total - made);
      await Promise.all(due.map(({ stream, events }) => log.append(stream, events.slice(turn, turn + 1), 'any')));
      made += due.length;
    }
  }
}

function userEvents(apps: readonly string[]): readonly NewEvent[] {
  const name = `person-${randomUUID().slice(0, 8)}`;
  const app = () => apps[Math.floor(Math.random() * apps.length)] ?? '';
  const first = app();
  const all: readonly (readonly [string, JsonObject])[] = [
    ['user.registered', { name, email: `${name}@example.org`, lookup: randomUUID(), note: 'x'.repeat(120) }],
    ['user.app-assigned', { app: first, note: 'x'.repeat(180) }],
    ['user.app-assigned', { app: app(), note: 'x'.repeat(180) }],
    ['user.password-changed', { hash: 'x'.repeat(220) }],
    ['user.deactivated', { reason: 'x'.repeat(180) }],
    ['user.reactivated', { reason: 'x'.repeat(180) }],
    ['user.admin-granted', { note: 'x'.repeat(180) }],
    ['user.app-unassigned', { app: first, note: 'x'.repeat(180) }],
  ];
  const id = randomUUID();
  return all.map(([type, data]) => ({
    id: randomUUID(),
    type,
    schema: 1,
    data,
    metadata: { tenant: 'main', actor: 'system', commandId: id, correlationId: id, occurredAt: Date.now() },
  }));
}
