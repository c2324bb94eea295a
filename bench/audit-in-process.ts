/**
 * Processor time of questions about any moment of a history, in this process and without HTTP: it says the same on a
 * machine that others use. `npm run build && node bench/audit-in-process.ts [scale, default 1] …`, as in `audit-at`.
 */
import { openAuditAtHand } from '@evident/identity-projection';
import { openTemporaryLog, silentLogger } from '@evident/testing';
import { historyOf } from './servers/audited-history.ts';

const questions = 500;

for (const scale of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1]) {
  const history = await historyOf({ option: (name, usual) => (name === 'scale' ? scale : usual) });
  const { config, log, close } = await openTemporaryLog({ dataDir: history.dataDir });
  const audit = await openAuditAtHand({ config, log, logger: silentLogger, now: Date.now, report: () => undefined });
  const { began, ended } = history;
  const userAt = (turn: number) => `user:${history.user(1 + ((turn * 7_919) % history.users)).uid}`;
  const at = (turn: number) =>
    new Date(Math.floor(began + (0.02 + 0.98 * ((turn * 0.618_034) % 1)) * (ended - began))).toISOString();
  const kinds: Readonly<Record<string, (turn: number) => Promise<unknown>>> = {
    'state of a user': (turn) => audit.answers.auditState({ subject: userAt(turn), at: at(turn) }),
    'what a user could use': (turn) => audit.answers.auditAccess({ user: userAt(turn), at: at(turn), limit: 100 }),
    'who could use an app': (turn) =>
      audit.answers.auditAccess({ app: String(1 + (turn % history.apps)), at: at(turn), limit: 100 }),
  };
  for (const [kind, ask] of Object.entries(kinds)) {
    const took: number[] = [];
    for (let turn = -questions / 10; turn < questions; turn++) {
      const before = process.cpuUsage();
      await ask(turn + questions);
      const { user, system } = process.cpuUsage(before);
      if (turn >= 0) took.push((user + system) / 1_000);
    }
    took.sort((a, b) => a - b);
    const mean = took.reduce((sum, each) => sum + each, 0) / questions;
    const share = (part: number) => (took[Math.floor(part * (questions - 1))] ?? 0).toFixed(2);
    console.log(`${history.events} events, ${kind}: mean ${mean.toFixed(2)} ms, p50 ${share(0.5)}, p99 ${share(0.99)}`);
  }
  await audit.close();
  await close();
}
