import type { Position } from '@evident/event-store';
import { firstGeneration, isBeside } from '../../src/generations.ts';
import { type AnyView, type Checkpoint, viewId } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';

/**
 * How far a group has come, whose epoch it is, and where its rows and its parking lie. Everything that must change
 * in one step with the checkpoint is in this one document, because a change of one document needs no transaction.
 */
export interface GroupRecord {
  /** The group, or `<group>+<generation>` for what is built beside it. */
  readonly _id: string;
  /** 0 where nobody has taken it over: then it only says where rows lie. */
  readonly epoch: number;
  readonly position: Position | null;
  readonly events: number;
  readonly generation: string;
  readonly views: readonly string[];
  /** Which collections hold rows of this generation, where they are not the first that the view had in it. */
  readonly fills: readonly Fill[];
  /** The set of parked streams that counts; see `parking-sets.ts`. */
  readonly parking: string;
  /** Of all takeovers and adoptions: a row that was written in a later turn is not replaced in an earlier one. */
  readonly turn: number;
}

export interface Fill {
  readonly view: string;
  readonly fill: string;
  /** Of several groups that had the view one after the other, the one with the highest turn has it. */
  readonly turn: number;
}

export function checkpointOf({ epoch, position, events, generation, views }: GroupRecord): Checkpoint {
  return { epoch, position: position ?? undefined, events, generation, views };
}

/**
 * The collection of a view's rows: those that readers see, or those of a generation beside them. What is written
 * beside must never be what readers see: after its adoption a generation is reached no more so.
 */
export function collectionOf(records: readonly GroupRecord[], view: AnyView, beside: string | undefined): string {
  const live = records.filter(({ _id }) => !isBeside(_id));
  const owner = latest(live, view)?.record ?? live.find(({ views }) => views.includes(viewId(view)));
  const generation = owner?.generation ?? firstGeneration;
  if (generation === beside) throw new ReadModelFault('misuse', `${viewId(view)}: readers see ${beside}`);
  const there = beside === undefined ? live : records.filter(({ _id }) => _id.endsWith(`+${beside}`));
  return collectionName(view, latest(there, view)?.fill.fill ?? beside ?? generation);
}

/** The turn of a view's next fill, after all that any group has had. */
export function nextFillTurn(records: readonly GroupRecord[], view: AnyView): number {
  return (latest(records, view)?.fill.turn ?? 0) + 1;
}

function latest(
  records: readonly GroupRecord[],
  view: AnyView,
): { readonly record: GroupRecord; readonly fill: Fill } | undefined {
  const name = viewId(view);
  const all = records.flatMap((record) => record.fills.map((fill) => ({ record, fill })));
  return all.filter(({ fill }) => fill.view === name).sort((one, other) => other.fill.turn - one.fill.turn)[0];
}

/** Records of what is beside that names a view which nobody needs: it was built for a program that is gone. */
export function leftBeside(records: readonly GroupRecord[], needed: ReadonlySet<string>): readonly GroupRecord[] {
  return records.filter(({ _id, views }) => isBeside(_id) && views.some((view) => !needed.has(view)));
}

/** Ids of the views that readers are given by some group. */
export function servedViews(records: readonly GroupRecord[]): readonly string[] {
  return records.flatMap(({ _id, views }) => (isBeside(_id) ? [] : views));
}

/** The id of the view whose rows a collection holds; undefined where it holds none. */
export function viewIn(collection: string): string | undefined {
  const [, name, version] = /^([a-z][a-z0-9-]*)_v(\d+)\./.exec(collection) ?? [];
  return name === undefined ? undefined : `${name}@${version}`;
}

export function collectionName(view: AnyView, fill: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(view.name) || !Number.isSafeInteger(view.version) || view.version < 1) {
    throw new ReadModelFault('misuse', `not the name of a view: ${viewId(view)}`);
  }
  return `${view.name}_v${view.version}.${fill}`;
}
