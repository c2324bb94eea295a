import type { ThrottlingLimit } from '@evident/domain';
import type { RecordedAttempt, RecordedVerdict } from './recorded-attempt.ts';

const start = Date.parse('2026-01-25T12:00:00Z');
export const jdoe = 'user:00000000-0000-4000-8000-000000000001';
export const wiki = 'app:00000000-0000-4000-8000-000000000002';
export const crm = 'app:00000000-0000-4000-8000-000000000003';

/** An attempt of jdoe at the wiki, `seconds` after the start, from the office. */
export function attemptAt(
  seconds: number,
  verdict: RecordedVerdict,
  more: Partial<RecordedAttempt> = {},
): RecordedAttempt {
  const at = start + seconds * 1_000;
  const time = new Date(at).toISOString();
  const where = { clientIp: '192.0.2.1', account: 'jdoe', caller: 'office' };
  return { eventId: `${seconds}`, time, at, purpose: 'verify', verdict, user: jdoe, app: wiki, ...where, ...more };
}

export const right: RecordedVerdict = { outcome: 'succeeded' };
export const wrong: RecordedVerdict = { outcome: 'failed', reason: 'wrong-password' };
export const waiting = (until: number, count = 1, limit: ThrottlingLimit = 'caller'): RecordedVerdict => ({
  outcome: 'throttled',
  limit,
  count,
  until: start + until * 1_000,
});
