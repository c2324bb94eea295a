import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrorWithCode } from '@evident/runtime';
import { BackupProblem } from './backup-problem.ts';

export const manifestName = 'manifest.json';
export const logName = 'events.db';
export const personKeysName = 'person-keys.jsonl';

const format = 'evident-backup';
/** Raised when an older program could not restore what a newer one wrote. */
const newestVersion = 1;

export interface BackedUpFile {
  readonly name: string;
  readonly bytes: number;
  /** Of the whole file, 64 hex digits. */
  readonly sha256: string;
}

/** What a backup says about itself. Times are RFC 3339 UTC. It holds no secret. */
export interface Manifest {
  readonly format: typeof format;
  readonly version: number;
  /** The Evident that took it. */
  readonly software: string;
  readonly tenant: string;
  /** All that was acknowledged before this moment is in the backup. */
  readonly begunAt: string;
  readonly finishedAt: string;
  readonly log: {
    readonly id: string;
    /** Of its last event; null where it has none. */
    readonly lastPosition: string | null;
    readonly events: number;
    readonly streams: number;
  };
  readonly personKeys: {
    readonly count: number;
    /** The file of person keys is to be deleted then: as long as it lives, nobody in it is erased for good. */
    readonly deleteAfter: string;
  };
  readonly files: readonly BackedUpFile[];
  /** What a restore needs beside this folder. */
  readonly notIncluded: readonly { readonly what: string; readonly where: string }[];
}

export function newManifest(content: Omit<Manifest, 'format' | 'version'>): Manifest {
  return { format, version: newestVersion, ...content };
}

export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Reads and checks the manifest of a backup. Throws `BackupProblem`. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, manifestName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = isErrorWithCode(error) && error.code === 'ENOENT' ? 'There is no' : 'Cannot read';
    throw new BackupProblem(`${why} ${path}.`, 'Name the folder that evident backup made.', { cause: error });
  }
  const manifest = parse(text);
  if (manifest === undefined) {
    throw new BackupProblem(`${path} is not the manifest of a backup, or is damaged.`, 'Restore another backup.');
  }
  if (manifest.version > newestVersion) {
    throw new BackupProblem(
      `${path} was written by a newer Evident (${manifest.software}; format ${manifest.version}, this one reads ${newestVersion}).`,
      'Install that version and restore with it.',
    );
  }
  return manifest;
}

function parse(text: string): Manifest | undefined {
  let read: Partial<Manifest> | null;
  try {
    read = JSON.parse(text) as Partial<Manifest> | null;
  } catch {
    return undefined;
  }
  if (read?.format !== format || typeof read.version !== 'number' || typeof read.software !== 'string')
    return undefined;
  // What a newer program wrote may look different from here on; its version says so.
  if (read.version > newestVersion) return read as Manifest;
  const { tenant, log, personKeys, files } = read;
  const whole =
    typeof tenant === 'string' &&
    typeof log?.id === 'string' &&
    typeof log.events === 'number' &&
    (log.lastPosition === null || typeof log.lastPosition === 'string') &&
    typeof personKeys?.deleteAfter === 'string' &&
    Array.isArray(files) &&
    files.every(isFile);
  return whole ? (read as Manifest) : undefined;
}

/** A name with a path in it would be read from, and written to, somewhere else. */
function isFile(file: Partial<BackedUpFile> | null): boolean {
  return (
    (file?.name === logName || file?.name === personKeysName) &&
    typeof file.bytes === 'number' &&
    /^[0-9a-f]{64}$/.test(String(file.sha256))
  );
}

export function fileIn(manifest: Manifest, name: string): BackedUpFile | undefined {
  return manifest.files.find((file) => file.name === name);
}
