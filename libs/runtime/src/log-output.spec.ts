import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logOutput } from './log-output.ts';
import { createLogger } from './logger.ts';

const loggerOn = (destination: ReturnType<typeof logOutput>) =>
  createLogger({ service: 'spec', level: 'info', pretty: false, destination });

describe.skipIf(!existsSync('/dev/full'))('a log for which there is no room', () => {
  it('stops nobody, is tried again, and does not pile up', async () => {
    const output = logOutput(openSync('/dev/full', 'w'), { mostWaiting: 1_000, retryMs: 1 });
    let dropped = 0;
    output.on('drop', () => {
      dropped += 1;
    });
    const logger = loggerOn(output);
    logger.info({}, 'Something happened.');
    await once(output, 'error');
    for (let count = 0; count < 100; count += 1) logger.info({ count }, 'Counted.');
    // Once for the line that was to be written, and again and again by itself.
    for (let failures = 0; failures < 3; failures += 1) await once(output, 'error');
    expect(dropped).toBeGreaterThan(50);
    await logger.flush();
  });

  it('holds up no end of the process that comes before it was noticed', async () => {
    const logger = loggerOn(logOutput(openSync('/dev/full', 'w')));
    for (let count = 0; count < 3; count += 1) logger.info({ count }, 'Counted.');
    await logger.flush();
  });
});

it('a log that nobody reads any more holds up no end of the process, noticed before or not', async () => {
  const logger = loggerOn(logOutput(withoutReader()));
  for (let count = 0; count < 3; count += 1) logger.info({ count }, 'Counted.');
  await logger.flush();
  logger.info({}, 'Stopped.');
  await logger.flush();
});

it('a flush is over once all lines are written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evident-'));
  const path = join(folder, 'log');
  const logger = loggerOn(logOutput(openSync(path, 'w')));
  for (let count = 0; count < 1_000; count += 1) logger.info({ count }, 'Counted.');
  await logger.flush();
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1_001);
  await logger.flush();
  rmSync(folder, { recursive: true });
});

/** A pipe to write to, its other end closed. */
function withoutReader(): number {
  const folder = mkdtempSync(join(tmpdir(), 'evident-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, 'w');
  closeSync(reader);
  rmSync(folder, { recursive: true });
  return writer;
}
