import type { KeyringEvent } from './events.ts';

export interface KeyringKey {
  readonly purpose: string;
  readonly number: number;
  readonly wrapped: string;
  readonly check: string;
}

export interface KeyringState {
  readonly keys: readonly KeyringKey[];
}

export const initialKeyring: KeyringState = { keys: [] };

export function evolveKeyring(state: KeyringState, event: KeyringEvent): KeyringState {
  if (event.type === 'keyring.key-added') {
    const { purpose, number, wrapped, check } = event.data;
    return { keys: [...state.keys, { purpose, number, wrapped, check }] };
  }
  const again = event.data.keys;
  return {
    keys: state.keys.map((key) => {
      const rewrapped = again.find(({ purpose, number }) => purpose === key.purpose && number === key.number);
      return rewrapped === undefined ? key : { ...key, wrapped: rewrapped.wrapped };
    }),
  };
}
