import { createAuthCommand } from '@evident/auth-command';
import { type ErasureCertificate, erasureCertificate, kindOf, type Reply } from '@evident/contracts';
import { createSealSigner } from '@evident/crypto';
import type { IdentifierPolicy } from '@evident/domain';
import { openKeyring } from '@evident/log';
import { type Clock, type Config, silentLogger } from '@evident/runtime';
import { certifiedErasure } from '@evident/token-issuer';
import { InProcessTransport } from '@evident/transport/in-process';
import { CliProblem } from '../cli/failure.ts';
import { openLogAtHand } from '../stores/log-at-hand.ts';
import { readKey } from '../stores/wrapping-keys.ts';
import { tokenIn } from './audit-source.ts';
import { askServer } from './remote-audit.ts';

const userSubject = /^user:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

interface Erasing {
  readonly subject: string;
  readonly identifiers: IdentifierPolicy;
}

/** Straight on the stores, by the rules of auth-command itself, beside a server or without one. */
export async function erasePersonAtHand({
  config,
  subject,
  identifiers,
  now,
}: Erasing & { readonly config: Config; readonly now: Clock }): Promise<ErasureCertificate> {
  const userId = userIdIn(subject);
  const log = await openLogAtHand(config, now);
  try {
    const masterKey = readKey(config.keys.master, 'MASTER_KEY');
    const keyring = await openKeyring(log, {
      service: 'token-issuer',
      purposes: ['seals'],
      wrappingKey: masterKey,
      now,
    });
    const signer = createSealSigner(keyring.current('seals').key);
    const authCommand = await createAuthCommand({
      config: { ...config, rateLimit: false, verifyMemo: false },
      client: new InProcessTransport(),
      ...{ log, logger: silentLogger, now, masterKey },
    });
    try {
      valueIn(await authCommand.erasures.erase(userId, identifiers));
      return valueIn(await certifiedErasure({ log, signer }, userId));
    } finally {
      await authCommand.close();
    }
  } finally {
    await log.close();
  }
}

export async function erasePersonRemotely({
  url,
  env,
  subject,
  identifiers,
}: Erasing & {
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<ErasureCertificate> {
  const path = `/ops/people/user:${userIdIn(subject)}`;
  const request = { shape: erasureCertificate, method: 'DELETE', query: { identifiers } };
  return askServer(url, tokenIn(env), path, request);
}

const howToName = 'Write user:<uuid>; evident audit events finds it.';

function userIdIn(subject: string): string {
  const [, userId] = userSubject.exec(subject) ?? [];
  if (userId !== undefined) return userId.toLowerCase();
  throw new CliProblem(`${subject} is no person.`, howToName);
}

function valueIn<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  const isUnknown = reply.error.code === 'user.unknown';
  throw new CliProblem(
    kindOf(reply.error).meaning,
    isUnknown ? howToName : 'Nothing was erased; run the command again.',
  );
}
