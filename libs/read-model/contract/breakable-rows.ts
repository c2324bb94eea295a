import type { JsonObject, Position } from '@evident/event-store';
import { isBeside } from '../src/generations.ts';
import { type AnyView, type ParkedEvent, type StoredRow, viewId } from '../src/read-model.port.ts';
import { ReadModelFault } from '../src/read-model-fault.ts';
import type { ReadModelFlaw } from './read-model-flaw.ts';

export interface Group {
  epoch: number;
  position: Position | undefined;
  events: number;
  generation: string;
  views: readonly string[];
  parked: ParkedEvent[];
}

/** What all connections to a read model in memory share, right in everything but its flaw. */
export class BreakableRows {
  readonly flaw: ReadModelFlaw | undefined;
  /** By generation, then by view. */
  readonly generations = new Map<string, Map<string, Map<string, StoredRow>>>();
  readonly groups = new Map<string, Group>();
  readonly notes = new Map<string, JsonObject>();

  constructor(flaw?: ReadModelFlaw) {
    this.flaw = flaw;
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
