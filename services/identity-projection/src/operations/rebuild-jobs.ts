import type { RebuildJob } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { ReadModelStore, RebuildOutcome, RebuildProgress } from '@evident/read-model';
import type { Logger } from '@evident/runtime';

/** What rebuilds rows: the group that this process fills. */
export interface RebuiltGroup {
  readonly name: string;
  rebuild(onProgress: (progress: RebuildProgress) => void): Promise<RebuildOutcome>;
}

/** Progress is noted this often at most; every note is a write. */
const noteEveryMs = 200;
const prefix = 'rebuild/';
const queued = { state: 'queued', done: 0, total: 0, eventsPerSecond: 0, etaSeconds: null } as const;

type JobNote = Omit<RebuildJob, 'job'>;

/**
 * Rebuilds that operators asked for, as every process can read them. One that is asked for while another of the group
 * waits or is at work is that other one. The notes are of whoever fills the rows; a job that its process did not live to
 * finish is begun again by the next one.
 */
export class RebuildJobs {
  readonly #store: Pick<ReadModelStore, 'readNotes' | 'putNote'>;
  readonly #logger: Logger;
  /** At work here, by group. */
  readonly #running = new Map<string, { readonly job: string; readonly ended: Promise<void> }>();

  constructor(store: Pick<ReadModelStore, 'readNotes' | 'putNote'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** The job as it stands, under the id of the one that it became; undefined where nobody has begun it. */
  async read(group: string, job: string): Promise<RebuildJob | undefined> {
    const note = await this.#noteOf(group, job);
    if (note === undefined || isJob(note)) return note && asJob(job, note);
    const same = String(note.same);
    const its = await this.#noteOf(group, same);
    return its !== undefined && isJob(its) ? asJob(same, its) : undefined;
  }

  /** The one that is at work or waits in a group, if any. */
  async current(group: string): Promise<RebuildJob | undefined> {
    const begins = `${prefix}${group}/`;
    for (const { key, note } of await this.#store.readNotes(begins)) {
      if (!isJob(note)) continue;
      const job = asJob(key.slice(begins.length), note);
      if (job.state === 'queued' || job.state === 'running') return job;
    }
    return undefined;
  }

  /** Whether it was carried out, or tried and failed: a failed one is asked for anew. */
  async isSettled(group: string, job: string): Promise<boolean> {
    const known = await this.read(group, job);
    return known?.state === 'done' || known?.state === 'failed';
  }

  /** Notes that the rows are as new as the job would make them. */
  async settle(group: string, job: string): Promise<void> {
    await this.#note(group, job, { ...queued, state: 'done', etaSeconds: 0 });
  }

  /** Begins it, or notes that it is the one at work. Resolves when it is noted. */
  async enqueue(group: RebuiltGroup, job: string): Promise<void> {
    const atWork = this.#running.get(group.name);
    if (atWork !== undefined) {
      if (atWork.job !== job) await this.#store.putNote(`${prefix}${group.name}/${job}`, { same: atWork.job });
      return;
    }
    const noted = this.#note(group.name, job, queued);
    const ended = noted
      .then(() => this.#work(group, job))
      // That it could not be noted is told below, to who asked.
      .catch(() => undefined)
      .finally(() => this.#running.delete(group.name));
    this.#running.set(group.name, { job, ended });
    await noted;
  }

  /** Resolves when nothing is at work. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #work(group: RebuiltGroup, job: string): Promise<void> {
    try {
      await this.#rebuild(group, job);
    } catch (error) {
      this.#logger.error({ projection: group.name, error }, 'A rebuild failed; the rows that serve are untouched.');
      const failed = { ...queued, state: 'failed', error: describe(error) } as const;
      await this.#note(group.name, job, failed).catch(() => undefined);
    }
  }

  async #rebuild(group: RebuiltGroup, job: string): Promise<void> {
    let last: JobNote = { ...queued, state: 'running' };
    let notedAt = performance.now();
    let noting: Promise<unknown> = this.#note(group.name, job, last);
    const outcome = await group.rebuild((progress) => {
      last = { state: 'running', ...progress, etaSeconds: progress.etaSeconds ?? null };
      if (performance.now() - notedAt < noteEveryMs) return;
      notedAt = performance.now();
      // One after the other, so that the last one stays; one that fails is made up for by the next.
      noting = noting.then(() => this.#note(group.name, job, last)).catch(() => undefined);
    });
    await noting;
    // Stopped with its process: whoever fills the rows next begins it again.
    if (outcome.outcome === 'stopped') return;
    const { events } = outcome;
    await this.#note(group.name, job, { ...last, state: 'done', done: events, total: events, etaSeconds: 0 });
    this.#logger.info({ projection: group.name, count: events }, 'The rows were built anew and serve now.');
  }

  async #noteOf(group: string, job: string): Promise<JsonObject | undefined> {
    const [found] = await this.#store.readNotes(`${prefix}${group}/${job}`);
    return found?.note;
  }

  async #note(group: string, job: string, note: JobNote): Promise<void> {
    const { error, ...rest } = note;
    const noted: JsonObject = error === undefined ? rest : { ...rest, error };
    await this.#store.putNote(`${prefix}${group}/${job}`, noted);
  }
}

/** Else it names the job that this one became. */
function isJob(note: JsonObject): boolean {
  return note.same === undefined;
}

function asJob(job: string, note: JsonObject): RebuildJob {
  return { job, ...(note as unknown as JobNote) };
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
