import type { Reply } from '@evident/contracts';
import type { Position } from '@evident/event-store';
import { manualClock } from '@evident/testing';
import { afterAll, beforeAll } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

/** A projection that runs for the specs of one file, on a clock that stands still but for the steps of stories. */
export function auditedLog() {
  const clock = manualClock();
  let running: RunningProjection;
  beforeAll(async () => {
    running = await runProjection({ now: clock });
  });
  afterAll(() => running.end());
  const time = () => new Date(clock()).toISOString();

  /** A user who was given an app, lost it, was disabled and came back; each step a second after the other. */
  async function story() {
    const { people } = running;
    const step = async (run: () => Promise<Position>) => {
      clock.advance(1_000);
      const position = await run();
      return { position, at: time() };
    };
    const user = await people.addUser();
    const app = await people.addApp();
    const start = { position: app.position, at: time() };
    const assign = { type: 'assign-app', appId: app.uid, appNumber: app.number } as const;
    const assigned = await step(() => people.changeUser(user.uid, assign));
    const disabled = await step(() => people.changeUser(user.uid, { type: 'change-user', isActive: false }));
    const enabled = await step(() => people.changeUser(user.uid, { type: 'change-user', isActive: true }));
    const unassigned = await step(() => people.changeUser(user.uid, { type: 'unassign-app', appId: app.uid }));
    return { user, app, start, assigned, disabled, enabled, unassigned };
  }

  return {
    clock,
    time,
    story,
    get running() {
      return running;
    },
    asAdministrator: () => ({ ...running.asAdministrator(), deadline: clock() + 10_000 }),
  };
}

export function found<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}

export const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
