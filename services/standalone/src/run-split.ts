import { createLogger, reportReady, requireConfig, Shutdown, startOrExplain } from '@evident/runtime';
import { startSplit } from './split/start-split.ts';
import { welcome } from './welcome.ts';

await startOrExplain('start:split', async () => {
  const begun = performance.now();
  const { config } = requireConfig(process.env, 'standalone');
  const logger = createLogger({ service: 'supervisor', level: config.logLevel });
  const split = await startSplit(config, process.env, logger);
  if (split === undefined) process.exit(1);
  const shutdown = new Shutdown({ logger });
  shutdown.on('close', 'services', () => split.stop());
  shutdown.listen();
  const urls = config.listen.ports.map((port) => `http://localhost:${port}`);
  const startedInMs = Math.round(performance.now() - begun);
  process.stdout.write(
    welcome({ urls, dataDir: config.dataDir, username: config.administrator.username, startedInMs }),
  );
  reportReady();
});
