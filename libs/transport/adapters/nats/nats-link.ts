import { setTimeout as pause } from 'node:timers/promises';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import type { LinkStatus, TransportLink } from '../../src/transport.port.ts';
import { noLog, type TransportLog } from '../../src/transport-log.ts';
import { connectionOptions, type NatsAddress, namesOf } from './nats-options.ts';
import { NatsProblem } from './nats-problem.ts';
import { asRefusal } from './nats-refusal.ts';

export interface ConnectOptions extends NatsAddress {
  readonly log?: TransportLog;
  /** Ends the waiting for a server that is not there. */
  readonly signal?: AbortSignal;
}

const longestPauseMs = 2000;

/**
 * One connection, shared by everything of a process that speaks NATS.
 *
 * Waits for a server that is not there yet, saying so in the log at the first attempt and ever more seldom after.
 *
 * @throws NatsProblem at once where waiting would not help: a refused credential or certificate, an unreadable file, an
 * unencrypted connection off loopback; and when `signal` ends the waiting.
 */
export async function connectNats(options: ConnectOptions): Promise<NatsLink> {
  const { log = noLog, signal } = options;
  const driverOptions = connectionOptions(options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return new NatsLink(await connect(driverOptions), driverOptions.inboxPrefix, log);
    } catch (error) {
      const refusal = asRefusal(error, `NATS at ${namesOf(options)}`);
      if (refusal !== undefined) throw refusal;
      if (Number.isInteger(Math.log2(attempt))) {
        const text = `NATS at ${namesOf(options)} does not answer; start it, or correct NATS_URL. Trying again.`;
        log.warn({ attempt, reason: reasonOf(error) }, text);
      }
    }
    await waitBefore(attempt, options, signal);
  }
}

async function waitBefore(attempt: number, address: NatsAddress, signal: AbortSignal | undefined): Promise<void> {
  const ceiling = Math.min(longestPauseMs, 100 * 2 ** Math.min(attempt, 10));
  const ms = ceiling * (0.5 + Math.random() / 2);
  await pause(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  if (signal?.aborted !== true) return;
  throw new NatsProblem('closed', `NATS at ${namesOf(address)} did not answer.`, 'Start it, or correct NATS_URL.');
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
}

type Violation = InstanceType<typeof errors.PermissionViolationError>;

/** A live connection and what has become of it. It reconnects for ever until it is closed. */
export class NatsLink implements TransportLink {
  readonly connection: NatsConnection;
  readonly inboxPrefix: string;
  readonly #log: TransportLog;
  readonly #onViolation = new Set<(violation: Violation) => void>();
  #status: LinkStatus = 'connected';

  constructor(connection: NatsConnection, inboxPrefix: string, log: TransportLog) {
    this.connection = connection;
    this.inboxPrefix = inboxPrefix;
    this.#log = log;
    void this.#watch();
  }

  get status(): LinkStatus {
    return this.#status;
  }

  /** Told when the server forbids a subject to this service. */
  onViolation(listener: (violation: Violation) => void): void {
    this.#onViolation.add(listener);
  }

  /** Sends what was written and closes. Idempotent. */
  async close(): Promise<void> {
    const wasConnected = this.#status === 'connected';
    this.#status = 'closed';
    if (this.connection.isClosed()) return;
    // A drain waits for the server's pong, which does not come while there is no server.
    await (wasConnected ? this.connection.drain().catch(() => this.connection.close()) : this.connection.close());
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.#become('reconnecting');
      else if (status.type === 'reconnect') this.#become('connected');
      else if (status.type === 'error') this.#report(status.error);
      else if (status.type === 'staleConnection') this.#log.warn({}, 'NATS has stopped answering.');
    }
    this.#status = 'closed';
  }

  #become(status: LinkStatus): void {
    if (this.#status === 'closed' || this.#status === status) return;
    this.#status = status;
    if (status === 'connected') this.#log.info({}, 'The connection to NATS is back.');
    else this.#log.warn({}, 'The connection to NATS is lost; reconnecting.');
  }

  #report(error: Error): void {
    this.#log.error({ error }, 'NATS reports an error.');
    if (!(error instanceof errors.PermissionViolationError)) return;
    for (const listener of this.#onViolation) listener(error);
  }
}
