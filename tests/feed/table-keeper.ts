import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../examples/table-keeper/src/main.ts');

export interface KeptUser {
  readonly subject: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly active: boolean;
  readonly admin: boolean;
  readonly roles: readonly string[];
  readonly changes: number;
}

/** The example as its own process, with a table that stays over restarts. */
export class TableKeeper {
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #url = '';
  #said = '';

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  /** Everything it printed so far. */
  get said(): string {
    return this.#said;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (text) => {
      this.#said += String(text);
    });
    const listening = Promise.withResolvers<string>();
    child.stdout.on('data', (text) => listening.resolve(String(text).trim()));
    child.once('exit', () => listening.reject(new Error(`the table keeper ended:\n${this.#said}`)));
    this.#url = await listening.promise;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Resolves with the exit code. */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child?.exitCode ?? null;
  }

  async users(): Promise<readonly KeptUser[]> {
    return this.#get('/users');
  }

  async roles(): Promise<readonly { readonly subject: string; readonly slug: string; readonly changes: number }[]> {
    return this.#get('/roles');
  }

  async position(): Promise<string | null> {
    return (await this.#get<{ position: string | null }>('/')).position;
  }

  async #get<Body>(path: string): Promise<Body> {
    if (this.#child?.exitCode !== null) throw new Error(`the table keeper ended:\n${this.#said}`);
    return (await fetch(`${this.#url}${path}`)).json() as Promise<Body>;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
