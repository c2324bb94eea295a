import { z } from 'zod';
import { accessQueryContracts } from './access.ts';
import { auditContracts } from './audit.ts';
import { createdPageRequest } from './creation.ts';
import { agentWithUse, apiKeyObject } from './machines.ts';
import { defineQuery } from './message.ts';
import { appObject, objectNumber, pageRequest, userObject, userWithApps } from './objects.ts';
import { peopleQueryContracts, personIdentifierKind } from './people.ts';

const service = 'identity-projection';
const keyedHash = z.string().max(128);

/**
 * What auth-command needs before it hashes a password; nobody else may ask. Rows may be behind the log: they choose
 * the hash to compare, and decide nothing.
 */
export const findSignIn = defineQuery(service, 'find-sign-in', {
  request: z.object({
    identifier: z.object({ kind: personIdentifierKind, lookup: keyedHash }),
    /** The app that the key names, where one is asked. */
    appId: z.uuid().optional(),
  }),
  value: z.object({
    app: z.object({ uid: z.uuid(), revision: z.number().int() }).nullable(),
    user: z.object({ uid: z.uuid(), revision: z.number().int(), passwordHash: z.string() }).nullable(),
  }),
});

export const getUser = defineQuery(service, 'get-user', {
  request: z.object({ id: objectNumber }),
  value: userWithApps,
});

/**
 * By integer id. `q`: name or address begins with it, ignoring case.
 *
 * A page of this and the other lists may be shorter than `limit` where more would not fit into one message: whoever
 * wants all of it goes on with a larger `skip` until `total`, or an empty page.
 */
export const listUsers = defineQuery(service, 'list-users', {
  request: pageRequest.extend({ q: z.string().max(640).optional(), isActive: z.boolean().optional() }),
  value: z.object({ users: z.array(userObject), total: z.number().int() }),
});

export const getApp = defineQuery(service, 'get-app', { request: z.object({ id: objectNumber }), value: appObject });
export const listApps = defineQuery(service, 'list-apps', {
  request: pageRequest,
  value: z.object({ apps: z.array(appObject), total: z.number().int() }),
});
export const listAppUsers = defineQuery(service, 'list-app-users', {
  request: pageRequest.extend({ id: objectNumber }),
  value: z.object({ users: z.array(userObject), total: z.number().int() }),
});

export const getAgent = defineQuery(service, 'get-agent', {
  request: z.object({ uid: z.uuid() }),
  value: agentWithUse,
});
/** In the order they were made. */
export const listAgents = defineQuery(service, 'list-agents', {
  request: createdPageRequest,
  value: z.object({ agents: z.array(agentWithUse), total: z.number().int() }),
});

/** One's own (held or made by the caller) needs no scope; without it a stranger's is unknown. Revoked ones are gone. */
export const getApiKey = defineQuery(service, 'get-api-key', {
  request: z.object({ uid: z.uuid() }),
  value: apiKeyObject,
});
/** In the order they were made: one's own, and those that the caller's scopes reach; of one holder where asked. */
export const listApiKeys = defineQuery(service, 'list-api-keys', {
  request: createdPageRequest.extend({ agentId: z.uuid().optional() }),
  value: z.object({ apiKeys: z.array(apiKeyObject), total: z.number().int() }),
});

/**
 * What an API key allows now, by the ends of its own and its holder's streams; `caller.bad-credential` where it is
 * none, or no longer. The key itself is the credential.
 */
export const verifyApiKey = defineQuery(service, 'verify-api-key', {
  request: z.object({ key: z.string().max(512) }),
  value: z.object({
    keyId: z.uuid(),
    /** `user:<uuid>` or `service:<uuid>` */
    holder: z.string(),
    scopes: z.array(z.string()),
    /** Slugs of the holder's, of a key without scopes of its own. */
    roles: z.array(z.string()),
    workspaceIds: z.array(z.uuid()),
    expiresAt: z.number().int().nullable(),
  }),
});

/** A user's or an agent's tokens of an older generation, or one session, have ended. */
export const revocation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), userId: z.uuid(), generation: z.number().int() }),
  z.object({ kind: z.literal('agent'), agentId: z.uuid(), generation: z.number().int() }),
  z.object({ kind: z.literal('session'), sessionId: z.uuid(), expiresAt: z.number().int() }),
]);
export type Revocation = z.infer<typeof revocation>;

/**
 * Ended tokens since a sequence number of this publisher, complete to `position`. Waits for `minPosition` of the
 * context, so that who just wrote gets what was written; and for at most half a second for the rows of the directory
 * too, because the answer of a write is held on this question. Each process is a `publisher` of its own: to
 * whoever does not know it, `snapshot` is true and `changes` are all that can still matter.
 *
 * Where that is more than one message holds, the first part comes with `asOf` 0 and no position: it proves nothing
 * until the rest was asked for from its `sequence`.
 */
