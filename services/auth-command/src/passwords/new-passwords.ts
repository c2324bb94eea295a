import { fail, type ReplyError } from '@evident/contracts';
import type { PasswordHasher } from '@evident/crypto';
import { checkNewPassword } from '@evident/domain';
import { loadCommonPasswords } from './common-passwords.ts';
import type { PasswordSeal } from './password-seal.ts';

type Outcome<Value> = ({ readonly ok: true } & Value) | { readonly ok: false; readonly error: ReplyError };

/** Passwords on their way in: the policy, then the sealed hash. */
export class NewPasswords {
  readonly #hasher: PasswordHasher;
  readonly #seal: PasswordSeal;

  constructor(hasher: PasswordHasher, seal: PasswordSeal) {
    this.#hasher = hasher;
    this.#seal = seal;
  }

  /** The prepared password, or `user.password-unacceptable` with a `reason`. */
  async check(
    password: string,
    { username, email }: { readonly username: string; readonly email: string },
  ): Promise<Outcome<{ readonly prepared: string }>> {
    const checked = checkNewPassword(password, { username, email, isCommon: await loadCommonPasswords() });
    if (checked.ok) return { ok: true, prepared: checked.prepared };
    return fail('user.password-unacceptable', { details: { reason: checked.reason } });
  }

  /** The hash of a prepared password as it is stored, or `load.shed`. */
  async hash(userId: string, prepared: string): Promise<Outcome<{ readonly sealed: string }>> {
    const hashed = await this.#hasher.hash(prepared);
    if (hashed.outcome === 'hashed') return { ok: true, sealed: this.#seal.seal(userId, hashed.phc) };
    return fail('load.shed', { retryAfterSeconds: hashed.retryAfterSeconds });
  }
}
