import type { Log } from '@evident/log';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import type { LaneSizes } from './delivery-lanes.ts';

export interface DeliveryOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'preloadPersons'>;
  readonly store: ReadModelStore;
  readonly logger: Logger;
  readonly now: Clock;
  readonly mayConnect: (address: string) => boolean;
  readonly patience: DeliveryPatience;
}

export interface DeliveryPatience {
  /** Milliseconds for one answer. */
  readonly timeoutMs: number;
  /** Pause after the first failure, doubling up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly lanes?: LaneSizes;
}

export const usualDelivery: DeliveryPatience = { timeoutMs: 10_000, firstPauseMs: 1_000, longestPauseMs: 300_000 };
