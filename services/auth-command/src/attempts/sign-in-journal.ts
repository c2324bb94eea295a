import { idempotentCommandId } from '@evident/crypto';
import { type SignInEvent, streams } from '@evident/domain';
import { type CommandMetadata, inOrderOf, type Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import { unknownPerson } from '../privacy/unknown-person.ts';
import type { ServiceKeys } from '../service-keys.ts';
import type { SignInAttempt } from './sign-in-attempt.ts';

export interface Recorded {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** What an event about an attempt is recorded with. */
export interface RecordContext {
  /** Whose stream; undefined: that of attempts which named nobody. */
  readonly userId: string | undefined;
  /** `app:<uuid>` for an app that asked with a good key, else `system`. */
  readonly actor: string;
  readonly onBehalfOf?: string;
}

export interface JournalOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly keys: Pick<ServiceKeys, 'commands'>;
  readonly now: Clock;
}

/** Appends what came of attempts. An answer is given only after `record` resolved: its event is durable then. */
export class SignInJournal {
  readonly #options: JournalOptions;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * The id of an attempt's event: of the command, all that was tried and how it was judged. So the same command again
   * is one event, and a command id sent with other passwords is no way to guess without leaving a trace.
   */
  eventId(attempt: SignInAttempt, userId: string | undefined, verdict: string): string {
    const { context, purpose, username, password, key } = attempt;
    const parts = [context.commandId, purpose, userId ?? '', username, password, key?.text ?? '', verdict];
    return inOrderOf(context.commandId, idempotentCommandId(this.#options.keys.commands, ['sign-in', ...parts]));
  }

  async record(id: string, event: SignInEvent, attempt: SignInAttempt, context: RecordContext): Promise<Recorded> {
    const { tenant } = this.#options.log;
    const { context: request, client } = attempt;
    const { userId, actor, onBehalfOf } = context;
    const metadata: CommandMetadata = {
      tenant,
      actor,
      commandId: request.commandId,
      correlationId: request.correlationId,
      occurredAt: event.data.at,
      clientPerson: userId ?? unknownPerson(event.data.at),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      ...(request.causationId === undefined ? {} : { causationId: request.causationId }),
      ...(client.ip === undefined ? {} : { clientIp: client.ip }),
      ...(client.userAgent === undefined ? {} : { userAgent: client.userAgent }),
    };
    return this.#append(streams.signIn(tenant, userId), id, event, metadata);
  }

  /** Of no single attempt: the program's own doing. */
  async recordByItself(id: string, event: SignInEvent, userId: string | undefined): Promise<void> {
    const { tenant } = this.#options.log;
    const metadata = { tenant, actor: 'system', commandId: id, correlationId: id, occurredAt: event.data.at };
    await this.#append(streams.signIn(tenant, userId), id, event, metadata);
  }

  async #append(stream: string, id: string, event: SignInEvent, metadata: CommandMetadata): Promise<Recorded> {
    const { store, codec } = this.#options.log;
    const encoding = codec.encode([{ id, ...event }], { stream, metadata });
    const encoded = encoding instanceof Promise ? await encoding : encoding;
    const appended = await store.append(stream, encoded, 'any');
    if (appended.outcome === 'conflict') throw new Error(`an append to ${stream} at any revision was refused`);
    return { stream, revision: appended.revision, position: appended.position };
  }
}
