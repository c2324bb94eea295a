import type { RequestContext } from '@evident/contracts';
import type { IdentifierKind, SignInPurpose } from '@evident/domain';

/** One try to prove who somebody is, before anything is known about it. */
export interface SignInAttempt {
  readonly purpose: SignInPurpose;
  readonly username: string;
  /** What kind of identifier it is, where somebody says so. */
  readonly kind?: IdentifierKind;
  readonly password: string;
  /** The key that was sent with it, where the purpose asks for one. */
  readonly key: { readonly text: string; readonly lookup: string; readonly appId: string | undefined } | undefined;
  /** For whom a session is wanted; null: the usual audience. */
  readonly audience: string | null;
  /** Keyed hash under which the caller's attempts are counted. */
  readonly caller: string;
  /** Keyed hash of the address that the request came from. */
  readonly address: string;
  /** Of the person who signs in, as far as known. */
  readonly client: { readonly ip?: string; readonly userAgent?: string };
  readonly context: RequestContext;
}
