import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { bin } from './evident.ts';

it('a command whose reader goes away, as head does, ends as SIGPIPE would end it, without a word', async () => {
  const child = spawn(process.execPath, [bin, 'audit', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const said: string[] = [];
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  const [exitCode] = await once(child, 'close');
  expect({ exitCode, said: said.join('') }).toEqual({ exitCode: 141, said: '' });
});

it('a command that nobody listens to where it complains ends as it would have', async () => {
  const child = spawn(process.execPath, [bin, 'nosuch'], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.destroy();
  expect(await once(child, 'close')).toEqual([2, null]);
});

it.skipIf(!existsSync('/dev/full'))('an answer that finds no room is no answer, and says so in words', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [bin, 'audit', '--help'], { stdio: ['ignore', full, 'pipe'] });
  const said = text(child.stderr as Readable);
  const [exitCode] = await once(child, 'close');
  closeSync(full);
  expect({ exitCode, said: await said }).toEqual({
    exitCode: 1,
    said: 'evident: The answer could not be written (ENOSPC).\nMake room, or have it written elsewhere, and run the command again.\n',
  });
});
