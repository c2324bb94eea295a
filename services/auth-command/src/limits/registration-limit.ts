import { RecentlyUsed } from '@evident/event-store';
import type { Clock } from '@evident/runtime';

/** Registrations that one address may try in an hour (api/usso.md, "register"). */
const most = 20;
const windowMs = 3_600_000;
/** Addresses remembered at most; the longest unused is forgotten first. */
const capacity = 20_000;

interface Window {
  readonly begunAt: number;
  readonly taken: number;
}

export type RegistrationPlace =
  | { readonly ok: true; giveBack(): void }
  | { readonly ok: false; readonly retryAfterSeconds: number };

/**
 * Bounds how many registrations an address tries, since each one tells whether an identifier is known. Counted whatever
 * comes of it, in windows of an hour that begin with the first; n processes let up to n times as many through.
 */
export class RegistrationLimit {
  readonly #windows = new RecentlyUsed<Window>(capacity);
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  take(address: string): RegistrationPlace {
    const now = this.#now();
    const known = this.#windows.get(address);
    const window = known !== undefined && now < known.begunAt + windowMs ? known : { begunAt: now, taken: 0 };
    if (window.taken >= most) {
      return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((window.begunAt + windowMs - now) / 1_000)) };
    }
    this.#windows.set(address, { ...window, taken: window.taken + 1 });
    return { ok: true, giveBack: () => this.#giveBack(address, window.begunAt) };
  }

  /** For who turned out to be known and to have the right password. */
  #giveBack(address: string, begunAt: number): void {
    const window = this.#windows.get(address);
    if (window?.begunAt === begunAt) this.#windows.set(address, { begunAt, taken: Math.max(0, window.taken - 1) });
  }
}
