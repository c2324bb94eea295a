import { pino } from 'pino';

/**
 * Lines to a file descriptor, without waiting for the write. Where it takes none, because its disk is full, they wait and
 * are tried again; beyond `mostWaiting` characters new ones are dropped. Whoever logs never hears of it: a service
 * serves on, and ends in order, without its log.
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
  // The library's own waits for room without an end, and holds up the whole process.
  output.flushSync = () => {
    if (retry === undefined) flushSync();
  };
  return output;
}
