import type { KeyObject } from 'node:crypto';

/** A secret that follows from a command and a key of the keyring: it is shown and never stored. */
type Derivation<Secret> = (derivationKey: KeyObject) => Secret;

/** Of these keys the one in use comes first. Throws where there is none. */
export function deriveSecret<Secret>([current]: readonly KeyObject[], derive: Derivation<Secret>): Secret {
  if (current === undefined) throw new Error('the keyring has no key to derive secrets from');
  return derive(current);
}

/**
 * The secret that an earlier try of a command made, made again: so a repeat shows the same, also under a newer key of
 * the keyring. `isMade` knows it by what was stored of it. Undefined where none of the keys made it.
 */
export function deriveSecretAgain<Secret>(
  derivationKeys: readonly KeyObject[],
  derive: Derivation<Secret>,
  isMade: (secret: Secret) => boolean,
): Secret | undefined {
  for (const derivationKey of derivationKeys) {
    const secret = derive(derivationKey);
    if (isMade(secret)) return secret;
  }
  return undefined;
}
