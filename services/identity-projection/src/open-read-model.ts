import { ReadModelFault, type ReadModelStore } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { type Config, type Logger, StartupProblem } from '@evident/runtime';

/** Opens the read model by its address. Throws `StartupProblem` for whatever an operator can mend. */
export async function openReadModel(address: Config['readModel'], logger: Logger): Promise<ReadModelStore> {
  if (address.kind !== 'embedded') {
    throw new StartupProblem(
      'READ_MODEL_URL names a MongoDB, and this build has no adapter for it.',
      'Leave READ_MODEL_URL away, or write sqlite:<path of a file>.',
    );
  }
  try {
    return await openEmbeddedReadModel({ path: address.path, report: (notice) => logger.warn({}, notice) });
  } catch (fault) {
    if (!(fault instanceof ReadModelFault)) throw fault;
    throw new StartupProblem(fault.message, remedies[fault.code] ?? 'Run evident doctor to see what is wrong.', {
      cause: fault,
    });
  }
}

const remedies: Partial<Record<ReadModelFault['code'], string>> = {
  'disk-full': 'Make room on the disk, then start again; nothing was lost.',
  damaged: 'Delete the file and start again: it is built anew from the log.',
  misuse: 'Give the path of a read model in READ_MODEL_URL, or of a file that is not there yet.',
  unavailable: 'Check that the path is right and that this user may write there.',
};
