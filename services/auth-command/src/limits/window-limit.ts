import { RecentlyUsed } from '@evident/event-store';
import type { Clock } from '@evident/runtime';

/** Registrations that one address may try (api/usso.md, "register"): each one tells whether an identifier is known. */
export const registrationsOfAddress = { most: 20, windowMs: 3_600_000 };
/** Changes of their own profile by one person, who needs no scope for it: each may add 16 KB to a log that keeps them all. */
export const changesOfOwnProfile = { most: 600, windowMs: 3_600_000 };
/** Keys remembered at most; the longest unused is forgotten first. */
const capacity = 20_000;

export interface WindowLimitOptions {
  /** Of the same key, in one window. */
  readonly most: number;
  readonly windowMs: number;
  readonly now: Clock;
}

interface Window {
  readonly begunAt: number;
  readonly taken: number;
}

/** A place in the window of a key, or why there is none. */
export type WindowPlace =
  | { readonly ok: true; giveBack(): void }
  | { readonly ok: false; readonly retryAfterSeconds: number };

/**
 * Bounds how often something is done under one key. Counted whatever comes of it, unless the place is given back, in
 * windows that begin with the first; n processes let up to n times as many through.
 */
export class WindowLimit {
  readonly #windows = new RecentlyUsed<Window>(capacity);
  readonly #options: WindowLimitOptions;

  constructor(options: WindowLimitOptions) {
    this.#options = options;
  }

  take(key: string): WindowPlace {
    const { most, windowMs } = this.#options;
    const now = this.#options.now();
    const known = this.#windows.get(key);
    const window = known !== undefined && now < known.begunAt + windowMs ? known : { begunAt: now, taken: 0 };
    if (window.taken >= most) {
      return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((window.begunAt + windowMs - now) / 1_000)) };
    }
    this.#windows.set(key, { ...window, taken: window.taken + 1 });
    return { ok: true, giveBack: () => this.#giveBack(key, window.begunAt) };
  }

  #giveBack(key: string, begunAt: number): void {
    const window = this.#windows.get(key);
    if (window?.begunAt === begunAt) this.#windows.set(key, { begunAt, taken: Math.max(0, window.taken - 1) });
  }
}
