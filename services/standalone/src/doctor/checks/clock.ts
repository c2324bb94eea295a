import { type Finding, Findings } from '../finding.ts';

/** Before this was written no clock can have been right. */
const earliest = Date.UTC(2025, 0, 1);
/** Apart by less: ordinary clock correction. */
const toleratedMs = 2_000;

/** A clock that stands behind the log's last event makes tokens and limits wrong; the log's own order does not suffer. */
export function checkClock(now: number, lastRecordedAt: number | undefined): readonly Finding[] {
  const findings = new Findings('clock');
  const remedy =
    'Set the clock of this machine (timedatectl set-ntp true, or chronyc makestep), then start the server.';
  if (now < earliest) return findings.fail(`The clock says ${new Date(now).toISOString()}.`, remedy).list;
  const behindMs = (lastRecordedAt ?? 0) - now;
  if (behindMs > toleratedMs) {
    const message = `The clock says ${new Date(now).toISOString()}, and the log's last event was recorded ${Math.ceil(behindMs / 1000)} s later.`;
    return findings.fail(message, remedy).list;
  }
  return findings.ok(`${new Date(now).toISOString()}, not before the log's last event.`).list;
}
