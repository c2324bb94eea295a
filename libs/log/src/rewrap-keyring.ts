import { randomUUID } from 'node:crypto';
import { checkValue, unwrapKey, wrapKey } from '@evident/crypto';
import { type KeyringCommand, keyringDecider, streams } from '@evident/domain';
import { runCommand } from '@evident/event-store';
import { type Clock, StartupProblem } from '@evident/runtime';
import { type KeyringLog, readKeyring, wrapContext } from './keyring.ts';
import type { WrappingKey } from './wrapping-key.ts';

export interface RewrapRequest {
  readonly service: string;
  readonly from: WrappingKey;
  readonly to: WrappingKey;
  readonly now: Clock;
}

/**
 * Puts every key of a keyring under another wrapping key, in one event. The keys stay what they are: nothing that they
 * sealed or hashed is made again. `already`: they are under it, as after a run whose answer was lost. `none`: there are no
 * keys. Throws `StartupProblem` where neither key opens the keyring.
 */
export async function rewrapKeyring(
  log: KeyringLog,
  { service, from, to, now }: RewrapRequest,
): Promise<'rewrapped' | 'already' | 'none'> {
  const { tenant } = log;
  const { keys } = await readKeyring(log, service);
  if (keys.length === 0) return 'none';
  const opened = keys.map(({ purpose, number, wrapped, check }) => {
    const context = wrapContext(log, service, purpose, number);
    const open = ({ key }: WrappingKey) => {
      const raw = unwrapKey(key, wrapped, context);
      return raw !== undefined && checkValue(raw) === check ? raw : undefined;
    };
    return { purpose, number, context, old: open(from), isNew: open(to) !== undefined };
  });
  if (opened.every(({ isNew }) => isNew)) return 'already';
  const rewrapped = opened.map(({ purpose, number, context, old }) => {
    if (old !== undefined) return { purpose, number, wrapped: wrapKey(to.key, old, context) };
    throw new StartupProblem(
      `Neither the key from ${from.origin} nor the one from ${to.origin} opens the keyring of ${service}.`,
      'Give the key that this log was made with, or was last put under.',
    );
  });
  const command: KeyringCommand = { type: 'rewrap', keys: rewrapped, now: now() };
  const commandId = randomUUID();
  const metadata = { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: now() };
  const stream = streams.keyring(tenant, service);
  const outcome = await runCommand(
    { store: log.store, codec: log.codec, decider: keyringDecider },
    { stream, step: 'rewrap', command, metadata },
  );
  if (outcome.outcome === 'accepted') return 'rewrapped';
  throw new StartupProblem(`The keyring of ${service} got a key meanwhile.`, 'Run the command again.');
}
