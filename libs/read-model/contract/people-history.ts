import { event } from './people-projections.ts';
import type { ProjectionUnderTest } from './projection-case.ts';

/** Some of everything that can happen to four people, one of whom comes back. */
export const peopleHistory: ProjectionUnderTest['history'] = ['ada', 'bob', 'ada', 'eve'].flatMap((name) =>
  [
    event('person.registered', { name }),
    event('person.aged'),
    event('person.befriended', { friend: 'bob' }),
    event('person.moved'),
    event('person.left'),
    event('person.registered', { name }),
  ].map((each) => ({ stream: `person-main.${name}`, event: each })),
);
