import { ReadModelFault, type ReadModelFaultCode } from '../../src/read-model-fault.ts';

const busy = 5;
const locked = 6;

/** Primary result codes of SQLite (sqlite.org/rescode.html); the extended code's low byte. */
const codes: ReadonlyMap<number, ReadModelFaultCode> = new Map([
  [busy, 'unavailable'],
  [locked, 'unavailable'],
  [8, 'unavailable'],
  [10, 'unavailable'],
  [11, 'damaged'],
  [13, 'disk-full'],
  [14, 'unavailable'],
  [26, 'damaged'],
]);

/** Names what the driver or the file system threw; what is neither is a mistake in the call. */
export function sqliteFault(error: unknown, path: string): ReadModelFault {
  if (error instanceof ReadModelFault) return error;
  const code = faultCode(error);
  return new ReadModelFault(code, `${path}: ${explain(code, error)}`, { cause: error });
}

function faultCode(error: unknown): ReadModelFaultCode {
  const result = resultCode(error);
  if (result !== undefined) return codes.get(result & 0xff) ?? 'misuse';
  if (!(error instanceof Error) || !('syscall' in error)) return 'misuse';
  return 'code' in error && error.code === 'ENOSPC' ? 'disk-full' : 'unavailable';
}

/** Another connection holds the lock that was wanted. */
export function isLocked(error: unknown): boolean {
  const result = resultCode(error instanceof ReadModelFault ? error.cause : error);
  return result !== undefined && [busy, locked].includes(result & 0xff);
}

export function isDamage(error: unknown): boolean {
  const result = resultCode(error);
  return result !== undefined && codes.get(result & 0xff) === 'damaged';
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

function explain(code: ReadModelFaultCode, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (code === 'damaged') return `damaged (${said}); it is moved aside and built again from the log at the next start`;
  if (code === 'disk-full')
    return `no room on the disk (${said}); nothing was written, projecting goes on once there is room`;
  return said;
}
