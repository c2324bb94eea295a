import { describe, expect, it } from 'vitest';
import { readTraceLine, type TracedCall, whatHappenedTo } from './strace.ts';

const wal = '/data/events.db-wal';
const write = `9 pwrite64(20<${wal}>, "\\0\\0{\\"correlationId\\":\\"req-1\\"}", 4096, 32) = 4096`;
const sync = `9 fdatasync(20<${wal}>) = 0`;
const answer = '7 writev(31<TCP:[127.0.0.1]>, [{iov_base="HTTP/1.1 200 OK\\r\\nx-request-id: req-1\\r\\n"}], 1) = 50';
const looked = (...lines: string[]) =>
  whatHappenedTo(
    lines.map(readTraceLine).filter((call): call is TracedCall => call !== undefined),
    { event: 'req-1', answer: 'x-request-id: req-1', logFile: wal },
  );

describe('a trace', () => {
  it('is read line by line, calls in two halves too', () => {
    const whole = { thread: 9, name: 'fdatasync', text: `20<${wal}>`, begins: true, ends: true };
    expect(readTraceLine(sync)).toEqual(whole);
    expect(readTraceLine(`9 fdatasync(20<${wal}> <unfinished ...>`)).toMatchObject({ begins: true, ends: false });
    expect(readTraceLine('9 <... fdatasync resumed>)          = 0')).toMatchObject({
      name: 'fdatasync',
      begins: false,
      ends: true,
    });
    expect(readTraceLine('9 --- SIGCHLD {si_signo=SIGCHLD} ---')).toBeUndefined();
    expect(readTraceLine('9 +++ exited with 0 +++')).toBeUndefined();
  });

  it('holds the answer to who ends it at once: the call that sends it has begun, and is let go of', () => {
    const letGo = answer.replace(/\) = 50$/, ' <detached ...>');
    expect(readTraceLine(letGo)).toMatchObject({ name: 'writev', begins: true, ends: false });
    expect(looked(write, sync, letGo)).toEqual({ written: 0, synced: 1, answered: 2 });
  });

  it('shows the order of write, sync and answer', () => {
    expect(looked(write, sync, answer)).toEqual({ written: 0, synced: 1, answered: 2 });
  });

  it('shows an answer that left before the sync was done', () => {
    expect(looked(write, answer, sync)).toEqual({ written: 0, synced: 2, answered: 1 });
    const begun = `9 fdatasync(20<${wal}> <unfinished ...>`;
    expect(looked(write, begun, '8 <... fdatasync resumed>) = 0', answer).synced).toBeUndefined();
    expect(looked(write, begun, answer, '9 <... fdatasync resumed>) = 0')).toEqual({
      written: 0,
      synced: 3,
      answered: 2,
    });
  });

  it('shows what is missing: a sync before the write is none of it, nor one of another file', () => {
    expect(looked(sync, write, answer)).toEqual({ written: 1, synced: undefined, answered: 2 });
    expect(looked(write, '9 fdatasync(21</data/read-models.db-wal>) = 0', answer).synced).toBeUndefined();
    expect(looked(sync, answer)).toEqual({ written: undefined, synced: undefined, answered: 1 });
  });
});
