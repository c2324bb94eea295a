import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logOutput } from './log-output.ts';
import { createLogger } from './logger.ts';

describe.skipIf(!existsSync('/dev/full'))('a log for which there is no room', () => {
  it('stops nobody, is tried again, and does not pile up', async () => {
    const output = logOutput(openSync('/dev/full', 'w'), { mostWaiting: 1_000, retryMs: 1 });
    let dropped = 0;
    output.on('drop', () => {
      dropped += 1;
    });
    const logger = createLogger({ service: 'spec', level: 'info', pretty: false, destination: output });
    logger.info({}, 'Something happened.');
    await once(output, 'error');
    for (let count = 0; count < 100; count += 1) logger.info({ count }, 'Counted.');
    // Once for the line that was to be written, and again and again by itself.
    for (let failures = 0; failures < 3; failures += 1) await once(output, 'error');
    expect(dropped).toBeGreaterThan(50);
    expect(() => logger.flush()).not.toThrow();
  });
});
