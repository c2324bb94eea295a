import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
