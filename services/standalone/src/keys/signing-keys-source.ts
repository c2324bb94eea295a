import { type ShownSigningKey, type SigningKeyObject, shownSigningKey, showSigningKey } from '@evident/contracts';
import type { Log } from '@evident/log';
import type { Config } from '@evident/runtime';
import { tokenIn } from '../audit/audit-source.ts';
import { askServer } from '../audit/remote-audit.ts';
import { CliProblem } from '../cli/failure.ts';
import { configOf, type SourceOptions, serverOf } from '../cli/store-options.ts';
import type { Terminal } from '../cli/terminal.ts';

export type KeyUse = SigningKeyObject['use'];

export async function listKeys(options: SourceOptions, terminal: Terminal): Promise<readonly ShownSigningKey[]> {
  const server = serverOf(options, terminal.env);
  if (server !== undefined) return ofServer(server, terminal, 'GET');
  // The issuer put together would make what it misses; who only looks leaves the log as it is.
  const { signingKeysOnLog } = await import('@evident/token-issuer');
  return withLog(options, terminal, async (log) => (await signingKeysOnLog(log)).map(showSigningKey));
}

/** Publishes the next keys, of both uses unless said. */
export async function rotateKeys(
  options: SourceOptions,
  terminal: Terminal,
  uses: readonly KeyUse[] | undefined,
): Promise<readonly ShownSigningKey[]> {
  const server = serverOf(options, terminal.env);
  if (server !== undefined) return ofServer(server, terminal, 'POST', uses === undefined ? {} : { uses });
  return withLog(options, terminal, async (log, config) => {
    const { keysAtHand } = await issuerOn(log, config, terminal);
    const reply = await keysAtHand.rotate(uses);
    if (reply.ok) return reply.value.keys.map(showSigningKey);
    throw new CliProblem('Too many issuers changed the keys at once; nothing was changed.', 'Run the command again.');
  });
}

async function ofServer(
  url: string,
  terminal: Terminal,
  method: 'GET' | 'POST',
  body?: object,
): Promise<readonly ShownSigningKey[]> {
  const path = `/ops/signing-keys${method === 'POST' ? '/rotate' : ''}`;
  const request = { shape: shownSigningKey.array(), method, ...(body === undefined ? {} : { body }) };
  return askServer(url, tokenIn(terminal.env), path, request);
}

/** Beside a server that may be running. */
async function withLog<Result>(
  options: SourceOptions,
  { env, now }: Terminal,
  use: (log: Log, config: Config) => Promise<Result>,
): Promise<Result> {
  const { openLogAtHand } = await import('../stores/log-at-hand.ts');
  const config = configOf(options, env);
  const log = await openLogAtHand(config, now);
  try {
    return await use(log, config);
  } finally {
    await log.close();
  }
}

/** Beside a server's own: it obeys the same stream. */
async function issuerOn(log: Log, config: Config, { now }: Terminal) {
  const [{ createTokenIssuer }, { readKey }, { silentLogger: logger }] = await Promise.all([
    import('@evident/token-issuer'),
    import('../stores/wrapping-keys.ts'),
    import('@evident/runtime'),
  ]);
  const masterKey = readKey(config.keys.master, 'MASTER_KEY');
  return createTokenIssuer({ config, log, logger, now, masterKey });
}
