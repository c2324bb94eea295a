import { describe, expect, it } from 'vitest';
import { BreakableReadModel } from './breakable-read-model.ts';
import { type ReadModelHarness, readModelCases, readModelContract, runReadModelCase } from './read-model.contract.ts';
import type { ReadModelFlaw } from './read-model-flaw.ts';

const inMemory =
  (flaw?: ReadModelFlaw): ReadModelHarness =>
  async () => {
    const model = new BreakableReadModel(flaw);
    return { connect: async () => model.connect(), destroy: async () => undefined };
  };

readModelContract('in memory', { open: inMemory() });

describe('the suite itself', () => {
  const flaws: readonly ReadModelFlaw[] = [
    'older writes win',
    'equal positions overwrite',
    'tombstones are forgotten',
    'the checkpoint comes before the rows',
    'the checkpoint goes back',
    'epochs are ignored',
    'a refused batch leaves its rows',
    'an unfit row leaves the rest of its batch',
    'a retry counts twice',
    'a late write overrides what came since',
    'parking forgets its keys',
    'parking is replaced by later events',
    'starting over keeps the rows',
    'starting over forgets all parking',
    'removed rows are listed',
    'keys alone come in their own order',
    'order is by code unit',
    'queries need no index',
    'prefixes fold case',
    'ranges include their end',
    'rows in memory are trusted',
    'readers see what is built beside',
    'what is beside shares the epoch',
    'adopting leaves the checkpoint',
    'adopting leaves the parking',
    'adopting drops the rows before',
    'what nobody reads is kept',
    'what lies beside for nobody is kept',
    'only what is read is kept',
    'the first note stays',
    'keeping views starts over',
    'forgetting a group leaves its parking',
    'forgetting a group leaves its epoch',
    'a group is forgotten with its rows',
    'groups are found in the order of their making',
  ];

  it.each(flaws)('fails on a read model where %s', async (flaw) => {
    const failed: string[] = [];
    // The model case alone would notice most flaws; a named case has to.
    for (const one of readModelCases.filter(({ name }) => !name.startsWith('any sequence'))) {
      await runReadModelCase(one, inMemory(flaw)).catch(() => failed.push(one.name));
    }
    expect(failed).not.toEqual([]);
  });

  it('refuses to skip a case that it does not have', () => {
    const open = () => Promise.reject(new Error('not reached'));
    expect(() => readModelContract('none', { open, skip: { 'no such case': 'because' } })).toThrow('no such case');
  });
});
