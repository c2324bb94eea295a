import { type Caller, type CallerCheck, permit } from '@evident/caller';
import type { ReplyError, RequestContext } from '@evident/contracts';
import { idempotentCommandId } from '@evident/crypto';
import { type CommandMetadata, canonicalJson, type JsonObject } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { ServiceKeys } from './service-keys.ts';

/** What every write of a command carries. */
export interface WriteContext {
  readonly metadata: CommandMetadata;
  /** Milliseconds since the epoch; no new attempt begins after it. */
  readonly deadline: number;
}

/** A command that may be carried out: who does it, under which id, until when. */
export interface Command extends WriteContext {
  /** Makes the ids of all that it causes: the same command twice is one. */
  readonly id: string;
  readonly metadata: CommandMetadata & { readonly fingerprint: string };
  /** Who asks, as they stood when that was last looked at. Undefined: the program itself, or the operator at its machine. */
  readonly caller: Caller | undefined;
  /**
   * Asked again after anything that takes long: undefined where the caller may still do it. `ask` is what the use case
   * asked of them itself; it is given the caller as they stand by then, and so is all that is asked after it.
   */
  stillPermitted(ask?: (asked: AskedCommand) => Awaitable<ReplyError | undefined>): Promise<ReplyError | undefined>;
}

/** What rules about the caller need of a command. */
export type AskedCommand = Pick<Command, 'caller'>;
type Awaitable<Value> = Value | Promise<Value>;

export interface CommandRequest {
  /** As in its contract. */
  readonly name: string;
  /** `create:sso/user`. Absent where the use case asks itself, since it takes the object in question (`mayDo`). */
  readonly scope?: string;
  /** What the command is about where the request names it: a key used for one object says nothing of another. */
  readonly target: readonly (number | string)[];
  /** All that was asked, for the fingerprint. */
  readonly payload: JsonObject;
}

export type OpenedCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly error: ReplyError };

export interface CommandGate {
  /** Checks the caller's own credential and scope, then gives the command its id. */
  open(request: CommandRequest, context: RequestContext): Promise<OpenedCommand>;
  /**
   * A command of somebody who is not signed in. `actor` is who they become by it. An `Idempotency-Key` counts for
   * nothing: whoever guessed it would be answered as they were.
   */
  openForNewcomer(
    request: Pick<CommandRequest, 'name' | 'payload'> & { readonly userIdOf: (commandId: string) => string },
    context: RequestContext,
  ): Command;
  /** A command of the program itself or of the operator at its machine. */
  openForSystem(name: string, commandId: string, payload: JsonObject): Command;
}

export interface CommandGateOptions {
  readonly log: Pick<Log, 'tenant'>;
  readonly callers: CallerCheck;
  readonly keys: Pick<ServiceKeys, 'commands'>;
  readonly now: Clock;
}

/** How long a command of the system may try; nobody waits for it over a wire. */
const systemPatienceMs = 30_000;

export function createCommandGate({ log, callers, keys, now }: CommandGateOptions): CommandGate {
  const { tenant } = log;
  // The actor is part of it: who repeats another's command id learns nothing of what that one was shown.
  const fingerprintOf = (actor: string, name: string, payload: JsonObject) =>
    idempotentCommandId(keys.commands, ['fingerprint', actor, name, canonicalJson(payload)]);

  /** What the request says of itself. */
  const known = ({ correlationId, causationId, clientIp, userAgent }: RequestContext) => ({
    correlationId,
    ...(causationId === undefined ? {} : { causationId }),
    occurredAt: now(),
    ...(clientIp === undefined ? {} : { clientIp }),
    ...(userAgent === undefined ? {} : { userAgent }),
  });

  return {
    async open({ name, scope, target, payload }, context) {
      const mayDo = async () => {
        const checked = await callers.check(context.credential);
        if (!checked.ok) return checked;
        const missing = scope === undefined ? undefined : permit(checked.caller, scope);
        return missing === undefined ? checked : { ok: false as const, error: missing };
      };
      const checked = await mayDo();
      if (!checked.ok) return checked;
      let { caller } = checked;
      const { actor } = caller;
      const { idempotencyKey } = context;
      const id =
        idempotencyKey === undefined
          ? context.commandId
          : idempotentCommandId(keys.commands, [tenant, actor, name, target.join('/'), idempotencyKey]);
      const command: Command = {
        id,
        metadata: {
          tenant,
          actor,
          ...(caller.onBehalfOf === undefined ? {} : { onBehalfOf: caller.onBehalfOf }),
          commandId: id,
          fingerprint: fingerprintOf(actor, name, payload),
          ...known(context),
          clientPerson: caller.holder.id,
        },
        get caller() {
          return caller;
        },
        deadline: context.deadline,
        async stillPermitted(ask) {
          const again = await mayDo();
          if (!again.ok) return again.error;
          caller = again.caller;
          return ask?.({ caller });
        },
      };
      return { ok: true, command };
    },

    openForNewcomer({ name, payload, userIdOf }, context) {
      const id = context.commandId;
      const userId = userIdOf(id);
      const actor = `user:${userId}`;
      return {
        id,
        caller: undefined,
        metadata: {
          tenant,
          actor,
          commandId: id,
          fingerprint: fingerprintOf(actor, name, payload),
          ...known(context),
          clientPerson: userId,
        },
        deadline: context.deadline,
        stillPermitted: async () => undefined,
      };
    },

    openForSystem(name, commandId, payload) {
      const actor = 'system';
      const fingerprint = fingerprintOf(actor, name, payload);
      return {
        id: commandId,
        caller: undefined,
        metadata: { tenant, actor, commandId, fingerprint, correlationId: commandId, occurredAt: now() },
        deadline: now() + systemPatienceMs,
        stillPermitted: async () => undefined,
      };
    },
  };
}
