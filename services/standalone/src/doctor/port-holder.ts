import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface PortHolder {
  readonly processId: number;
  /** Its command line, shortened. */
  readonly command: string;
  /** The files that it has open. */
  readonly files: readonly string[];
}

const listening = '0A';

/**
 * The process that listens on a TCP port, from /proc (Linux). Undefined on other systems, and where the process belongs
 * to somebody whose files this user may not look at.
 */
export function findPortHolder(port: number): PortHolder | undefined {
  try {
    const sockets = socketsOn(port);
    if (sockets.size === 0) return undefined;
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const files = openFiles(entry);
      if (files.some((file) => sockets.has(file)))
        return { processId: Number(entry), command: commandOf(entry), files };
    }
  } catch {
    // No /proc here: nobody can be named.
  }
  return undefined;
}

/** Sockets as /proc/<pid>/fd shows them: `socket:[12345]`. Source: proc_pid_net(5). */
function socketsOn(port: number): Set<string> {
  const found = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table)) {
      const fields = line.trim().split(/\s+/);
      const [, local = '', , state] = fields;
      if (state === listening && local.endsWith(`:${wanted}`)) found.add(`socket:[${fields[9]}]`);
    }
  }
  return found;
}

function readTable(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

function openFiles(processId: string): readonly string[] {
  try {
    const folder = `/proc/${processId}/fd`;
    return readdirSync(folder).flatMap((descriptor) => {
      try {
        return [readlinkSync(`${folder}/${descriptor}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function commandOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0').join(' ').trim().slice(0, 80);
  } catch {
    return 'unknown';
  }
}
