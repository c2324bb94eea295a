import { describe, expect, it } from 'vitest';
import { BreakableCopyPlace, type LogCopyFlaw } from './breakable-log-copy.ts';
import { logCopyCases } from './log-copy.cases.ts';
import { logCopyContract, runLogCopyCase } from './log-copy.contract.ts';

logCopyContract('in memory', async () => new BreakableCopyPlace());

describe('the suite itself', () => {
  const flaws: readonly LogCopyFlaw[] = [
    'times are those of the copying',
    'the copy keeps the id of its source',
    'the order is by stream',
    'origins are forgotten',
    'the origin of a copy of a copy is the copy',
    'half a copy is served',
    'the next run begins anew',
    'the next run drops what it finds',
    'gaps are taken',
    'late beginnings are refused',
    'a copy of another log is gone on with',
    'a finished copy takes more',
    'a finished copy is forgotten',
    'a log that is there is copied into',
  ];

  it.each(flaws)('fails on a copy where %s', async (flaw) => {
    const failed: string[] = [];
    for (const one of logCopyCases) {
      await runLogCopyCase(one, async () => new BreakableCopyPlace(flaw)).catch(() => failed.push(one.name));
    }
    expect(failed).not.toEqual([]);
  });
});
