/** From an event up to the one that ended it: positions, of which those of one log compare as text. */
export type Interval = {
  readonly from: string;
  /** Exclusive: at the event that ends it, it has ended. Null while it lasts. */
  readonly to: string | null;
  /** Of the stream, where the event that began it stands. */
  readonly revision: number;
};

/** Begins an interval; nothing changes where one lasts already. */
export function begun(intervals: readonly Interval[], from: string, revision: number): readonly Interval[] {
  return lasting(intervals) === undefined ? [...intervals, { from, to: null, revision }] : intervals;
}

export function ended(intervals: readonly Interval[], to: string): readonly Interval[] {
  const last = lasting(intervals);
  return last === undefined ? intervals : [...intervals.slice(0, -1), { ...last, to }];
}

/** The interval that holds a position. */
export function intervalAt(intervals: readonly Interval[], position: string): Interval | undefined {
  return intervals.findLast(({ from, to }) => from <= position && (to === null || position < to));
}

function lasting(intervals: readonly Interval[]): Interval | undefined {
  const last = intervals.at(-1);
  return last?.to === null ? last : undefined;
}
