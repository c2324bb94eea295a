import type { Position } from '@evident/event-store';
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
}

export interface Fill {
  readonly view: string;
  readonly fill: string;
}

/** The generation of rows that a new group begins with. */
export const firstGeneration = 'blue';

export function checkpointOf({ epoch, position, events, generation, views }: GroupRecord): Checkpoint {
  return { epoch, position: position ?? undefined, events, generation, views };
}

/** The name under which a group is kept beside the one that serves. */
export function besideGroup(group: string, generation: string): string {
  if (!/^[a-z]{1,16}$/.test(generation)) throw new ReadModelFault('misuse', `not a generation: ${generation}`);
  return `${group}+${generation}`;
}

/** Which generation of a view readers see. */
export function liveGeneration(records: readonly GroupRecord[], view: AnyView): string {
  const name = viewId(view);
  return records.find(({ _id, views }) => !isBeside(_id) && views.includes(name))?.generation ?? firstGeneration;
}

/**
 * The collection of a view's rows: those that readers see, or those of a generation beside them. What is written
 * beside must never be what readers see: after its adoption a generation is reached no more so.
 */
export function collectionOf(records: readonly GroupRecord[], view: AnyView, beside: string | undefined): string {
  const live = liveGeneration(records, view);
  if (live === beside) throw new ReadModelFault('misuse', `${viewId(view)}: readers see ${live}`);
  const own = records.filter(({ _id }) => (beside === undefined ? !isBeside(_id) : _id.endsWith(`+${beside}`)));
  const fill = own.flatMap(({ fills }) => fills).find((each) => each.view === viewId(view))?.fill;
  return collectionName(view, fill ?? beside ?? live);
}

export function collectionName(view: AnyView, fill: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(view.name) || !Number.isSafeInteger(view.version) || view.version < 1) {
    throw new ReadModelFault('misuse', `not the name of a view: ${viewId(view)}`);
  }
  return `${view.name}_v${view.version}.${fill}`;
}

function isBeside(name: string): boolean {
  return name.includes('+');
}
