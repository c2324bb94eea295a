import type { ProjectionsAtHand } from '@evident/identity-projection';
import type { CommandContext } from '../cli/command.ts';
import { CliProblem } from '../cli/failure.ts';
import { configOf, type StoreOptions } from '../cli/store-options.ts';

/** Whether the stores are to be looked at, rather than a server to be asked. */
export function isOfStores({ dataDir, eventStore, readModel }: StoreOptions): boolean {
  return [dataDir, eventStore, readModel].some((each) => each !== undefined);
}

/** Opens the stores, has them looked at, and lets go of them. Beside a server or without one; changes nothing. */
export async function withProjections<Result>(
  options: StoreOptions,
  { terminal, progress }: Pick<CommandContext, 'terminal' | 'progress'>,
  use: (projections: ProjectionsAtHand) => Promise<Result>,
): Promise<Result> {
  const [{ openProjectionsAtHand }, { openLogAtHand }, { silentLogger: logger }, { ReadModelFault }] =
    await Promise.all([
      import('@evident/identity-projection'),
      import('./log-at-hand.ts'),
      import('@evident/runtime'),
      import('@evident/read-model'),
    ]);
  const config = configOf(options, terminal.env);
  const log = await openLogAtHand(config, terminal.now);
  try {
    const projections = await openProjectionsAtHand({ config, log, logger, now: terminal.now });
    return await use(projections).finally(() => projections.close());
  } catch (error) {
    if (!(error instanceof ReadModelFault)) throw error;
    const remedy =
      'Name the right one with --data-dir or --read-model; the next start of a server builds what is not there.';
    throw new CliProblem(error.message, remedy, { cause: error });
  } finally {
    progress.clear();
    await log.close();
  }
}
