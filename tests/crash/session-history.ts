import { until } from '@evident/testing';
import { type Body, claimsIn } from '../e2e/http.ts';
import { patienceMs } from './history.ts';

/** What one holder was told about one session; only ever added to. */
export interface HeldSession {
  readonly sessionId: string;
  /** The newest access token and refresh token that were acknowledged. */
  accessToken: string;
  refreshToken: string;
  /** `jti` of every refresh token that was acknowledged, in order. */
  readonly acknowledged: string[];
  /** A refresh was asked for and never answered. */
  refreshInDoubt: boolean;
  /** `asked`: signing out was asked for and never answered. */
  end: 'none' | 'asked' | 'acknowledged';
}

/** Every session that was acknowledged to anybody. */
export class SessionHistory {
  readonly sessions: HeldSession[] = [];
  /** Answers that nobody should get. */
  readonly problems: string[] = [];
  #acknowledged = 0;

  /** Sign-ins, refreshes and sign-outs that were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Resolves when so many more were acknowledged than are now. */
  async untilAcknowledged(more: number): Promise<void> {
    const enough = this.#acknowledged + more;
    await until(() => this.#acknowledged >= enough || undefined, {
      what: `${more} more acknowledged steps of sessions`,
      withinMs: patienceMs,
    });
  }

  opened(body: Body): HeldSession {
    this.#acknowledged += 1;
    const session: HeldSession = {
      sessionId: claimsIn(body.access_token).sid,
      accessToken: body.access_token,
      refreshToken: body.refresh_token,
      acknowledged: [claimsIn(body.refresh_token).jti],
      refreshInDoubt: false,
      end: 'none',
    };
    this.sessions.push(session);
    return session;
  }

  refreshed(session: HeldSession, body: Body): void {
    this.#acknowledged += 1;
    session.accessToken = body.access_token;
    session.refreshToken = body.refresh_token;
    session.acknowledged.push(claimsIn(body.refresh_token).jti);
    session.refreshInDoubt = false;
  }

  ended(session: HeldSession): void {
    this.#acknowledged += 1;
    session.end = 'acknowledged';
  }
}
