import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '@evident/testing';
import { expect } from 'vitest';
import { type Answer, call } from '../e2e/http.ts';

/** The longest that the gateway lets a request take (10 s), and what a busy machine adds to it. */
export const inTimeMs = 15_000;

/**
 * Each kind of request, while something that the gateway needs is away: its usual answer or 503 with `Retry-After`, never
 * silence and never another fault.
 *
 * @returns how many of them were answered 503.
 */
export async function expectAnswersInTime(evident: Deployment, token: string): Promise<number> {
  const health = call(evident, '/health');
  const requests: Readonly<Record<string, Promise<Answer>>> = {
    '/ready': call(evident, '/ready'),
    '/users/': call(evident, '/users/?limit=1', { token }),
    '/apps/': call(evident, '/apps/?limit=1', { token }),
    '/token': call(evident, '/token', { form: evident.administrator }),
    '/verify': call(evident, '/verify', { json: { username: 'admin', password: 'not this', api_key: 'none' } }),
    'a change': call(evident, '/users/1', { method: 'PUT', token, json: {} }),
  };
  const late = pause(inTimeMs, 'late' as const, { ref: false });
  const answers = await Promise.race([Promise.all(Object.values(requests)), late]);
  if (answers === 'late') throw new Error(`a request was not answered within ${inTimeMs} ms`);
  expect((await health).status, '/health').toBe(200);
  let unavailable = 0;
  for (const [place, name] of Object.keys(requests).entries()) {
    const { status = 0, body, headers = new Headers() } = answers[place] ?? {};
    expect([200, 503], `${name}: ${status} ${JSON.stringify(body)}`).toContain(status);
    if (status !== 503 || name === '/ready') continue;
    expect(headers.get('retry-after'), `Retry-After of ${name}`).not.toBeNull();
    unavailable += 1;
  }
  return unavailable;
}
