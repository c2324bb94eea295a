import { discardParkedEvent, fail, listParked, succeed } from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const parked = (place: number) => ({
  id: `019a2f1e-7c1e-4b52-9a34-${String(place).padStart(12, '0')}`,
  projection: 'users',
  stream: `user-main.${place}`,
  subject: `user:${place}`,
  type: 'user.reactivated',
  revision: 1,
  position: `log~${place}`,
  error: 'Error: planted',
});
const all = Array.from({ length: 7 }, (_, place) => parked(place));
const fitting = 3;

beforeEach(() => {
  let left = all;
  gateway.services.answer(listParked, ({ from = 0 }) => {
    const piece = left.slice(from, from + fitting);
    const end = from + piece.length;
    return succeed({ parked: piece, next: end < left.length ? end : null });
  });
  gateway.services.answer(discardParkedEvent, ({ eventId }, { idempotencyKey }) => {
    const event = all.find(({ id }) => id === eventId);
    const isRepeat = idempotencyKey === 'repeated';
    if (event === undefined || !(left.includes(event) || isRepeat)) return fail('projection.not-parked');
    left = left.filter(({ id }) => id !== eventId);
    return succeed({ stream: event.stream }, 'log~9');
  });
});

it('parked events are told whole, though they come in several messages', async () => {
  const { status, json } = await gateway.call('GET', '/ops/projections/users/parked');
  expect({ status, json }).toEqual({ status: 200, json: all.map(({ stream: _, ...shown }) => shown) });
});

it('the last of them is found to be discarded', async () => {
  const [last] = all.slice(-1);
  const answer = await gateway.call('POST', `/ops/projections/users/parked/${last?.id}/discard`);
  expect(answer).toMatchObject({ status: 200, json: { id: last?.id, parked: false } });
  expect(gateway.services.askedOf(discardParkedEvent)).toMatchObject([{ payload: { stream: last?.stream } }]);
});

it('one that does not wait any more is asked about all the same, as it may be a repeat', async () => {
  const [{ id } = { id: '' }] = all;
  const discard = (headers = {}) => gateway.call('POST', `/ops/projections/users/parked/${id}/discard`, { headers });
  const { status, json } = await discard();
  expect({ status, json }).toEqual({ status: 200, json: { id, parked: false } });
  expect(await discard({ 'idempotency-key': 'repeated' })).toMatchObject({ status, json });
  expect(await discard()).toMatchObject({ status: 404, json: { code: 'projection.not-parked' } });
});
