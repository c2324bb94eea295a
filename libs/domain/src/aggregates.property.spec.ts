import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentDecider, agentKeyDecider } from './agent/decide.ts';
import {
  acceptAssertion,
  agentCommand,
  allocateNumber,
  apiKeyCommand,
  appCommand,
  claimAgentKey,
  erasureCommand,
  expireSignIns,
  keyringCommand,
  operationCommand,
  reservationCommand,
  roleCommand,
  rosterCommand,
  sealLog,
  sessionCommand,
  signingKeyCommand,
  webhookCommand,
  workspaceCommand,
} from './aggregate-commands.fixture.ts';
import { apiKeyDecider } from './api-key/decide.ts';
import { livingApiKey } from './api-key/state.ts';
import { appDecider } from './app/decide.ts';
import { keyCounts } from './app/state.ts';
import { assertionDecider } from './assertion/decide.ts';
import { type Decider, type DomainEvent, fold } from './decider.ts';
import { erasureDecider } from './erasure/decide.ts';
import * as domain from './index.ts';
import { keyringDecider } from './keyring/decide.ts';
import { numberSequenceDecider } from './number-sequence/decide.ts';
import { operationDecider } from './operation/decide.ts';
import { eventRegistry } from './registry.ts';
import { reservationDecider } from './reservation/decide.ts';
import { retentionDecider } from './retention/decide.ts';
import { roleDecider } from './role/decide.ts';
import { rosterDecider } from './roster/decide.ts';
import { activeAdministrators } from './roster/state.ts';
import { sealDecider } from './seal/decide.ts';
import { sessionDecider } from './session/decide.ts';
import { signingKeyDecider } from './signing-key/decide.ts';
import { activeKey } from './signing-key/state.ts';
import { userDecider } from './user/decide.ts';
import { userCommand } from './user/user-command.fixture.ts';
import { webhookDecider } from './webhook/decide.ts';
import { workspaceDecider } from './workspace/decide.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 200);

/** Types of events that say a wish, which counts each time it is made. */
const repeatable = new Set(['projection.retry-requested', 'projection.rebuild-requested']);

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}

function run<Command, State, Event extends DomainEvent>(
  decider: Decider<Command, State, Event>,
  commands: readonly Command[],
  seen: (state: State, before: State, events: readonly Event[]) => void = () => undefined,
): State {
  return commands.reduce((before, command) => {
    const copy = structuredClone(before);
    const decision = decider.decide(freeze(command), freeze(before));
    const events = decision.accepted ? freeze(decision.events) : [];
    const state = fold(decider, before, events);
    expect(before, 'a state was changed in place').toEqual(copy);
    seen(state, before, events);
    return state;
  }, decider.initial);
}

type Law = <Command, State, Event extends DomainEvent>(
  decider: Decider<Command, State, Event>,
  command: fc.Arbitrary<Command>,
) => fc.IRawProperty<unknown, false>;

const some = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 12 });

const repeatChangesNothing: Law = (decider, command) =>
  fc.property(some(command), command, (earlier, again) => {
    const once = run(decider, [...earlier, again]);
    const second = decider.decide(again, once);
    if (!second.accepted) return;
    expect(second.events.filter((event) => !repeatable.has(event.type))).toEqual([]);
    expect(fold(decider, once, second.events)).toEqual(once);
  });

const eventsHaveTheirShape: Law = (decider, command) =>
  fc.property(some(command), (all) => {
    run(decider, all, (_state, _before, events) => {
      for (const event of events) {
        const { schema = 0 } = eventRegistry.get(event.type) ?? {};
        expect(eventRegistry.read(event.type, schema, event.data)).toEqual({ data: event.data });
      }
    });
  });

const isTotal: Law = (decider, command) =>
  fc.property(fc.array(some(command), { maxLength: 4 }), some(fc.nat()), command, (lives, order, next) => {
    const pool: DomainEvent[] = [];
    for (const life of lives) run(decider, life, (_state, _before, events) => pool.push(...events));
    const events = pool.length === 0 ? [] : order.map((at) => pool[at % pool.length] as never);
    const decision = decider.decide(next, fold(decider, decider.initial, events));
    expect(decision.accepted ? Array.isArray(decision.events) : decision.code).toBeTruthy();
  });

const underTheLaws = new Set<unknown>();

function laws<Command, State, Event extends DomainEvent>(
  name: string,
  decider: Decider<Command, State, Event>,
  command: fc.Arbitrary<Command>,
): void {
  underTheLaws.add(decider);
  describe(name, () => {
    test('the same command twice changes nothing the second time', () => {
      fc.assert(repeatChangesNothing(decider, command), { numRuns: runs });
    });

    test('accepted events have the shape that is registered for them, and nothing else', () => {
      fc.assert(eventsHaveTheirShape(decider, command), { numRuns: runs });
    });

    test('decides on, and folds, whatever has happened in whatever order', () => {
      fc.assert(isTotal(decider, command), { numRuns: runs });
    });
  });
}

