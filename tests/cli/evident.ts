import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const bin = join(import.meta.dirname, '../../services/standalone/bin/evident.mjs');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** Runs the installed command as a process of its own, as a person or a cron job would. */
export async function evident(line: readonly string[], { env, stdin = '', cwd }: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...line], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  child.stdin.end(stdin);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: await out, err: await err };
}
