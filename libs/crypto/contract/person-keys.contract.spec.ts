import { describe, expect, it } from 'vitest';
import { type BreakablePersonKeysFlaw, createBreakablePersonKeysStore } from './breakable-person-keys.ts';
import { personKeysCases, personKeysContract, runPersonKeysCase } from './person-keys.contract.ts';

personKeysContract('in memory', async (wrappingKey) => createBreakablePersonKeysStore(wrappingKey));

describe('the suite itself', () => {
  const noticedBy: Readonly<Record<BreakablePersonKeysFlaw, string>> = {
    'every process makes its own': 'lets one win where processes make the same keys at once',
    'erased keys are made again': 'never makes a key again for a person who was erased',
    'memory outlives erasure': 'gives no key away once its erasure is acknowledged, in any process',
    'erasure leaves no mark': 'counts a person without a key as erased too',
    'import replaces': 'keeps a key that was made since the export',
    'import revives': 'brings no erased person back from an export',
    'import does not unwrap': 'refuses an export that was wrapped under another key, or belongs to another person',
    'export stops at a thousand': 'brings every key back from an export into an empty store',
    'read-only writes': 'only reads where it was opened for reading only',
    'close forgets': 'finishes what is under way before it closes, and refuses everything afterwards',
  };

  it.each(Object.keys(noticedBy) as BreakablePersonKeysFlaw[])('fails on an adapter where %s', async (flaw) => {
    const failed: string[] = [];
    for (const one of personKeysCases) {
      await runPersonKeysCase(one, async (wrappingKey) => createBreakablePersonKeysStore(wrappingKey, flaw)).catch(() =>
        failed.push(one.name),
      );
    }
    expect(failed).toContain(noticedBy[flaw]);
  });

  it('refuses to skip a case that it does not have', () => {
    const harness = () => Promise.reject(new Error('not reached'));
    expect(() => personKeysContract('none', harness, { 'no such case': 'because' })).toThrow('no such case');
  });
});
