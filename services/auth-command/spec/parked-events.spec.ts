import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, registerOn } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

const projection = 'users';

/** An event of somebody, as it waits in the rows, and the same once nothing waits there any more. */
async function parkedEvent(username: string) {
  const { uid } = await registerOn(fixture, username);
  const stream = streams.user('main', uid);
  const [stored] = await fixture.temporary.log.store.readStream(stream);
  const applied = { projection, eventId: stored?.id ?? '' };
  return { applied, waiting: { ...applied, stream } };
}
const head = () => fixture.temporary.log.store.lastPosition();

describe.each(['retryParkedEvent', 'discardParkedEvent'] as const)('%s', (name) => {
  const act = (request: { projection: string; eventId: string; stream?: string }, context = fixture.asAdmin()) =>
    fixture.service.operations[name](request, context);

  it('repeated with its Idempotency-Key is answered as before, though nothing waits any more', async () => {
    const { waiting, applied } = await parkedEvent(`${name}-repeated`);
    const asked = () => fixture.asAdmin({ idempotencyKey: 'key' });
    const first = await act(waiting, asked());
    expect(first).toMatchObject({ ok: true, value: { stream: waiting.stream } });
    const before = await head();
    expect(await act(applied, asked())).toEqual(first);
    expect(await act(waiting, asked())).toEqual(first);
    expect(await head()).toBe(before);
  });

  it('of an event that does not wait is refused, with a key of another event too', async () => {
    const { waiting } = await parkedEvent(`${name}-waits`);
    const { applied } = await parkedEvent(`${name}-applied`);
    const asked = () => fixture.asAdmin({ idempotencyKey: 'key' });
    expect(codeOf(await act(waiting, asked()))).toBe('ok');
    const before = await head();
    expect(codeOf(await act(applied))).toBe('projection.not-parked');
    expect(codeOf(await act(applied, asked()))).toBe('projection.not-parked');
    expect(codeOf(await act({ ...waiting, eventId: randomUUID() }))).toBe('projection.not-parked');
    expect(await head()).toBe(before);
  });
});
