import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The issuer that the printed samples expect. */
export const printedUrl = 'http://localhost:8000';
const root = join(import.meta.dirname, '../..');

export interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  /** What the program reads on standard input. */
  readonly input?: string;
  /** Default: the repository, where its modules are found. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How far the clock of the program is ahead. */
  readonly aheadMs?: number;
}

/**
 * Runs programs of others for which `http://localhost:8000`, as documents print it, is a deployment on another port: by a
 * setting of curl, a module that Node loads first, and one that Python does. So examples run letter by letter, many at a
 * time, and whatever else may listen on that port of the machine is left alone. `more` are further printed ports, and
 * where they are.
 */
export class PrintedHost {
  /** Where Python looks first, and curl for its settings. */
  readonly directory = mkdtempSync(join(tmpdir(), 'evident-printed-host-'));
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #children = new Set<ChildProcess>();

  constructor(deploymentUrl: string, more: Readonly<Record<number, number>> = {}) {
    const ports = Object.entries({ ...more, 8000: Number(new URL(deploymentUrl).port) });
    const nodeFirst = this.write('printed-ports.cjs', nodeModule);
    const curlLines = ports.map(([printed, real]) => `connect-to = "localhost:${printed}:127.0.0.1:${real}"\n`);
    this.write('.curlrc', curlLines.join(''));
    this.write('sitecustomize.py', pythonModule);
    this.#env = {
      PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
      HOME: this.directory,
      CURL_HOME: this.directory,
      NODE_OPTIONS: `--require ${nodeFirst}`,
      PYTHONPATH: this.directory,
      PYTHONDONTWRITEBYTECODE: '1',
      PRINTED_PORTS: JSON.stringify(Object.fromEntries(ports)),
    };
  }

  /** Starts a program, which ends with `remove` at the latest. */
  start(command: string, args: readonly string[], options: RunOptions = {}): ChildProcess {
    const { input = '', cwd = root, env, aheadMs = 0 } = options;
    const child = spawn(command, args, {
      cwd,
      env: { ...this.#env, CLOCK_AHEAD_MS: String(aheadMs), ...env },
      stdio: 'pipe',
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    child.stdin.end(input);
    return child;
  }

  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const child = this.start(command, args, options);
    const [output, errors] = [collected(child.stdout), collected(child.stderr)];
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, output: output(), errors: errors() };
  }

  /** Starts an app that prints its port first; resolves with its URL. */
  async serve(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const child = this.start(command, args, options);
    const errors = collected(child.stderr);
    if (child.stdout === null) throw new Error('an app without a standard output');
    const [port] = (await Promise.race([
      once(createInterface(child.stdout), 'line'),
      once(child, 'close').then(() => Promise.reject(new Error(`the app ended: ${errors()}`))),
    ])) as [string];
    return `http://127.0.0.1:${port}`;
  }

  /** Writes a file that is there as long as this host; its path. */
  write(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  /** The printed text of a shell. */
  shell(script: string, options: RunOptions = {}): Promise<Ran> {
    return this.run('bash', ['--norc', '-euo', 'pipefail', '-c', script], options);
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function collected(stream: NodeJS.ReadableStream | null): () => string {
  const parts: string[] = [];
  stream?.on('data', (part) => parts.push(String(part)));
  return () => parts.join('');
}

const nodeModule = `
const { Socket } = require('node:net');
const ports = JSON.parse(process.env.PRINTED_PORTS);
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  const real = ports[options?.port];
  if (real !== undefined) options.port = real;
  return connect.apply(this, args);
};
const { now } = Date;
Date.now = () => now() + Number(process.env.CLOCK_AHEAD_MS);
`;

const pythonModule = `
import json
import os
import socket
import time

_ports = json.loads(os.environ["PRINTED_PORTS"])
_connect = socket.socket.connect

def connect(self, address):
    if isinstance(address, tuple):
        address = (address[0], _ports.get(str(address[1]), address[1]), *address[2:])
    return _connect(self, address)

socket.socket.connect = connect

_time = time.time
time.time = lambda: _time() + int(os.environ["CLOCK_AHEAD_MS"]) / 1000
`;
