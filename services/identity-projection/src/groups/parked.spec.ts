import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
beforeEach(async () => {
  running = await runProjection();
});
afterEach(() => running.end());

/** An event as a newer program would write it: this one cannot read it. */
async function appendUnreadable(
  stream: string,
  type: string,
  data: Record<string, string | number>,
): Promise<Position> {
  const commandId = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: Date.now() };
  const event = { id: randomUUID(), type, schema: 99, data, metadata };
  const appended = await running.temporary.log.store.append(stream, [event], 'any');
  if (appended.outcome !== 'appended') throw new Error('not appended');
  return appended.position;
}

describe('an event that cannot be read', () => {
  it('makes reads of its user "parked" and nothing else, and readiness degraded', async () => {
    const { people, queries } = running;
    const [alice, bob] = [await people.addUser(), await people.addUser()];
    await appendUnreadable(streams.user('main', alice.uid), 'user.reactivated', {});
    const { position } = await people.addUser();
    const asked = running.asAdministrator(position);
    const parked = { ok: false, error: { code: 'read.parked' } };
    expect(await queries.getUser({ id: alice.number }, asked)).toMatchObject(parked);
    expect(await queries.getUser({ id: bob.number }, asked)).toMatchObject({ ok: true });
    expect(await queries.listUsers({ skip: 0, limit: 10 }, asked)).toMatchObject(parked);
    expect(await queries.listUsers({ skip: 2, limit: 10 }, asked)).toMatchObject({ ok: true });
    const status = await queries.getStatus({}, asked);
    expect(status.ok && status.value.projections.find(({ name }) => name === 'users')).toMatchObject({ parked: 1 });
    await running.heard(() => true);
    expect((await running.health.ready()).body).toMatchObject({ status: 'degraded' });
  });

  it('keeps a user who was never seen from being unknown', async () => {
    const { queries } = running;
    const position = await appendUnreadable(streams.user('main', randomUUID()), 'user.registered', { number: 2 });
    const asked = running.asAdministrator(position);
    expect(await queries.getUser({ id: 2 }, asked)).toMatchObject({ error: { code: 'read.parked' } });
    expect(await queries.getUser({ id: 1 }, asked)).toMatchObject({ ok: true });
    expect(await queries.getApp({ id: 2 }, asked)).toMatchObject({ error: { code: 'app.unknown' } });
  });

  it('keeps what comes after it on its stream waiting, also after a restart', async () => {
    const { people } = running;
    const alice = await people.addUser();
    await appendUnreadable(streams.user('main', alice.uid), 'user.reactivated', {});
    const granted = [{ type: 'user.admin-granted', data: {} }];
    const position = await people.append(streams.user('main', alice.uid), granted);
    await running.queries.getStatus({}, running.asAdministrator(position));
    await running.restart();
    const reply = await running.queries.getUser({ id: alice.number }, running.asAdministrator(position));
    expect(reply).toMatchObject({ error: { code: 'read.parked' } });
  });

  it('is told of by the very first answer after a restart, never an older row', async () => {
    const alice = await running.people.addUser();
    const position = await appendUnreadable(streams.user('main', alice.uid), 'user.reactivated', {});
    await running.queries.getStatus({}, running.asAdministrator(position));
    await running.restart();
    const reply = await running.queries.getUser({ id: alice.number }, running.asAdministrator());
    expect(reply).toMatchObject({ error: { code: 'read.parked' } });
  });

  it('still signs in by the row that is there: the decision is made on the stream', async () => {
    const { people, queries } = running;
    const alice = await people.addUser({ passwordHash: 'sealed-hash' });
    const position = await appendUnreadable(streams.user('main', alice.uid), 'user.reactivated', {});
    const identifier = { kind: 'username', lookup: alice.usernameLookup } as const;
    const reply = await queries.findSignIn({ identifier }, running.asAdministrator(position));
    expect(reply).toMatchObject({ value: { user: { passwordHash: 'sealed-hash' } } });
  });

  it('ends every token of its user, also in a list that was loaded from rows', async () => {
    const { people, queries } = running;
    const alice = await people.addUser();
    const position = await appendUnreadable(streams.user('main', alice.uid), 'user.deactivated', { generation: 2 });
    const ended = [{ kind: 'user', userId: alice.uid, generation: Number.MAX_SAFE_INTEGER }];
    const before = await queries.getRevocations({ since: 0 }, running.asAdministrator(position));
    expect(before).toMatchObject({ value: { changes: ended } });
    await queries.getStatus({}, running.asAdministrator(position));
    await queries.getStatus({}, running.asAdministrator(position));
    await running.restart();
    const after = await running.queries.getRevocations({ since: 0 }, running.asAdministrator(position));
    expect(after).toMatchObject({ value: { changes: ended } });
  });
});
