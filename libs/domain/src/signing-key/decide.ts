import { accept, type Decider, reject } from '../decider.ts';
import type { CreateSigningKey, SigningKeyCommand } from './commands.ts';
import type { SigningKeyEvent } from './events.ts';
import { promotesAt, retiresAt } from './schedule.ts';
import { evolveSigningKeys, initialSigningKeys, isWaiting, publishedKeys, type SigningKeysState } from './state.ts';

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
    const { kid } = command;
    const key = state.keys.find((candidate) => candidate.kid === kid);
    if (command.type === 'create-signing-key') return key === undefined ? create(command, state) : accept();
    if (key === undefined) return reject('signing-key.unknown');
    switch (command.type) {
      case 'promote-signing-key': {
        if (key.retiredAt !== undefined || key.replacedAt !== undefined) return reject('signing-key.retired');
        if (key.promotedAt !== undefined) return accept();
        const { now, publishedForMs, tokensLiveForMs } = command;
        const earliest = promotesAt(state, key, publishedForMs);
        if (now < earliest) return reject('signing-key.too-early', { at: earliest });
        return accept({ type: 'signingkey.promoted', data: { kid, promotedAt: now, tokensLiveForMs } });
      }
      case 'extend-signing-key': {
        const { tokensLiveForMs } = command;
        if (key.promotedAt === undefined || key.retiredAt !== undefined) return accept();
        if (tokensLiveForMs <= key.tokensLiveForMs) return accept();
        return accept({ type: 'signingkey.extended', data: { kid, tokensLiveForMs } });
      }
      case 'retire-signing-key': {
        if (key.retiredAt !== undefined) return accept();
        if (key.promotedAt !== undefined && key.replacedAt === undefined) return reject('signing-key.active');
        const earliest = retiresAt(key);
        if (command.now < earliest) return reject('signing-key.too-early', { at: earliest });
        return accept({ type: 'signingkey.retired', data: { kid, retiredAt: command.now } });
      }
    }
  },
};

function create(command: CreateSigningKey, state: SigningKeysState): ReturnType<typeof signingKeyDecider.decide> {
  const { kid, use, alg, publicJwk, sealedPrivateJwk, now, unless } = command;
  const others = publishedKeys(state).filter((published) => published.use === use);
  if (unless === 'published' ? others.length > 0 : others.some(isWaiting)) return accept();
  return accept({
    type: 'signingkey.created',
    data: { kid, use, alg, publicJwk: { ...publicJwk }, sealedPrivateJwk, createdAt: now },
  });
}
