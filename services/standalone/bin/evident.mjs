#!/usr/bin/env node
// The stores need node:sqlite. Where this Node is older, the one that the repository brings along runs the command.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../dist/program/evident.js', import.meta.url));
if (!existsSync(entry)) {
  process.stderr.write('evident: it is not built yet.\nRun npm run build first.\n');
  process.exit(1);
}
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(new URL('../dist/program/evident.js', import.meta.url));
} else {
  const node = carriedNode();
  if (node === undefined) {
    process.stderr.write(
      `evident: this is Node ${process.versions.node}, and Evident needs 24 or newer.\nInstall Node 24, or run npm ci, which brings it along.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    // It ends as the command did.
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

function carriedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}
