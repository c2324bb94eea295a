export { GatewayModule, nestOptions } from './gateway.module.ts';
export { createGateway, type Gateway } from './gateway.ts';
export type { GatewayDependencies } from './gateway-dependencies.ts';
export { type Listening, type ListeningAddress, listen } from './http/listen.ts';
