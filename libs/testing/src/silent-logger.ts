import type { Logger } from '@evident/runtime';

/** For specs that are not about what is logged. */
export const silentLogger: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silentLogger,
  flush() {},
};
