import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentCommand, AgentKey } from './agent/commands.ts';
import { agentDecider, agentKeyDecider } from './agent/decide.ts';
import type { ApiKeyCommand } from './api-key/commands.ts';
import { apiKeyDecider } from './api-key/decide.ts';
import { livingApiKey } from './api-key/state.ts';
import type { AppCommand, IssuedKey } from './app/commands.ts';
import { appDecider } from './app/decide.ts';
import { keyCounts } from './app/state.ts';
import { type AcceptAssertion, assertionDecider } from './assertion/decide.ts';
import { type Decider, type DomainEvent, fold } from './decider.ts';
import type { KeyringCommand } from './keyring/commands.ts';
import { keyringDecider } from './keyring/decide.ts';
import type { OperationCommand } from './operation/commands.ts';
import { operationDecider } from './operation/decide.ts';
import { eventRegistry } from './registry.ts';
import { reservationDecider } from './reservation/decide.ts';
import type { RoleCommand } from './role/commands.ts';
import { roleDecider } from './role/decide.ts';
import { rosterDecider } from './roster/decide.ts';
import { activeAdministrators } from './roster/state.ts';
import type { SessionCommand } from './session/commands.ts';
import { sessionDecider } from './session/decide.ts';
import type { SigningKeyCommand } from './signing-key/commands.ts';
import { signingKeyDecider } from './signing-key/decide.ts';
import { activeKey } from './signing-key/state.ts';
import { userDecider } from './user/decide.ts';
import { userCommand } from './user/user-command.fixture.ts';
import type { WebhookCommand } from './webhook/commands.ts';
import { webhookDecider } from './webhook/decide.ts';
import type { WorkspaceCommand } from './workspace/commands.ts';
import { workspaceDecider } from './workspace/decide.ts';
import type { WorkspaceSettings } from './workspace/events.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 200);

// Few values of each kind, so that commands meet each other's work.
const id = fc.nat(3).map((number) => `00000000-0000-4000-8000-00000000000${number}`);
const now = fc.nat(50);
const serial = fc.integer({ min: 1, max: 3 });
const type = <Type extends string>(name: Type) => fc.constant(name);
const flag = fc.boolean();

const key: fc.Arbitrary<IssuedKey> = id.map((keyId) => ({ keyId, lookup: `k1.${keyId.at(-1)}`, prefix: 'evd_' }));
const text = fc.constantFrom('one', 'two');
const appCommand: fc.Arbitrary<AppCommand> = fc.oneof(
  fc.record({ type: type('register-app'), number: serial, name: text, url: text, key }),
  fc.record({ type: type('change-app'), name: text, url: text, isActive: flag }, { requiredKeys: ['type'] }),
  fc.record({ type: type('rotate-key'), key, now, graceMs: fc.constantFrom(0, 10) }),
  fc.record({ type: type('remove-app'), now }),
);

const reservationCommand = fc.oneof(
  fc.record(
    { type: type('claim'), claimId: id, holder: id, now, superseding: id },
    { requiredKeys: ['type', 'claimId', 'holder', 'now'] },
  ),
  fc.record({ type: type('release'), claimId: id }),
);
const rosterCommand = fc.record(
  {
    type: fc.constantFrom('grant' as const, 'suspend' as const, 'revoke' as const, 'claim-owner' as const),
    userId: id,
    confirmed: fc.array(id, { maxLength: 3 }),
  },
  { requiredKeys: ['type', 'userId'] },
);
const tokensToIssue = { tokenId: id, accessExpiresAt: now, roles: fc.array(text), scopes: fc.array(text) };
const caller = fc.constantFrom('k1.here', 'k1.elsewhere');
const sessionCommand: fc.Arbitrary<SessionCommand> = fc.oneof(
  fc.record({
    type: type('open-session'),
    userId: id,
    audience: text,
    generation: serial,
    methods: fc.constant(['password']),
    evidence: fc.record({ stream: text, revision: fc.integer({ min: -1, max: 5 }), eventId: id }),
    now,
    expiresAt: fc.constant(40),
    refreshId: fc.option(id),
    ...tokensToIssue,
  }),
  fc.record({
    type: type('refresh-session'),
    presentedId: id,
    now,
    expiresAt: now,
    rotate: flag,
    windowMs: fc.constantFrom(0, 10),
    caller,
    callers: fc.array(caller),
    ...tokensToIssue,
  }),
  fc.record({ type: type('revoke-session'), now, reason: fc.constantFrom('logout' as const, 'revoked' as const) }),
);
const kid = fc.constantFrom('a', 'b', 'c');
const createSigningKey = fc.record({
  type: type('create-signing-key'),
  kid,
  use: fc.constantFrom('access' as const, 'refresh' as const),
  alg: fc.constantFrom('ES256' as const, 'RS256' as const, 'EdDSA' as const),
  publicJwk: fc.constant({ kty: 'EC' }),
  sealedPrivateJwk: text,
  now,
  unless: fc.constantFrom('published' as const, 'waiting' as const),
});
const signingKeyCommand: fc.Arbitrary<SigningKeyCommand> = fc.oneof(
  createSigningKey,
  fc.record({ type: type('rotate-signing-keys'), keys: fc.array(createSigningKey, { maxLength: 3 }) }),
  fc.record({
    type: type('promote-signing-key'),
    kid,
    now,
    publishedForMs: fc.constantFrom(0, 10),
    tokensLiveForMs: fc.constantFrom(0, 10),
  }),
  fc.record({ type: type('extend-signing-key'), kid, tokensLiveForMs: fc.constantFrom(5, 20) }),
  fc.record({ type: type('retire-signing-key'), kid, now }),
);
const purpose = fc.constantFrom('lookup', 'tickets');
const keyringCommand: fc.Arbitrary<KeyringCommand> = fc.oneof(
  fc.record({
    type: type('add-key'),
    purpose,
    number: fc.integer({ min: 1, max: 4 }),
    wrapped: text,
    check: text,
    now,
  }),
  fc.record({ type: type('rewrap'), keys: fc.array(fc.record({ purpose, number: serial, wrapped: text })), now }),
);
const operationCommand: fc.Arbitrary<OperationCommand> = fc.oneof(
  fc.record({
    type: fc.constantFrom('retry-parked-event' as const, 'discard-parked-event' as const),
    projection: text,
    stream: text,
    eventId: id,
  }),
  fc.record({ type: type('request-rebuild'), projection: text }),
);
const webhookCommand: fc.Arbitrary<WebhookCommand> = fc.oneof(
  fc.record({ type: type('create-webhook'), url: text, types: fc.array(text), secret: text, after: text }),
  fc.record(
    { type: type('change-webhook'), url: text, types: fc.array(text) },
    { requiredKeys: ['type'], noNullPrototype: true },
  ),
  fc.record({
    type: fc.constantFrom('pause-webhook' as const, 'resume-webhook' as const, 'remove-webhook' as const),
  }),
  fc.record({ type: type('replay-webhook'), replayId: id, after: text }),
);

