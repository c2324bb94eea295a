export { type SkippedCases, transportCases, transportContract } from './transport.contract.ts';
export type {
  HarnessOptions,
  OpenTransport,
  ServedInstance,
  TransportCase,
  TransportHarness,
  TransportUnderTest,
} from './transport-harness.ts';
