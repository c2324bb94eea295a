import { EvidentError } from './errors.ts';
import { askJson, type HttpOptions, refusal, retryOf } from './http.ts';

export interface VerifyCredentialsOptions extends HttpOptions {
  /** The key of your app. */
  readonly apiKey: string;
  readonly username: string;
  readonly password: string;
  /** The person's own address and agent, for the record and the limits. */
  readonly clientIp?: string;
  readonly userAgent?: string;
}

export interface VerifiedUser {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly is_active: boolean;
  readonly is_admin: boolean;
  /** UTC without a zone: `2026-01-25T12:00:00`. */
  readonly created_at: string;
  readonly updated_at: string;
}

export type CredentialsOutcome =
  | { readonly authorized: true; readonly user: VerifiedUser }
  | {
      readonly authorized: false;
      /** For people: why not. */
      readonly message: string;
      /** Set where nothing was judged, because there were too many attempts. */
      readonly retryAfterSeconds?: number;
    };

/**
 * Asks whether this person may use your app (`POST /verify`). Every judged attempt is an event in Evident's log before
 * the answer. Throws `EvidentError` where there is no judgement: `unavailable` may be tried again.
 */
export async function verifyCredentials(options: VerifyCredentialsOptions): Promise<CredentialsOutcome> {
  const { username, password, apiKey, clientIp, userAgent } = options;
  const asked = {
    username,
    password,
    api_key: apiKey,
    ...(clientIp === undefined ? {} : { client_ip: clientIp }),
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
  };
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked) };
  const answer = await askJson('verify', init, options);
  const { authorized, message, user } = (answer.body ?? {}) as Partial<VerifyAnswer>;
  if (answer.status === 429) {
    return { authorized: false, message: message ?? 'Too many attempts, try again later', ...retryOf(answer.headers) };
  }
  if (answer.status !== 200) throw refusal(answer);
  if (authorized === true && user !== undefined) return { authorized: true, user };
  if (authorized === false) return { authorized: false, message: message ?? 'Not authorized' };
  throw new EvidentError('unexpected', 'what answered is not Evident', { status: answer.status });
}

interface VerifyAnswer {
  readonly authorized: boolean;
  readonly message: string;
  readonly user?: VerifiedUser;
}
