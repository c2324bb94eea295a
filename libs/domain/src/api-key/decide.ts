import { accept, type Decider, reject } from '../decider.ts';
import type { ApiKeyCommand } from './commands.ts';
import type { ApiKeyEvent } from './events.ts';
import { type ApiKeyState, evolveApiKey, initialApiKey } from './state.ts';

export type ApiKeyRejection = 'apikey.unknown' | 'apikey.already-issued';

/** One API key of a person or an agent, on `apikey-<tenant>.<id>`: its hash, never the key. */
export const apiKeyDecider: Decider<ApiKeyCommand, ApiKeyState, ApiKeyEvent, ApiKeyRejection> = {
  initial: initialApiKey,
  evolve: evolveApiKey,
  decide(command, state) {
    if (command.type === 'issue-api-key') {
      if (state.issued !== undefined) return reject('apikey.already-issued');
      const { type: _, scopes, ...members } = command;
      return accept({ type: 'apikey.issued', data: { ...members, scopes: scopes === null ? null : [...scopes] } });
    }
    if (state.issued === undefined) return reject('apikey.unknown');
    if (state.revokedAt !== undefined) return accept();
    return accept({ type: 'apikey.revoked', data: { revokedAt: command.now } });
  },
};
