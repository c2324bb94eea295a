import type { Document } from 'mongodb';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { MongodbConnection } from './mongodb-connection.ts';
import { mongodbFault } from './mongodb-fault.ts';
import { MongodbReadModel } from './mongodb-read-model.ts';
import { SharedStore } from './shared-store.ts';

export interface MongodbReadModelOptions {
  /** `mongodb://` or `mongodb+srv://`, with the name of a database that holds nothing else. */
  readonly url: string;
  /**
   * Milliseconds that one call to the server may take, finding it included; 10,000 unless given. The URL's
   * `serverSelectionTimeoutMS` bounds the finding.
   */
  readonly timeoutMs?: number;
  /** Told each command before it is sent: for traces and tests. Commands hold rows. */
  readonly onCommand?: (command: Document) => void;
}

interface About {
  readonly _id: 'read-model';
  readonly form: number;
}

const form = 1;

/**
 * Opens a read model in one MongoDB database. Any number of processes may open it; one runner writes each group.
 *
 * Needs no transaction: a standalone server, a replica set and a sharded cluster all serve. Read and write concern are
 * majority whatever the URL says. Rejects with a `ReadModelFault`: `unavailable` where no server answers, `misuse`
 * where the URL is none, access is refused or another version wrote the database.
 */
export async function openMongodbReadModel(options: MongodbReadModelOptions): Promise<ReadModelStore> {
  const { url, timeoutMs = 10_000, onCommand } = options;
  const connection = connect(url, timeoutMs, onCommand);
  const shared = new SharedStore(connection);
  try {
    await connection.do(async () => {
      const about = connection.collection<About>('about');
      await about.updateOne({ _id: 'read-model' }, { $setOnInsert: { form } }, { upsert: true });
      const found = (await about.findOne({ _id: 'read-model' }))?.form;
      if (found !== form) {
        throw new ReadModelFault(
          'misuse',
          `${connection.name} has form ${found}, this is ${form}: name another database`,
        );
      }
      await shared.records.prepare();
      await shared.parking.prepare();
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return new MongodbReadModel(shared);
}

function connect(url: string, timeoutMs: number, onCommand: MongodbReadModelOptions['onCommand']): MongodbConnection {
  try {
    return new MongodbConnection({ url, timeoutMs, ...(onCommand === undefined ? {} : { onCommand }) });
  } catch (error) {
    throw mongodbFault(error, 'READ_MODEL_URL');
  }
}
