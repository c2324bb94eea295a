import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { copyHistory } from '../history/copy-history.ts';
import { generateHistory } from '../history/generate-history.ts';
import type { History } from '../history/history.ts';
import type { Resource, Site } from '../program.ts';
import { ask } from './ask.ts';
import { measuredSettings } from './standalone.ts';

/** A server on a copy of a history, and who may ask it everything. */
export interface AuditedHistory {
  readonly history: History;
  readonly deployment: Deployment;
  readonly url: string;
  /** An access token of the administrator. */
  readonly token: string;
  /** Milliseconds from the start of its process until it was ready. */
  readonly startedInMs: number;
}

/** Where histories are kept from run to run. */
const directory = process.env.BENCH_HISTORIES ?? join(tmpdir(), 'evident-histories');

/** A replay of millions must not outlive its token. */
const longLived = { ACCESS_TOKEN_TTL: '86400' };

/**
 * The history of `--set users=`, `apps=`, `signins=` and `changes=`: some ten thousand events unless told otherwise.
 * `--set scale=10` makes each of them ten times as many.
 */
export function historyOf({ option }: Pick<Site, 'option'>): Promise<History> {
  const scale = option('scale', 1);
  return generateHistory({
    directory,
    users: scale * option('users', 600),
    apps: Math.ceil(scale * option('apps', 2)),
    signIns: scale * option('signins', 4_500),
    changes: scale * option('changes', 600),
    sessions: Math.ceil(scale * option('sessions', 10)),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
}

export function auditedHistory(env: Readonly<Record<string, string>> = {}): Resource<AuditedHistory> {
  return async (site) => {
    const history = await historyOf(site);
    const copy = await mkdtemp(join(tmpdir(), 'evident-on-history-'));
    const dataDir = copyHistory(history, copy);
    const begun = performance.now();
    const deployment = await startDeployment({
      shape: 'main',
      dataDir,
      env: { ...measuredSettings, ...longLived, ...site.serverEnv, ...env },
    });
    const startedInMs = performance.now() - begun;
    const { url } = deployment;
    const { access_token: token } = await ask(url, '/token', { form: history.administrator });
    const close = async () => {
      await deployment.remove();
      rmSync(copy, { recursive: true, force: true });
    };
    return { value: { history, deployment, url, token, startedInMs }, close };
  };
}
