import { type AppEvent, type AppState, appDecider } from '@evident/domain';
import { type Aggregate, asItIs, asTime, internal } from './aggregate.ts';

export const appAggregate: Aggregate<AppState, AppEvent> = {
  category: 'app',
  decider: appDecider,
  exists: ({ registered }) => registered,
  shown: {
    registered: internal,
    removed: asItIs,
    number: asItIs,
    name: asItIs,
    url: asItIs,
    isActive: asItIs,
    keys: (keys) => keys.map(({ keyId, prefix, endsAt }) => ({ keyId, prefix, endsAt: asTime(endsAt) })),
  },
};
