import { existsSync } from 'node:fs';
import type { ShownParkedEvent } from '@evident/contracts';
import type { Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import { type Checkpoint, measureLag, ReadModelFault, type ReadModelStore, viewId } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import type { Clock, Config, Logger } from '@evident/runtime';
import { openReadModel } from '../open-read-model.ts';
import { projectionGroups } from '../projections/groups.ts';
import { shownParked } from './shown-parked.ts';
import { type VerifiedRows, verifyAtHand } from './verify-at-hand.ts';

/** How far the rows of a projection have come, as the stores say it. */
export interface ProjectionAtHand {
  readonly name: string;
  readonly group: string;
  readonly version: number;
  /** Null where no rows lie there, or those of another log or version. */
  readonly position: Position | null;
  /** Events that the rows do not include yet, counted up to 10,000. */
  readonly lagEvents: number;
  readonly lagAtLeast: boolean;
  /** Age of the oldest of them in milliseconds. */
  readonly lagMs: number;
  readonly parked: number;
}

/** What can be known about projections from the stores, beside a server or without one. Changes nothing. */
export interface ProjectionsAtHand {
  list(): Promise<readonly ProjectionAtHand[]>;
  /** Undefined where there is no such projection. */
  parked(name: string): Promise<readonly ShownParkedEvent[] | undefined>;
  /** Replays the log up to where the rows stand. Undefined where there is no such projection, or no rows of it. */
  verify(name: string, report: (done: number, total: number) => void): Promise<VerifiedRows | undefined>;
  close(): Promise<void>;
}

export interface ProjectionsAtHandOptions {
  readonly config: Pick<Config, 'readModel'>;
  readonly log: Log;
  readonly logger: Logger;
  readonly now: Clock;
}

type GroupName = keyof typeof projectionGroups;

const countUpTo = 10_000;

/** Throws `ReadModelFault` where there is no read model, or one that cannot be read. */
export async function openProjectionsAtHand(options: ProjectionsAtHandOptions): Promise<ProjectionsAtHand> {
  const { log, now } = options;
  const store = await openPresent(options);
  const names = Object.keys(projectionGroups) as GroupName[];
  const groupOf = (name: string) => names.find((group) => projectionGroups[group].some((each) => each.name === name));

  const listGroup = async (group: GroupName): Promise<readonly ProjectionAtHand[]> => {
    const checkpoint = await ofThisLog(log, await store.readCheckpoint(group));
    const parked = await store.readParked(group);
    return Promise.all(
      projectionGroups[group].map(async ({ name, view }) => {
        const position = checkpoint?.views.includes(viewId(view)) === true ? checkpoint.position : undefined;
        const waiting = parked.filter(({ projection }) => projection === name).length;
        const { events, atLeast, ms } = await measureLag(log.store, position, { countUpTo, now });
        const lag = { lagEvents: events, lagAtLeast: atLeast, lagMs: ms };
        return { name, group, version: view.version, position: position ?? null, ...lag, parked: waiting };
      }),
    );
  };

  return {
    list: async () => (await Promise.all(names.map(listGroup))).flat(),
    async parked(name) {
      const group = groupOf(name);
      if (group === undefined) return undefined;
      return (await store.readParked(group)).filter(({ projection }) => projection === name).map(shownParked);
    },
    async verify(name, report) {
      const group = groupOf(name);
      const checkpoint = group && (await ofThisLog(log, await store.readCheckpoint(group)));
      const isFilled = group && projectionGroups[group].every(({ view }) => checkpoint?.views.includes(viewId(view)));
      if (!isFilled || checkpoint?.position === undefined) return undefined;
      const { position, events } = checkpoint;
      return verifyAtHand({ group, log, store, end: position, report: (done) => report(done, events) });
    },
    close: () => store.close(),
  };
}

/** A file is opened to be read; nothing here makes one that was only misspelt. */
async function openPresent({ config, logger }: ProjectionsAtHandOptions): Promise<ReadModelStore> {
  const { readModel } = config;
  if (readModel.kind !== 'embedded') return openReadModel(readModel, logger);
  if (!existsSync(readModel.path)) throw new ReadModelFault('unavailable', `${readModel.path}: there is no read model`);
  return openEmbeddedReadModel({ path: readModel.path, readOnly: true });
}

async function ofThisLog(log: Pick<Log, 'store'>, checkpoint: Checkpoint | undefined) {
  const position = checkpoint?.position;
  if (position === undefined) return undefined;
  return typeof log.store.compare(position, position) === 'number' ? checkpoint : undefined;
}
