import { Agent, get } from 'node:http';

/**
 * A process of its own that asks `/health` again and again over one connection and remembers the longest answer. Asked
 * for it by any message, it tells and ends.
 */
const [, , url = ''] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const pauseMs = 10;
let worstMs = 0;
let answers = 0;
const failures: string[] = [];

function probe(): void {
  const began = performance.now();
  const again = () => setTimeout(probe, pauseMs);
  get(`${url}/health`, { agent }, (answer) => {
    answer.resume().once('end', () => {
      worstMs = Math.max(worstMs, performance.now() - began);
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
  process.send?.({ worstMs, answers, failures });
  process.disconnect?.();
  process.exit(0);
});
probe();
