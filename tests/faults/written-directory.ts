import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '@evident/testing';
import { cheapHashes } from '../consistency/stage.ts';
import { adminToken, type Body, call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';

/** The data of a server that was used and stopped, to be copied and spoiled. */
export interface WrittenDirectory {
  /** What `GET /users/` of the intact directory answers. */
  readonly users: Body;
  /** A fresh copy, with its own owner: remove it. */
  copy(): string;
  remove(): void;
}

/** Enough people that the log has pages in its middle. */
const people = 40;

export async function writeDirectory(): Promise<WrittenDirectory> {
  const evident = await startDeployment({ shape: 'main', env: { RATE_LIMIT: 'off', ...cheapHashes } });
  const token = await adminToken(evident);
  await Promise.all(Array.from({ length: people }, () => createUser(evident, token)));
  await createApp(evident, token);
  const { body: users } = await call(evident, '/users/?limit=1000', { token });
  await evident.stop();
  return {
    users,
    copy() {
      const folder = mkdtempSync(join(tmpdir(), 'evident-'));
      cpSync(evident.dataDir, folder, { recursive: true });
      return folder;
    },
    remove: () => rmSync(evident.dataDir, { recursive: true, force: true }),
  };
}
