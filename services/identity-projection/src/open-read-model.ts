import { ReadModelFault, type ReadModelStore } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { type Config, type Logger, StartupProblem } from '@evident/runtime';

type Address = Config['readModel'];

/** Opens the read model by its address. Throws `StartupProblem` for whatever an operator can mend. */
export async function openReadModel(address: Address, logger: Logger): Promise<ReadModelStore> {
  try {
    return await open(address, logger);
  } catch (fault) {
    if (!(fault instanceof ReadModelFault)) throw fault;
    const remedy = remedies[address.kind][fault.code] ?? 'Run evident doctor to see what is wrong.';
    throw new StartupProblem(fault.message, remedy, { cause: fault });
  }
}

async function open(address: Address, logger: Logger): Promise<ReadModelStore> {
  if (address.kind === 'embedded') {
    return openEmbeddedReadModel({ path: address.path, report: (notice) => logger.warn({}, notice) });
  }
  // Loaded where it is wanted: the driver would cost every other start time and memory.
  const { openMongodbReadModel } = await import('@evident/read-model/mongodb');
  return openMongodbReadModel({ url: address.url });
}

type Remedies = Partial<Record<ReadModelFault['code'], string>>;

const remedies: Readonly<Record<Address['kind'], Remedies>> = {
  embedded: {
    'disk-full': 'Make room on the disk, then start again; nothing was lost.',
    damaged: 'Delete the file and start again: it is built anew from the log.',
    misuse: 'Give the path of a read model in READ_MODEL_URL, or of a file that is not there yet.',
    unavailable: 'Check that the path is right, that this user may write there, and that there is room.',
  },
  mongodb: {
    'disk-full': 'Make room on the disks of MongoDB, then start again; nothing was lost.',
    damaged: 'Name a database that is not there yet in READ_MODEL_URL: it is filled from the log.',
    misuse:
      'Name a database that holds nothing else in READ_MODEL_URL, and a user who may write it: mongodb://user:password@host/evident.',
    unavailable: 'Start MongoDB, or correct the host in READ_MODEL_URL.',
  },
};
