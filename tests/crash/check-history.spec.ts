import type { StoredEvent } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { Entry, Outcome } from './history.ts';
import type { Observed, SeenApp, SeenUser } from './observed.ts';
import type { Operation } from './operations.ts';

/** The checker against worlds in which a promise was broken: each has to be told. */
describe('the checker of histories', () => {
  it('finds nothing wrong where every promise was kept', () => {
    expect(checkHistory(history, world())).toEqual([]);
  });

  it('accepts either outcome of what was never answered', () => {
    const doubt: Entry = entry(
      { kind: 'change-user', user: 2, active: false },
      { kind: 'in-doubt', status: undefined },
    );
    expect(checkHistory([...history, doubt], world())).toEqual([]);
    expect(checkHistory([...history, doubt], world({ users: [ada({ is_active: false }), admin] }))).toEqual([]);
    expect(checkHistory(history, world({ users: [ada({ is_active: false }), admin] }))).not.toEqual([]);
  });

  const broken: readonly (readonly [rule: string, says: RegExp, entries: readonly Entry[], observed: Observed])[] = [
    ['a lost user', /user 2 username is gone/, history, world({ users: [admin] })],
    ['a lost app', /app 1 name is gone/, history, world({ apps: [] })],
    [
      'a lost change',
      /user 2 email is first@/,
      history,
      world({ users: [ada({ email: 'first@example.com' }), admin] }),
    ],
    ['a lost assignment', /user 2 app 1 is false/, history, world({ assignments: [] })],
    ['a doubled assignment', /2 have the assignment 2\/1/, history, world({ assignments: ['2/1', '2/1'] })],
    ['an app that was made twice', /2 have the name of an app/, history, world({ apps: [app, { ...app, id: 2 }] })],
    ['a key that came back', /app 1 prefix is old_/, history, world({ apps: [{ ...app, api_key_prefix: 'old_' }] })],
    ['a name that two have', /2 have the username ada/, history, world({ users: [ada(), ada({ id: 3 }), admin] })],
    [
      'an id that two have',
      /2 have the user id 2/,
      history,
      world({ users: [ada(), ada({ username: 'eve' }), admin] }),
    ],
    ['an object of nobody', /nobody asked for/, history, world({ users: [ada(), admin, ada({ username: 'eve' })] })],
    ['an id that was given twice', /register-user 2 was given to two/, [...history, again], world()],
    ['a repeat with another answer', /a repeat of rotate-key/, [...history, otherKey], world()],
    ['a refusal without a reason', /assign was refused with 404/, [...history, refused], world()],
    ['damage', /the log is damaged: a digest/, history, world({ damage: ['a digest'] })],
    ['a gap in a stream', /revision 2 where 1 was next/, history, logWith('gap')],
    ['a number that does not follow', /value 9 at revision 2/, history, logWith('number')],
    ['a number of somebody else', /user 2 is uid-ada, allocated to uid-eve/, history, logWith('foreign-number')],
    ['a second owner', /a second owner of what uid-ada has/, history, logWith('second-owner')],
    ['an abandoned claim that was completed', /completes a claim that was given up/, history, logWith('woken')],
    ['a user registered twice', /registered a second time/, history, logWith('twice')],
    ['no administrator', /no administrator is left/, history, logWith('no-administrator')],
    ['a row without an event', /2 of kind user are listed, 1 are registered/, history, logWith('row-only')],
  ];
  it.each(broken)('tells %s', (_, says, entries, observed) => {
    expect(checkHistory(entries, observed).join('\n')).toMatch(says);
  });
});

const admin: SeenUser = { id: 1, uid: 'uid-admin', username: 'admin', email: 'admin@localhost', is_active: true };
const app: SeenApp = { id: 1, uid: 'uid-app', name: 'App', url: 'https://changed', api_key_prefix: 'new_key_4567' };

function ada(more: Partial<SeenUser> = {}): SeenUser {
  return { id: 2, uid: 'uid-ada', username: 'ada', email: 'second@example.com', is_active: true, ...more };
}

