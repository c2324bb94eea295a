import type { ReadModelStore } from '../../src/read-model.port.ts';
import { EmbeddedReadModel } from './embedded-read-model.ts';
import { ReadModelFile } from './read-model-file.ts';
import { openSqliteFile } from './sqlite-file.ts';

export interface EmbeddedReadModelOptions {
  /** The SQLite file; its `-wal` and `-shm` lie beside it. By custom `read-models.db` in the data folder. */
  readonly path: string;
  /** Reads what another process writes; never makes, moves or changes the file. */
  readonly readOnly?: boolean;
  /** Rows of each view kept in memory as objects, default 8,192; 0 keeps none. */
  readonly cacheRows?: number;
  /** Bytes that the file may grow to; a batch beyond it is `disk-full`. */
  readonly maxBytes?: number;
  /** Told in one sentence when an unusable file was moved aside; by default a process warning. */
  readonly report?: (notice: string) => void;
}

/**
 * Opens a read model in one SQLite file. Several processes may open it; one runner writes each group.
 *
 * A file that is damaged or of another schema is moved aside and begun anew, which costs the time of a rebuild and
 * nothing else. Rejects with a `ReadModelFault`: `misuse` where the file is no read model, `unavailable` where it
 * cannot be opened, `damaged` where it is opened read-only and cannot be used.
 */
export async function openEmbeddedReadModel(options: EmbeddedReadModelOptions): Promise<ReadModelStore> {
  const {
    path,
    readOnly = false,
    cacheRows = 8192,
    report = (notice: string) => process.emitWarning(notice),
  } = options;
  return new EmbeddedReadModel(
    new ReadModelFile(openSqliteFile({ path, readOnly, report, maxBytes: options.maxBytes }), {
      path,
      readOnly,
      cacheRows,
    }),
  );
}
