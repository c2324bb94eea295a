import { z } from 'zod';
import { accessCommandContracts } from './access.ts';
import { agentObject, apiKeyObject, scopeList } from './machines.ts';
import { defineCommand } from './message.ts';
import { appObject, objectNumber, signInEvidence, userObject } from './objects.ts';
import { peopleCommandContracts, personIdentifierKind, personObject } from './people.ts';

const service = 'auth-command';
/** Counted in code points, as zod counts and as the HTTP contracts do. */
const text = (longest: number) => z.string().min(1).max(longest);
const loginName = text(320);
const password = text(1024);
const nothing = z.object({});

/**
 * `POST /verify` (api/asf.md). Needs no credential: the app's key is in the payload. Answers every judged attempt,
 * its event durable first; `request.too-many-attempts` and `load.shed` are no judgements.
 */
export const verifyCredentials = defineCommand(service, 'verify-credentials', {
  request: z.object({
    username: loginName,
    password,
    apiKey: text(256),
    /** The person's own address and agent, where the app tells them; the context's are the app's. */
    clientIp: z.string().max(64).optional(),
    userAgent: z.string().max(512).optional(),
  }),
  value: z.discriminatedUnion('authorized', [
    z.object({ authorized: z.literal(true), user: userObject }),
    z.object({
      authorized: z.literal(false),
      refusal: z.enum(['invalid-key', 'invalid-credentials', 'inactive', 'not-assigned']),
    }),
  ]),
});

/**
 * A sign-in with a password that is to become a session. Rejections: `signin.refused` (unknown, wrong, disabled or
 * removed: all alike), `signin.not-administrator` for purpose `token`.
 */
export const authenticate = defineCommand(service, 'authenticate', {
  request: z.object({
    /** For a session any identifier of the user, for a token a name or an address. */
    username: loginName,
    /** Inferred where absent: an address, for a session also a phone number, a name. */
    kind: personIdentifierKind.optional(),
    password,
    purpose: z.enum(['token', 'session']),
    audience: z.string().max(256).optional(),
  }),
  value: z.object({
    userId: z.uuid(),
    evidence: signInEvidence,
    /** Who signed in, from the leader; for purpose `session`. */
    person: personObject.optional(),
  }),
});

export const registerUser = defineCommand(service, 'register-user', {
  request: z.object({ username: z.string(), email: z.string(), password: z.string(), isAdmin: z.boolean() }),
  value: userObject,
});

/** Absent members stay as they are; all or nothing; the name is checked before the address. */
export const changeUser = defineCommand(service, 'change-user', {
  request: z.object({
    id: objectNumber,
    username: z.string().optional(),
    email: z.string().optional(),
    password: z.string().optional(),
    isActive: z.boolean().optional(),
    isAdmin: z.boolean().optional(),
  }),
  value: userObject,
});

export const removeUser = defineCommand(service, 'remove-user', {
  request: z.object({ id: objectNumber }),
  value: nothing,
});

export const assignApp = defineCommand(service, 'assign-app', {
  request: z.object({ userId: objectNumber, appId: objectNumber }),
  value: nothing,
});
export const unassignApp = defineCommand(service, 'unassign-app', {
  request: z.object({ userId: objectNumber, appId: objectNumber }),
  value: nothing,
});

/** `apiKey` is shown here and never again, save to a repeat of the same command. */
export const registerApp = defineCommand(service, 'register-app', {
  request: z.object({ name: z.string(), url: z.string() }),
  value: appObject.extend({ apiKey: z.string() }),
});
export const changeApp = defineCommand(service, 'change-app', {
  request: z.object({
    id: objectNumber,
    name: z.string().optional(),
    url: z.string().optional(),
    isActive: z.boolean().optional(),
  }),
  value: appObject,
});
export const removeApp = defineCommand(service, 'remove-app', {
  request: z.object({ id: objectNumber }),
  value: nothing,
});
export const rotateAppKey = defineCommand(service, 'rotate-app-key', {
  request: z.object({ id: objectNumber, graceSeconds: z.number().int().min(0).max(604_800) }),
  value: z.object({ apiKey: z.string(), previousKeyExpiresAt: z.number().int().nullable() }),
});

/**
 * Without `verifyKey` (SubjectPublicKeyInfo of an Ed25519 key, PEM) a pair is made, and `privateKey` (PKCS8, PEM) is
 * shown here and never again, save to a repeat of the same command. An agent never holds more than its maker.
 */
export const createAgent = defineCommand(service, 'create-agent', {
  request: z.object({
    name: z.string(),
    description: z.string().optional(),
    scopes: scopeList,
    workspaceId: z.uuid().optional(),
    verifyKey: z.string().max(1_024).optional(),
  }),
  value: agentObject.extend({ privateKey: z.string().nullable() }),
});
/** Absent members stay as they are; all or nothing. What is added to its scopes the caller must hold. */
export const changeAgent = defineCommand(service, 'change-agent', {
  request: z.object({
    uid: z.uuid(),
    name: z.string().optional(),
    description: z.string().optional(),
    scopes: scopeList.optional(),
    isActive: z.boolean().optional(),
    verifyKey: z.string().max(1_024).optional(),
  }),
  value: agentObject,
});
/** For ever; answers with the agent as it was. */
export const removeAgent = defineCommand(service, 'remove-agent', {
  request: z.object({ uid: z.uuid() }),
  value: agentObject,
});

/**
 * A key for oneself, or for an agent. Without `scopes` it carries all that its holder has, and so none can be had for an
 * agent that holds more than the caller: whenever it is used, where the caller is the holder or may change it; else what
 * the holder has now. `key` is shown as `privateKey` above is.
 */
export const issueApiKey = defineCommand(service, 'issue-api-key', {
  request: z.object({
    agentId: z.uuid().optional(),
    name: z.string(),
    scopes: scopeList.optional(),
    expiresInDays: z.number().int().min(1).max(3_650).optional(),
  }),
  value: apiKeyObject.extend({ key: z.string() }),
});
/** One's own (held or made by the caller) needs no scope. Answers with the key as it was. */
export const revokeApiKey = defineCommand(service, 'revoke-api-key', {
  request: z.object({ uid: z.uuid() }),
  value: apiKeyObject,
});

/**
 * Ends every session of a user, the caller's own too: of oneself, or of anybody with `delete:sso/session`. Without
 * `userId` it is the caller.
 */
export const endSessions = defineCommand(service, 'end-sessions', {
  request: z.object({ userId: z.uuid().optional() }),
  value: z.object({ userId: z.uuid() }),
});

export const authCommandContracts = [
  verifyCredentials,
  authenticate,
  registerUser,
  changeUser,
  removeUser,
  assignApp,
  unassignApp,
  registerApp,
  changeApp,
  removeApp,
  rotateAppKey,
  createAgent,
  changeAgent,
  removeAgent,
  issueApiKey,
  revokeApiKey,
  endSessions,
  ...accessCommandContracts,
  ...peopleCommandContracts,
] as const;
