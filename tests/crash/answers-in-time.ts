import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '@evident/testing';
import { expect } from 'vitest';
import { call } from '../e2e/http.ts';

/** The longest that the gateway lets a request take (10 s), and what a busy machine adds to it. */
export const inTimeMs = 15_000;

/**
 * Each kind of request, while something that the gateway needs is away: its usual answer or 503 with `Retry-After`, never
 * silence and never another fault.
 *
 * @returns how many of them were answered 503.
 */
export async function expectAnswersInTime(evident: Deployment, token: string): Promise<number> {
  const requests = [
    call(evident, '/health'),
    call(evident, '/ready'),
    call(evident, '/users/?limit=1', { token }),
    call(evident, '/apps/?limit=1', { token }),
    call(evident, '/token', { form: evident.administrator }),
    call(evident, '/verify', { json: { username: 'admin', password: 'not this', api_key: 'none' } }),
    call(evident, '/users/1', { method: 'PUT', token, json: {} }),
  ];
  const late = pause(inTimeMs, 'late' as const, { ref: false });
  const answers = await Promise.race([Promise.all(requests), late]);
  if (answers === 'late') throw new Error(`a request was not answered within ${inTimeMs} ms`);
  const [health] = answers;
  expect(health?.status, '/health').toBe(200);
  for (const { status } of answers) expect([200, 503]).toContain(status);
  const unavailable = answers.slice(2).filter(({ status }) => status === 503);
  for (const { headers } of unavailable) expect(headers.get('retry-after'), 'Retry-After of a 503').not.toBeNull();
  return unavailable.length;
}
