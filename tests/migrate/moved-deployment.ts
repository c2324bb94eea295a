import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { evident } from '../cli/evident.ts';
import { untilReady } from '../e2e/until-ready.ts';

export interface Moved {
  /** On the copy, in a data directory of its own. */
  readonly deployment: Deployment;
  /** What the command printed for programs. */
  readonly migrated: { readonly events: number; readonly from: { logId: string }; readonly to: { logId: string } };
}

/**
 * Stops a deployment, copies its log with everything that belongs to it to a new folder, and starts there, under the same
 * address: tokens name it as their issuer.
 */
export async function move(from: Deployment, env: Readonly<Record<string, string>> = {}): Promise<Moved> {
  await from.stop();
  const { dataDir, migrated } = await copyOf(from.dataDir);
  const { port } = new URL(from.url);
  const deployment = await startDeployment({ shape: 'main', env: { ...env, PORT: port }, dataDir });
  // The views are built anew; until they are there a balancer would send nobody.
  await untilReady(deployment);
  return { migrated, deployment };
}

/** The copy of the log in a data directory, in a new one. */
export async function copyOf(
  source: string,
): Promise<{ readonly dataDir: string; readonly migrated: Moved['migrated'] }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'evident-moved-'));
  const [from = '', to = ''] = [source, dataDir].map((folder) => `sqlite:${join(folder, 'events.db')}`);
  const { code, out, err } = await evident(['migrate', '--from', from, '--to', to, '--json']);
  if (code === 0) return { dataDir, migrated: JSON.parse(out) };
  rmSync(dataDir, { recursive: true });
  throw new Error(`evident migrate ended with ${code}: ${err}`);
}
