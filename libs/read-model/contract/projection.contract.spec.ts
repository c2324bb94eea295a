import { describe, expect, it } from 'vitest';
import type { AnyProjection, ProjectedEvent } from '../src/projection.ts';
import { peopleHistory } from './people-history.ts';
import { decodePeople, peopleProjections } from './people-projections.ts';
import { projectionCases, projectionContract } from './projection.contract.ts';
import type { ProjectionUnderTest } from './projection-case.ts';

const { persons, totals, all } = peopleProjections();
const subject = (projection: AnyProjection): ProjectionUnderTest => ({
  projection,
  decode: decodePeople(),
  history: peopleHistory,
});

projectionContract(all.map(subject));

describe('the suite itself', () => {
  let count = 0;
  const evolving = (evolve: AnyProjection['evolve']): AnyProjection => ({ ...persons, evolve });
  const flaws: Readonly<Record<string, AnyProjection>> = {
    'takes keys from a memory of its own': { ...persons, keys: () => [`key-${count++}`] },
    'takes keys from the clock': { ...persons, keys: () => [String(Date.now())] },
    'changes the row it is given': evolving((row) => {
      if (row === undefined) return { times: 1 };
      (row as { times: number }).times += 1;
      return row;
    }),
    'changes the event it is given': evolving((_row, { data }: ProjectedEvent) => {
      (data as { seen?: boolean }).seen = true;
      return { tenant: 'main' };
    }),
    'asks the clock': evolving(() => ({ at: Date.now() })),
    'asks chance': evolving(() => ({ id: crypto.randomUUID() })),
    'counts by itself': evolving(() => ({ count: count++ })),
    'makes rows that are no JSON': evolving(() => ({ at: new Date(0) as never })),
    'puts an object into an index': evolving(() => ({ tenant: { id: 'main' } })),
    'applies a type that nobody has seen': { ...persons, types: new Set([...persons.types, 'person.unseen']) },
    'throws at its own history': evolving((_row, { type }) => {
      if (type === 'person.left') throw new Error('planted');
      return { tenant: 'main' };
    }),
    'says that it commutes and does not': { ...totals, evolve: (_row, { stored }) => ({ last: stored.stream }) },
  };

  it.each(Object.entries(flaws))('fails on a projection that %s', async (_flaw, projection) => {
    const failed: string[] = [];
    for (const one of projectionCases) await one.run(subject(projection)).catch(() => failed.push(one.name));
    expect(failed).not.toEqual([]);
  });
});
