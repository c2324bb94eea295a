import { createRequire } from 'node:module';
import { type DestinationStream, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { logOutput } from './log-output.ts';
import type { LogFields } from './logged-fields.ts';
import { admit, withholdTelltales } from './redaction.ts';

/** Fields first, then a sentence. See `LogFields` for what may be written. */
export interface Logger {
  trace(fields: LogFields, text: string): void;
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
  fatal(fields: LogFields, text: string): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
  /** Before the process ends: resolves once what waits is written, or cannot be. */
  flush(): Promise<void>;
}

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** Coloured lines for a person; otherwise JSON, one object a line. Default: whether stdout is a terminal. */
  readonly pretty?: boolean;
  /** For tests. Default: stdout, without waiting for the write. */
  readonly destination?: DestinationStream & { flushed?(): Promise<void> };
}

function prettyDestination(): DestinationStream {
  const load = createRequire(import.meta.url);
  const pretty: (options: object) => DestinationStream = load('pino-pretty');
  return pretty({ ignore: 'pid,hostname', messageKey: 'text', translateTime: 'SYS:HH:MM:ss.l', sync: true });
}

/** The log of one process. Lines are `{time, level, service, …fields, text}`, time in RFC 3339 UTC. */
export function createLogger(options: LoggerOptions): Logger {
  const pretty = options.pretty ?? process.stdout.isTTY;
  const destination: LoggerOptions['destination'] =
    options.destination ?? (pretty ? prettyDestination() : logOutput(1));
  const lines = pino(
    {
      level: options.level,
      base: { service: options.service },
      messageKey: 'text',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return wrap(lines, async () => destination.flushed?.());
}

function wrap(lines: pino.Logger, flush: () => Promise<void>): Logger {
  const write = (level: Exclude<LogLevel, 'silent'>) => (fields: LogFields, text: string) => {
    if (lines.isLevelEnabled(level)) lines[level](admit(fields), withholdTelltales(text));
  };
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    child: (fields) => wrap(lines.child(admit(fields)), flush),
    flush,
  };
}

/** For specs and programs that have nothing to say. */
export const silentLogger: Logger = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  fatal: () => {},
  child: () => silentLogger,
  flush: async () => {},
};
