import type { Reply } from '@evident/contracts';
import { streams } from '@evident/domain';
import { manualClock, requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

const clock = manualClock();
let running: RunningProjection;
beforeAll(async () => {
  running = await runProjection({ now: clock });
});
afterAll(() => running.end());

const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);

describe('who may ask', () => {
  it('is nobody without the scope, on any of the questions', async () => {
    const stranger = await running.people.addUser();
    const credential = await running.tokens.issue(stranger.uid);
    const context = requestContext({ credential, deadline: clock() + 10_000 });
    const { queries } = running;
    const subject = `user:${stranger.uid}`;
    const codes = await Promise.all([
      queries.readEvents({ limit: 1 }, context),
      queries.auditEvents({ limit: 1, order: 'asc' }, context),
      queries.auditHistory({ subject }, context),
      queries.auditState({ subject }, context),
      queries.auditDiff({ subject }, context),
      queries.auditAccess({ user: subject, limit: 1 }, context),
      queries.auditSignIns({ limit: 1 }, context),
    ]);
    expect(codes.map(codeOf)).toEqual(codes.map(() => 'caller.not-permitted'));
  });

  it('sees nothing of people without the right to read them', async () => {
    const auditor = await running.people.addUser();
    const subject = await running.people.addUser({ username: 'grace' });
    await running.people.append(streams.user('main', auditor.uid), [
      { type: 'user.scopes-assigned', data: { scopes: ['read:evident/audit'] } },
    ]);
    const credential = await running.tokens.issue(auditor.uid);
    const context = requestContext({ credential, deadline: clock() + 10_000 });
    const state = await running.queries.auditState({ subject: `user:${subject.uid}` }, context);
    expect(state).toMatchObject({ ok: true, value: { state: { username: 'sealed' } } });
  });
});
