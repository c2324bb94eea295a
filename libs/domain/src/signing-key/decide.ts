import { accept, type Decider, type Decision, fold, reject } from '../decider.ts';
import type {
  CreateSigningKey,
  ExtendSigningKey,
  PromoteSigningKey,
  RetireSigningKey,
  SigningKeyCommand,
} from './commands.ts';
import type { SigningKeyEvent } from './events.ts';
import { promotesAt, retiresAt } from './schedule.ts';
import {
  evolveSigningKeys,
  initialSigningKeys,
  isWaiting,
  publishedKeys,
  type SigningKey,
  type SigningKeysState,
} from './state.ts';

/** `too-early` has details `at`: milliseconds since the epoch from which the command would be accepted. */
export type SigningKeyRejection =
  | 'signing-key.unknown'
  | 'signing-key.too-early'
  | 'signing-key.retired'
  | 'signing-key.active';

type SigningKeyDecision = Decision<SigningKeyEvent, SigningKeyRejection>;

/** The keys of a tenant that sign tokens, on `signingkeys-<tenant>`: created, published, promoted, replaced, retired. */
export const signingKeyDecider: Decider<SigningKeyCommand, SigningKeysState, SigningKeyEvent, SigningKeyRejection> = {
  initial: initialSigningKeys,
  evolve: evolveSigningKeys,
  decide(command, state) {
    if (command.type === 'create-signing-key') return accept(...created([command], state));
    if (command.type === 'rotate-signing-keys') return accept(...created(command.keys, state));
    const { kid } = command;
    const key = state.keys.find((candidate) => candidate.kid === kid);
    if (key === undefined) return reject('signing-key.unknown');
    switch (command.type) {
      case 'promote-signing-key':
        return promote(command, key, state);
      case 'extend-signing-key':
        return extend(command, key);
      case 'retire-signing-key':
        return retire(command, key);
    }
  },
};

function promote(
  { kid, now, publishedForMs, tokensLiveForMs }: PromoteSigningKey,
  key: SigningKey,
  state: SigningKeysState,
): SigningKeyDecision {
  if (key.retiredAt !== undefined || key.replacedAt !== undefined) return reject('signing-key.retired');
  if (key.promotedAt !== undefined) return accept();
  const earliest = promotesAt(state, key, publishedForMs);
  if (now < earliest) return reject('signing-key.too-early', { at: earliest });
  return accept({ type: 'signingkey.promoted', data: { kid, promotedAt: now, tokensLiveForMs } });
}

function extend({ kid, tokensLiveForMs }: ExtendSigningKey, key: SigningKey): SigningKeyDecision {
  if (key.promotedAt === undefined || key.retiredAt !== undefined) return accept();
  if (tokensLiveForMs <= key.tokensLiveForMs) return accept();
  return accept({ type: 'signingkey.extended', data: { kid, tokensLiveForMs } });
}

function retire({ kid, now }: RetireSigningKey, key: SigningKey): SigningKeyDecision {
  if (key.retiredAt !== undefined) return accept();
  if (key.promotedAt !== undefined && key.replacedAt === undefined) return reject('signing-key.active');
  const earliest = retiresAt(key);
  if (now < earliest) return reject('signing-key.too-early', { at: earliest });
  return accept({ type: 'signingkey.retired', data: { kid, retiredAt: now } });
}

/** Each is decided on what the ones before it left. */
function created(keys: readonly CreateSigningKey[], initial: SigningKeysState): readonly SigningKeyEvent[] {
  const events: SigningKeyEvent[] = [];
  for (const key of keys) {
    const state = fold({ evolve: evolveSigningKeys }, initial, events);
    if (isThere(key, state)) continue;
    const { kid, use, alg, publicJwk, sealedPrivateJwk, now } = key;
    events.push({
      type: 'signingkey.created',
      data: { kid, use, alg, publicJwk: { ...publicJwk }, sealedPrivateJwk, createdAt: now },
    });
  }
  return events;
}

/** The key itself, or the one that makes it needless. */
function isThere({ kid, use, unless }: CreateSigningKey, state: SigningKeysState): boolean {
  if (state.keys.some((key) => key.kid === kid)) return true;
  const others = publishedKeys(state).filter((published) => published.use === use);
  return unless === 'published' ? others.length > 0 : others.some(isWaiting);
}
