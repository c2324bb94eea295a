import { DidNotStart, startDeployment } from '@evident/testing';

export interface RefusedStart {
  readonly exitCode: number | null;
  /** All that was printed, without the lines of the log (JSON): what a person at a terminal is told. */
  readonly message: string;
  /** The lines of the log. */
  readonly log: string;
}

/** Starts it and gives what it said instead of serving. Rejects, and stops it, where it serves after all. */
export async function refusedStart(options: Parameters<typeof startDeployment>[0]): Promise<RefusedStart> {
  const started = await startDeployment(options).catch((error: unknown) => error);
  if (started instanceof DidNotStart) {
    const { exitCode, output } = started;
    const lines = output.split('\n');
    return {
      exitCode,
      message: lines
        .filter((line) => !line.startsWith('{'))
        .join('\n')
        .trim(),
      log: lines.filter((line) => line.startsWith('{')).join('\n'),
    };
  }
  if (started instanceof Error) throw started;
  const { output, stop } = started as Awaited<ReturnType<typeof startDeployment>>;
  await stop();
  throw new Error(`it served all the same:\n${output()}`);
}
