import { endWhereNothingIsBegun } from '@evident/runtime/ending-signals';
import type { DefineCommand } from '../cli/command.ts';
import { environmentOf, type StoreOptions, withStores } from '../cli/store-options.ts';

interface StartOptions extends StoreOptions {
  readonly host?: string;
  readonly port?: string;
}

const more = `
All four services in one process, on files in the data directory. The first start makes the directory, the keys and the
first administrator, whose password it prints once. Stops on Ctrl-C or SIGTERM, after the requests in flight.

Examples:
  $ evident start
  $ evident start --port 8100 --data-dir /srv/evident
  $ ADMIN_PASSWORD=… LOG_LEVEL=warn evident start
`;

export const defineStart: DefineCommand = (program, { terminal, action }) => {
  const command = program
    .command('start')
    .summary('start the server')
    .description('Starts the server: all of Evident in one process.')
    .option('--host <address>', 'where to listen (else HOST, else 127.0.0.1)')
    .option('--port <ports>', 'one or more ports separated by commas (else PORT, else 8000,8001)')
    .addHelpText('after', more);
  withStores(command).action(
    action(async (options: StartOptions) => {
      endWhereNothingIsBegun();
      const { runStandalone } = await import('../run-standalone.ts');
      await runStandalone({
        ...environmentOf(options, terminal.env),
        ...(options.host === undefined ? {} : { HOST: options.host }),
        ...(options.port === undefined ? {} : { PORT: options.port }),
      });
      return 0;
    }),
  );
};
