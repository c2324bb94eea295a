import type { PrivateJwk } from '@evident/crypto';
import type { Keyring } from '@evident/log';
import { expect, it } from 'vitest';
import { PrivateKeyBox } from './private-key-box.ts';

const privateJwk: PrivateJwk = { kty: 'OKP', crv: 'Ed25519', kid: 'kid-1', alg: 'EdDSA', x: 'x', d: 'd' };
const keys = [1, 2].map((number) => ({ number, key: Buffer.alloc(32, number + 1) }));
function boxWith(numbers: readonly number[], stream = 'signingkeys-main'): PrivateKeyBox {
  const all = keys.filter(({ number }) => numbers.includes(number));
  return new PrivateKeyBox({ all: () => all, current: () => all.at(-1) } as Partial<Keyring> as Keyring, stream);
}
/** Made once under key 1: it stands for those on logs, and is not made anew to suit the code. */
const sealedPrivateJwk =
  '1.s1.ul4XhDmdnbjhvfzkjOZhr1qgt23HuM4PMiqdNNQ_yPcelaiHZkdlFKY0hF2bs9yc2IaziRz_D9DuEshMDMaC_491cNQisPXNIRz8r7UUX5vXmenRuwJvMsnhN00sWpDY7RlWplI';

it('a private key that an earlier release sealed opens, also under a key of the keyring that is not the newest', () => {
  expect(boxWith([1]).open({ kid: 'kid-1', sealedPrivateJwk })).toEqual(privateJwk);
  expect(boxWith([1, 2]).open({ kid: 'kid-1', sealedPrivateJwk })).toEqual(privateJwk);
  expect(boxWith([1, 2]).seal('kid-1', privateJwk)).toMatch(/^2\.s1\./);
});

it('a private key does not open under the name of another, on another log, or by another keyring', () => {
  const cannot = /kid-[12] cannot be opened/;
  expect(() => boxWith([1]).open({ kid: 'kid-2', sealedPrivateJwk })).toThrow(cannot);
  expect(() => boxWith([1], 'signingkeys-other').open({ kid: 'kid-1', sealedPrivateJwk })).toThrow(cannot);
  expect(() => boxWith([1, 2]).open({ kid: 'kid-1', sealedPrivateJwk: `2${sealedPrivateJwk.slice(1)}` })).toThrow(
    cannot,
  );
  expect(() => boxWith([1]).open({ kid: 'kid-1', sealedPrivateJwk: `x${sealedPrivateJwk}` })).toThrow(cannot);
  expect(() => boxWith([2]).open({ kid: 'kid-1', sealedPrivateJwk })).toThrow('has no key 1');
});
