import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { PersonKeys, WrappedPersonKey } from '@evident/crypto';
import { BackupProblem } from './backup-problem.ts';
import type { FileContent } from './synced-files.ts';

/** Characters gathered for one write. */
const chunk = 1 << 18;

/** One JSON object a line, `{"person", "wrapped"}`. A new file, mode 0600, synced. */
export async function writeWrappedKeys(
  path: string,
  keys: Pick<PersonKeys, 'exportWrapped'>,
  onKeys?: (count: number) => void,
): Promise<FileContent & { readonly count: number }> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let count = 0;
  let lines = '';
  const flush = async () => {
    const text = Buffer.from(lines);
    lines = '';
    hash.update(text);
    bytes += text.length;
    await file.appendFile(text);
    onKeys?.(count);
  };
  try {
    for await (const { person, wrapped } of keys.exportWrapped()) {
      lines += `${JSON.stringify({ person, wrapped })}\n`;
      count += 1;
      if (lines.length >= chunk) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex'), count };
}

/** The entries of such a file. Throws `BackupProblem` at a line that is none. */
export async function* readWrappedKeys(path: string): AsyncGenerator<WrappedPersonKey> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    const entry = parse(line);
    if (entry === undefined)
      throw new BackupProblem(`Line ${number} of ${path} is no wrapped key.`, 'Restore another backup.');
    yield entry;
  }
}

function parse(line: string): WrappedPersonKey | undefined {
  try {
    const { person, wrapped } = JSON.parse(line) as Partial<WrappedPersonKey>;
    return typeof person === 'string' && typeof wrapped === 'string' ? { person, wrapped } : undefined;
  } catch {
    return undefined;
  }
}
