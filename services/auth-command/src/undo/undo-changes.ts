import { permit } from '@evident/caller';
import {
  authCommandContracts,
  detailOf,
  fail,
  given,
  type MessageContract,
  mostUndone,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type UndoStepObject,
  type undoChanges,
  type ValueOf,
  webhookCommandContracts,
} from '@evident/contracts';
import { uuid5 } from '@evident/event-store';
import { planUndo, type UndoCommand, type UndoStep } from '@evident/evidence';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Command } from '../command.ts';
import {
  eventsOfCommands,
  historyOf,
  type PlannedStep,
  planSteps,
  readChosen,
  streamsBefore,
} from './chosen-streams.ts';

type Request = RequestOf<typeof undoChanges>;
type Value = ValueOf<typeof undoChanges>;
type Handle = (request: never, context: RequestContext) => Promise<Reply<unknown>>;

/** By the names that the rules of undo use. */
const contracts: ReadonlyMap<string, MessageContract> = new Map(
  [...authCommandContracts, ...webhookCommandContracts].map((contract) => [contract.name, contract]),
);

export interface Undoing {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  /** Handlers of this service, by the name of their contract. */
  readonly handlers: Readonly<Record<string, Handle>>;
  readonly now: Clock;
}

const tooMany = fail('audit.bad-query', {
  details: { reason: `These are more than ${mostUndone} events; narrow it down.` },
});

/** Kept of the deadline, so that the answer itself arrives in time. */
const marginMs = 1_000;

/** What came of a step: `done`, or the code of an error and what it says to people. */
interface StepOutcome {
  readonly outcome: string;
  readonly reason?: string;
  readonly position?: string;
}

export function createUndoChanges({ log, handlers, now }: Undoing) {
  return async (request: Request, context: RequestContext, command: Command): Promise<Reply<Value>> => {
    const streams = await readChosen(log, request.events);
    if (streams === undefined) return fail('audit.unknown-subject');
    const isRepeatable = request.apply && context.idempotencyKey !== undefined;
    const commandIdOf = (step: PlannedStep) =>
      isRepeatable ? repeatableId(command, step) : uuid5(`undo/${idsOf(step).join('/')}/${step.revision}`);
    // What an earlier try did, and all that came after it, is planned as it was before: the same again is answered the same.
    const mine = new Set(isRepeatable ? planSteps(streams).map(commandIdOf) : []);
    const earlier = eventsOfCommands(streams, mine);
    const done = new Set(earlier.map(({ metadata }) => metadata.commandId));
    const [began] = earlier.map(({ position }) => position).sort();
    if (began === undefined && request.events.length > mostUndone) return tooMany;
    const planned = planSteps(began === undefined ? streams : streamsBefore(streams, began));
    const outcomes = new Map<UndoStep, StepOutcome>();
    let position: string | undefined;
    let complete = true;
    for (const step of request.apply ? planned : []) {
      if (step.standing !== 'ready') continue;
      if (done.has(commandIdOf(step))) {
        outcomes.set(step, { outcome: 'done' });
        continue;
      }
      if (now() > context.deadline - marginMs) {
        complete = false;
        break;
      }
      const undone = await undo(step, commandIdOf, context);
      outcomes.set(step, undone);
      position = undone.position ?? position;
    }
    const steps = planned.map((step) => shown(step, outcomes.get(step), command));
    return succeed({ steps, complete, began: began ?? null }, position ?? (await log.store.lastPosition()));
  };

  /** Planned once more on the stream as it is now: an earlier step may have changed it. */
  async function undo(
    step: PlannedStep,
    commandIdOf: (step: PlannedStep) => string,
    context: RequestContext,
  ): Promise<StepOutcome> {
    const { stream, chosen } = step;
    const steps = planUndo({ stream, events: await historyOf(log, stream), chosen });
    const again = steps.find(
      (other) => other.field === step.field && other.events.at(-1)?.id === step.events.at(-1)?.id,
    );
    if (again?.standing === 'already') return { outcome: 'done' };
    if (again === undefined || again.command === null)
      return { outcome: again?.standing ?? 'conflict', ...given({ reason: again?.reason ?? undefined }) };
    const { idempotencyKey: _, ...asked } = context;
    const causationId = idsOf(again).at(-1);
    const cause = causationId === undefined ? {} : { causationId };
    const reply = await give(again.command, {
      ...asked,
      ...cause,
      commandId: commandIdOf({ ...again, stream, chosen }),
    });
    if (!reply.ok) return { outcome: reply.error.code, reason: detailOf(reply.error) };
    return { outcome: 'done', ...given({ position: reply.position }) };
  }

  /** As if the caller had sent it: with their rights, and the event that it undoes as its cause. */
  async function give(command: UndoCommand, context: RequestContext): Promise<Reply<unknown>> {
    const contract = contracts.get(command.name);
    const handle = handlers[command.name];
    const parsed = contract?.request.safeParse(command.request);
    if (handle === undefined || parsed?.success !== true) return fail('request.invalid');
    return handle(parsed.data as never, context);
  }
}

function idsOf({ events }: UndoStep): readonly string[] {
  return events.map(({ id }) => id);
}

/** Under an `Idempotency-Key`: the same for the same step of the same selection, whatever that finds by then. */
function repeatableId({ id, metadata }: Command, { stream, field }: PlannedStep): string {
  return uuid5(JSON.stringify(['undo', id, metadata.fingerprint, stream, field]));
}

/** What a field was is shown to who may read the subject; that it would be brought back, to whoever may undo. */
function shown(step: UndoStep, came: StepOutcome | undefined, { caller }: Command): UndoStepObject {
  const { subject, field, events, standing, command, against } = step;
  const { outcome = null, reason = step.reason } = came ?? {};
  const [kind, id = ''] = subject.split(':', 2);
  const isOpen =
    kind !== 'user' || caller === undefined || permit(caller, 'read:sso/user', { uid: id, user_id: id }) === undefined;
  const told = command === null ? null : { name: command.name, request: isOpen ? { ...command.request } : {} };
  return { subject, field, events: [...events], standing, command: told, reason, against, outcome };
}
