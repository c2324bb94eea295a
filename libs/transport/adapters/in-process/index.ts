export { InProcessStrategy } from './in-process-strategy.ts';
export { type InProcessOptions, InProcessTransport } from './in-process-transport.ts';
