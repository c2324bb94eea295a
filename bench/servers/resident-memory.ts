import { readFileSync } from 'node:fs';

/** MiB that the process has in memory, shared pages included, by Linux's account: now, or the most that it ever had. */
export function residentMib(processId: number | undefined, which: 'now' | 'at most' = 'now'): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  const line = which === 'now' ? /VmRSS:\s+(\d+) kB/ : /VmHWM:\s+(\d+) kB/;
  return Number(line.exec(status)?.[1]) / 1_024;
}
