export { createFakeEvents, type FakeEvents, type FakeSubscription } from './fake-events.ts';
export { createFakeIssuer, type FakeIssuer, type FakeTokenOptions } from './fake-issuer.ts';
