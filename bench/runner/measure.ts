import { type Program, type Resource, type Round, ratioOf, type Sample } from '../program.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface MeasureOptions {
  readonly rounds: number;
  readonly seconds?: number;
  readonly sizes: ReadonlyMap<string, number>;
  readonly serverEnv: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly program: Program;
  readonly figure: Spread;
  readonly limit?: Spread;
  readonly ratio?: Spread;
  readonly also: Readonly<Record<string, Spread>>;
  readonly samples: readonly Sample[];
  /** Of each counted round, its begin and end in microseconds of the monotonic clock. */
  readonly windows: readonly Window[];
}

export type Window = readonly [begin: number, end: number];

/** One round to warm up, then as many as are asked for; in each the figure and its limit directly after one another. */
export async function measure(program: Program, options: MeasureOptions): Promise<Measured> {
  const shared = new SharedResources(options);
  const samples: Sample[] = [];
  const windows: Window[] = [];
  const seconds = options.seconds ?? program.seconds ?? 3;
  try {
    for (let number = 0; number <= options.rounds; number += 1) {
      const begin = monotonicMicroseconds();
      const round: Round = { ...shared.site, number, seconds };
      const sample = await program.run(round);
      if (number === 0) continue;
      samples.push(sample);
      windows.push([begin, monotonicMicroseconds()]);
    }
  } finally {
    await shared.close();
  }
  return measuredOf(program, samples, windows);
}

/** What the samples of the counted rounds say together. */
export function measuredOf(program: Program, samples: readonly Sample[], windows: readonly Window[]): Measured {
  const limits = samples.flatMap(({ limit }) => limit ?? []);
  const ratios = samples.flatMap((sample) => ratioOf(program.unit, sample) ?? []);
  const names = [...new Set(samples.flatMap(({ also }) => Object.keys(also ?? {})))];
  return {
    program,
    samples,
    windows,
    figure: spreadOf(samples.map(({ figure }) => figure)),
    ...(limits.length > 0 ? { limit: spreadOf(limits) } : {}),
    ...(ratios.length > 0 ? { ratio: spreadOf(ratios) } : {}),
    also: Object.fromEntries(names.map((name) => [name, spreadOf(samples.flatMap(({ also }) => also?.[name] ?? []))])),
  };
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

class SharedResources {
  readonly #made = new Map<Resource<unknown>, Promise<unknown>>();
  readonly #closers: (() => unknown)[] = [];
  readonly site: Pick<Round, 'use' | 'option' | 'serverEnv'>;

  constructor({ sizes, serverEnv }: MeasureOptions) {
    this.site = {
      serverEnv,
      use: (resource) => this.#use(resource),
      option: (name, usual) => sizes.get(name) ?? usual,
    };
  }

  #use<T>(resource: Resource<T>): Promise<T> {
    const made = this.#made.get(resource) as Promise<T> | undefined;
    if (made !== undefined) return made;
    const opening = resource(this.site).then(({ value, close }) => {
      this.#closers.push(close);
      return value;
    });
    this.#made.set(resource as Resource<unknown>, opening);
    return opening;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
  }
}
