import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Quiet {
  /** How often it looks; milliseconds. */
  readonly everyMs: number;
  /** Share of the time that the event loop may have been busy since the last look. */
  readonly busyAtMost: number;
}

/** Later than what a start puts off, as the compiled code that is kept three seconds after it. */
const usualQuiet: Quiet = { everyMs: 5_000, busyAtMost: 0.05 };

/**
 * Gives back what only loading took, a sixth of all memory, by one full collection when nobody asks anything. V8 would
 * do it by itself only where much is allocated, which an idle server does not. It keeps the event loop for a tenth of a
 * second, so a server that is asked is left alone until it is not. To be called once, when the server is ready.
 */
export function giveBackMemoryOfLoading(quiet = usualQuiet, collect = collectAll): void {
  const before = performance.eventLoopUtilization();
  setTimeout(() => {
    const { utilization } = performance.eventLoopUtilization(before);
    if (utilization > quiet.busyAtMost) giveBackMemoryOfLoading(quiet, collect);
    else collect();
  }, quiet.everyMs).unref();
}

/** The collector is reached through a context that has it, so that this one does not. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const collect: NodeJS.GCFunction = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
