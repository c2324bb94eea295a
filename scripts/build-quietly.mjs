/**
 * Builds what has changed before a start or a benchmark. Says nothing but that it takes a moment; where it fails, everything that was
 * said. In CI and by hand it is `npm run build`.
 */
import { spawn } from 'node:child_process';

const said = [];
const child = spawn('npm', ['run', 'build', '--silent'], {
  stdio: ['ignore', 'pipe', 'pipe'],
  shell: process.platform === 'win32',
});
child.stdout.on('data', (chunk) => said.push(chunk));
child.stderr.on('data', (chunk) => said.push(chunk));
const notice = setTimeout(
  () => process.stderr.write('Building; the first time this takes a quarter of a minute.\n'),
  1_000,
);
child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
child.on('close', (code) => {
  clearTimeout(notice);
  if (code !== 0) process.stderr.write(Buffer.concat(said));
  process.exitCode = code ?? 1;
});
