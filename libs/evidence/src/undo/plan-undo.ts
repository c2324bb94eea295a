import { parseStreamName } from '@evident/domain';
import { canonicalJson, type DecodedEvent, type Json } from '@evident/event-store';
import { aggregateOf } from '../aggregates/index.ts';
import { subjectOf } from '../subject.ts';
import type { Field, UndoCommand } from './undo-rule.ts';
import { undoRuleOf } from './undo-rules.ts';

/** Which event, for whoever reads the plan. */
export interface NamedEvent {
  readonly id: string;
  readonly type: string;
  readonly position: string;
  readonly revision: number;
}

/**
 * - `ready`: the command brings it back.
 * - `already`: it is as it was.
 * - `conflict`: somebody changed it since; `against` says by which event.
 * - `cannot`: events of this type cannot be undone.
 */
export type UndoStanding = 'ready' | 'already' | 'conflict' | 'cannot';

/** One field of one subject with the events that changed it, taken together. */
export interface UndoStep {
  readonly subject: string;
  readonly field: string;
  readonly events: readonly NamedEvent[];
  readonly standing: UndoStanding;
  readonly command: UndoCommand | null;
  readonly reason: string | null;
  readonly against: NamedEvent | null;
  /** Of the subject's stream as it was planned on. */
  readonly revision: number;
}

/** A stream as it stands now, and which of its events are to be undone. */
export interface StreamToUndo {
  readonly stream: string;
  readonly events: readonly DecodedEvent[];
  readonly chosen: ReadonlySet<string>;
}

/** What lies between two events of one field. */
interface Touch {
  readonly event: DecodedEvent;
  readonly field: Field;
  readonly before: Json;
}

/**
 * How the chosen events of one stream are undone: for each field they changed, one command back to what it was before
 * the first of them, unless somebody else changed it after them. Pure: what comes of it is decided by the commands.
 */
export function planUndo({ stream, events, chosen }: StreamToUndo): readonly UndoStep[] {
  const name = parseStreamName(stream);
  const aggregate = aggregateOf(name?.category ?? '');
  if (name === undefined || aggregate === undefined) return [];
  const about = { subject: subjectOf(name), revision: events.length - 1 };
  const making = events.find(({ stored }) => chosen.has(stored.id) && undoRuleOf(stored.type).kind === 'making');
  if (making !== undefined) {
    const now = events.reduce(aggregate.evolve, aggregate.initial);
    return [undoMaking(making, { stream, events, chosen }, { ...about, id: name.id, now })];
  }

  const touches = new Map<string, Touch[]>();
  const steps: UndoStep[] = [];
  let state: unknown = aggregate.initial;
  for (const event of events) {
    const rule = undoRuleOf(event.type);
    if (rule.kind === 'field') {
      const field = rule.fieldOf(event.data as never);
      const before = field.read(state as never);
      touches.set(field.name, [...(touches.get(field.name) ?? []), { event, field, before }]);
    } else if (rule.kind === 'cannot' && chosen.has(event.stored.id)) {
      steps.push({ ...about, ...unable(event, rule.because) });
    }
    state = aggregate.evolve(state, event);
  }
  for (const touched of touches.values())
    steps.push(...undoField(touched, chosen, { now: state, id: name.id, ...about }));
  return steps;
}

function unable(event: DecodedEvent, reason: string) {
  return {
    field: event.type,
    events: [named(event)],
    standing: 'cannot',
    command: null,
    reason,
    against: null,
  } as const;
}

interface About {
  readonly subject: string;
  readonly revision: number;
}

interface Present extends About {
  readonly now: unknown;
  readonly id: string;
}

/** What somebody else did to the subject since would go with it. */
function undoMaking(making: DecodedEvent, { events, chosen }: StreamToUndo, { now, id, ...about }: Present): UndoStep {
  const { commandId } = making.stored.metadata;
  const mine = ({ stored }: DecodedEvent) => chosen.has(stored.id) || stored.metadata.commandId === commandId;
  const isOver = events.some(({ type }) => /\.(removed|retired|erased)$/.test(type));
  const against = events.find((event) => !mine(event) && undoRuleOf(event.type).kind !== 'consequence');
  const step = { ...about, field: 'existence', events: events.filter(mine).map(named) };
  if (isOver) return { ...step, standing: 'already', command: null, reason: null, against: null };
  if (against !== undefined) return { ...step, ...conflictWith(against) };
  const rule = undoRuleOf(making.type);
  const command = rule.kind === 'making' ? rule.remove(id, now as never) : null;
  return { ...step, standing: 'ready', command, reason: null, against: null };
}

/** Those at the end can be undone together; those that a later change lies upon cannot. */
function undoField(touched: readonly Touch[], chosen: ReadonlySet<string>, { now, id, ...about }: Present): UndoStep[] {
  // What an earlier undo of the same events did is part of them: then nothing is left to do.
  const isChosen = ({ event: { stored } }: Touch) =>
    chosen.has(stored.id) || (stored.metadata.causationId !== undefined && chosen.has(stored.metadata.causationId));
  const lastForeign = touched.findLastIndex((touch) => !isChosen(touch));
  const together = touched.slice(lastForeign + 1);
  const steps: UndoStep[] = [];
  for (const [index, touch] of touched.slice(0, lastForeign + 1).entries()) {
    if (!isChosen(touch)) continue;
    const against = touched.slice(index).find((later) => !isChosen(later));
    if (against === undefined) continue;
    const step = { ...about, field: touch.field.name, events: [named(touch.event)] };
    steps.push({ ...step, ...conflictWith(against.event) });
  }
  const first = together[0];
  if (first === undefined) return steps;
  const step = { ...about, field: first.field.name, events: together.map(({ event }) => named(event)), against: null };
  if (canonicalJson(first.field.read(now as never)) === canonicalJson(first.before)) {
    return [...steps, { ...step, standing: 'already', command: null, reason: null }];
  }
  const command = first.field.restore(id, first.before, now as never);
  if (command !== undefined) return [...steps, { ...step, standing: 'ready', command, reason: null }];
  return [...steps, { ...step, standing: 'cannot', command: null, reason: 'What it was cannot be read any more.' }];
}

function conflictWith(event: DecodedEvent) {
  const reason = `It was changed since, by ${event.type} at ${event.stored.position}.`;
  return { standing: 'conflict', command: null, reason, against: named(event) } as const;
}

function named({ stored }: DecodedEvent): NamedEvent {
  return { id: stored.id, type: stored.type, position: stored.position, revision: stored.revision };
}
