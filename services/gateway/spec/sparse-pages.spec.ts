import {
  auditAccess,
  auditEvents,
  auditSignIns,
  fail,
  type RequestContext,
  readEvents,
  succeed,
} from '@evident/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway | undefined;
afterEach(() => gateway?.close());

/** How long the services look for each piece of an answer, and find nothing. */
const pieceMs = 900;

/** A log without an end in which nothing matches: each piece takes its time and says only where to go on. */
async function sparseLog(pieces = Number.POSITIVE_INFINITY) {
  let clock = Date.now();
  let asked = 0;
  const started = await startGateway({ now: () => clock });
  gateway = started;
  const piece = ({ deadline }: RequestContext) => {
    clock += pieceMs;
    asked += 1;
    const next = asked < pieces ? `log~${asked}` : null;
    return clock > deadline ? undefined : next;
  };
  const late = () => fail('deadline.passed');
  const at = { at: '2026-01-25T12:00:00.000Z', position: 'log~9999' };
  started.services.answer(readEvents, (_, context) => {
    const next = piece(context);
    return next === undefined ? late() : succeed({ events: [], next, caughtUp: next === null });
  });
  started.services.answer(auditEvents, (_, context) => {
    const next = piece(context);
    return next === undefined ? late() : succeed({ events: [], next });
  });
  started.services.answer(auditSignIns, (_, context) => {
    const next = piece(context);
    return next === undefined ? late() : succeed({ signIns: [], expiredBefore: '2026-01-01T00:00:00.000Z', next });
  });
  started.services.answer(auditAccess, (_, context) => {
    const next = piece(context);
    return next === undefined ? late() : succeed({ ...at, access: [], next });
  });
  return started;
}

describe('where little matches, a page ends before the time of its request does, and says where to go on:', () => {
  it.each([
    ['/events?types=role.changed', { events: [], caughtUp: false }],
    ['/audit/events?actor=user:7', { events: [] }],
    ['/audit/sign-ins?outcome=throttled', { signIns: [], expiredBefore: '2026-01-01T00:00:00.000Z' }],
    ['/audit/access?app=1', { access: [] }],
  ])('%s', async (path, page) => {
    const { call } = await sparseLog();
    const { status, json } = await call('GET', path);
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { ...page, next: expect.stringMatching(/^log~\d+$/) },
    });
  });

  it('but what is undone is known in full, or nothing is', async () => {
    const { call } = await sparseLog();
    expect(await call('POST', '/audit/undo', { json: { correlation: 'x' } })).toMatchObject({
      status: 503,
      json: { code: 'deadline.passed' },
    });
  });
});
