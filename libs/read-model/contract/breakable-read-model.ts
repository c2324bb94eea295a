import type { ReadModelStore } from '../src/read-model.port.ts';
import { BreakableRows } from './breakable-rows.ts';
import { BreakableStore } from './breakable-store.ts';

/** A read model in memory, right in everything but its flaw. */
export class BreakableReadModel extends BreakableRows {
  /** As one more process would. */
  connect(): ReadModelStore {
    return new BreakableStore(this);
  }
}