const agentKey: fc.Arbitrary<AgentKey> = fc
  .constantFrom('a', 'b')
  .map((letter) => ({ verifyKey: letter, keyId: letter.repeat(64) }));
const principal = fc.record({ kind: fc.constantFrom('user' as const, 'agent' as const), id });
const scopes = fc.array(fc.constantFrom('read:sso/user', 'create:sso/user', '*:*'), { maxLength: 2 });
const agentCommand: fc.Arbitrary<AgentCommand> = fc.oneof(
  fc.record({
    type: type('create-agent'),
    name: text,
    description: text,
    scopes,
    workspaceId: fc.constant(null),
    createdBy: principal,
    key: agentKey,
  }),
  fc.record(
    { type: type('change-agent'), name: text, description: text, scopes, isActive: flag, key: agentKey },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: type('remove-agent') }),
);
const claimOn = { slug: text, lookup: fc.constant('k1.slug'), claimId: id, ownerId: fc.option(id) };
const roleDetails = { name: text, description: text, scopes, isActive: flag };
const roleCommand: fc.Arbitrary<RoleCommand> = fc.oneof(
  fc.record({ type: type('define-role'), ...roleDetails, ...claimOn, workspaceId: fc.option(id) }),
  fc.record({ type: type('change-role'), ...roleDetails }, { requiredKeys: ['type'] }),
  fc.record({ type: type('retire-role') }),
  fc.record({ type: type('abandon-claim'), kind: type('role-slug'), claimId: id }),
);
const settings = fc.constantFrom<WorkspaceSettings>({}, { theme: 'dark' }, { theme: 'light', limits: [1] });
const workspaceDetails = { name: text, description: text, logoUrl: fc.option(text), settings, isActive: flag };
const workspaceCommand: fc.Arbitrary<WorkspaceCommand> = fc.oneof(
  fc.record({ type: type('create-workspace'), ...workspaceDetails, ...claimOn }),
  fc.record({ type: type('change-workspace'), ...workspaceDetails }, { requiredKeys: ['type'], noNullPrototype: true }),
  fc.record({ type: type('remove-workspace') }),
  fc.record({ type: type('abandon-claim'), kind: type('workspace-slug'), claimId: id }),
);
const claimAgentKey = fc.record(
  { type: type('claim-agent-key'), agentId: id, superseding: id },
  { requiredKeys: ['type', 'agentId'] },
);
const apiKeyCommand: fc.Arbitrary<ApiKeyCommand> = fc.oneof(
  fc.record({
    type: type('issue-api-key'),
    holder: principal,
    issuedBy: principal,
    name: text,
    scopes: fc.option(scopes),
    lookup: fc.constant('k1.key'),
    prefix: text,
    expiresAt: fc.option(now),
  }),
  fc.record({ type: type('revoke-api-key'), now }),
);
const acceptAssertion: fc.Arbitrary<AcceptAssertion> = fc.record({
  type: type('accept-assertion'),
  agentId: id,
  purpose: fc.constantFrom('token' as const, 'scopes' as const),
  audience: fc.option(text),
  scopes,
  generation: serial,
  now,
  expiresAt: now,
});

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

function laws<Command, State, Event extends DomainEvent>(
  name: string,
  decider: Decider<Command, State, Event>,
  command: fc.Arbitrary<Command>,
): void {
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
