import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { heldLog } from './groups/held-log.fixture.ts';
import { longestWaitMs, waitFor } from './reading/await-position.ts';
import { type RunningProjection, runProjection } from './running-projection.fixture.ts';

let running: RunningProjection;
const log = heldLog();
beforeAll(async () => {
  running = await runProjection({ through: log.through });
});
afterEach(() => log.release());
afterAll(() => running.end());

describe('a read that demands a position', () => {
  it('sees what was written there, a hundred times in a row', async () => {
    const { people, queries } = running;
    for (let count = 0; count < 100; count++) {
      const user = await people.addUser();
      const reply = await queries.getUser({ id: user.number }, running.asAdministrator(user.position));
      expect(reply).toMatchObject({ ok: true, value: { uid: user.uid } });
      expect(reply.ok && reply.position !== undefined && reply.position >= user.position).toBe(true);
    }
  });

  it('waits for a slow projector and then answers', async () => {
    const { people, queries } = running;
    log.hold();
    const user = await people.addUser();
    const reply = queries.getUser({ id: user.number }, running.asAdministrator(user.position));
    log.release();
    expect(await reply).toMatchObject({ ok: true, value: { uid: user.uid } });
  });

  it('is "not yet" in time for its deadline, with where the rows stand', async () => {
    const { people, queries, administrator } = running;
    const before = await queries.getUser({ id: 1 }, running.asAdministrator(administrator.position));
    log.hold();
    const user = await people.addUser();
    const asked = { ...running.asAdministrator(user.position), deadline: Date.now() + 120 };
    const reply = await queries.getUser({ id: user.number }, asked);
    expect(reply).toMatchObject({ ok: false, error: { code: 'read.not-yet', position: before.ok && before.position } });
  });

  it('waits for five seconds at most, and says so before a deadline that is nearer', () => {
    const now = () => 1_000_000;
    expect([60_000, 5_050, 5_049, 120, 0].map((left) => waitFor(now() + left, now))).toEqual([
      5_000, 5_000, 4_999, 70, 0,
    ]);
  });

  it('ahead of the log is "not yet" long before its deadline: a thousand such reads keep no place from others', async () => {
    const { position } = running.administrator;
    const ahead = `${position.slice(0, position.indexOf('~') + 1)}${'8'.repeat(16)}`;
    const begun = performance.now();
    const replies = await Promise.all(
      Array.from({ length: 1_000 }, () => running.queries.getUser({ id: 1 }, running.asAdministrator(ahead))),
    );
    expect(performance.now() - begun).toBeLessThan(longestWaitMs / 2);
    for (const reply of replies) expect(reply).toMatchObject({ ok: false, error: { code: 'read.not-yet' } });
  });

  it('of another log is told that the log has changed', async () => {
    const asked = running.asAdministrator('anotherlog~0000000000000001');
    expect(await running.queries.getUser({ id: 1 }, asked)).toMatchObject({
      ok: false,
      error: { code: 'log.changed' },
    });
    expect(await running.queries.getRevocations({ since: 0 }, asked)).toMatchObject({ error: { code: 'log.changed' } });
    expect(await running.queries.readEvents({ limit: 1 }, asked)).toMatchObject({ error: { code: 'log.changed' } });
  });

  it('of events comes from the log itself: it does not wait for rows, nor tell less than was demanded', async () => {
    log.hold();
    const { position } = await running.people.addUser();
    const reply = await running.queries.readEvents({ limit: 1 }, running.asAdministrator(position));
    expect(reply).toMatchObject({ ok: true });
    const ahead = `${position.slice(0, position.indexOf('~') + 1)}${'8'.repeat(16)}`;
    const asked = { ...running.asAdministrator(ahead), deadline: Date.now() + 120 };
    expect(await running.queries.readEvents({ limit: 1 }, asked)).toMatchObject({
      error: { code: 'read.not-yet', position },
    });
  });

  it.each(['', 'garbage', '~', '-5', 'log~\u0000'])('that is no position (%j) is refused', async (minPosition) => {
    const asked = running.asAdministrator(minPosition);
    const refused = { ok: false, error: { code: 'log.unknown-position' } };
    expect(await running.queries.listUsers({ skip: 0, limit: 1 }, asked)).toMatchObject(refused);
    expect(await running.queries.getRevocations({ since: 0 }, asked)).toMatchObject(refused);
    expect(await running.queries.readEvents({ limit: 1 }, asked)).toMatchObject(refused);
  });

  it('learns nothing without permission, and does not wait', async () => {
    const { credential: _, ...nobody } = running.asAdministrator('garbage');
    expect(await running.queries.getUser({ id: 1 }, nobody)).toMatchObject({
      error: { code: 'caller.not-authenticated' },
    });
  });

  it.each([
    ['holds it', () => undefined],
    ['cannot be asked', () => log.cutOff()],
  ])('waits on where the log %s', async (_case, prepare) => {
    const { people, queries } = running;
    log.hold();
    prepare();
    const user = await people.addUser();
    const asked = log.headRead();
    const reply = queries.getUser({ id: user.number }, running.asAdministrator(user.position));
    await asked;
    log.release();
    expect(await reply).toMatchObject({ ok: true, value: { uid: user.uid } });
  });
});
