import { auditEvents, type CloudEvent, succeed, undoChanges } from '@evident/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const changed = (place: number): CloudEvent => ({
  specversion: '1.0',
  id: `019a2f1e-7c1e-4b52-9a34-00000000000${place}`,
  type: 'app.changed',
  source: '/tenants/main',
  subject: 'app:019a2f1e-7c1e-4b52-9a34-000000000000',
  time: '2026-01-25T12:00:00.000Z',
  dataschema: 'urn:evident:app.changed:1',
  datacontenttype: 'application/json',
  data: {},
  position: `log~000${place}`,
  revision: place,
  actor: 'user:7',
  commandid: 'command',
  correlationid: 'correlation',
});

it('an undo passes on what was asked, and counts of what a repeat finds only what the first time found', async () => {
  const found = [changed(1), changed(2)];
  gateway.services.answer(auditEvents, () => succeed({ events: [...found], next: null }));
  gateway.services.answer(undoChanges, ({ events }) =>
    succeed({ steps: [], complete: true, began: events[2] === undefined ? null : changed(3).position }),
  );
  const selection = { actor: 'user:7', from: '2026-01-25T11:00:00Z', to: '2099-01-01T00:00:00Z' };
  const undo = () => gateway.call('POST', '/audit/undo', { json: { ...selection, apply: true } });
  const first = await undo();
  expect(first).toMatchObject({ status: 200, json: { events: 2, steps: [], applied: true, complete: true } });
  found.push(changed(3), changed(4));
  expect((await undo()).json).toEqual(first.json);
  const asked = gateway.services.askedOf(undoChanges).map(({ payload }) => payload);
  expect(asked).toMatchObject([{ selection, apply: true }, { selection }]);
});
