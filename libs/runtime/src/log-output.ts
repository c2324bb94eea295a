import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';

/** Who does not read for so long is not waited for at the end of the process. */
const patienceMs = 1_000;

/**
 * Lines to a file descriptor, without waiting for the write. Where it takes none, because its disk is full, they wait and
 * are tried again; beyond `mostWaiting` characters new ones are dropped. Whoever logs never hears of it: a service
 * serves on, and ends in order, without its log, also where nobody reads it any more.
 */
export function logOutput(descriptor: number, { mostWaiting = 1_048_576, retryMs = 1_000 } = {}) {
  const output = pino.destination({ dest: descriptor, sync: false, maxLength: mostWaiting });
  let retry: NodeJS.Timeout | undefined;
  output.on('error', () => {
    clearTimeout(retry);
    retry = setTimeout(() => output.write(''), retryMs).unref();
  });
  output.on('write', () => {
    clearTimeout(retry);
    retry = undefined;
  });
  const flushSync = output.flushSync.bind(output);
  // The library's own tries again without an end, and holds up the whole process.
  output.flushSync = () => {
    if (retry === undefined) flushSync();
  };
  return Object.assign(output, {
    /** Resolves once all lines are written, or it is known that they cannot be. */
    async flushed(): Promise<void> {
      if (retry !== undefined) return;
      const settled = Promise.withResolvers<void>();
      for (const event of ['drain', 'error'] as const) output.once(event, settled.resolve);
      output.write('');
      await Promise.race([settled.promise, sleep(patienceMs, undefined, { ref: false })]);
    },
  });
}
