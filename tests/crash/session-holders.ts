import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Body, type Call, call } from '../e2e/http.ts';
import type { HeldSession, SessionHistory } from './session-history.ts';

export interface SessionHoldersOptions {
  readonly evident: { readonly url: string };
  readonly who: { readonly username: string; readonly password: string };
  readonly history: SessionHistory;
  readonly count?: number;
  /** As of the writers: what a holder does that was told 503 or nothing at all. */
  readonly inDoubt: 'ends' | 'repeats';
}

const base = '/api/sso/v1/auth';
const repeatAfterMs = 50;
/** The window is for the same address and agent. */
const headers = { 'user-agent': 'holder of sessions' };

/** Concurrent callers who sign in, refresh a few times, and sign out every other time. */
export class SessionHolders {
  readonly #options: SessionHoldersOptions;
  readonly #working: Promise<unknown>;
  #stopping = false;

  constructor(options: SessionHoldersOptions) {
    this.#options = options;
    this.#working = Promise.all(Array.from({ length: options.count ?? 4 }, () => this.#hold()));
  }

  /** Resolves when each has finished what it was doing. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#working;
  }

  /** Resolves when all of them have lost their server. */
  async lost(): Promise<void> {
    await this.#working;
  }

  async #hold(): Promise<void> {
    const { history, who } = this.#options;
    while (!this.#stopping) {
      const signedIn = await this.#ask('/login', { json: { identifier: who.username, secret: who.password } });
      if (signedIn === undefined) return;
      const session = history.opened(signedIn);
      for (let left = Math.floor(Math.random() * 5); left > 0 && !this.#stopping; left--) {
        session.refreshInDoubt = true;
        const refreshed = await refreshOnce(session, (options) => this.#ask('/refresh', options));
        if (refreshed === undefined) return;
        history.refreshed(session, refreshed);
      }
      if (Math.random() < 0.5) continue;
      session.end = 'asked';
      const ended = await this.#ask('/logout', { method: 'POST', token: session.accessToken }, 401);
      if (ended === undefined) return;
      history.ended(session);
    }
  }

  /**
   * Undefined where it is in doubt to the end. `done` is what a repeat is answered where an attempt before it, which
   * nobody heard of, has done it.
   */
  async #ask(path: string, options: Call, done?: number): Promise<Body | undefined> {
    const { evident, history, inDoubt } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const answer: Answer | undefined = await call(evident, `${base}${path}`, { ...options, headers }).catch(
        () => undefined,
      );
      const wasDone = done !== undefined && attempt > 1 && answer?.status === done;
      if (answer?.status === 200 || wasDone) return answer?.body;
      if (answer !== undefined && answer.status !== 503) {
        history.problems.push(`${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
        return undefined;
      }
      if (inDoubt === 'ends') return undefined;
      await pause(repeatAfterMs);
    }
  }
}

export function refreshOnce<Answered>(
  session: HeldSession,
  ask: (options: Call) => Promise<Answered>,
): Promise<Answered> {
  return ask({ json: { refresh_token: session.refreshToken }, headers });
}
