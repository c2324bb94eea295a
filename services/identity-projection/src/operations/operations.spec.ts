import { randomUUID } from 'node:crypto';
import { type OperationCommand, streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { maxMessageBytes } from '@evident/transport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';
import { decide as decideOn, job as jobOf, untilDone as untilDoneOn } from './decided-operation.fixture.ts';

let running: RunningProjection;
beforeEach(async () => {
  running = await runProjection();
});
afterEach(() => running.end());

const users = { projection: 'users' };

const decide = (command: OperationCommand) => decideOn(running, command);
const job = (id: string) => jobOf(running, 'users', id);
const untilDone = (id: string) => untilDoneOn(running, 'users', id);

async function parked(position?: Position) {
  const reply = await running.operationQueries.listParked(users, running.asAdministrator(position));
  return reply.ok ? reply.value.parked : reply.error;
}

/** An event that a newer program wrote and this one cannot read. */
async function appendUnreadable(userId: string): Promise<Position> {
  const commandId = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: Date.now() };
  const event = { id: randomUUID(), type: 'user.reactivated', schema: 99, data: {}, metadata };
  const appended = await running.temporary.log.store.append(streams.user('main', userId), [event], 'any');
  if (appended.outcome !== 'appended') throw new Error('not appended');
  return appended.position;
}

describe('a rebuild that an operator asked for', () => {
  it('is carried out, and tells how far it is until done is total', async () => {
    const { position } = await running.people.addUser();
    await running.queries.getStatus({}, running.asAdministrator(position));
    const { job: id } = await decide({ type: 'request-rebuild', ...users });
    await untilDone(id);
    const done = await job(id);
    expect('done' in done && done.done > 0 && done.done === done.total).toBe(true);
  });

  it('is done by rows that are built from the first event anyway', async () => {
    await running.end();
    running = await runProjection({ start: false });
    const { job: id } = await decide({ type: 'request-rebuild', ...users });
    running.start();
    await untilDone(id);
  });

  it('is carried out where nobody filled the rows when it was asked for, once', async () => {
    const { position } = await running.people.addUser();
    await running.queries.getStatus({}, running.asAdministrator(position));
    await running.stop();
    const { job: id } = await decide({ type: 'request-rebuild', ...users });
    await running.restart();
    await untilDone(id);
    const after = await job(id);
    await running.restart();
    await running.people.addUser();
    expect(await job(id)).toEqual(after);
  });

  it('is no job of another name, nor of a projection that is not there', async () => {
    expect(await job(randomUUID())).toMatchObject({ code: 'projection.unknown-job' });
    const asked = { projection: 'nothing', job: randomUUID() };
    const reply = await running.operationQueries.getRebuild(asked, running.asAdministrator());
    expect(reply).toMatchObject({ error: { code: 'projection.unknown' } });
  });

  it('leaves rows that verify as what the log says', async () => {
    for (let n = 0; n < 5; n += 1) await running.people.addUser();
    const { job: id } = await decide({ type: 'request-rebuild', ...users });
    await untilDone(id);
    const verified = await running.operationQueries.verifyProjection(users, running.asAdministrator());
    expect(verified).toMatchObject({ ok: true, value: { differing: 0, differences: [] } });
    expect(verified.ok && verified.value.rows).toBeGreaterThan(5);
  });
});

