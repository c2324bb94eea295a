import { readable, type StoredEvent } from '@evident/event-store';
import { type Log, openLog } from '@evident/log';
import { type Config, describeProblems, loadConfig } from '@evident/runtime';
import { type Deployment, silentLogger } from '@evident/testing';

/** The log of a running deployment, opened beside it by a further process: this one. */
export interface OpenedLog {
  readonly log: Log;
  readonly config: Config;
  /** Every event of the log, as it is stored. */
  stored(): Promise<readonly StoredEvent[]>;
  /** Types of the events after the first `count`, for "nothing was appended". */
  typesAfter(count: number): Promise<readonly string[]>;
  /** The events of one stream, decoded. */
  read(stream: string): Promise<readonly { readonly type: string; readonly data: unknown }[]>;
  close(): Promise<void>;
}

export async function openLogOf({ url, dataDir }: Pick<Deployment, 'url' | 'dataDir'>): Promise<OpenedLog> {
  const env = { DATA_DIR: dataDir, PORT: new URL(url).port };
  const loaded = loadConfig(env, { service: 'standalone' });
  if (!loaded.ok) throw new Error(describeProblems(loaded.problems));
  const { config } = loaded;
  return openedLog(await openLog({ config, createKeyring: false, logger: silentLogger, now: Date.now }), config);
}

/** What the program does when its time has come, whatever was sent to it meanwhile: seals, and the end of claims that nobody completed. */
const byTheClock: ReadonlySet<string> = new Set([
  'log.sealed',
  'reservation.released',
  ...['user', 'role', 'workspace'].map((holder) => `${holder}.claim-abandoned`),
]);

export function openedLog(log: Log, config: Config): OpenedLog {
  const stored = async () => {
    const events: StoredEvent[] = [];
    for (;;) {
      const batch = await log.store.readAll(events.at(-1)?.position, 1_000);
      if ('outcome' in batch) throw new Error('the log was replaced');
      events.push(...batch);
      if (batch.length < 1_000) return events;
    }
  };
  return {
    log,
    config,
    stored,
    typesAfter: async (count) =>
      (await stored())
        .slice(count)
        .map(({ type }) => type)
        .filter((type) => !byTheClock.has(type)),
    async read(stream) {
      const events = await log.store.readStream(stream);
      return (await Promise.all(events.map((event) => log.codec.decode(event)))).map(readable);
    },
    close: () => log.close(),
  };
}
