import { readFileSync } from 'node:fs';

let version: string | undefined;

/** The version of this package. */
export function softwareVersion(): string {
  version ??= readVersion();
  return version;
}

/** The source lies one folder higher than what is built from it. */
function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const read = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version?: unknown };
      if (typeof read.version === 'string') return read.version;
    } catch {
      // The next one.
    }
  }
  return 'unknown';
}
