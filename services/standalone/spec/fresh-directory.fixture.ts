import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type DataDirectory, makeDataDirectory } from './data-directory.fixture.ts';
import { runLine } from './run-line.fixture.ts';

export interface FreshDirectory extends DataDirectory {
  /** The one that all others are copies of. */
  readonly original: DataDirectory;
  /** Runs a command line on it, with hashes that cost nothing; variables that the options give count before those. */
  readonly evident: typeof runLine;
}

/** A data directory that each test of the file may spoil: a copy of one that is made once. */
export function freshDirectory(): FreshDirectory {
  let original: DataDirectory;
  let fresh: DataDirectory;
  beforeAll(async () => {
    original = await makeDataDirectory();
  });
  afterAll(() => original.remove());
  beforeEach(() => {
    fresh = original.clone();
  });
  afterEach(() => fresh.remove());
  return {
    get original() {
      return original;
    },
    get folder() {
      return fresh.folder;
    },
    get path() {
      return fresh.path;
    },
    get people() {
      return fresh.people;
    },
    get olderLog() {
      return fresh.olderLog;
    },
    copy: (name) => fresh.copy(name),
    clone: () => fresh.clone(),
    place: (name) => fresh.place(name),
    open: () => fresh.open(),
    remove: () => fresh.remove(),
    evident: (line, options = {}) => {
      const env = { DATA_DIR: fresh.path, ARGON2_MEMORY_KIB: '64', ARGON2_PASSES: '1', ...options.env };
      return runLine(line, { ...options, env });
    },
  };
}
