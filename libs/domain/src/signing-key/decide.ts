import { accept, type Decider, reject } from '../decider.ts';
import type { SigningKeyCommand } from './commands.ts';
import type { SigningKeyEvent } from './events.ts';
import { activeKey, evolveSigningKeys, initialSigningKeys, publishedKeys, type SigningKeysState } from './state.ts';

/** `too-early` has details `at`: milliseconds since the epoch from which the command would be accepted. */
export type SigningKeyRejection =
  | 'signing-key.unknown'
  | 'signing-key.too-early'
  | 'signing-key.retired'
  | 'signing-key.active';

export const signingKeyDecider: Decider<SigningKeyCommand, SigningKeysState, SigningKeyEvent, SigningKeyRejection> = {
  initial: initialSigningKeys,
  evolve: evolveSigningKeys,
  decide(command, state) {
    const { kid, now } = command;
    const key = state.keys.find((candidate) => candidate.kid === kid);
    if (command.type === 'create-signing-key') {
      const { use, alg, publicJwk, sealedPrivateJwk } = command;
      if (key !== undefined) return accept();
      if (command.onlyIfNone && publishedKeys(state).some((published) => published.use === use)) return accept();
      return accept({
        type: 'signingkey.created',
        data: { kid, use, alg, publicJwk: { ...publicJwk }, sealedPrivateJwk, createdAt: now },
      });
    }
    if (key === undefined) return reject('signing-key.unknown');
    if (command.type === 'promote-signing-key') {
      if (key.retiredAt !== undefined || key.replacedAt !== undefined) return reject('signing-key.retired');
      if (key.promotedAt !== undefined) return accept();
      // The very first key has no predecessor whose tokens or remembered key sets could be in the way.
      const earliest = activeKey(state, key.use) === undefined ? key.createdAt : key.createdAt + command.publishedForMs;
      if (now < earliest) return reject('signing-key.too-early', { at: earliest });
      return accept({ type: 'signingkey.promoted', data: { kid, promotedAt: now } });
    }
    if (key.retiredAt !== undefined) return accept();
    if (key.promotedAt !== undefined && key.replacedAt === undefined) return reject('signing-key.active');
    const earliest = key.replacedAt === undefined ? key.createdAt : key.replacedAt + command.tokensLiveForMs;
    if (now < earliest) return reject('signing-key.too-early', { at: earliest });
    return accept({ type: 'signingkey.retired', data: { kid, retiredAt: now } });
  },
};
