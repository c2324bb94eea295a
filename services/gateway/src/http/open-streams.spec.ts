import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { OpenStreams } from './open-streams.ts';

/** Collects what nobody holds any more, at once. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    await nextTurn();
    collect();
  }
}

it('keeps nothing of what a stream was answered, however long it goes on', async () => {
  const streams = new OpenStreams(1);
  const answers: WeakRef<object>[] = [];
  for (let piece = 0; piece < 200; piece++) {
    const answer = { events: Array<number>(1_000).fill(piece) };
    answers.push(new WeakRef(answer));
    await streams.orEnding(Promise.resolve(answer));
  }
  await collectGarbage();
  const kept = answers.filter((answer) => answer.deref() !== undefined).length;
  expect(kept).toBeLessThanOrEqual(1);
});

it('answers what was asked for, its failure, or that the server ends', async () => {
  const streams = new OpenStreams(1);
  const never = new Promise<string>(() => {});
  expect(await streams.orEnding(Promise.resolve('an answer'))).toBe('an answer');
  await expect(streams.orEnding(Promise.reject(new Error('away')))).rejects.toThrow('away');
  const waiting = streams.orEnding(never);
  streams.end();
  expect(await waiting).toBe('ending');
  expect(await streams.orEnding(never)).toBe('ending');
});
