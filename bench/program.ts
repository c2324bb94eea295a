/**
 * A benchmark program: one figure, and in the same round the raw limit that physics or the platform sets to it. The
 * speed of a machine wanders; a share of a limit measured in the same minute does not.
 */
export interface Program {
  /** As `npm run bench -- <name>` knows it. */
  readonly name: string;
  /** One line: what is counted or timed. */
  readonly measures: string;
  readonly unit: 'per second' | 'ms' | 'MiB' | 'ms of processor time';
  /** One line: beside what. Absent where there is no raw limit, and then there is no ratio and no baseline. */
  readonly limit?: string;
  readonly budget: readonly Budget[];
  /** True where the work is done by the runner's own process, so that a profile is taken there. */
  readonly isHere?: true;
  /** Seconds of each measurement in a round, unless `--seconds` says otherwise; 3 where absent. */
  readonly seconds?: number;
  /** Measures once. Called for each round in turn; round 0 warms up and is not counted. */
  run(round: Round): Promise<Sample>;
}

/** What is promised of a measured number: the ratio, the figure, or one of the further figures by its name. */
export interface Budget {
  readonly of: string;
  readonly least?: number;
  readonly most?: number;
  /** True for what we aim at beyond the budget of the design. */
  readonly isAim?: true;
}

export interface Sample {
  readonly figure: number;
  readonly limit?: number;
  /** Further figures of the same round, by names that carry their unit: `p99, ms`. */
  readonly also?: Readonly<Record<string, number>>;
}

export interface Round extends Site {
  /** 0 for the round that warms up. */
  readonly number: number;
  readonly seconds: number;
}

/** What a program and the things that it uses find around them. */
export interface Site {
  /** Environment of a server that is measured: under `--profile` it makes the server write processor profiles. */
  readonly serverEnv: Readonly<Record<string, string>>;
  /** Made when first used, the same in all later rounds, and closed after the last one in reverse order. */
  use<T>(resource: Resource<T>): Promise<T>;
  /** A size that `--set name=value` changes. */
  option(name: string, usual: number): number;
}

/** Told apart by identity: make it once, outside of `run`. */
export type Resource<T> = (site: Site) => Promise<Opened<T>>;

export interface Opened<T> {
  readonly value: T;
  close(): unknown;
}

/** The share of the limit that was reached; more is better whether the figure is a rate, a time or a size. */
export function ratioOf(unit: Program['unit'], { figure, limit }: Sample): number | undefined {
  if (limit === undefined) return undefined;
  return unit === 'per second' ? figure / limit : limit / figure;
}
