import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A module that opens a read model by a place, as the killed process and the judge both do. */
export interface ReadModelOpener {
  /** URL of the module. */
  readonly module: string;
  /** Name of its function, which takes `{ path }` and gives a store. */
  readonly open: string;
}

/** A process that projects on the adapter of a spec. It ends with what started it, in whatever way that ends. */
export interface ProjectingProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  /** Lines that it said. */
  readonly said: readonly string[];
}

const beginsWithinMs = 20_000;

/** Resolves when it says that it is at work. Rejects where it ends before, or is not within 20 s: none is left behind. */
export async function startProjecting(
  program: string,
  { module, open }: ReadModelOpener,
  folder: string,
): Promise<ProjectingProcess> {
  const args = ['--conditions=@evident/source', program, module, open, folder];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const said: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => said.push(line));
  const late = AbortSignal.timeout(beginsWithinMs);
  await Promise.race([once(lines, 'line', { signal: late }), ended]).catch(() => undefined);
  const projecting = {
    process: child,
    ended,
    said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
  if (said.length > 0) return projecting;
  await projecting[Symbol.asyncDispose]();
  throw new Error(
    `the projector was not at work within ${beginsWithinMs} ms: ${late.aborted ? 'it waits' : 'it ended'}`,
  );
}

/** In that process: keeps it alive, and ends it when who started it is gone. Call what it gives to let it end by itself. */
export function endWithStarter(): () => void {
  process.stdin.resume().once('end', () => process.exit(1));
  return () => process.stdin.destroy();
}