function entry(operation: Operation, outcome: Outcome, idempotencyKey = JSON.stringify(operation)): Entry {
  return { operation, idempotencyKey, outcome };
}

function acknowledged(operation: Operation, body: object = {}): Entry {
  return entry(operation, { kind: 'acknowledged', body, position: undefined });
}

const rotate: Operation = { kind: 'rotate-key', app: 1 };
const register: Operation = { kind: 'register-user', username: 'ada', email: 'first@example.com' };
const history: readonly Entry[] = [
  acknowledged(register, { id: 2 }),
  acknowledged({ kind: 'register-app', name: 'App' }, { id: 1, api_key_prefix: 'old_' }),
  acknowledged({ kind: 'change-user', user: 2, email: 'second@example.com' }),
  acknowledged({ kind: 'change-app', app: 1, url: 'https://changed' }),
  acknowledged({ kind: 'assign', user: 2, app: 1 }),
  acknowledged(rotate, { api_key: 'new_key_456789' }),
];
const again = entry(register, { kind: 'acknowledged', body: { id: 2 }, position: undefined }, 'another key');
const otherKey = acknowledged(rotate, { api_key: 'another_key_1' });
const refused = entry({ kind: 'assign', user: 2, app: 7 }, { kind: 'refused', status: 404, body: {} });

type Stored = readonly [stream: string, revision: number, type: string, data: object];

const log: readonly Stored[] = [
  ['numbers-main.user', 0, 'number.allocated', { value: 1, holder: 'uid-admin' }],
  ['user-main.uid-admin', 0, 'user.registered', { number: 1 }],
  ['roster-main', 0, 'roster.granted', { userId: 'uid-admin' }],
  ['numbers-main.user', 1, 'number.allocated', { value: 2, holder: 'uid-ada' }],
  ['user-main.uid-ada', 0, 'user.registered', { number: 2 }],
  ['user-main.uid-ada', 1, 'user.identifier-added', { kind: 'username', lookup: 'l', claimId: 'c1' }],
  ['user-main.uid-ada', 2, 'user.claim-abandoned', { claimId: 'c2' }],
  ['numbers-main.app', 0, 'number.allocated', { value: 1, holder: 'uid-app' }],
  ['app-main.uid-app', 0, 'app.registered', { number: 1 }],
];

const eve = { kind: 'username', lookup: 'l', claimId: 'c3' };
const breaches = {
  gap: [...log, ['app-main.uid-app', 2, 'app.changed', {}]],
  number: [...log, ['numbers-main.user', 2, 'number.allocated', { value: 9, holder: 'uid-eve' }]],
  'foreign-number': log.map(([stream, revision, type, data]) =>
    stream === 'numbers-main.user' && revision === 1
      ? [stream, revision, type, { value: 2, holder: 'uid-eve' }]
      : [stream, revision, type, data],
  ),
  'second-owner': [...log, ['user-main.uid-eve', 0, 'user.identifier-added', eve]],
  woken: [...log, ['user-main.uid-ada', 3, 'user.identifier-added', { ...eve, lookup: 'm', claimId: 'c2' }]],
  twice: [...log, ['user-main.uid-ada', 3, 'user.registered', { number: 2 }]],
  'no-administrator': [...log, ['roster-main', 1, 'roster.suspended', { userId: 'uid-admin' }]],
  'row-only': log.filter(([stream, , type]) => !(stream === 'user-main.uid-ada' && type === 'user.registered')),
} as const satisfies Readonly<Record<string, readonly (Stored | readonly (string | number | object)[])[]>>;

function logWith(breach: keyof typeof breaches): Observed {
  return world({ events: (breaches[breach] as readonly Stored[]).map(stored) });
}

function world(more: Partial<Observed> = {}): Observed {
  return { users: [ada(), admin], apps: [app], assignments: ['2/1'], events: log.map(stored), damage: [], ...more };
}

function stored([stream, revision, type, data]: Stored, place: number): StoredEvent {
  return { stream, revision, type, data, position: `log~${place}` } as unknown as StoredEvent;
}
