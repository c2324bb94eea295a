import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

/**
 * A process of its own that asks `/health` again and again over one connection and remembers the longest answer. Asked
 * for it by any message, it tells and ends.
 *
 * Beside the time on the clock it takes that without what the kernel gave to others while the server was ready to run
 * (`schedstat`): on a machine that does much else at the same time, the first says more about that machine.
 */
const [, , url = '', server = ''] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const pauseMs = 10;
let worstMs = 0;
let worstOwnMs = 0;
let answers = 0;
const failures: string[] = [];

/** Milliseconds for which the first threads of the server and of this process were ready and had to wait. */
function waited(): number {
  const nanoseconds = [server, String(process.pid)].map((id) => {
    const [, delay] = readFileSync(`/proc/${id}/task/${id}/schedstat`, 'utf8').split(' ');
    return Number(delay);
  });
  return nanoseconds.reduce((sum, delay) => sum + delay, 0) / 1_000_000;
}

function probe(): void {
  const waitedBefore = waited();
  const began = performance.now();
  const again = () => setTimeout(probe, pauseMs);
  get(`${url}/health`, { agent }, (answer) => {
    answer.resume().once('end', () => {
      const took = performance.now() - began;
      worstMs = Math.max(worstMs, took);
      worstOwnMs = Math.max(worstOwnMs, took - (waited() - waitedBefore));
      answers += 1;
      if (answer.statusCode !== 200) failures.push(`status ${answer.statusCode}`);
      if (answers === 1) process.send?.('probing');
      again();
    });
  }).once('error', (error) => {
    failures.push(error.message);
    again();
  });
}

process.once('message', () => {
  process.send?.({ worstMs, worstOwnMs, answers, failures });
  process.disconnect?.();
});
// Whoever started it may have failed.
process.once('disconnect', () => process.exit(0));
probe();
