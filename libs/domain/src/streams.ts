import type { SlugKind } from './slug.ts';
import { streamName } from './stream-name.ts';
import type { IdentifierKind } from './user/events.ts';

/** The streams of a tenant, each name written once. */
export const streams = {
  user: (tenant: string, userId: string) => streamName('user', tenant, userId),
  app: (tenant: string, appId: string) => streamName('app', tenant, appId),
  role: (tenant: string, roleId: string) => streamName('role', tenant, roleId),
  workspace: (tenant: string, workspaceId: string) => streamName('workspace', tenant, workspaceId),
  /** `userId` undefined: attempts that named nobody. */
  signIn: (tenant: string, userId: string | undefined) => streamName('signin', tenant, userId ?? 'unknown'),
  reservation: (tenant: string, kind: IdentifierKind | SlugKind, lookup: string) =>
    streamName('reservation', tenant, `${kind}-${lookup}`),
  roster: (tenant: string) => streamName('roster', tenant),
  numbers: (tenant: string, kind: 'user' | 'app') => streamName('numbers', tenant, kind),
  session: (tenant: string, sessionId: string) => streamName('session', tenant, sessionId),
  signingKeys: (tenant: string) => streamName('signingkeys', tenant),
  erasures: (tenant: string) => streamName('erasures', tenant),
  retention: (tenant: string) => streamName('retention', tenant),
  seals: (tenant: string) => streamName('seals', tenant),
  keyring: (tenant: string, service: string) => streamName('keyring', tenant, service),
  webhook: (tenant: string, webhookId: string) => streamName('webhook', tenant, webhookId),
  operations: (tenant: string, projection: string) => streamName('projection', tenant, projection),
  agent: (tenant: string, agentId: string) => streamName('agent', tenant, agentId),
  /** Of a public key: hex SHA-256 of its SubjectPublicKeyInfo. */
  agentKey: (tenant: string, keyId: string) => streamName('agentkey', tenant, keyId),
  apiKey: (tenant: string, keyId: string) => streamName('apikey', tenant, keyId),
  /** `assertionId`: of the agent and the statement's `jti`. */
  assertion: (tenant: string, assertionId: string) => streamName('assertion', tenant, assertionId),
} as const;
