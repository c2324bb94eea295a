import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the memory for short-lived objects small while the program is loaded, most of which lives as long as the process.
 * V8 would make it larger with each object that survives, up to 64 MB, and an idle server would keep that. Returns what
 * lets it grow again, for requests. The flag is read each time that the memory would grow.
 */
export function keepYoungMemorySmall(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1');
  return () => setFlagsFromString('--semi-space-growth-factor=2');
}
