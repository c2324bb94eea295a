// From the start of the process to the first answer, and the memory of a server that does nothing. Needs a build.
//
//   npm run build && node --conditions=@evident/source bench/start.ts [rounds, default 5] [idle seconds, default 35]
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startDeployment } from '@evident/testing';
import { median } from './figures.ts';

const rounds = Number(process.argv[2] ?? 5);
const idleSeconds = Number(process.argv[3] ?? 35);

const first: number[] = [];
const again: number[] = [];
let evident = await timed(first, () => startDeployment({ shape: 'main' }));
for (let round = 1; round < rounds; round++) {
  await evident.remove();
  evident = await timed(first, () => startDeployment({ shape: 'main' }));
}
for (let round = 0; round < rounds; round++) {
  await evident.stop();
  evident = await timed(again, () => evident.restart());
}
await pause(idleSeconds * 1_000);
const memory = residentMiB(evident.process.pid);
await evident.remove();
process.stdout.write(`first start, keys and administrator made   ${median(first).toFixed(0)} ms
start on a log that is there               ${median(again).toFixed(0)} ms   (budget 2000)
resident after ${idleSeconds} s of idleness           ${memory.toFixed(0)} MiB (budget 150 MB)
`);

async function timed<Result>(into: number[], start: () => Promise<Result>): Promise<Result> {
  const begun = performance.now();
  const result = await start();
  into.push(performance.now() - begun);
  return result;
}

function residentMiB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
