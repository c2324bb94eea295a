import { RateLimiterMemory } from 'rate-limiter-flexible';
import { limitedNetwork } from './client-address.ts';

/**
 * What a refused request counts towards flooding. Only what a caller with nothing to hide does not do in numbers is
 * here: `/verify` answers, wrong passwords included, and input errors pass through an app from its own users and are
 * limited by account in auth-command, so a busy app server never comes near this limit.
 */
export const refusalPoints = {
  /** 401 on a protected route: costs a signature check at most. */
  unauthenticated: 1,
  /** 404, 405, 413 and what is no HTTP. */
  stray: 1,
  /** 401 at `/token`: each cost a password hash. */
  passwordRefused: 5,
} as const;

export interface AddressLimiterOptions {
  /** Points in one window after which an address is refused for as long. Default 1,000. */
  readonly points?: number;
  /** Default 60. */
  readonly windowSeconds?: number;
  /** Addresses counted at a time; the one counted longest makes room. Default 20,000. */
  readonly addresses?: number;
}

/** Refuses addresses that flood, before anything is asked of a service. Costs nothing while none does. */
export class AddressLimiter {
  readonly #limiter: RateLimiterMemory;
  readonly #capacity: number;
  readonly #counted = new Set<string>();
  /** Milliseconds since the epoch until which a network is refused. */
  readonly #refused = new Map<string, number>();

  constructor({ points = 1_000, windowSeconds = 60, addresses = 20_000 }: AddressLimiterOptions = {}) {
    this.#limiter = new RateLimiterMemory({ points, duration: windowSeconds });
    this.#capacity = addresses;
  }

  /** Nobody floods: no address need be looked at. */
  get isQuiet(): boolean {
    return this.#refused.size === 0;
  }

  /** Seconds for which this address is refused; 0 where it is not. */
  refusedFor(address: string | undefined): number {
    if (address === undefined) return 0;
    const network = limitedNetwork(address);
    const until = this.#refused.get(network);
    if (until === undefined) return 0;
    const left = until - Date.now();
    if (left > 0) return Math.ceil(left / 1_000);
    this.#refused.delete(network);
    return 0;
  }

  async count(address: string | undefined, points: number): Promise<void> {
    if (address === undefined) return;
    const network = limitedNetwork(address);
    this.#makeRoom(network);
    try {
      await this.#limiter.consume(network, points);
    } catch (flood) {
      // The library rejects with its result where the points are used up, and with an error for a fault.
      if (flood instanceof Error) throw flood;
      const { msBeforeNext } = flood as { msBeforeNext: number };
      this.#refused.set(network, Date.now() + msBeforeNext);
    }
  }

  #makeRoom(network: string): void {
    this.#counted.delete(network);
    this.#counted.add(network);
    if (this.#counted.size <= this.#capacity) return;
    for (const oldest of this.#counted) {
      this.#counted.delete(oldest);
      this.#refused.delete(oldest);
      void this.#limiter.delete(oldest);
      return;
    }
  }
}
