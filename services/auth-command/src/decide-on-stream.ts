import { type ErrorCodeName, fail, isErrorCode, type ReplyError } from '@evident/contracts';
import type { Decider, DomainEvent } from '@evident/domain';
import { type CommandOutcome, runCommand, type StreamState } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Command } from './command.ts';
import { findOwnWork } from './own-work.ts';

type Accepted<State, Event extends DomainEvent> = Extract<CommandOutcome<State, Event>, { outcome: 'accepted' }>;

export type Decided<State, Event extends DomainEvent> =
  | { readonly ok: true; readonly accepted: Accepted<State, Event> }
  | { readonly ok: false; readonly error: ReplyError };

export interface DecisionOnStream<DomainCommand, State, Event extends DomainEvent, Code extends string> {
  readonly decider: Decider<DomainCommand, State, Event, Code>;
  /** Of the decider, so that what a decision costs does not grow with what was decided before on the stream. */
  readonly states?: { load(stream: string): Promise<StreamState<State>> };
  readonly stream: string;
  readonly step: string;
  readonly decision: DomainCommand;
  /** Whose key seals personal members; the id of the stream where left out; null where they are about nobody. */
  readonly person?: string | null;
}

/** Decides one step of a command on one stream; rejections become the error codes of the same name. */
export async function decideOnStream<DomainCommand, State, Event extends DomainEvent, Code extends string>(
  { log, now }: { readonly log: Pick<Log, 'store' | 'codec'>; readonly now: Clock },
  { decider, states, stream, step, decision, person }: DecisionOnStream<DomainCommand, State, Event, Code>,
  command: Command,
): Promise<Decided<State, Event>> {
  const { metadata, deadline } = command;
  const known = await states?.load(stream);
  const outcome = await runCommand(
    { store: log.store, codec: log.codec, decider, now },
    {
      stream,
      step,
      command: decision,
      metadata,
      deadline,
      ...(known === undefined ? {} : { known }),
      ...(person === undefined ? {} : { person }),
    },
  );
  if (outcome.outcome === 'contended') return fail('write.contended');
  if (outcome.outcome === 'rejected') {
    const { code, details } = outcome;
    return fail(contractCode(code), details === undefined ? {} : { details });
  }
  if (outcome.repeated) {
    const { ofOtherRequest } = await findOwnWork(log, stream, step, command);
    if (ofOtherRequest) return fail('request.idempotency-mismatch');
  }
  return { ok: true, accepted: outcome };
}

function contractCode(code: string): ErrorCodeName {
  if (isErrorCode(code)) return code;
  throw new Error(`the rejection ${code} is none that a caller is told of`);
}
