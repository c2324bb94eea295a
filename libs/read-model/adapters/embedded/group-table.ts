import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '@evident/event-store';
import { firstGeneration, groupsOf, isBeside } from '../../src/generations.ts';
import { type AnyView, type Checkpoint, type Progress, viewId } from '../../src/read-model.port.ts';
import { type Selecting, selecting } from './selecting.ts';

/** How far each group has come, whose epoch it is, what it fills and which rows its readers see. */
export class GroupTable {
  readonly #select: Selecting<GroupRecord>;
  readonly #moved: Selecting<GroupRecord>;
  readonly #takeOver: StatementSync;
  readonly #advance: StatementSync;
  readonly #startOver: StatementSync;
  readonly #keepViews: StatementSync;
  readonly #adopt: StatementSync;
  readonly #remove: StatementSync;
  readonly #names: Selecting<Pick<GroupRecord, 'name'>>;
  readonly #all: Selecting<GroupRecord>;

  constructor(database: DatabaseSync) {
    this.#select = selecting(database, 'SELECT * FROM groups WHERE name = ?');
    this.#moved = selecting(database, 'SELECT * FROM groups WHERE generation <> ?');
    this.#takeOver = database.prepare(
      'INSERT INTO groups (name, epoch, generation) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1',
    );
    this.#advance = database.prepare(
      'UPDATE groups SET position = ?1, events = ?2 WHERE name = ?3 AND (position IS NULL OR position < ?1)',
    );
    this.#startOver = database.prepare('UPDATE groups SET position = NULL, events = 0, views = ? WHERE name = ?');
    this.#keepViews = database.prepare('UPDATE groups SET views = ? WHERE name = ?');
    this.#adopt = database.prepare(
      'UPDATE groups SET position = ?, events = ?, generation = ?, views = ? WHERE name = ?',
    );
    this.#remove = database.prepare('DELETE FROM groups WHERE name = ?');
    this.#names = selecting(
      database,
      'SELECT name FROM groups WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 ORDER BY name',
    );
    this.#all = selecting(database, 'SELECT * FROM groups');
  }

  read(group: string): Checkpoint | undefined {
    const found = this.#select.get(group);
    if (found === undefined) return undefined;
    const { epoch, position, events, generation, views } = found;
    return { epoch, position: position ?? undefined, events, generation, views: JSON.parse(views) as string[] };
  }

  epoch(group: string): number {
    return this.#select.get(group)?.epoch ?? 0;
  }

  takeOver(group: string, generation: string): Checkpoint {
    this.#takeOver.run(group, generation);
    return this.read(group) ?? { epoch: 1, position: undefined, events: 0, generation, views: [] };
  }

  /** Never back: an older batch that is applied again leaves the checkpoint where it is. */
  advance(group: string, { position, events }: Progress): void {
    this.#advance.run(position, events, group);
  }

  startOver(group: string, views: readonly AnyView[]): void {
    this.#startOver.run(JSON.stringify(views.map(viewId)), group);
  }

  keepViews(group: string, views: readonly AnyView[]): void {
    this.#keepViews.run(JSON.stringify(views.map(viewId)), group);
  }

  /** Gives the group what was built under another name, which is gone then. */
  adopt(group: string, built: string, { position, events, generation, views }: Checkpoint): void {
    this.#adopt.run(position ?? null, events, generation, JSON.stringify(views), group);
    this.remove(built);
  }

  /** Names of groups of one generation that begin so; undefined: of those that serve. */
  names(prefix: string, generation: string | undefined): readonly string[] {
    const names = this.#names.all(prefix).map(({ name }) => name);
    return groupsOf(names, generation);
  }

  remove(group: string): void {
    this.#remove.run(group);
  }

  /** Which rows each group fills, those beside as well. */
  fillings(): readonly Filling[] {
    return this.#all.all().map(({ name, generation, views }) => ({
      group: name,
      generation,
      isBeside: isBeside(name),
      views: JSON.parse(views) as string[],
    }));
  }

  /** Which generation of each view readers see, where it is not the first. */
  generations(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const { name, generation, views } of this.#moved.all(firstGeneration)) {
      if (isBeside(name)) continue;
      for (const view of JSON.parse(views) as string[]) found.set(view, generation);
    }
    return found;
  }
}

/** Views that a group fills in one generation. */
export interface Filling {
  readonly group: string;
  readonly generation: string;
  readonly isBeside: boolean;
  readonly views: readonly string[];
}

interface GroupRecord {
  readonly name: string;
  readonly epoch: number;
  readonly position: Position | null;
  readonly events: number;
  readonly generation: string;
  readonly views: string;
}
