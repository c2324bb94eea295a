import { randomUUID } from 'node:crypto';
import { openTemporaryLog } from '@evident/testing';
import { failedSignIn } from './data-directory.fixture.ts';

/** A process of its own: writes to the data directory in its first argument as fast as it can, and tells of each person. */
const [dataDir = ''] = process.argv.slice(2);
const opened = await openTemporaryLog({ dataDir });

async function writeOn(): Promise<void> {
  for (;;) {
    const person = randomUUID();
    await failedSignIn(opened, person);
    // Only now: what was told counts as acknowledged.
    process.send?.(person);
  }
}

await Promise.all(Array.from({ length: 16 }, writeOn));
