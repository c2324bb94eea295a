import { createReadStream, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { copyHistory } from '../history/copy-history.ts';
import { generateHistory } from '../history/generate-history.ts';
import type { History } from '../history/history.ts';
import type { Resource } from '../program.ts';
import { measuredSettings } from './standalone.ts';

/** A token outlives the rounds, and each password is hashed. */
const settings = { ACCESS_TOKEN_TTL: '86400', VERIFY_MEMO: 'off' };

export interface OnHistory {
  readonly history: History;
  readonly deployment: Deployment;
  /** Reads all rows once, so that the kernel has them in memory as far as they fit, as where a server is in use. */
  warm(): Promise<void>;
}

/**
 * Standalone on a copy of a history of so many users, a tenth as many apps (1,000 at most), one sign-in of each user and
 * a session of every tenth; histories are kept in the directory that `BENCH_HISTORIES` names, for the next run.
 */
export function onHistory(usersOf: (option: (name: string, usual: number) => number) => number): Resource<OnHistory> {
  return async ({ option, serverEnv }) => {
    const users = usersOf(option);
    const directory = process.env.BENCH_HISTORIES ?? join(tmpdir(), 'evident-histories');
    const sizes = {
      users,
      apps: Math.min(1_000, Math.ceil(users / 10)),
      signIns: users,
      sessions: Math.ceil(users / 10),
    };
    const history = await generateHistory({ directory, ...sizes });
    const dataDir = copyHistory(history, mkdtempSync(join(tmpdir(), 'evident-scale-')));
    const env = { ...measuredSettings, ...settings, ...serverEnv, ADMIN_PASSWORD: history.administrator.password };
    const deployment = await startDeployment({ shape: 'main', dataDir, env });
    const warm = () => readThrough(join(dataDir, 'read-models.db'));
    return { value: { history, deployment, warm }, close: () => deployment.remove() };
  };
}

async function readThrough(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 4_194_304 }));
}
