import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second wherever Node runs. */
const ticksPerMs = 0.1;

/** Milliseconds of processor time that the process has used with all its threads, in user and kernel mode. */
export function processorMs(processId: number): number {
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  // The name stands in brackets and may hold spaces; utime and stime are the 14th and 15th of all fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerMs;
}
