import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

export interface Ended {
  readonly signal: NodeJS.Signals | null;
  /** What it printed, as JSON. */
  readonly said: ReturnType<typeof JSON.parse>;
}

/** Runs a process of `stepping-process.ts` on a data directory; rejects where it ended by a fault. */
export function runStepping(program: string, dataDir: string, given: readonly string[]): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir };
  execFile(process.execPath, [join(import.meta.dirname, program), ...given], { env }, (error, out, err) => {
    const signal = error?.signal ?? null;
    if (error !== null && signal === null) reject(new Error(err));
    else resolve({ signal, said: out === '' ? undefined : JSON.parse(out) });
  });
  return promise;
}

/** Every step at which a death can be told from that at another: before one is after the one before it, save at the first. */
export function stepsToDieAt(steps: number): readonly number[] {
  return [1, ...Array.from({ length: steps / 2 }, (_, nth) => 2 * (nth + 1))];
}

/** A copy of a data directory beside others in a folder. */
export function copyOf(dataDir: string, folder: string, name: string): string {
  const copy = join(folder, name);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}
