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
 * Rebuilds that operators asked for, as every process can read them. The notes are of whoever fills the rows; a job that
 * its process did not live to finish is begun again by the next one.
 */
export class RebuildJobs {
  readonly #store: ReadModelStore;
  readonly #logger: Logger;
  /** Waiting, by group: one rebuild answers all that were asked for before it began. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(store: ReadModelStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** The job as it stands; undefined where nobody has begun it. */
  async read(group: string, job: string): Promise<RebuildJob | undefined> {
    const [found] = await this.#store.readNotes(`${prefix}${group}/${job}`);
    return found === undefined ? undefined : asJob(job, found.note);
  }

  /** The one that is at work or waits in a group, if any. */
  async current(group: string): Promise<RebuildJob | undefined> {
    const begins = `${prefix}${group}/`;
    for (const { key, note } of await this.#store.readNotes(begins)) {
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
    await this.#note(group, [job], { ...queued, state: 'done', etaSeconds: 0 });
  }

  /** Begins it once the one at work is done. Resolves when it is noted. */
  async enqueue(group: RebuiltGroup, job: string): Promise<void> {
    const waiting = this.#waiting.get(group.name) ?? new Set<string>();
    this.#waiting.set(group.name, waiting.add(job));
    await this.#note(group.name, [job], queued);
    if (!this.#running.has(group.name)) this.#run(group);
  }

  /** Resolves when nothing is at work. */
  async ended(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #run(group: RebuiltGroup): void {
    const running = this.#workOff(group).finally(() => this.#running.delete(group.name));
    this.#running.set(group.name, running);
  }

  async #workOff(group: RebuiltGroup): Promise<void> {
    for (;;) {
      const jobs = [...(this.#waiting.get(group.name) ?? [])];
      if (jobs.length === 0) return;
      this.#waiting.delete(group.name);
      try {
        await this.#rebuild(group, jobs);
      } catch (error) {
        this.#logger.error({ projection: group.name, error }, 'A rebuild failed; the rows that serve are untouched.');
        const failed = { ...queued, state: 'failed', error: describe(error) } as const;
        await this.#note(group.name, jobs, failed).catch(() => undefined);
      }
    }
  }

  async #rebuild(group: RebuiltGroup, jobs: readonly string[]): Promise<void> {
    let last: JobNote = { ...queued, state: 'running' };
    let notedAt = performance.now();
    let noting: Promise<unknown> = this.#note(group.name, jobs, last);
    const outcome = await group.rebuild((progress) => {
      last = { state: 'running', ...progress, etaSeconds: progress.etaSeconds ?? null };
      if (performance.now() - notedAt < noteEveryMs) return;
      notedAt = performance.now();
      // One after the other, so that the last one stays; one that fails is made up for by the next.
      noting = noting.then(() => this.#note(group.name, jobs, last)).catch(() => undefined);
    });
    await noting;
    // Stopped with its process: whoever fills the rows next begins it again.
    if (outcome.outcome === 'stopped') return;
    const { events } = outcome;
    await this.#note(group.name, jobs, { ...last, state: 'done', done: events, total: events, etaSeconds: 0 });
    this.#logger.info({ projection: group.name, count: events }, 'The rows were built anew and serve now.');
  }

  async #note(group: string, jobs: readonly string[], note: JobNote): Promise<void> {
    const { error, ...rest } = note;
    const noted: JsonObject = error === undefined ? rest : { ...rest, error };
    for (const job of jobs) await this.#store.putNote(`${prefix}${group}/${job}`, noted);
  }
}

function asJob(job: string, note: JsonObject): RebuildJob {
  return { job, ...(note as unknown as JobNote) };
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
