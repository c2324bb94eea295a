import { readFileSync } from 'node:fs';

const mebibyte = 1_024;

/** The resident memory of a process, in MiB: now, and the most that it ever was. */
export function residentMemory(processId: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / mebibyte;
  return { now: read('VmRSS'), most: read('VmHWM') };
}

/** Why memory cannot be read here; undefined where it can. */
export function whyNoMemory(): string | undefined {
  return process.platform === 'linux' ? undefined : 'there is no /proc';
}
