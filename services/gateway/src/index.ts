export type { GatewayDependencies } from './gateway-dependencies.ts';
export type { ListeningAddress } from './http/listen.ts';
export { serveGateway } from './serve-gateway.ts';
