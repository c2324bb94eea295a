import { auditEvents, mostUndone, succeed, undoChanges } from '@evident/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { event } from './event-log.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

it('an undo passes on what was asked, and counts of what a repeat finds only what the first time found', async () => {
  const found = [event(1), event(2)];
  gateway.services.answer(auditEvents, () => succeed({ events: [...found], next: null }));
  gateway.services.answer(undoChanges, ({ events }) =>
    succeed({ steps: [], complete: true, began: events[2] === undefined ? null : event(3).position }),
  );
  const selection = { actor: 'user:7', from: '2026-01-25T11:00:00Z', to: '2099-01-01T00:00:00Z' };
  const undo = () => gateway.call('POST', '/audit/undo', { json: { ...selection, apply: true } });
  const first = await undo();
  expect(first).toMatchObject({ status: 200, json: { events: 2, steps: [], applied: true, complete: true } });
  found.push(event(3), event(4));
  expect((await undo()).json).toEqual(first.json);
  const asked = gateway.services.askedOf(undoChanges).map(({ payload }) => payload);
  expect(asked).toMatchObject([{ selection, apply: true }, { selection }]);
});

it('an undo leaves it to the service to say of too many events whether that is a repeat', async () => {
  const found = Array.from({ length: mostUndone + 2 }, (_, index) => event(index + 1));
  gateway.services.answer(auditEvents, ({ limit }) => succeed({ events: found.slice(0, limit), next: 'more' }));
  gateway.services.answer(undoChanges, ({ events }) => {
    expect(events).toHaveLength(mostUndone + 1);
    return succeed({ steps: [], complete: true, began: event(3).position });
  });
  const undo = await gateway.call('POST', '/audit/undo', { json: { correlation: 'monday-1', apply: true } });
  expect(undo).toMatchObject({ status: 200, json: { events: 2 } });
});
