/** A clock that moves only when a spec says so; milliseconds since the epoch. */
export interface ManualClock {
  (): number;
  advance(milliseconds: number): void;
}

export function manualClock(start = Date.UTC(2026, 0, 25, 12)): ManualClock {
  let now = start;
  return Object.assign(() => now, {
    advance(milliseconds: number) {
      now += milliseconds;
    },
  });
}
