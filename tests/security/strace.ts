import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** One line of a trace that was begun, or ended, or both; in the order in which the kernel was watched. */
export interface TracedCall {
  readonly thread: number;
  readonly name: string;
  /** Descriptors with what they are, buffers with escapes, as strace prints them. */
  readonly text: string;
  readonly begins: boolean;
  /** Only then what it does is done. */
  readonly ends: boolean;
}

/** Why no process can be traced here; undefined where one can. */
export function whyNoStrace(): string | undefined {
  const tried = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' });
  if (tried.error !== undefined) return 'there is no strace on the PATH';
  return tried.status === 0 ? undefined : `strace may not trace: ${tried.stderr.trim().split('\n').at(-1)}`;
}

export interface Trace {
  /** Lets go of the processes; then the calls that were seen. */
  end(): Promise<readonly TracedCall[]>;
}

/** Longer than a page of a database. */
const longestBuffer = 70_000;

/** Watches what these processes and all their threads write, and what they wait to be on the disk. */
export async function trace(processes: readonly number[]): Promise<Trace> {
  const folder = mkdtempSync(join(tmpdir(), 'evident-trace-'));
  const file = join(folder, 'trace');
  const calls = 'trace=fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg';
  const attached = processes.flatMap((id) => ['-p', String(id)]);
  const child = spawn('strace', ['-f', '-y', '-s', String(longestBuffer), '-e', calls, '-o', file, ...attached], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilAttached(child, processes.length);
  return {
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
      const traced: TracedCall[] = [];
      for await (const line of createInterface({ input: createReadStream(file, 'latin1') })) {
        const call = readTraceLine(line);
        if (call !== undefined) traced.push(call);
      }
      rmSync(folder, { recursive: true, force: true });
      return traced;
    },
  };
}

/** It says so of each process, and of the threads that it has. */
async function untilAttached(child: ChildProcess, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  child.stderr?.on('data', (text) => {
    said += String(text);
    if ((said.match(/^strace: Process \d+ attached/gm)?.length ?? 0) >= count) resolve();
  });
  child.once('exit', () => reject(new Error(`strace ended: ${said}`)));
  await promise;
}

const whole = /^(?<thread>\d+)\s+(?<name>\w+)\((?<text>.*)\)\s+= -?\d+/;
const begun = /^(?<thread>\d+)\s+(?<name>\w+)\((?<text>.*) <(?:unfinished|detached) \.\.\.>$/;
const resumed = /^(?<thread>\d+)\s+<\.\.\. (?<name>\w+) resumed>(?<text>.*)\)\s+= -?\d+/;

/** Undefined for what is no call: signals, exits. */
export function readTraceLine(line: string): TracedCall | undefined {
  for (const [shape, begins, ends] of [
    [whole, true, true],
    [begun, true, false],
    [resumed, false, true],
  ] as const) {
    const { thread, name, text } = shape.exec(line)?.groups ?? {};
    if (name !== undefined && text !== undefined) return { thread: Number(thread), name, text, begins, ends };
  }
  return undefined;
}

/** What stood where in a trace for one request, for a message; undefined where it was not there. */
export interface WrittenAndAnswered {
  /** The log's write-ahead file got the event. */
  readonly written: number | undefined;
  /** The first sync of that file after it was done. */
  readonly synced: number | undefined;
  /** The first byte of the answer left. */
  readonly answered: number | undefined;
}

const isWrite = /^(pwrite64|pwritev|write|writev)$/;
const isSync = /^f(data)?sync$/;
const isSend = /^(write|writev|sendto|sendmsg)$/;

/**
 * `event` is text that only the event has, `answer` text that only its answer has. Where another thread was watched
 * meanwhile, the end of a sync stands in a line of its own, which names the thread and not the file.
 */
export function whatHappenedTo(
  calls: readonly TracedCall[],
  { event, answer, logFile }: { readonly event: string; readonly answer: string; readonly logFile: string },
): WrittenAndAnswered {
  const after = (from: number | undefined, is: (call: TracedCall) => boolean) => {
    if (from === undefined) return undefined;
    const place = calls.findIndex((call, index) => index > from && is(call));
    return place < 0 ? undefined : place;
  };
  const written = after(-1, ({ name, text }) => isWrite.test(name) && text.includes(logFile) && text.includes(event));
  const begins = after(written, ({ name, text, begins }) => begins && isSync.test(name) && text.includes(logFile));
  const sync = begins === undefined ? undefined : calls[begins];
  const isItsEnd = ({ name, thread, ends }: TracedCall) => ends && isSync.test(name) && thread === sync?.thread;
  const synced = sync?.ends === true ? begins : after(begins, isItsEnd);
  const answered = after(
    -1,
    ({ name, text, begins }) => begins && isSend.test(name) && !text.includes(logFile) && text.includes(answer),
  );
  return { written, synced, answered };
}
