import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isReadyReport } from '@evident/runtime';
import { repository } from './repository.ts';
import type { ServiceName } from './service-processes.ts';

/** One service of its own, beside a deployment on the same log and NATS server: a second instance of that service. */
export interface StartedService {
  readonly process: ChildProcess;
  output(): string;
  /** SIGTERM (after SIGCONT, should it be frozen); resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** One that may not serve yet. */
export interface StartingService {
  output(): string;
  /** Resolves once it serves; rejects with what it printed where it ended before. */
  readonly ready: Promise<StartedService>;
}

/** `env` needs `NATS_URL` and, but for the gateway, `DATA_DIR`. */
export function startService(name: ServiceName, env: Readonly<Record<string, string>>): StartingService {
  const child = fork(join(repository, `services/${name}/dist/program/main.js`), [], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', LOG_LEVEL: 'warn', ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(String(chunk)));
  const output = () => printed.join('');
  const { promise, resolve, reject } = Promise.withResolvers<StartedService>();
  child.on(
    'message',
    (message) => isReadyReport(message) && resolve({ process: child, output, stop: () => stop(child) }),
  );
  child.once('close', (code) => reject(new Error(`${name} ended with ${code} before it served:\n${output()}`)));
  return { output, ready: promise };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await exited;
  }
  return child.exitCode;
}
