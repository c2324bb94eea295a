import type { Server } from 'node:http';
import type { Config } from '@evident/runtime';
import { correlationIdFrom } from '@evident/runtime';
import type { FastifyHttpOptions } from 'fastify';
import { answerClientError } from './client-errors.ts';
import type { FaultAnswers } from './fault-answers.ts';

export const bodyLimitBytes = 64 * 1024;

/** Bounds on what one connection may ask of the process. Times in milliseconds. */
const connection = {
  /** All headers in one request, bytes. A token may have 8 KiB of them. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  /** Headers and body: a client that sends byte by byte is cut off with 408. */
  requestTimeout: 20_000,
  /** Longer than the idle times of common balancers, so that they close first. */
  keepAliveTimeout: 75_000,
  /** Silence on a socket, a reader that does not read among it. */
  connectionTimeout: 120_000,
  checkEvery: 2_000,
} as const;

/** Sockets at once; more are closed at the door. */
export const maxConnections = 8_192;
/**
 * Connections that the system may hold before they are accepted. Node's 511 overflows where thousands arrive together:
 * what a client then sends is lost, and sent again so late that it would be cut off as too slow.
 */
export const maxWaitingConnections = 4_096;
/** More header lines than this are ignored by Node. */
export const maxHeaders = 100;

export function serverOptions(config: Config, faults: FaultAnswers): FastifyHttpOptions<Server> {
  return {
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: connection.requestTimeout,
    keepAliveTimeout: connection.keepAliveTimeout,
    connectionTimeout: connection.connectionTimeout,
    http: {
      maxHeaderSize: connection.maxHeaderSize,
      headersTimeout: connection.headersTimeout,
      connectionsCheckingInterval: connection.checkEvery,
      // Asked for by the admission, which answers in the words of the contract; Node would answer without any.
      requireHostHeader: false,
    },
    // A request that is on its way while the process stops is answered; its connection is closed after it.
    return503OnClosing: false,
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    requestIdHeader: false,
    genReqId: (request) => correlationIdFrom(request.headers['x-request-id']),
    routerOptions: {
      ignoreTrailingSlash: true,
      // As long as a request line can be: what an id may be is said by the route, in its contract's words.
      maxParamLength: connection.maxHeaderSize,
    },
    frameworkErrors: (error, request, reply) => {
      faults.send(error, request, reply);
    },
    clientErrorHandler: answerClientError,
  };
}
