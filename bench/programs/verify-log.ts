import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { rawScanPerSecond } from '../limits/raw-scan.ts';
import type { Program } from '../program.ts';
import { historyOf } from '../servers/audited-history.ts';
import { residentMib } from '../servers/resident-memory.ts';

const program = join(import.meta.dirname, '../../services/standalone/bin/evident.mjs');

interface Report {
  readonly events: number;
  readonly seals: number;
  readonly integrity: { readonly ok: boolean };
  readonly completeness: { readonly ok: boolean };
}

/** `evident audit verify-log` as an auditor runs it: a process of its own, offline. */
async function verified(dataDir: string): Promise<{ report: Report; seconds: number; mebibytes: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'audit', 'verify-log', '--json'], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let mebibytes = 0;
  const watching = setInterval(() => {
    // No number any more once it has ended.
    const most = child.exitCode === null ? residentMib(child.pid, 'at most') : 0;
    if (most > mebibytes) mebibytes = most;
  }, 50);
  const printed: string[] = [];
  child.stdout.on('data', (chunk) => printed.push(String(chunk)));
  const [code] = await once(child, 'close');
  clearInterval(watching);
  if (code !== 0) throw new Error(`verify-log ended with ${code}: ${printed.join('')}`);
  return { report: JSON.parse(printed.join('')), seconds: (performance.now() - begun) / 1_000, mebibytes };
}

export const verifyLog: Program = {
  name: 'verify-log',
  measures: 'events of a sealed history that evident audit verify-log holds against their seals, its start included',
  unit: 'per second',
  limit: 'a scan of the same log by the bare driver, each event parsed',
  budget: [],
  async run(round) {
    const { dataDir, events } = await historyOf(round);
    const limit = rawScanPerSecond(dataDir);
    const { report, seconds, mebibytes } = await verified(dataDir);
    if (!report.integrity.ok || !report.completeness.ok || report.events !== events)
      throw new Error(`the history is not whole: ${JSON.stringify(report)}`);
    return { figure: events / seconds, limit, also: { events, seals: report.seals, 'most resident, MiB': mebibytes } };
  },
};
