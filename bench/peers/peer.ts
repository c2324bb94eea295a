import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlannedRequest } from '../load/plan.ts';

/** A server of others, and what it is measured by. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  /** How it hashes, or why it does not. */
  readonly hash: string;
  /** What Evident is set to beside it, so that both hash alike where both can. */
  readonly evident: Readonly<Record<string, string>>;
  start(): Promise<RunningPeer>;
  /** Users that can sign in, in requests that do so, and requests that ask whose a credential is. */
  furnish(url: string): Promise<PeerRequests>;
}

export interface PeerRequests {
  readonly signIn: readonly PlannedRequest[];
  readonly check: readonly PlannedRequest[];
}

export interface RunningPeer {
  readonly url: string;
  readonly pid: number | undefined;
  readonly coldStartMs: number;
  close(): Promise<void>;
}

export const password = 'password of a bench 1';
const patienceMs = 180_000;

export function temporaryDirectory(peer: string): string {
  return mkdtempSync(join(tmpdir(), `evident-${peer}-`));
}

/** Started when it answers the path with any status below 500. */
export async function startPeer(
  command: readonly [string, ...string[]],
  { url, path, env = {}, dataDir }: StartOptions,
): Promise<RunningPeer> {
  const [program, ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([untilAnswers(`${url}${path}`, child), failed]);
  const coldStartMs = performance.now() - began;
  const close = async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  return { url, pid: child.pid, coldStartMs, close };
}

export interface StartOptions {
  readonly url: string;
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Deleted at the end. */
  readonly dataDir?: string;
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`the peer ended with ${child.exitCode} before it served`);
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 500,
    );
    if (status < 500) return;
    await pause(10);
  }
  child.kill();
  throw new Error(`${url} does not answer`);
}
