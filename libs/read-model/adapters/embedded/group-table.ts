import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '@evident/event-store';
import { type AnyView, type Checkpoint, viewId } from '../../src/read-model.port.ts';

/** How far each group has come, whose epoch it is and what it fills. */
export class GroupTable {
  readonly #select: StatementSync;
  readonly #takeOver: StatementSync;
  readonly #advance: StatementSync;
  readonly #startOver: StatementSync;
  readonly #hasTable: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT epoch, position, generation, views FROM groups WHERE name = ?');
    this.#takeOver = database.prepare(
      'INSERT INTO groups (name, epoch) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1',
    );
    this.#advance = database.prepare(
      'UPDATE groups SET position = ?1 WHERE name = ?2 AND (position IS NULL OR position < ?1)',
    );
    this.#startOver = database.prepare('UPDATE groups SET position = NULL, views = ? WHERE name = ?');
    this.#hasTable = database.prepare('SELECT 1 FROM views WHERE name = ?');
  }

  read(group: string): Checkpoint | undefined {
    const found = this.#select.get(group);
    if (found === undefined) return undefined;
    const { epoch, position, generation, views } = found as {
      epoch: number;
      position: Position | null;
      generation: number;
      views: string;
    };
    return { epoch, position: position ?? undefined, generation, views: JSON.parse(views) as string[] };
  }

  epoch(group: string): number {
    const epoch = this.#select.get(group)?.epoch;
    return typeof epoch === 'number' ? epoch : 0;
  }

  takeOver(group: string): Checkpoint {
    this.#takeOver.run(group);
    return this.read(group) ?? { epoch: 1, position: undefined, generation: 1, views: [] };
  }

  /** Never back: an older batch that is applied again leaves the checkpoint where it is. */
  advance(group: string, position: Position): void {
    this.#advance.run(position, group);
  }

  startOver(group: string, views: readonly AnyView[]): void {
    this.#startOver.run(JSON.stringify(views.map(viewId)), group);
  }

  hasTable(table: string): boolean {
    return this.#hasTable.get(table) !== undefined;
  }
}
