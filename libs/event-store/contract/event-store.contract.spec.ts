import { afterEach, describe, expect, it, vi } from 'vitest';
import { BreakableLog } from './breakable-event-store.ts';
import { eventStoreCases, eventStoreContract, runEventStoreCase } from './event-store.contract.ts';
import type { EventStoreFlaw } from './event-store-flaw.ts';

const capabilities = {
  'unique-ids': true,
  'empty-log': true,
  'unpaired-surrogates': true,
  'gone-at-once': true,
} as const;
const inMemory = (flaw?: EventStoreFlaw) => async () => new BreakableLog(flaw);

eventStoreContract('in memory', { open: inMemory(), capabilities });

describe('the suite itself', () => {
  const flaws: readonly EventStoreFlaw[] = [
    'repeats are appended again',
    'repeats are conflicts',
    'a partly known append is appended',
    'ids may be in several streams',
    'expectations are ignored',
    'conflicts leave their first event',
    'appends are acknowledged before they are written',
    'large appends are taken',
    'events are kept by reference',
    'members that look like __proto__ are lost',
    'limits are ignored',
    'reading back begins at its position',
    'a stream is found by the beginning of its name',
    'positions are given before the commit',
    'pages lose an event where they meet',
    'positions of other logs begin at the start',
    'positions beyond the end are the end',
    'positions are printed without padding',
    'positions that it never prints are read',
    'times go back',
    'followers are given events twice',
    'followers miss what comes while they catch up',
    'followers begin with the event at their position',
    'followers see commits of their own connection only',
    'batches have no bound',
    'aborting is an error',
    'truncation takes the end of a stream',
    'truncation gives what is left new revisions',
    'truncation reaches other streams',
    'an earlier truncation brings events back',
    'what was let go is still read of its stream',
    'what was let go is still read in the order of the log',
    'positions that were let go are of another log',
    'a truncated stream ends where it has events',
    'a restart brings back what was let go',
    'a restart forgets the ids',
    'a restart makes another log',
    'closing drops what is in flight',
    'a closed store goes on',
  ];

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each(flaws)('fails on a log where %s', async (flaw) => {
    vi.stubEnv('CONTRACT_PATIENCE_MS', '300');
    const failed: string[] = [];
    // The model case alone would notice many flaws; a named case has to.
    for (const one of eventStoreCases.filter(({ name }) => !name.startsWith('any sequence'))) {
      await runEventStoreCase(one, inMemory(flaw)).catch(() => failed.push(one.name));
      if (failed.length > 0) break;
    }
    expect(failed).not.toEqual([]);
  });

  it('refuses to skip a case that it does not have', () => {
    expect(() =>
      eventStoreContract('none', { open: inMemory(), capabilities, skip: { 'no such case': 'because' } }),
    ).toThrow('no such case');
  });
});
