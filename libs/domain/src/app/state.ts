import type { AppEvent } from './events.ts';

export interface AppKey {
  readonly keyId: string;
  readonly lookup: string;
  readonly prefix: string;
  /** Milliseconds since the epoch from which it no longer counts; undefined while nobody ended it. */
  readonly endsAt: number | undefined;
}

export interface AppState {
  readonly registered: boolean;
  readonly removed: boolean;
  readonly number: number;
  readonly name: string;
  readonly url: string;
  readonly isActive: boolean;
  /** In order of issue; the last one is the present key. */
  readonly keys: readonly AppKey[];
}

export const initialApp: AppState = {
  registered: false,
  removed: false,
  number: 0,
  name: '',
  url: '',
  isActive: false,
  keys: [],
};

export function evolveApp(state: AppState, event: AppEvent): AppState {
  switch (event.type) {
    case 'app.registered':
      return { ...state, ...event.data, registered: true, isActive: true };
    case 'app.changed':
      return { ...state, ...event.data };
    case 'app.key-issued':
      return { ...state, keys: [...state.keys, { ...event.data, endsAt: undefined }] };
    case 'app.key-revoked': {
      const { keyId, effectiveAt } = event.data;
      const keys = state.keys.map((key) => (key.keyId === keyId ? { ...key, endsAt: effectiveAt } : key));
      return { ...state, keys };
    }
    case 'app.deactivated':
      return { ...state, isActive: false };
    case 'app.reactivated':
      return { ...state, isActive: true };
    case 'app.removed':
      return { ...state, removed: true, isActive: false };
  }
}

export function keyCounts(key: AppKey, now: number): boolean {
  return key.endsAt === undefined || now < key.endsAt;
}

/** Registered, and not removed since. */
export function isLivingApp({ registered, removed }: Pick<AppState, 'registered' | 'removed'>): boolean {
  return registered && !removed;
}
