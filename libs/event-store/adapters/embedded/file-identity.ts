import { statSync } from 'node:fs';
import { EventStoreFault } from '../../src/event-store.port.ts';

/** Which file a path names now, or undefined where it names none. */
export function fileIdentity(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** A log that was moved away or replaced under an open store must not be written into the void. */
export function mustStillBe(path: string, identity: string): void {
  const now = fileIdentity(path);
  if (now === identity) return;
  const what = now === undefined ? 'has vanished' : 'was replaced by another file';
  throw new EventStoreFault('log-changed', `${path} ${what} while it was open: restart this process`);
}
