import type { AnyProjection } from './projection.ts';
import type { ProjectionRunner, ProjectionRunnerOptions } from './projection-runner.ts';
import { viewId } from './read-model.port.ts';
import { ReadModelFault } from './read-model-fault.ts';
import { startRunner } from './runner-loop.ts';

/**
 * Keeps a group of views up to the log: reads it in order and in batches, loads the rows a batch touches, evolves
 * them in memory, writes rows and checkpoint together. Takes the group over at once, so that whichever runner had
 * it stops. Stores that are away are waited for. Throws a `misuse` fault, and nothing else, where two projections have
 * one name or one view.
 */
export function runProjections(options: ProjectionRunnerOptions): ProjectionRunner {
  refuseDoubles(options.projections);
  return startRunner(options);
}

function refuseDoubles(projections: readonly AnyProjection[]): void {
  const names = projections.map(({ name }) => name);
  const views = projections.map(({ view }) => viewId(view));
  for (const all of [names, views]) {
    const double = all.find((each, place) => all.indexOf(each) !== place);
    if (double !== undefined) throw new ReadModelFault('misuse', `two projections share ${double}`);
  }
}
