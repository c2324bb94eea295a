import type { Seal } from './events.ts';

export interface SealLog {
  readonly type: 'seal-log';
  readonly seal: Seal;
}
