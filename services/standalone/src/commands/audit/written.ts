import type { Output } from '../../cli/terminal.ts';

/** A pipe that is read slowly holds the writer back. */
export async function written(output: Output, text: string): Promise<void> {
  if (output.write(text) !== false || !('once' in output)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  (output as NodeJS.WriteStream).once('drain', resolve);
  await promise;
}
