import { createIdentityProjection } from '@evident/identity-projection';
import type { Log } from '@evident/log';
import { type Config, createMetrics, HealthChecks } from '@evident/runtime';
import { requestContext, silentLogger } from '@evident/testing';
import { InProcessTransport } from '@evident/transport/in-process';

/** Resolves when the rows of all views are where the log ends; what a server on it would do first. */
export async function fillRows(config: Config, log: Log, onProgress: (line: string) => void): Promise<void> {
  const projection = await createIdentityProjection({
    config,
    log,
    broadcast: new InProcessTransport(),
    logger: silentLogger,
    metrics: createMetrics('bench'),
    health: new HealthChecks(),
    now: Date.now,
  });
  const end = await log.store.lastPosition();
  const { getStatus } = projection.queries;
  projection.start();
  try {
    for (;;) {
      const patience = requestContext({
        deadline: Date.now() + 6_000,
        ...(end === undefined ? {} : { minPosition: end }),
      });
      if ((await getStatus({}, patience)).ok) return;
      const status = await getStatus({}, requestContext({ deadline: Date.now() + 6_000 }));
      if (!status.ok) throw new Error(status.error.code);
      const positions = status.value.projections.map(({ position }) => Number(position?.split('~')[1] ?? 0));
      onProgress(`rows filled up to event ${Math.min(...positions)}`);
    }
  } finally {
    await projection.close();
  }
}
