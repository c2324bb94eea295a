/** The time that a history is at: from its beginning to now, moved on by whoever makes it. */
export interface HistoryClock {
  (): number;
  /** Never back: `share` of the whole way, from 0 to 1. */
  moveTo(share: number): void;
}

export function historyClock(began: number, ended: number): HistoryClock {
  let now = began;
  return Object.assign(() => now, {
    moveTo(share: number) {
      now = Math.max(now, Math.floor(began + (ended - began) * share));
    },
  });
}
