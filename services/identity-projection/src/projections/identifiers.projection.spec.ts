import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { expect, it } from 'vitest';
import { happened, rowsAfter } from './happened.fixture.ts';
import { identifiersProjection } from './identifiers.projection.ts';

const [first, second] = [randomUUID(), randomUUID()];
const added = (uid: string, lookup: string) =>
  happened(streams.user('main', uid), 'user.identifier-added', {
    kind: 'username',
    value: 'name',
    lookup,
    claimId: randomUUID(),
    verified: false,
    primary: true,
  });

it('an identifier points to whoever held it last', () => {
  const history = [added(first, 'k1.name'), added(first, 'k1.other'), added(second, 'k1.name')];
  expect(rowsAfter(identifiersProjection, history)).toEqual({
    'username|k1.name': { userUid: second },
    'username|k1.other': { userUid: first },
  });
});
