import type { JsonObject, Position } from '@evident/event-store';
import { isBeside } from '../src/generations.ts';
import { type AnyView, type ParkedEvent, type ReadModelStore, type StoredRow, viewId } from '../src/read-model.port.ts';
import { ReadModelFault } from '../src/read-model-fault.ts';
import { BreakableStore } from './breakable-store.ts';

/** Ways to break the promises of the port, each of which the contract suite must notice. */
export type ReadModelFlaw =
  | 'older writes win'
  | 'equal positions overwrite'
  | 'tombstones are forgotten'
  | 'the checkpoint comes before the rows'
  | 'the checkpoint goes back'
  | 'epochs are ignored'
  | 'a refused batch leaves its rows'
  | 'an unfit row leaves the rest of its batch'
  | 'a retry counts twice'
  | 'a late write overrides what came since'
  | 'parking forgets its keys'
  | 'parking is replaced by later events'
  | 'starting over keeps the rows'
  | 'starting over forgets all parking'
  | 'removed rows are listed'
  | 'keys alone come in their own order'
  | 'order is by code unit'
  | 'queries need no index'
  | 'prefixes fold case'
  | 'ranges include their end'
  | 'rows in memory are trusted'
  | 'readers see what is built beside'
  | 'what is beside shares the epoch'
  | 'adopting leaves the checkpoint'
  | 'adopting leaves the parking'
  | 'adopting drops the rows before'
  | 'what nobody reads is kept'
  | 'what lies beside for nobody is kept'
  | 'only what is read is kept'
  | 'the first note stays'
  | 'keeping views starts over'
  | 'forgetting a group leaves its parking'
  | 'forgetting a group leaves its epoch'
  | 'a group is forgotten with its rows'
  | 'groups are found in the order of their making';

export interface Group {
  epoch: number;
  position: Position | undefined;
  events: number;
  generation: string;
  views: readonly string[];
  parked: ParkedEvent[];
}

/** What all connections share: a read model in memory, right in everything but its flaw. */
export class BreakableReadModel {
  readonly flaw: ReadModelFlaw | undefined;
  /** By generation, then by view. */
  readonly generations = new Map<string, Map<string, Map<string, StoredRow>>>();
  readonly groups = new Map<string, Group>();
  readonly notes = new Map<string, JsonObject>();

  constructor(flaw?: ReadModelFlaw) {
    this.flaw = flaw;
  }

  connect(): ReadModelStore {
    return new BreakableStore(this);
  }

  /** Which generation of a view readers see. */
  live(view: AnyView): string {
    const owner = [...this.groups].find(([name, { views }]) => !isBeside(name) && views.includes(viewId(view)));
    return owner?.[1].generation ?? 'blue';
  }

  prepare(view: AnyView, generation: string): void {
    const views = this.generations.get(generation) ?? new Map<string, Map<string, StoredRow>>();
    this.generations.set(generation, views);
    if (!views.has(viewId(view))) views.set(viewId(view), new Map());
  }

  rows(view: AnyView, generation: string): Map<string, StoredRow> {
    const rows = this.generations.get(generation)?.get(viewId(view));
    if (rows === undefined) throw new ReadModelFault('misuse', `${viewId(view)} was not prepared`);
    return rows;
  }

  group(name: string, generation: string): Group {
    const fresh = { epoch: 0, position: undefined, events: 0, generation, views: [], parked: [] };
    const group = this.groups.get(name) ?? fresh;
    this.groups.set(name, group);
    return group;
  }
}
