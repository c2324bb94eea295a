import { dirname } from 'node:path';
import { EventStoreFault, type LogCopy } from '@evident/event-store';
import { openEmbeddedLogCopy } from '@evident/event-store/embedded';
import { makeDirectory } from '@evident/log';
import type { StoreAddress } from '@evident/runtime';
import { MigrationProblem } from './migration-problem.ts';

/** Opens the copy, made where there is none. Throws `MigrationProblem` where anything else is there. */
export async function openTarget(address: StoreAddress<'eventstoredb'>, sourceLogId: string): Promise<LogCopy> {
  const source = { logId: sourceLogId };
  try {
    if (address.kind === 'embedded') {
      makeDirectory(dirname(address.path));
      return openEmbeddedLogCopy({ path: address.path, source });
    }
    const { openEventStoreDbLogCopy } = await import('@evident/event-store/eventstoredb');
    return await openEventStoreDbLogCopy({ url: address.url, source });
  } catch (fault) {
    if (!(fault instanceof EventStoreFault) || fault.code !== 'misuse') throw fault;
    throw new MigrationProblem(
      `Nothing was copied: ${fault.message}.`,
      'Name a place with --to that has nothing yet; what is there is never overwritten or added to.',
      { cause: fault },
    );
  }
}
