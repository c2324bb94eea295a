import { permit } from '@evident/caller';
import {
  authCommandContracts,
  fail,
  type MessageContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type UndoStepObject,
  type undoChanges,
  type ValueOf,
  webhookCommandContracts,
} from '@evident/contracts';
import { type DecodedEvent, readable, uuid5 } from '@evident/event-store';
import { parseSubject, planUndo, type UndoCommand, type UndoStep } from '@evident/evidence';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Command } from '../command.ts';

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

/** Kept of the deadline, so that the answer itself arrives in time. */
const marginMs = 1_000;

/** The latest changes are undone first, so that what was given with what was made goes before it. */
export function createUndoChanges({ log, handlers, now }: Undoing) {
  return async (request: Request, context: RequestContext, command: Command): Promise<Reply<Value>> => {
    const chosen = await chooseStreams(log, request);
    if (chosen === undefined) return fail('audit.unknown-subject');
    const planned: (UndoStep & { readonly stream: string })[] = [];
    for (const [stream, ids] of chosen) {
      const steps = planUndo({ stream, events: await historyOf(log, stream), chosen: ids });
      planned.push(...steps.map((step) => ({ ...step, stream })));
    }
    planned.sort((a, b) => (lastPosition(a) < lastPosition(b) ? 1 : -1));
    const outcomes = new Map<UndoStep, string>();
    let position: string | undefined;
    let complete = true;
    for (const step of request.apply ? planned : []) {
      if (step.standing !== 'ready') continue;
      if (now() > context.deadline - marginMs) {
        complete = false;
        break;
      }
      const undone = await undo(step, chosen.get(step.stream) ?? new Set(), context);
      outcomes.set(step, undone.outcome);
      position = undone.position ?? position;
    }
    const steps = planned.map((step) => shown(step, outcomes.get(step) ?? null, command));
    return succeed({ steps, complete }, position);
  };

  /** Planned once more on the stream as it is now: an earlier step may have changed it. */
  async function undo(
    step: UndoStep & { readonly stream: string },
    chosen: ReadonlySet<string>,
    context: RequestContext,
  ): Promise<{ outcome: string; position?: string }> {
    const steps = planUndo({ stream: step.stream, events: await historyOf(log, step.stream), chosen });
    const again = steps.find(
      (other) => other.field === step.field && other.events.at(-1)?.id === step.events.at(-1)?.id,
    );
    if (again?.standing === 'already') return { outcome: 'done' };
    if (again === undefined || again.command === null) return { outcome: again?.standing ?? 'conflict' };
    const reply = await give(again.command, again, context);
    if (!reply.ok) return { outcome: reply.error.code };
    return reply.position === undefined ? { outcome: 'done' } : { outcome: 'done', position: reply.position };
  }

  /** As if the caller had sent it: with their rights, and the event that it undoes as its cause. */
  async function give(command: UndoCommand, step: UndoStep, context: RequestContext): Promise<Reply<unknown>> {
    const contract = contracts.get(command.name);
    const handle = handlers[command.name];
    const parsed = contract?.request.safeParse(command.request);
    if (handle === undefined || parsed?.success !== true) return fail('request.invalid');
    const ids = step.events.map(({ id }) => id);
    const { idempotencyKey: _, ...asked } = context;
    const commandId = uuid5(`undo/${ids.join('/')}/${step.revision}`);
    const causationId = ids.at(-1);
    return handle(parsed.data as never, { ...asked, commandId, ...(causationId === undefined ? {} : { causationId }) });
  }
}

/** The streams with the ids of their chosen events; undefined where one is not where it was said to be. */
async function chooseStreams(
  log: Undoing['log'],
  { events }: Request,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  const chosen = new Map<string, Set<string>>();
  for (const { subject: text, revision, id } of events) {
    const subject = parseSubject(log.tenant, text);
    if (subject === undefined) return undefined;
    const { stream } = subject;
    // A reservation goes with the name that was claimed: nothing is ever done about it by itself.
    if (stream === undefined) continue;
    const [stored] = await log.store.readStream(stream, { from: revision, limit: 1 });
    if (stored?.id !== id) return undefined;
    const ids = chosen.get(stream) ?? new Set();
    chosen.set(stream, ids.add(id));
  }
  return chosen;
}

async function historyOf({ store, codec }: Undoing['log'], stream: string): Promise<readonly DecodedEvent[]> {
  return Promise.all((await store.readStream(stream)).map(async (event) => readable(await codec.decode(event))));
}

function lastPosition({ events }: UndoStep): string {
  return events.at(-1)?.position ?? '';
}

/** What a field was is shown to who may read the subject; that it would be brought back, to whoever may undo. */
function shown(step: UndoStep, outcome: string | null, { caller }: Command): UndoStepObject {
  const { subject, field, events, standing, command, reason, against } = step;
  const [kind, id = ''] = subject.split(':', 2);
  const isOpen =
    kind !== 'user' || caller === undefined || permit(caller, 'read:sso/user', { uid: id, user_id: id }) === undefined;
  const told = command === null ? null : { name: command.name, request: isOpen ? { ...command.request } : {} };
  return { subject, field, events: [...events], standing, command: told, reason, against, outcome };
}
