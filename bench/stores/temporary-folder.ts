import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from '../program.ts';

/** A directory for the files of one run; on the disk that `BENCH_DIR` names. */
export const temporaryFolder: Resource<string> = async () => {
  const value = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'evident-bench-'));
  return { value, close: () => rmSync(value, { recursive: true, force: true }) };
};
