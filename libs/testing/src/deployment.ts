import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReadyReport } from '@evident/runtime';
import { freePort } from './free-port.ts';
import { repository } from './repository.ts';

/** What a program printed before it ended without ever serving. */
export class DidNotStart extends Error {
  override readonly name = 'DidNotStart';
  readonly exitCode: number | null;
  readonly output: string;
  constructor(exitCode: number | null, output: string) {
    super(`the program ended with ${exitCode} before it served:\n${output}`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

export interface DeploymentOptions {
  /** `main`: the four services in one process. `split`: four processes, over the NATS server that `env` names. */
  readonly shape: 'main' | 'split';
  readonly env?: Readonly<Record<string, string>>;
  /** A directory that is there already, as after a restart; deleted by `remove` all the same. */
  readonly dataDir?: string;
  /** Code that the process runs before the program: a look into it from inside. */
  readonly preload?: string;
}

/** Evident as it is deployed: the built program in processes of its own, spoken to over HTTP. */
export interface Deployment {
  readonly url: string;
  readonly dataDir: string;
  readonly administrator: { readonly username: string; readonly password: string };
  readonly process: ChildProcess;
  /** Everything it printed so far, standard output and standard error. */
  output(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** The same directory, port and settings, started again; `changed` settings go before the earlier ones. */
  restart(changed?: Readonly<Record<string, string>>): Promise<Deployment>;
  /** Stops it and deletes the directory. */
  remove(): Promise<void>;
}

const startDeadlineMs = 120_000;

export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'evident-'));
  const port = options.env?.PORT ?? String(await freePort());
  const administrator = { username: 'admin', password: 'correct horse battery staple' };
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    ADMIN_PASSWORD: administrator.password,
    // The default port of the issuer is the first one; printed examples use others.
    ...options.env,
    PORT: port,
    DATA_DIR: dataDir,
  };
  // Who looks into modules, as a profile or a planted mistake does, gets them one by one instead of bundled.
  const built = options.env?.NODE_OPTIONS ? 'src' : 'program';
  const entry = join(repository, `services/standalone/dist/${built}/${options.shape}.js`);
  const execArgv =
    options.preload === undefined ? [] : [`--import=data:text/javascript,${encodeURIComponent(options.preload)}`];
  const child = fork(entry, [], { env, execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const printed: string[] = [];
  child.stdout?.on('data', (chunk) => printed.push(String(chunk)));
  child.stderr?.on('data', (chunk) => printed.push(String(chunk)));
  const output = () => printed.join('');
  await untilReady(child, output);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  return {
    url: `http://127.0.0.1:${port.split(',')[0]}`,
    dataDir,
    administrator,
    process: child,
    output,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
    restart: (changed = {}) =>
      startDeployment({ ...options, env: { ...options.env, ...changed, PORT: port }, dataDir }),
    async remove() {
      await end('SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    reject(new Error(`not ready after ${startDeadlineMs} ms:\n${output()}`));
  }, startDeadlineMs);
  child.on('message', (message) => isReadyReport(message) && resolve());
  child.once('close', (code) => reject(new DidNotStart(code, output())));
  await promise.finally(() => clearTimeout(timer));
}