describe('a parked event', () => {
  it('is listed with its error, and stays where a retry fails again', async () => {
    const alice = await running.people.addUser();
    const at = await appendUnreadable(alice.uid);
    const { position } = await running.people.addUser();
    await running.queries.getStatus({}, running.asAdministrator(position));
    const [waiting] = (await parked()) as { id: string; stream: string }[];
    expect(waiting).toMatchObject({
      type: 'user.reactivated',
      position: at,
      error: expect.stringContaining('schema 99'),
    });
    const retried = await decide({
      type: 'retry-parked-event',
      ...users,
      stream: waiting?.stream ?? '',
      eventId: waiting?.id ?? '',
    });
    expect(await parked(retried.position)).toEqual([waiting]);
  });

  it('is told in pieces that a message holds, however many wait', async () => {
    const count = 900;
    const appended = await Promise.all(Array.from({ length: count }, () => appendUnreadable(randomUUID())));
    const last = appended.toSorted().at(-1);
    await running.queries.getStatus({}, running.asAdministrator(last));
    const seen = new Set<string>();
    for (let from: number | null = 0; from !== null; ) {
      const reply = await running.operationQueries.listParked({ ...users, from }, running.asAdministrator());
      if (!reply.ok) throw new Error(reply.error.code);
      expect(Buffer.byteLength(JSON.stringify(reply))).toBeLessThan(maxMessageBytes);
      for (const { id } of reply.value.parked) seen.add(id);
      from = reply.value.next ?? null;
    }
    expect(seen.size).toBe(count);
  });

  it('is passed over once it is discarded, also by a rebuild and after a restart', async () => {
    const alice = await running.people.addUser();
    await appendUnreadable(alice.uid);
    const granted = [{ type: 'user.admin-granted', data: {} }];
    const position = await running.people.append(streams.user('main', alice.uid), granted);
    await running.queries.getStatus({}, running.asAdministrator(position));
    const [waiting] = (await parked()) as { id: string; stream: string }[];
    const event = { stream: waiting?.stream ?? '', eventId: waiting?.id ?? '' };
    const discarded = await decide({ type: 'discard-parked-event', ...users, ...event });
    expect(await parked(discarded.position)).toEqual([]);
    const asked = () => running.queries.getUser({ id: alice.number }, running.asAdministrator(position));
    expect(await asked()).toMatchObject({ ok: true, value: { isAdmin: true } });
    await untilDone((await decide({ type: 'request-rebuild', ...users })).job);
    expect(await asked()).toMatchObject({ ok: true, value: { isAdmin: true } });
    await running.restart();
    expect(await asked()).toMatchObject({ ok: true, value: { isAdmin: true } });
    expect(await parked()).toEqual([]);
  });

  it('is discarded where nobody filled the rows when that was decided', async () => {
    const alice = await running.people.addUser();
    const position = await appendUnreadable(alice.uid);
    await running.queries.getStatus({}, running.asAdministrator(position));
    const [waiting] = (await parked()) as { id: string; stream: string }[];
    await running.stop();
    await decide({
      type: 'discard-parked-event',
      ...users,
      stream: waiting?.stream ?? '',
      eventId: waiting?.id ?? '',
    });
    await running.restart();
    await expect.poll(() => parked()).toEqual([]);
  });
});

describe('what operators ask', () => {
  it('tells of each projection its group, lag, parked events and rebuild', async () => {
    const { position } = await running.people.addUser();
    await running.queries.getStatus({}, running.asAdministrator(position));
    const reply = await running.operationQueries.listProjections({}, running.asAdministrator());
    const found = reply.ok ? reply.value.projections.find(({ name }) => name === 'users') : undefined;
    const still = { lagEvents: 0, lagAtLeast: false, lagMs: 0, state: 'live', parked: 0, rebuild: null };
    expect(found).toMatchObject({ group: 'directory', position, ...still });
  });

  it('is answered to nobody who may not', async () => {
    const user = await running.people.addUser();
    const credential = await running.tokens.issue(user.uid);
    for (const asked of [{ ...running.asAdministrator(), credential }]) {
      const refused = { ok: false, error: { code: 'caller.not-permitted' } };
      expect(await running.operationQueries.listProjections({}, asked)).toMatchObject(refused);
      expect(await running.operationQueries.listParked(users, asked)).toMatchObject(refused);
      expect(await running.operationQueries.verifyProjection(users, asked)).toMatchObject(refused);
      expect(await running.operationQueries.getRebuild({ ...users, job: randomUUID() }, asked)).toMatchObject(refused);
    }
  });
});
