import { percentile } from '../runner/spread.ts';

export interface Looped {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of this process's processor time for each turn, other threads of it included. */
  readonly processorUs: number;
}

/** Callers in this process, each of which asks again as soon as it was answered, until the time is over. */
export async function closedLoop(
  seconds: number,
  callers: number,
  ask: (turn: number) => unknown | Promise<unknown>,
): Promise<Looped> {
  const times: number[] = [];
  const used = process.cpuUsage();
  const began = performance.now();
  const end = began + seconds * 1_000;
  let turn = 0;
  const caller = async () => {
    for (let at = performance.now(); at < end; ) {
      turn += 1;
      await ask(turn);
      const answered = performance.now();
      times.push(answered - at);
      at = answered;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(used);
  return {
    perSecond: times.length / elapsed,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    processorUs: (user + system) / times.length,
  };
}
