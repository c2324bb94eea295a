import { readFileSync } from 'node:fs';

/** MiB that the process has in memory, shared pages included, by Linux's account. */
export function residentMib(processId: number | undefined): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
