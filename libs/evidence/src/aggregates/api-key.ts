import { type ApiKeyEvent, type ApiKeyState, apiKeyDecider, principalName } from '@evident/domain';
import { type Aggregate, asTime, internal } from './aggregate.ts';

export const apiKeyAggregate: Aggregate<ApiKeyState, ApiKeyEvent> = {
  category: 'apikey',
  decider: apiKeyDecider,
  exists: ({ issued }) => issued !== undefined,
  shown: { issued: internal, revokedAt: asTime },
  derived: {
    holder: ({ issued }) => (issued === undefined ? null : principalName(issued.holder)),
    issuedBy: ({ issued }) => (issued === undefined ? null : principalName(issued.issuedBy)),
    name: ({ issued }) => issued?.name ?? null,
    scopes: ({ issued }) => issued?.scopes ?? null,
    prefix: ({ issued }) => issued?.prefix ?? null,
    expiresAt: ({ issued }) => asTime(issued?.expiresAt),
  },
};
