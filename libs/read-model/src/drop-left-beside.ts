import { comparedIn, rebuiltIn } from './generations.ts';
import type { AnyProjection } from './projection.ts';
import type { ReadModelStore } from './read-model.port.ts';

/**
 * Drops what a rebuild or a comparison has left that was cut off: nobody keeps such rows up, so that they would show for ever
 * who is erased later. For who keeps the group up, before it begins either; an earlier owner that is still at it fails.
 */
export async function dropLeftBeside(
  store: ReadModelStore,
  group: string,
  projections: readonly AnyProjection[],
): Promise<void> {
  const live = (await store.readCheckpoint(group))?.generation;
  for (const generation of [...rebuiltIn, comparedIn].filter((each) => each !== live)) {
    for (const { view } of projections) await store.beside(generation).drop(view);
  }
}
