import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type FrozenProcess, freeze } from './frozen-process.ts';

/** A server of the MongoDB wire protocol, which need not be MongoDB: `name` says what it is. */
export interface MongodbServer {
  /** For the names of suites: which server a result comes from. */
  readonly name: string;
  /** Without the name of a database; the port stays the same over restarts. */
  readonly url: string;
  /** Undefined where the server is not ours to end: one that MONGODB_URL names. */
  readonly faults: ServerFaults | undefined;
  /** Ends what was started and removes its data. Idempotent. */
  stop(): Promise<void>;
}

export interface ServerFaults {
  /** Ends the process at once (SIGKILL) and keeps its data. Idempotent. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>;
  /** Stops answering, with every connection open, until `thaw`. */
  freeze(): Promise<void>;
  thaw(): void;
}

/** Built from tests/ferretdb by `.ci/run`. */
const ferretdb = 'evident-ferretdb';
const mongodbImage = 'mongo:8.0';
const howToRun = `run with MONGODB_URL=mongodb://localhost:27017, or start Docker, or run tests/ferretdb/build (needs Go)`;

/**
 * The first there is of: the server that MONGODB_URL names, or READ_MODEL_URL where that is one, MongoDB in a
 * container, FerretDB 1.24 on SQLite.
 *
 * @returns the reason where there is none, with how to have one, for `describe.skipIf`.
 */
export async function startMongodbServer(): Promise<MongodbServer | { missing: string }> {
  const { MONGODB_URL, READ_MODEL_URL } = process.env;
  const given = MONGODB_URL ?? (READ_MODEL_URL?.startsWith('mongodb') === true ? READ_MODEL_URL : undefined);
  if (given !== undefined)
    return { name: 'the MongoDB server that was given', url: given, faults: undefined, stop: async () => {} };
  if (hasDocker()) return startContainer();
  const program = findProgram();
  return program === undefined
    ? { missing: `no server of the MongoDB wire protocol: ${howToRun}` }
    : startFerretdb(program);
}

/** FerretDB whatever else there is: for what kills and freezes its server. */
export async function startFerretdb(program = findProgram()): Promise<MongodbServer | { missing: string }> {
  if (program === undefined) return { missing: `no ${ferretdb} on the PATH: ${howToRun}` };
  const folder = mkdtempSync(join(tmpdir(), 'evident-ferretdb-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  let { child, address } = await launch(program, folder, '127.0.0.1:0');
  let frozen: FrozenProcess | undefined;
  const kill = () => end(child);
  return {
    name: 'FerretDB 1.24.2, patched (SQLite)',
    url: `mongodb://${address}`,
    faults: {
      kill,
      async restart() {
        await kill();
        ({ child, address } = await launch(program, folder, address));
      },
      async freeze() {
        frozen = await freeze(child.pid);
      },
      thaw: () => frozen?.wake(),
    },
    async stop() {
      await kill();
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

async function startContainer(): Promise<MongodbServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(mongodbImage)
    .withExposedPorts(27017)
    .withWaitStrategy(Wait.forLogMessage('Waiting for connections'))
    .start();
  return {
    name: `MongoDB (${mongodbImage} in a container)`,
    url: `mongodb://${container.getHost()}:${container.getMappedPort(27017)}`,
    faults: undefined,
    stop: async () => void (await container.stop()),
  };
}

/** A socket is what tells: the command line client may be there without a daemon. */
function hasDocker(): boolean {
  return process.env.DOCKER_HOST !== undefined || existsSync('/var/run/docker.sock');
}

function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const goFolder = process.env.GOBIN ?? join(process.env.GOPATH ?? join(process.env.HOME ?? '', 'go'), 'bin');
  return [...folders, goFolder].map((folder) => join(folder, ferretdb)).find((path) => existsSync(path));
}

async function launch(
  program: string,
  folder: string,
  listen: string,
): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(program, ['-dir', folder, '-listen', listen], { stdio: ['ignore', 'pipe', 'pipe'] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('exit', () => process.off('exit', killAtExit));
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-2000);
  });
  const address = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${ferretdb} ended with ${code}: ${complaint}`)));
    if (child.stdout === null) return reject(new Error('no output'));
    createInterface(child.stdout).once('line', (line) => {
      const listening = /^mongodb:\/\/([^/]+)\/$/.exec(line)?.[1];
      if (listening === undefined) reject(new Error(`${ferretdb} said ${line}`));
      else resolve(listening);
    });
  });
  return { child, address };
}

/** A signal is on its way when `kill` returns. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
