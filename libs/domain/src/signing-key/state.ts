import type { SigningAlgorithm, SigningKeyEvent, SigningUse } from './events.ts';

export interface SigningKey {
  readonly kid: string;
  readonly use: SigningUse;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: Readonly<Record<string, string>>;
  readonly sealedPrivateJwk: string;
  readonly createdAt: number;
  readonly promotedAt: number | undefined;
  /** When another key took over; from then on it only verifies. */
  readonly replacedAt: number | undefined;
  readonly retiredAt: number | undefined;
  /** How long a token that it signed can live, in milliseconds; 0 before it was promoted. */
  readonly tokensLiveForMs: number;
}

export interface SigningKeysState {
  /** In order of creation. */
  readonly keys: readonly SigningKey[];
}

export const initialSigningKeys: SigningKeysState = { keys: [] };

export function evolveSigningKeys(state: SigningKeysState, event: SigningKeyEvent): SigningKeysState {
  switch (event.type) {
    case 'signingkey.created': {
      const untouched = { promotedAt: undefined, replacedAt: undefined, retiredAt: undefined, tokensLiveForMs: 0 };
      return { keys: [...state.keys, { ...event.data, ...untouched }] };
    }
    case 'signingkey.promoted': {
      const { kid, promotedAt, tokensLiveForMs } = event.data;
      const use = state.keys.find((key) => key.kid === kid)?.use;
      return {
        keys: state.keys.map((key) => {
          if (key.kid === kid) return { ...key, promotedAt, tokensLiveForMs };
          return key.use === use && signs(key) ? { ...key, replacedAt: promotedAt } : key;
        }),
      };
    }
    case 'signingkey.extended': {
      const { kid, tokensLiveForMs } = event.data;
      return { keys: state.keys.map((key) => (key.kid === kid ? { ...key, tokensLiveForMs } : key)) };
    }
    case 'signingkey.retired': {
      const { kid, retiredAt } = event.data;
      return { keys: state.keys.map((key) => (key.kid === kid ? { ...key, retiredAt } : key)) };
    }
  }
}

function signs(key: SigningKey): boolean {
  return key.promotedAt !== undefined && key.replacedAt === undefined && key.retiredAt === undefined;
}

/** A key that is published and has never signed. */
export function isWaiting(key: SigningKey): boolean {
  return key.promotedAt === undefined && key.replacedAt === undefined && key.retiredAt === undefined;
}

/** The one key that signs for this use; every replica that has read the stream to here agrees on it. */
export function activeKey(state: SigningKeysState, use: SigningUse): SigningKey | undefined {
  return state.keys.find((key) => key.use === use && signs(key));
}

/** Keys that verifiers should know: created, promoted or replaced, not retired. */
export function publishedKeys(state: SigningKeysState): readonly SigningKey[] {
  return state.keys.filter((key) => key.retiredAt === undefined);
}
