import type { RequestContext } from '@evident/contracts';
import type { KeyedHash } from '@evident/crypto';
import type { IdentifierKind, SignInPurpose } from '@evident/domain';
import { addressHash } from './caller-hash.ts';

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

/** What a person types in, and what it is for. */
export interface TypedCredentials {
  readonly purpose: SignInPurpose;
  readonly username: string;
  readonly kind?: IdentifierKind | undefined;
  readonly password: string;
  readonly audience?: string | undefined;
}

/** An attempt of the person themself, where they are: no app asks for them with a key. */
export function attemptInPerson(
  lookup: KeyedHash,
  { purpose, username, kind, password, audience }: TypedCredentials,
  context: RequestContext,
): SignInAttempt {
  const { clientIp: ip, userAgent } = context;
  const address = addressHash(lookup, ip);
  return {
    purpose,
    username,
    ...(kind === undefined ? {} : { kind }),
    password,
    key: undefined,
    audience: audience ?? null,
    caller: address,
    address,
    client: { ...(ip === undefined ? {} : { ip }), ...(userAgent === undefined ? {} : { userAgent }) },
    context,
  };
}
