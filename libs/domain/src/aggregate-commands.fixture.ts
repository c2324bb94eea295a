import fc from 'fast-check';
import type { AgentCommand, AgentKey } from './agent/commands.ts';
import type { ApiKeyCommand } from './api-key/commands.ts';
import type { AppCommand, IssuedKey } from './app/commands.ts';
import type { AcceptAssertion } from './assertion/commands.ts';
import type { ErasureCommand } from './erasure/commands.ts';
import type { KeyringCommand } from './keyring/commands.ts';
import type { AllocateNumber } from './number-sequence/commands.ts';
import type { OperationCommand } from './operation/commands.ts';
import type { ExpireSignIns } from './retention/commands.ts';
import type { RoleCommand } from './role/commands.ts';
import type { SealLog } from './seal/commands.ts';
import type { SessionCommand } from './session/commands.ts';
import type { SigningKeyCommand } from './signing-key/commands.ts';
import type { WebhookCommand } from './webhook/commands.ts';
import type { WorkspaceCommand } from './workspace/commands.ts';
import type { WorkspaceSettings } from './workspace/events.ts';

// Few values of each kind, so that commands meet each other's work.
const id = fc.nat(3).map((number) => `00000000-0000-4000-8000-00000000000${number}`);
const now = fc.nat(50);
const serial = fc.integer({ min: 1, max: 3 });
const type = <Type extends string>(name: Type) => fc.constant(name);
const flag = fc.boolean();

const key: fc.Arbitrary<IssuedKey> = id.map((keyId) => ({ keyId, lookup: `k1.${keyId.at(-1)}`, prefix: 'evd_' }));
const text = fc.constantFrom('one', 'two');
export const appCommand: fc.Arbitrary<AppCommand> = fc.oneof(
  fc.record({ type: type('register-app'), number: serial, name: text, url: text, key }),
  fc.record({ type: type('change-app'), name: text, url: text, isActive: flag }, { requiredKeys: ['type'] }),
  fc.record({ type: type('rotate-key'), key, now, graceMs: fc.constantFrom(0, 10) }),
  fc.record({ type: type('remove-app'), now }),
);

export const reservationCommand = fc.oneof(
  fc.record(
    { type: type('claim'), claimId: id, holder: id, now, superseding: id },
    { requiredKeys: ['type', 'claimId', 'holder', 'now'] },
  ),
  fc.record({ type: type('release'), claimId: id }),
);
export const rosterCommand = fc.record(
  {
    type: fc.constantFrom('grant' as const, 'suspend' as const, 'revoke' as const, 'claim-owner' as const),
    userId: id,
    confirmed: fc.array(id, { maxLength: 3 }),
  },
  { requiredKeys: ['type', 'userId'] },
);
const tokensToIssue = { tokenId: id, accessExpiresAt: now, roles: fc.array(text), scopes: fc.array(text) };
const caller = fc.constantFrom('k1.here', 'k1.elsewhere');
export const sessionCommand: fc.Arbitrary<SessionCommand> = fc.oneof(
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
export const signingKeyCommand: fc.Arbitrary<SigningKeyCommand> = fc.oneof(
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
export const keyringCommand: fc.Arbitrary<KeyringCommand> = fc.oneof(
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
export const operationCommand: fc.Arbitrary<OperationCommand> = fc.oneof(
  fc.record({
    type: fc.constantFrom('retry-parked-event' as const, 'discard-parked-event' as const),
    projection: text,
    stream: text,
    eventId: id,
  }),
  fc.record({ type: type('request-rebuild'), projection: text }),
);
export const webhookCommand: fc.Arbitrary<WebhookCommand> = fc.oneof(
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
export const agentCommand: fc.Arbitrary<AgentCommand> = fc.oneof(
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
export const roleCommand: fc.Arbitrary<RoleCommand> = fc.oneof(
  fc.record({ type: type('define-role'), ...roleDetails, ...claimOn, workspaceId: fc.option(id) }),
  fc.record({ type: type('change-role'), ...roleDetails }, { requiredKeys: ['type'] }),
  fc.record({ type: type('retire-role') }),
  fc.record({ type: type('abandon-claim'), kind: type('role-slug'), claimId: id }),
);
const settings = fc.constantFrom<WorkspaceSettings>({}, { theme: 'dark' }, { theme: 'light', limits: [1] });
const workspaceDetails = { name: text, description: text, logoUrl: fc.option(text), settings, isActive: flag };
export const workspaceCommand: fc.Arbitrary<WorkspaceCommand> = fc.oneof(
  fc.record({ type: type('create-workspace'), ...workspaceDetails, ...claimOn }),
  fc.record({ type: type('change-workspace'), ...workspaceDetails }, { requiredKeys: ['type'], noNullPrototype: true }),
  fc.record({ type: type('remove-workspace') }),
  fc.record({ type: type('abandon-claim'), kind: type('workspace-slug'), claimId: id }),
);
export const claimAgentKey = fc.record(
  { type: type('claim-agent-key'), agentId: id, superseding: id },
  { requiredKeys: ['type', 'agentId'] },
);
export const apiKeyCommand: fc.Arbitrary<ApiKeyCommand> = fc.oneof(
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
export const acceptAssertion: fc.Arbitrary<AcceptAssertion> = fc.record({
  type: type('accept-assertion'),
  agentId: id,
  purpose: fc.constantFrom('token' as const, 'scopes' as const),
  audience: fc.option(text),
  scopes,
  generation: serial,
  now,
  expiresAt: now,
});

const digest = fc.constant('0'.repeat(64));
const signed = { kid: text, publicKey: text, signature: text };
export const sealLog: fc.Arbitrary<SealLog> = fc.record({
  type: type('seal-log'),
  seal: fc.record({
    number: serial,
    before: fc.nat(3),
    count: serial,
    from: text,
    to: text,
    merkleRoot: digest,
    previous: fc.option(digest),
    at: now,
    ...signed,
  }),
});
/** Each of one attempt, long ago: in their order they follow one another. */
export const expireSignIns: fc.Arbitrary<ExpireSignIns> = fc
  .record({
    after: fc.nat(2),
    id: text,
    revision: fc.nat(2),
    digest,
    at: fc.constantFrom(0, 1e12),
    more: fc.record(signed),
  })
  .chain(({ after, id: stream, revision, digest, at, more }) => {
    const number = after + 1;
    const attempt = { number, id: stream, revision, position: 'p', recordedAt: 0, digest };
    const letGo = [{ id: stream, upTo: revision }];
    const expiry = { after, upTo: number, before: 1, total: number, attempts: [attempt], letGo, late: [], at, ...more };
    return fc.record({ type: type('expire-sign-ins'), expiry: fc.constant(expiry), sealedUpTo: fc.nat(4) });
  });
export const allocateNumber: fc.Arbitrary<AllocateNumber> = fc.record({ type: type('allocate-number'), holder: id });
export const erasureCommand: fc.Arbitrary<ErasureCommand> = fc.oneof(
  fc.record({
    type: type('request-erasure'),
    userId: id,
    identifiers: fc.constantFrom('kept' as const, 'freed' as const),
  }),
  fc.record({ type: type('complete-erasure'), userId: id }),
);
