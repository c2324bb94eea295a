import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, openLog, readWrappingKey, type WrappingKey } from '@evident/log';
import { type Config, describeProblems, type Logger, loadConfig, silentLogger } from '@evident/runtime';

/** A real embedded log in a directory of its own, with the configuration that standalone would have on it. */
export interface TemporaryLog {
  readonly config: Config;
  readonly log: Log;
  readonly masterKey: WrappingKey;
  readonly now: () => number;
  /** The same directory opened anew, as after a restart; close the earlier one first unless two processes are meant. */
  reopen(): Promise<TemporaryLog>;
  close(): Promise<void>;
  /** Closes and deletes the directory. */
  remove(): Promise<void>;
}

export interface TemporaryLogOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  readonly logger?: Logger;
  /** Opens what is there rather than a new directory. */
  readonly dataDir?: string;
}

export async function openTemporaryLog(options: TemporaryLogOptions = {}): Promise<TemporaryLog> {
  const { now = Date.now, logger = silentLogger } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'evident-'));
  const loaded = loadConfig({ PORT: '0', ...options.env, DATA_DIR: dataDir }, { service: 'standalone' });
  if (!loaded.ok) throw new Error(describeProblems(loaded.problems));
  const { config } = loaded;
  const log = await openLog({ config, createKeyring: true, logger, now });
  const masterKey = readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake: false, logger });
  return {
    config,
    log,
    masterKey,
    now,
    reopen: () => openTemporaryLog({ ...options, dataDir }),
    close: () => log.close(),
    async remove() {
      await log.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
