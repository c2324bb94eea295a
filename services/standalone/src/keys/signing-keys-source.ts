import type { SigningKeyObject } from '@evident/contracts';
import { tokenIn } from '../audit/audit-source.ts';
import { askServer } from '../audit/remote-audit.ts';
import { CliProblem } from '../cli/failure.ts';
import { configOf, type SourceOptions, serverOf } from '../cli/store-options.ts';
import type { Terminal } from '../cli/terminal.ts';

/** A signing key as operators see it; times as RFC 3339, null where there is none. */
export interface ShownKey {
  readonly kid: string;
  readonly use: string;
  readonly alg: string;
  readonly state: string;
  readonly created: string;
  readonly promotes: string | null;
  readonly promoted: string | null;
  readonly replaced: string | null;
  readonly retires: string | null;
  readonly retired: string | null;
}

export type KeyUse = SigningKeyObject['use'];

export async function listKeys(options: SourceOptions, terminal: Terminal): Promise<readonly ShownKey[]> {
  const server = serverOf(options, terminal.env);
  if (server !== undefined) return ofServer(server, terminal, 'GET');
  return withIssuer(options, terminal, async ({ keysAtHand }) => (await keysAtHand.list()).map(shown));
}

/** Publishes the next keys, of both uses unless said. */
export async function rotateKeys(
  options: SourceOptions,
  terminal: Terminal,
  uses: readonly KeyUse[] | undefined,
): Promise<readonly ShownKey[]> {
  const server = serverOf(options, terminal.env);
  if (server !== undefined) return ofServer(server, terminal, 'POST', uses === undefined ? {} : { uses });
  return withIssuer(options, terminal, async ({ keysAtHand }) => {
    const reply = await keysAtHand.rotate(uses);
    if (reply.ok) return reply.value.keys.map(shown);
    throw new CliProblem('Too many issuers changed the keys at once; nothing was changed.', 'Run the command again.');
  });
}

async function ofServer(url: string, terminal: Terminal, method: 'GET' | 'POST', body?: object): Promise<ShownKey[]> {
  const path = `/ops/signing-keys${method === 'POST' ? '/rotate' : ''}`;
  const request = { method, ...(body === undefined ? {} : { body }) };
  return (await askServer(url, tokenIn(terminal.env), path, {}, request)) as ShownKey[];
}

/** Puts the issuer together on the stores, beside a server that may be running: it obeys the same stream. */
async function withIssuer<Result>(
  options: SourceOptions,
  terminal: Terminal,
  use: (issuer: Awaited<ReturnType<typeof import('@evident/token-issuer')['createTokenIssuer']>>) => Promise<Result>,
): Promise<Result> {
  const [{ openLog }, { createTokenIssuer }, { existingFiles }, { readKey }, { silentLogger }] = await Promise.all([
    import('@evident/log'),
    import('@evident/token-issuer'),
    import('../stores/embedded-stores.ts'),
    import('../stores/wrapping-keys.ts'),
    import('@evident/runtime'),
  ]);
  const config = configOf(options, terminal.env);
  // Nothing here makes a log that was only misspelt.
  if (config.eventStore.kind === 'embedded') existingFiles(config);
  const masterKey = readKey(config.keys.master, 'MASTER_KEY');
  const { now } = terminal;
  const log = await openLog({ config, createKeyring: false, logger: silentLogger, now, patienceMs: 1_000 });
  try {
    return await use(await createTokenIssuer({ config, log, logger: silentLogger, now, masterKey }));
  } finally {
    await log.close();
  }
}

function shown(key: SigningKeyObject): ShownKey {
  const { kid, use, alg, state } = key;
  const time = (milliseconds: number | null) => (milliseconds === null ? null : new Date(milliseconds).toISOString());
  return {
    kid,
    use,
    alg,
    state,
    created: new Date(key.createdAt).toISOString(),
    promotes: time(key.promotesAt),
    promoted: time(key.promotedAt),
    replaced: time(key.replacedAt),
    retires: time(key.retiresAt),
    retired: time(key.retiredAt),
  };
}
