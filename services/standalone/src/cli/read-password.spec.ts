import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askForPassword, passwordFromStdin } from './read-password.ts';
import type { Terminal } from './terminal.ts';

/** Someone who types an answer at each question. */
function typing(...answers: readonly (string | undefined)[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const left = [...answers];
  const shown: string[] = [];
  const stderr = {
    write(text: string) {
      shown.push(text);
      if (!text.endsWith(': ')) return;
      const answer = left.shift();
      setImmediate(() => (answer === undefined ? stdin.end() : stdin.write(`${answer}\n`)));
    },
  };
  const terminal: Terminal = { stdin, stderr, stdout: { write: () => undefined }, env: {}, now: Date.now };
  return { terminal, shown };
}

describe('a password that is asked for', () => {
  it('is typed twice and never shown', async () => {
    const { terminal, shown } = typing('a secret of mine', 'a secret of mine');
    expect(await askForPassword(terminal)).toBe('a secret of mine');
    expect(shown.join('')).not.toContain('secret');
  });

  it('is refused where the two differ', async () => {
    await expect(askForPassword(typing('one of them', 'the other').terminal)).rejects.toThrow('differ');
  });

  it('is left to be made where nothing is typed', async () => {
    expect(await askForPassword(typing('').terminal)).toBeUndefined();
  });

  it('is not waited for where nobody can type any more', async () => {
    await expect(askForPassword(typing(undefined).terminal)).rejects.toThrow('Standard input ended');
  });
});

describe('a password on standard input', () => {
  it('is its first line, blanks and all', async () => {
    expect(await passwordFromStdin({ stdin: Readable.from([' two words \r\nmore\n']) })).toBe(' two words ');
  });

  it.each(['a good password\n', 'x'])(
    'is read from what never ends, and no further than it may go: %j',
    async (said) => {
      let chunks = 0;
      const endless = function* () {
        for (; chunks < 100_000; chunks += 1) yield said;
      };
      const line = await passwordFromStdin({ stdin: Readable.from(endless()) });
      expect(line.startsWith(said.trim())).toBe(true);
      expect(chunks).toBeLessThan(20_000);
    },
  );

  it('is put together from wherever it was cut', async () => {
    const bytes = Buffer.from('\u{feff}grüß dich\r\nmore');
    const stdin = Readable.from([...bytes].map((byte) => Buffer.from([byte])));
    expect(await passwordFromStdin({ stdin })).toBe('grüß dich');
    expect(await passwordFromStdin({ stdin: Readable.from([Buffer.from('no line break')]) })).toBe('no line break');
  });

  it('is missed where there is none', async () => {
    await expect(passwordFromStdin({ stdin: Readable.from(['\n']) })).rejects.toThrow('no password');
  });
});
