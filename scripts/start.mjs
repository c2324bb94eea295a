/**
 * Builds what has changed, then is the program: `node scripts/start.mjs services/gateway/dist/program/main.js`. Says nothing of the
 * build but that it takes a moment; where it fails, everything that was said. In CI and by hand it is `npm run build`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

process.chdir(resolve(import.meta.dirname, '..'));
const [program] = process.argv.splice(2, 1);
process.argv[1] = resolve(program);
const code = await build();
if (code === 0) {
  if (process.env.npm_lifecycle_event !== undefined) endWithParent();
  await import(pathToFileURL(process.argv[1]).href);
} else process.exitCode = code;

async function build() {
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
  const [built] = await once(child, 'close').catch(() => [1]);
  clearTimeout(notice);
  if (built !== 0) process.stderr.write(Buffer.concat(said));
  return built ?? 1;
}

/** Whoever ends npm ends the shell that it runs a script in, and most shells hand no signal on. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}
