import { manualClock } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldLog } from '../groups/held-log.fixture.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

const clock = manualClock();
const held = heldLog();
let running: RunningProjection;
beforeAll(async () => {
  running = await runProjection({ now: clock, through: held.through });
});
afterAll(() => {
  held.release();
  return running.end();
});

describe('who reads events after a time', () => {
  it('is never sent behind events that the rows do not hold yet', async () => {
    const { people, queries } = running;
    const { position } = await people.addUser();
    await queries.auditEvents({ limit: 1, order: 'asc' }, running.asAdministrator(position));
    held.hold();
    const after = new Date(clock()).toISOString();
    clock.advance(1_000);
    const app = await people.addApp();
    const early = await queries.readEvents(
      { after, limit: 10 },
      { ...running.asAdministrator(), deadline: clock() + 200 },
    );
    expect(early).toMatchObject({ ok: false, error: { code: 'read.not-yet' } });
    const waiting = queries.readEvents(
      { after, limit: 10 },
      { ...running.asAdministrator(), deadline: clock() + 9_000 },
    );
    held.release();
    const reply = await waiting;
    const subjects = reply.ok ? reply.value.events.map(({ subject }) => subject) : [];
    expect(subjects).toContain(`app:${app.uid}`);
  });
});