laws('user', userDecider, userCommand);
laws('app', appDecider, appCommand);
laws('reservation', reservationDecider, reservationCommand);
laws('roster', rosterDecider, rosterCommand);
laws('session', sessionDecider, sessionCommand);
laws('signing keys', signingKeyDecider, signingKeyCommand);
laws('keyring', keyringDecider, keyringCommand);
laws('operations', operationDecider, operationCommand);
laws('agent', agentDecider, agentCommand);
laws('key of an agent', agentKeyDecider, claimAgentKey);
laws('API key', apiKeyDecider, apiKeyCommand);
laws('assertion', assertionDecider, acceptAssertion);
laws('webhook', webhookDecider, webhookCommand);
laws('role', roleDecider, roleCommand);
laws('workspace', workspaceDecider, workspaceCommand);
laws('numbers', numberSequenceDecider, allocateNumber);
laws('erasure', erasureDecider, erasureCommand);
laws('seals', sealDecider, sealLog);
laws('retention', retentionDecider, expireSignIns);

test('every decider is under the laws', () => {
  const deciders = Object.entries(domain).filter(([name]) => name.endsWith('Decider'));
  expect(deciders.length).toBeGreaterThan(10);
  expect(deciders.filter(([, decider]) => !underTheLaws.has(decider)).map(([name]) => name)).toEqual([]);
});

describe('the laws find', () => {
  const granting = (data: object): typeof rosterDecider => ({
    ...rosterDecider,
    decide: (command) => ({
      accepted: true,
      events: [{ type: 'roster.granted', data: { userId: command.userId, ...data } }],
    }),
  });
  const finds = (law: Law, decider: typeof rosterDecider) => fc.check(law(decider, rosterCommand)).failed;

  test('a decider that says the same thing twice', () => {
    expect(finds(repeatChangesNothing, granting({}))).toBe(true);
    expect(finds(eventsHaveTheirShape, granting({}))).toBe(false);
  });

  test('an event with a member that nobody registered', () => {
    expect(finds(eventsHaveTheirShape, granting({ by: 'me' }))).toBe(true);
  });

  test('a state that is changed in place', () => {
    const evolve: typeof rosterDecider.evolve = (state, event) => {
      (state.administrators as Map<string, 'active'>).set(event.data.userId, 'active');
      return state;
    };
    const initial = () => ({ owner: undefined, administrators: new Map() });
    expect(finds(isTotal, { ...rosterDecider, initial: initial(), evolve })).toBe(true);
  });

  test('a decider that trusts the past', () => {
    const evolve: typeof rosterDecider.evolve = (state, event) => {
      if (event.type === 'roster.suspended' && !state.administrators.has(event.data.userId)) throw new Error('who?');
      return rosterDecider.evolve(state, event);
    };
    expect(fc.check(isTotal({ ...rosterDecider, evolve }, rosterCommand), { numRuns: 2_000 }).failed).toBe(true);
  });
});

function always<Command, State, Event extends DomainEvent>(
  decider: Decider<Command, State, Event>,
  command: fc.Arbitrary<Command>,
  rule: (state: State, before: State, events: readonly Event[]) => void,
): void {
  const commands = fc.array(command, { maxLength: 20 });
  fc.assert(
    fc.property(commands, (all) => {
      run(decider, all, rule);
    }),
    { numRuns: runs * 2 },
  );
}

