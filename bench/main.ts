import { join } from 'node:path';
import { programs } from './programs.ts';
import { bench } from './runner/bench.ts';

process.exitCode = await bench({
  args: process.argv.slice(2),
  programs,
  baselineFile: join(import.meta.dirname, 'baseline.json'),
  print: (text) => process.stdout.write(text),
  warn: (text) => process.stderr.write(text),
});
