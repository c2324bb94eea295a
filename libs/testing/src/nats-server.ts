import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; the port stays the same over restarts. */
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Where JetStream keeps its streams. */
  readonly storeDir: string;
  /** Ends the process and keeps its data. Idempotent. */
  halt(): Promise<void>;
  /** Starts it again on the same port with the same data, ended before or not. */
  restart(): Promise<void>;
  /** Ends the process and removes its data. Idempotent. */
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** Text of a configuration file; listening, JetStream and its folder are set beside it. */
  readonly config?: string;
}

const startBoundMs = 60_000;

/**
 * A real nats-server with JetStream, on a free port of loopback, with a folder of its own. From 2.9 on.
 *
 * @returns the reason where there is none to start, for `it.skip`.
 */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer | { missing: string }> {
  if (spawnSync('nats-server', ['--version']).error !== undefined) {
    return { missing: 'there is no nats-server on the PATH' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'evident-nats-'));
  const configFile = join(folder, 'server.conf');
  writeFileSync(configFile, options.config ?? '');
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const storeDir = join(folder, 'jetstream');
  const run = (port: number) => launch({ folder, configFile, storeDir }, port);

  let server = await run(-1).catch((error: unknown) => {
    removeFolder();
    throw error;
  });
  const halt = () => end(server.child);
  return {
    url: `nats://127.0.0.1:${server.port}`,
    get pid() {
      return server.child.pid ?? 0;
    },
    storeDir,
    halt,
    async restart() {
      await halt();
      server = await run(server.port);
    },
    async stop() {
      await halt();
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

/** A specification to skip with this reason, or the server. */
export function isMissing<Server extends object>(server: Server | { missing: string }): server is { missing: string } {
  return 'missing' in server;
}

interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
}

interface Places {
  readonly folder: string;
  readonly configFile: string;
  readonly storeDir: string;
}

async function launch({ folder, configFile, storeDir }: Places, port: number): Promise<Launched> {
  const listening = ['--addr', '127.0.0.1', '--port', String(port), '--ports_file_dir', folder];
  const storing = ['--jetstream', '--store_dir', storeDir];
  const child = spawn('nats-server', ['--config', configFile, ...listening, ...storing], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('exit', () => process.off('exit', killAtExit));
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4000);
  });
  const giveUpAt = Date.now() + startBoundMs;
  while (child.exitCode === null && Date.now() < giveUpAt) {
    const listeningOn = port > 0 ? port : portInFile(folder, child.pid);
    if (listeningOn !== undefined && (await accepts(listeningOn))) return { child, port: listeningOn };
    await pause(5);
  }
  await end(child);
  throw new Error(`nats-server did not start:\n${said}`);
}

/** The server writes where it listens; reading that is the one way to a free port that nobody else can take first. */
function portInFile(folder: string, pid: number | undefined): number | undefined {
  const name = readdirSync(folder).find((file) => file.endsWith(`_${pid}.ports`));
  if (name === undefined || !existsSync(join(folder, name))) return undefined;
  const [, port] = /"nats":\s*\[\s*"[^"]*:(\d+)"/.exec(readFileSync(join(folder, name), 'utf8')) ?? [];
  return port === undefined ? undefined : Number(port);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('data', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('close', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(impatience);
}
