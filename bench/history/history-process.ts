import { fillRowsAgain } from './fill-rows.ts';
import type { HistoryManifest } from './history.ts';
import { makeHistory } from './make-history.ts';

export interface HistoryWork {
  readonly dataDir: string;
  readonly options: Parameters<typeof makeHistory>[1];
  /** Of the history that lies there. */
  readonly present?: HistoryManifest;
}

/** Makes one history, or brings the rows of one up to date, in a process of its own and tells the one that began it. */
process.once('message', async ({ dataDir, options, present }: HistoryWork) => {
  const onProgress = (line: string) => process.send?.({ line });
  if (present !== undefined && options.rows !== false) await fillRowsAgain(dataDir, onProgress);
  const made = present ?? (await makeHistory(dataDir, { ...options, onProgress }));
  process.send?.({ made }, () => process.exit(0));
});