describe('whatever is commanded', () => {
  test('the security generation of a user never goes down, and goes up with all that ends tokens', () => {
    const ending = new Set([
      'user.password-changed',
      'user.password-removed',
      'user.admin-revoked',
      'user.deactivated',
      'user.removed',
      'user.sessions-ended',
    ]);
    always(userDecider, userCommand, (state, before, events) => {
      const steps = events.filter((event) => ending.has(event.type)).length;
      expect(state.generation).toBe(before.generation + steps);
    });
  });

  test('a claim that was abandoned or has ended stays so, and the live ones are those of the identifiers', () => {
    always(userDecider, userCommand, (state, before) => {
      for (const [claimId, claim] of before.claims) if (claim !== 'live') expect(state.claims.get(claimId)).toBe(claim);
      const live = [...state.claims].filter(([, claim]) => claim === 'live').map(([claimId]) => claimId);
      expect(live.toSorted()).toEqual(state.identifiers.map(({ claimId }) => claimId).toSorted());
    });
  });

  test('one identifier of each kind that a user has is primary', () => {
    always(userDecider, userCommand, ({ identifiers: all }) => {
      for (const kind of new Set(all.map((each) => each.kind))) {
        expect(all.filter((each) => each.kind === kind && each.primary)).toHaveLength(1);
      }
    });
  });

  test('who is active has no status that says otherwise', () => {
    always(userDecider, userCommand, ({ isActive, status, removed }) => {
      if (!removed && isActive) expect(status).toBe('active');
    });
  });

  test('a removed user is nobody: neither active nor administrator nor assigned, for ever', () => {
    always(userDecider, userCommand, (state, before, events) => {
      // Claims may be given up still, and an address that was never verified.
      const stillPossible = ['user.claim-abandoned', 'user.identifier-removed', 'user.identifier-promoted'];
      if (before.removed) expect(events.filter((event) => !stillPossible.includes(event.type))).toEqual([]);
      const nothing = { isActive: false, isAdmin: false, isOwner: false, apps: new Map(), roleIds: [] };
      if (state.removed) expect(state).toMatchObject({ ...nothing, workspaces: new Map() });
    });
  });

  test('a slug is a role’s from its definition to its retirement, and no claim on it comes back', () => {
    always(roleDecider, roleCommand, (state, before) => {
      for (const [claimId, claim] of before.claims) if (claim !== 'live') expect(state.claims.get(claimId)).toBe(claim);
      const live = [...state.claims].filter(([, claim]) => claim === 'live').map(([claimId]) => claimId);
      expect(live).toEqual(state.defined && !state.retired ? [state.claimId] : []);
      if (state.retired || !state.defined) expect(state.isActive).toBe(false);
    });
  });

  test('a roster that had an active administrator has one', () => {
    always(rosterDecider, rosterCommand, (state, before) => {
      if (activeAdministrators(before) > 0) expect(activeAdministrators(state)).toBeGreaterThan(0);
      if (before.owner !== undefined) expect(state.owner).toBe(before.owner);
    });
  });

  test('an app has one key without an end, and none once it is removed', () => {
    always(appDecider, appCommand, (state) => {
      const endless = state.keys.filter(({ endsAt }) => endsAt === undefined);
      expect(endless.length).toBe(state.registered && !state.removed ? 1 : 0);
      if (!state.removed) return;
      // Clocks of commands may go back and forth here; long after the last of them no key counts.
      expect(state.keys.some((each) => keyCounts(each, 1_000))).toBe(false);
    });
  });

  test('one key signs for each use, and once one did there is always one', () => {
    always(signingKeyDecider, signingKeyCommand, (state, before) => {
      for (const use of ['access', 'refresh'] as const) {
        const signing = state.keys.filter(
          (each) =>
            each.use === use && each.promotedAt !== undefined && each.replacedAt === undefined && !each.retiredAt,
        );
        expect(signing.length).toBeLessThanOrEqual(1);
        if (activeKey(before, use) !== undefined) expect(signing).toHaveLength(1);
      }
    });
  });

  test('a session that was revoked stays so, and its end alone tells what counts', () => {
    always(sessionDecider, sessionCommand, (state, before, events) => {
      if (before.revoked) expect(events).toEqual([]);
      const last = events.at(-1);
      if (last === undefined) return;
      const fromEnd = sessionDecider.evolve(sessionDecider.initial, last);
      if (state.revoked) expect(fromEnd).toMatchObject({ opened: true, revoked: true, userId: state.userId });
      else expect(fromEnd).toEqual(state);
    });
  });

  test('the keys of a keyring stay, numbered without gaps', () => {
    always(keyringDecider, keyringCommand, (state, before) => {
      expect(state.keys.length).toBeGreaterThanOrEqual(before.keys.length);
      for (const name of ['lookup', 'tickets']) {
        const numbers = state.keys.filter((each) => each.purpose === name).map(({ number }) => number);
        expect(numbers).toEqual(numbers.map((_, at) => at + 1));
      }
    });
  });

  test('the generation of an agent goes up once with each thing that ends its tokens, and never down', () => {
    always(agentDecider, agentCommand, (state, before, events) => {
      if (!before.created) return;
      const withdrawn = before.scopes.some((scope) => !state.scopes.includes(scope)) ? 1 : 0;
      const ending = new Set(['agent.key-replaced', 'agent.deactivated', 'agent.removed']);
      const steps = withdrawn + events.filter((event) => ending.has(event.type)).length;
      expect(state.generation).toBe(before.generation + steps);
      if (before.removed) expect(events).toEqual([]);
      if (state.removed) expect(state.isActive).toBe(false);
    });
  });

  test('an API key that was revoked lives at no time', () => {
    always(apiKeyDecider, apiKeyCommand, (state, before) => {
      if (before.revokedAt === undefined) return;
      expect(state.revokedAt).toBe(before.revokedAt);
      expect(livingApiKey(state, 0)).toBeUndefined();
    });
  });
});
