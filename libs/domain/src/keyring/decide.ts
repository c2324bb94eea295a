import { accept, type Decider, reject } from '../decider.ts';
import type { KeyringCommand } from './commands.ts';
import type { KeyringEvent } from './events.ts';
import { evolveKeyring, initialKeyring, type KeyringState } from './state.ts';

export type KeyringRejection = 'keyring.number-skipped' | 'keyring.rewrap-incomplete';

/** The keys of one service (`keyring-<tenant>.<service>`): numbered by purpose without gaps, rewrapped all or none. */
export const keyringDecider: Decider<KeyringCommand, KeyringState, KeyringEvent, KeyringRejection> = {
  initial: initialKeyring,
  evolve: evolveKeyring,
  decide(command, state) {
    if (command.type === 'add-key') {
      const { purpose, number, wrapped, check, now } = command;
      const present = state.keys.filter((key) => key.purpose === purpose).length;
      if (number <= present) return accept();
      if (number > present + 1) return reject('keyring.number-skipped', { next: present + 1 });
      return accept({ type: 'keyring.key-added', data: { purpose, number, wrapped, check, addedAt: now } });
    }
    const named = new Set(command.keys.map(({ purpose, number }) => `${purpose} ${number}`));
    const complete = state.keys.every(({ purpose, number }) => named.has(`${purpose} ${number}`));
    if (!complete || named.size !== state.keys.length) return reject('keyring.rewrap-incomplete');
    const unchanged = state.keys.every((key) =>
      command.keys.some(
        (again) => again.purpose === key.purpose && again.number === key.number && again.wrapped === key.wrapped,
      ),
    );
    if (unchanged) return accept();
    return accept({ type: 'keyring.rewrapped', data: { keys: [...command.keys], rewrappedAt: command.now } });
  },
};
