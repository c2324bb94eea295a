import { createSecretKey, type KeyObject } from 'node:crypto';
import { openBox, type PrivateJwk, sealBox } from '@evident/crypto';
import type { SigningKey } from '@evident/domain';
import type { Keyring } from '@evident/log';
import { StartupProblem } from '@evident/runtime';

const sealingPurpose = 'signing-keys';
export const issuerKeyring = { service: 'token-issuer', purposes: [sealingPurpose, 'seals', 'commands'] } as const;

/** Private signing keys as they stand on the log: sealed under a key of this service's keyring, each for its own name. */
export class PrivateKeyBox {
  readonly #current: number;
  readonly #sealing: ReadonlyMap<number, KeyObject>;
  readonly #stream: string;

  constructor(keyring: Keyring, stream: string) {
    this.#current = keyring.current(sealingPurpose).number;
    this.#sealing = new Map(keyring.all(sealingPurpose).map(({ number, key }) => [number, createSecretKey(key)]));
    this.#stream = stream;
  }

  /** `<number of the sealing key>.<box>` */
  seal(kid: string, privateJwk: PrivateJwk): string {
    const box = sealBox(this.#sealingKey(this.#current), JSON.stringify(privateJwk), this.#nameOf(kid));
    return `${this.#current}.${box}`;
  }

  /** Throws `StartupProblem` where the keyring is not the one that the key was sealed with. */
  open({ kid, sealedPrivateJwk }: Pick<SigningKey, 'kid' | 'sealedPrivateJwk'>): PrivateJwk {
    const [, number, box] = /^(\d+)\.(.+)$/s.exec(sealedPrivateJwk) ?? [];
    const text = box === undefined ? undefined : openBox(this.#sealingKey(Number(number)), box, this.#nameOf(kid));
    if (text === undefined) {
      throw new StartupProblem(
        `The signing key ${kid} cannot be opened.`,
        'The keyring of token-issuer does not belong to this log.',
      );
    }
    return JSON.parse(text) as PrivateJwk;
  }

  #nameOf(kid: string): string {
    return `${this.#stream}/${kid}`;
  }

  #sealingKey(number: number): KeyObject {
    const key = this.#sealing.get(number);
    if (key === undefined)
      throw new StartupProblem(`The keyring has no key ${number} for signing keys.`, 'Restore the log whole.');
    return key;
  }
}
