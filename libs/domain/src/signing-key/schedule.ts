import { activeKey, isWaiting, type SigningKey, type SigningKeysState } from './state.ts';

/** When a key may begin to sign: once it was published so long, save where no key of its use has signed before it. */
export function promotesAt(state: SigningKeysState, key: SigningKey, publishedForMs: number): number {
  // The very first key has no predecessor whose tokens or remembered key sets could be in the way.
  return activeKey(state, key.use) === undefined ? key.createdAt : key.createdAt + publishedForMs;
}

/** When a key that was replaced may leave: the last token that it signed has expired. One that never signed, at once. */
export function retiresAt(key: SigningKey): number {
  return key.replacedAt === undefined ? key.createdAt : key.replacedAt + key.tokensLiveForMs;
}

export interface ScheduledStep {
  readonly type: 'promote-signing-key' | 'retire-signing-key';
  readonly kid: string;
  /** Milliseconds since the epoch from which the step is due. */
  readonly at: number;
}

/** What becomes of the keys by itself, in the order in which it is due. Every issuer reads the same from the stream. */
export function scheduleOf(state: SigningKeysState, publishedForMs: number): readonly ScheduledStep[] {
  const steps: ScheduledStep[] = [];
  for (const key of state.keys) {
    const { kid } = key;
    if (isWaiting(key)) {
      steps.push({ type: 'promote-signing-key', kid, at: promotesAt(state, key, publishedForMs) });
    } else if (key.replacedAt !== undefined && key.retiredAt === undefined) {
      steps.push({ type: 'retire-signing-key', kid, at: retiresAt(key) });
    }
  }
  return steps.toSorted((a, b) => a.at - b.at);
}
