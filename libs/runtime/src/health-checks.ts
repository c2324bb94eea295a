/** `degraded`: sign-in and writes are served, something else is not. `down`: they are not. */
export type Readiness = 'ok' | { readonly degraded: string } | { readonly down: string };

export interface HealthCheck {
  readonly name: string;
  /** Cheap and without side effects: it is asked every few seconds by every balancer. */
  check(): Readiness | Promise<Readiness>;
}

export interface ReadyAnswer {
  /** 503 where something is down, else 200. */
  readonly httpStatus: 200 | 503;
  readonly body: { readonly status: 'ok' | 'degraded' | 'down'; readonly reasons: readonly string[] };
}

export interface HealthChecksOptions {
  /** A check without an answer by then counts as down. Default 1000. */
  readonly checkTimeoutMs?: number;
}

/** Readiness as the worst of named checks. Liveness needs none: a process that answers is alive. */
export class HealthChecks {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #checkTimeoutMs: number;
  #stopping = false;

  constructor(options: HealthChecksOptions = {}) {
    this.#checkTimeoutMs = options.checkTimeoutMs ?? 1000;
  }

  /** A later check of the same name replaces the earlier one. */
  add(check: HealthCheck): void {
    this.#checks.set(check.name, check);
  }

  /** From now on not ready, so that balancers send nothing more while requests in flight finish. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Every reason, worst first; within a rank in the order of registration. Never throws. */
  async ready(): Promise<ReadyAnswer> {
    if (this.#stopping) return { httpStatus: 503, body: { status: 'down', reasons: ['service: is stopping'] } };
    const results = await Promise.all([...this.#checks.values()].map((check) => this.#ask(check)));
    const down = results.filter(({ rank }) => rank === 'down').map(({ reason }) => reason);
    const degraded = results.filter(({ rank }) => rank === 'degraded').map(({ reason }) => reason);
    const reasons = [...down, ...degraded];
    if (down.length > 0) return { httpStatus: 503, body: { status: 'down', reasons } };
    return { httpStatus: 200, body: { status: degraded.length > 0 ? 'degraded' : 'ok', reasons } };
  }

  async #ask(check: HealthCheck): Promise<{ rank: 'ok' | 'degraded' | 'down'; reason: string }> {
    const timeout = new AbortController();
    const silence = new Promise<Readiness>((resolve) => {
      const timer = setTimeout(() => resolve({ down: 'does not answer' }), this.#checkTimeoutMs);
      timeout.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    // What a fault says may hold anything, so the reason shown to the world is not its message.
    const answer = Promise.resolve()
      .then(() => check.check())
      .catch((): Readiness => ({ down: 'cannot be checked' }));
    const readiness = await Promise.race([answer, silence]).finally(() => timeout.abort());
    if (readiness === 'ok') return { rank: 'ok', reason: '' };
    if ('down' in readiness) return { rank: 'down', reason: `${check.name}: ${readiness.down}` };
    return { rank: 'degraded', reason: `${check.name}: ${readiness.degraded}` };
  }
}
