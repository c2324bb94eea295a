import { createLogger, reportReady, requireConfig, Shutdown, startOrExplain } from '@evident/runtime';
import { startStandalone } from './start-standalone.ts';
import { welcome } from './welcome.ts';

/** The whole life of the one-process server: start, welcome, serve until SIGTERM, drain. */
export function runStandalone(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  return startOrExplain('standalone', async () => {
    const { config, warnings } = requireConfig(env, 'standalone');
    const logger = createLogger({ service: 'standalone', level: config.logLevel });
    for (const warning of warnings) logger.warn({}, warning);
    const shutdown = new Shutdown({ logger });
    const { urls } = await startStandalone(config, logger, shutdown);
    shutdown.listen();
    // Counted from the start of the process: what a person waits for.
    const startedInMs = Math.round(performance.now());
    process.stdout.write(
      welcome({ urls, dataDir: config.dataDir, username: config.administrator.username, startedInMs }),
    );
    reportReady();
  });
}
