import { processorMs } from '../load/processor-time.ts';
import type { Program } from '../program.ts';
import { type AuditedHistory, auditedHistory } from '../servers/audited-history.ts';

const server = auditedHistory();
const questions = 300;

type Ask = (on: AuditedHistory, turn: number) => string;

/** Questions about any moment of the history, in an order that no cache foresees. */
const kinds: Readonly<Record<string, Ask>> = {
  state: (on, turn) => `/audit/state/user:${anyUser(on, turn)}?at=${anyTime(on, turn)}`,
  'access to an app': (on, turn) =>
    `/audit/access?app=${1 + (turn % on.history.apps)}&at=${anyTime(on, turn)}&limit=100`,
  'access of a user': (on, turn) => `/audit/access?user=user:${anyUser(on, turn)}&at=${anyTime(on, turn)}&limit=100`,
};

const anyUser = ({ history }: AuditedHistory, turn: number) => history.user(1 + ((turn * 7_919) % history.users)).uid;

/** From the first day to the last one. */
function anyTime({ history: { began, ended } }: AuditedHistory, turn: number): string {
  const share = 0.02 + 0.98 * ((turn * 0.618_034) % 1);
  return encodeURIComponent(new Date(Math.floor(began + share * (ended - began))).toISOString());
}

async function asked({ url, token }: AuditedHistory, path: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  await answer.text();
  // A user who was not there yet is an answer as well.
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return performance.now() - begun;
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;

/** Milliseconds that the server itself was busy with a question of a kind, by its own count: without HTTP. */
async function inside({
  url,
}: AuditedHistory): Promise<(message: string) => readonly [seconds: number, count: number]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (member: string, message: string) =>
    Number(new RegExp(`evident_message_seconds_${member}\\{[^}]*${message}[^}]*\\} (\\S+)`).exec(text)?.[1] ?? 0);
  return (message) => [read('sum', message), read('count', message)];
}

export const auditAt: Program = {
  name: 'audit-at',
  measures: 'state and access at any moment of a history, over HTTP, one question at a time: p99 of the slowest kind',
  unit: 'ms',
  limit: 'p99 of GET /health of the same server',
  budget: [{ of: 'figure', most: 50 }],
  async run(round) {
    const on = await round.use(server);
    const also: Record<string, number> = { events: on.history.events };
    const before = await inside(on);
    let worst = 0;
    for (const [kind, path] of Object.entries(kinds)) {
      const took: number[] = [];
      const busy = processorMs(on.deployment.process.pid ?? 0);
      for (let turn = 0; turn < questions; turn++)
        took.push(await asked(on, path(on, round.number * questions + turn)));
      took.sort((a, b) => a - b);
      also[`${kind}, ms of processor time`] = (processorMs(on.deployment.process.pid ?? 0) - busy) / questions;
      also[`${kind} p50, ms`] = at(took, 0.5);
      also[`${kind} p99, ms`] = at(took, 0.99);
      worst = Math.max(worst, at(took, 0.99));
    }
    const after = await inside(on);
    for (const message of ['audit-state', 'audit-access']) {
      const [[s0, n0], [s1, n1]] = [before(message), after(message)];
      also[`${message} without HTTP, mean ms`] = ((s1 - s0) * 1_000) / (n1 - n0);
    }
    const health: number[] = [];
    for (let turn = 0; turn < questions; turn++) health.push(await asked(on, '/health'));
    return {
      figure: worst,
      limit: at(
        health.sort((a, b) => a - b),
        0.99,
      ),
      also,
    };
  },
};
