import { setTimeout as pause } from 'node:timers/promises';
import { createIdentityProjection } from '@evident/identity-projection';
import type { Log } from '@evident/log';
import { type Config, createMetrics, HealthChecks } from '@evident/runtime';
import { openTemporaryLog, silentLogger } from '@evident/testing';
import { InProcessTransport } from '@evident/transport/in-process';

const lookMs = 100;
const tellEvery = 50;

/** Resolves when the rows of all views are where the log ends; what a server on it would do first. */
export async function fillRows(config: Config, log: Log, onProgress: (line: string) => void): Promise<void> {
  const health = new HealthChecks();
  const projection = await createIdentityProjection({
    config,
    log,
    health,
    broadcast: new InProcessTransport(),
    logger: silentLogger,
    metrics: createMetrics('bench'),
    now: Date.now,
  });
  projection.start();
  try {
    for (let look = 1; ; look += 1) {
      const { status, reasons } = (await health.ready()).body;
      if (status === 'ok') return;
      if (look % tellEvery === 0) onProgress(reasons.join('; '));
      await pause(lookMs);
    }
  } finally {
    await projection.close();
  }
}

/** The same for a history that an earlier program made: it may lack views, and a server would fill them while it is measured. */
export async function fillRowsAgain(dataDir: string, onProgress: (line: string) => void): Promise<void> {
  const { config, log, close } = await openTemporaryLog({ dataDir });
  await fillRows(config, log, onProgress);
  await close();
}
