export type { FaultMapper } from './fault-reply.ts';
export { storeFaults } from './fault-reply.ts';
export * from './feed.port.ts';
export { type AnyMessageHandler, type BoundHandler, type MessageHandler, MessageHandlers } from './message-handlers.ts';
export { MessageServer, type MessageServerOptions } from './message-server.ts';
export { bindHandlers, Handles } from './nest/handles.decorator.ts';
export { withDeadline } from './receive-request.ts';
export * from './transport.port.ts';
export type { TransportLog, TransportLogFields } from './transport-log.ts';
