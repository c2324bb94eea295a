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
import { parseStreamName } from '@evident/domain';
import { type DecodedEvent, readable, type StoredEvent, uuid5 } from '@evident/event-store';
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

/** By stream, and there by id. */
type ChosenEvents = ReadonlyMap<string, ReadonlyMap<string, StoredEvent>>;

/** A step with the stream that it is on, and what of that was chosen. */
type PlannedStep = UndoStep & { readonly stream: string; readonly chosen: ReadonlySet<string> };

interface Plan {
  readonly steps: readonly PlannedStep[];
  /** Ids of the commands that were given before. */
  readonly done: ReadonlySet<string>;
}

/** Streams as long as the log, of which nothing can be undone: of them only what was chosen is read. */
const endless: ReadonlySet<string> = new Set(['numbers', 'retention', 'seals', 'signin']);

/** Kept of the deadline, so that the answer itself arrives in time. */
const marginMs = 1_000;

/** The latest changes are undone first, so that what was given with what was made goes before it. */
export function createUndoChanges({ log, handlers, now }: Undoing) {
  return async (request: Request, context: RequestContext, command: Command): Promise<Reply<Value>> => {
    const chosen = await chooseStreams(log, request);
    if (chosen === undefined) return fail('audit.unknown-subject');
    const isRepeatable = request.apply && context.idempotencyKey !== undefined;
    const commandIdOf = (step: PlannedStep) =>
      isRepeatable ? repeatableId(command.id, step) : uuid5(`undo/${idsOf(step).join('/')}/${step.revision}`);
    const first = await plan(chosen, new Set());
    // What an earlier try did is planned as it was before it: the same again is answered the same.
    const mine = new Set(isRepeatable ? first.steps.map(commandIdOf) : []);
    const { steps: planned, done } = isRepeatable ? await plan(chosen, mine) : first;
    const outcomes = new Map<UndoStep, string>();
    let position: string | undefined;
    let complete = true;
    for (const step of request.apply ? planned : []) {
      if (step.standing !== 'ready') continue;
      if (done.has(commandIdOf(step))) {
        outcomes.set(step, 'done');
        continue;
      }
      if (now() > context.deadline - marginMs) {
        complete = false;
        break;
      }
      const undone = await undo(step, commandIdOf, context);
      outcomes.set(step, undone.outcome);
      position = undone.position ?? position;
    }
    const steps = planned.map((step) => shown(step, outcomes.get(step) ?? null, command));
    return succeed({ steps, complete }, position ?? (await log.store.lastPosition()));
  };

  /** On each stream as it was before the first event of these commands; and which of them left one. */
  async function plan(chosen: ChosenEvents, commands: ReadonlySet<string>): Promise<Plan> {
    const steps: PlannedStep[] = [];
    const done = new Set<string>();
    for (const [stream, chosenHere] of chosen) {
      const ids = new Set(chosenHere.keys());
      const isEndless = endless.has(parseStreamName(stream)?.category ?? '');
      const all = await (isEndless ? decoded(log, [...chosenHere.values()]) : historyOf(log, stream));
      const own = all.filter(({ stored }) => commands.has(stored.metadata.commandId));
      for (const { stored } of own) done.add(stored.metadata.commandId);
      const events = own[0] === undefined ? all : all.slice(0, all.indexOf(own[0]));
      steps.push(...planUndo({ stream, events, chosen: ids }).map((step) => ({ ...step, stream, chosen: ids })));
    }
    return { steps: steps.sort((a, b) => (lastPosition(a) < lastPosition(b) ? 1 : -1)), done };
  }

  /** Planned once more on the stream as it is now: an earlier step may have changed it. */
  async function undo(
    step: PlannedStep,
    commandIdOf: (step: PlannedStep) => string,
    context: RequestContext,
  ): Promise<{ outcome: string; position?: string }> {
    const { stream, chosen } = step;
    const steps = planUndo({ stream, events: await historyOf(log, stream), chosen });
    const again = steps.find(
      (other) => other.field === step.field && other.events.at(-1)?.id === step.events.at(-1)?.id,
    );
    if (again?.standing === 'already') return { outcome: 'done' };
    if (again === undefined || again.command === null) return { outcome: again?.standing ?? 'conflict' };
    const { idempotencyKey: _, ...asked } = context;
    const causationId = idsOf(again).at(-1);
    const cause = causationId === undefined ? {} : { causationId };
    const reply = await give(again.command, {
      ...asked,
      ...cause,
      commandId: commandIdOf({ ...again, stream, chosen }),
    });
    if (!reply.ok) return { outcome: reply.error.code };
    return reply.position === undefined ? { outcome: 'done' } : { outcome: 'done', position: reply.position };
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

/** The streams with the ids of their chosen events; undefined where one is not where it was said to be. */
async function chooseStreams(log: Undoing['log'], { events }: Request): Promise<ChosenEvents | undefined> {
  const chosen = new Map<string, Map<string, StoredEvent>>();
  for (const { subject: text, revision, id } of events) {
    const subject = parseSubject(log.tenant, text);
    if (subject === undefined) return undefined;
    const { stream } = subject;
    // A reservation goes with the name that was claimed: nothing is ever done about it by itself.
    if (stream === undefined) continue;
    const [stored] = await log.store.readStream(stream, { from: revision, limit: 1 });
    if (stored?.id !== id) return undefined;
    const chosenHere = chosen.get(stream) ?? new Map();
    chosen.set(stream, chosenHere.set(id, stored));
  }
  return chosen;
}

async function historyOf(log: Undoing['log'], stream: string): Promise<readonly DecodedEvent[]> {
  return decoded(log, await log.store.readStream(stream));
}

function decoded({ codec }: Undoing['log'], events: readonly StoredEvent[]): Promise<readonly DecodedEvent[]> {
  return Promise.all(events.map(async (event) => readable(await codec.decode(event))));
}

function idsOf({ events }: UndoStep): readonly string[] {
  return events.map(({ id }) => id);
}

/** Under an `Idempotency-Key`: the same for the same step of the same selection, whatever the stream holds by then. */
function repeatableId(commandId: string, { stream, field, chosen }: PlannedStep): string {
  return uuid5(JSON.stringify(['undo', commandId, stream, field, [...chosen].sort()]));
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