export const getRevocations = defineQuery(service, 'get-revocations', {
  request: z.object({
    publisher: z.string().max(64).optional(),
    since: z.number().int().nonnegative(),
    /** The same of further publishers: whoever asks knows several processes, and not which of them will answer. */
    others: z
      .array(z.object({ publisher: z.string().max(64), since: z.number().int().nonnegative() }))
      .max(16)
      .optional(),
  }),
  value: z.object({
    publisher: z.string(),
    sequence: z.number().int(),
    snapshot: z.boolean(),
    changes: z.array(revocation),
    /** Log head that was read from the leader and has been passed; undefined on an empty log. */
    position: z.string().optional(),
    /** Milliseconds since the epoch at which that head was read. */
    asOf: z.number().int(),
  }),
});

/** Broadcast on `revocationsSubject` after each batch that ends tokens, and every 250 ms as a heartbeat. */
export const revocationNotice = z.object({
  publisher: z.string(),
  /** Sequence before `changes`; a listener that stands elsewhere asks with `getRevocations`. */
  after: z.number().int(),
  sequence: z.number().int(),
  changes: z.array(revocation),
  position: z.string().optional(),
  asOf: z.number().int(),
});
export type RevocationNotice = z.infer<typeof revocationNotice>;
export const revocationsSubject = (tenant: string) => `evident.identity-projection.evt.revocations.${tenant}`;

export const projectionStatus = z.object({
  name: z.string(),
  version: z.number().int(),
  position: z.string().nullable(),
  lagEvents: z.number().int(),
  lagMs: z.number().int(),
  state: z.string(),
  parked: z.number().int(),
});
/** For readiness and operators; says nothing about anyone. */
export const getStatus = defineQuery(service, 'get-status', {
  request: z.object({}),
  value: z.object({
    /** The projections have passed where the log stood when the service started. */
    caughtUp: z.boolean(),
    projections: z.array(projectionStatus),
  }),
});

/** Where a page of open claims ended: so many that were made in that millisecond are passed over. */
const claimsPlace = z.object({ claimedAt: z.number().int(), passed: z.number().int().min(0) });

/** Claims on identifiers that no holder had completed before `before`, oldest first: where the sweeper has to look. */
export const listOpenClaims = defineQuery(service, 'list-open-claims', {
  request: z.object({
    before: z.number().int(),
    after: claimsPlace.optional(),
    limit: z.number().int().min(1).max(100),
  }),
  value: z.object({
    claims: z.array(
      z.object({
        kind: z.enum(['username', 'email', 'phone', 'role-slug', 'workspace-slug']),
        lookup: keyedHash,
        claimId: z.uuid(),
        holder: z.uuid(),
      }),
    ),
    /** Null after the last one. */
    next: claimsPlace.nullable(),
  }),
});

/** A session that has neither ended nor expired; times in milliseconds since the epoch. */
export const sessionObject = z.object({
  uid: z.uuid(),
  userUid: z.uuid(),
  audience: z.string(),
  methods: z.array(z.string()),
  scopes: z.array(z.string()),
  createdAt: z.number().int(),
  lastUsedAt: z.number().int(),
  expiresAt: z.number().int(),
  /** Of the sign-in; empty where unknown, `erased` where the person is. */
  clientIp: z.string(),
  userAgent: z.string(),
});
export type SessionObject = z.infer<typeof sessionObject>;

/** Newest first: one's own (`userId` is oneself or left out), or anybody's with `read:sso/session`. */
export const listSessions = defineQuery(service, 'list-sessions', {
  request: createdPageRequest.extend({ userId: z.uuid().optional() }),
  value: z.object({ sessions: z.array(sessionObject), total: z.number().int() }),
});

/** Also one that has ended, so that its end can be answered. `session.unknown` to whoever may not see it. */
export const getSession = defineQuery(service, 'get-session', {
  request: z.object({ sessionId: z.uuid() }),
  value: sessionObject.extend({ isActive: z.boolean() }),
});

export const identityProjectionContracts = [
  findSignIn,
  getUser,
  listUsers,
  getApp,
  listApps,
  listAppUsers,
  getRevocations,
  getStatus,
  listOpenClaims,
  ...accessQueryContracts,
  ...auditContracts,
  getAgent,
  listAgents,
  getApiKey,
  listApiKeys,
  verifyApiKey,
  listSessions,
  getSession,
  ...peopleQueryContracts,
] as const;
