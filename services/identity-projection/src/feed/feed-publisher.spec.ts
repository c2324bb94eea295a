import { BreakableReadModel } from '@evident/read-model/contract';
import type { LogFields, Logger } from '@evident/runtime';
import { silentLogger } from '@evident/testing';
import { expect, it } from 'vitest';
import { FeedPublisher, type FeedPublisherOptions } from './feed-publisher.ts';

/** As the adapter of the broker says what an operator can mend. */
function problem(message: string): Error {
  return Object.assign(new Error(message), { remedy: 'Correct NATS_CREDENTIALS.' });
}

/** A publisher whose broker fails in these ways, one after the other; resolves with what was said. */
async function saidOf(failures: readonly Error[]): Promise<readonly LogFields[]> {
  const said: LogFields[] = [];
  const logger: Logger = { ...silentLogger, warn: (fields) => void said.push(fields) };
  const left = [...failures];
  let through = () => {};
  const all = new Promise<void>((resolve) => {
    through = resolve;
  });
  const feed = {
    open: (_logId: string, signal: AbortSignal) => {
      const failure = left.shift();
      if (failure !== undefined) return Promise.reject(failure);
      through();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    },
  };
  const publisher = new FeedPublisher({
    ...{ log: { store: { logId: 'log-a' }, tenant: 'main' }, store: new BreakableReadModel().connect() },
    ...{ feed, rows: { reached: async () => 'reached' }, logger, now: Date.now, firstPauseMs: 0 },
  } as unknown as FeedPublisherOptions);
  publisher.start();
  await all;
  await publisher.stop();
  return said;
}

it('what an operator can mend is said in one sentence, and again only when it is something else', async () => {
  const missing = 'The file x.creds cannot be read.';
  const said = await saidOf([problem(missing), problem(missing), problem(missing), problem('It refuses.')]);
  expect(said).toEqual([
    { attempt: 1, reason: `${missing} Correct NATS_CREDENTIALS.` },
    { attempt: 4, reason: 'It refuses. Correct NATS_CREDENTIALS.' },
  ]);
});

it('a fault of its own is told each time, with where it came from', async () => {
  const error = new Error('a fault');
  expect(await saidOf([error, error])).toEqual([
    { attempt: 1, error },
    { attempt: 2, error },
  ]);
});
