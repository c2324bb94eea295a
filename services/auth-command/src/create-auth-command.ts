import { createCallerCheck } from '@evident/caller';
import type { Reply, RequestContext } from '@evident/contracts';
import { createPasswordHasher, createProvenPasswordMemo } from '@evident/crypto';
import type { JsonObject } from '@evident/event-store';
import { openKeyring } from '@evident/log';
import { createAccounts } from './accounts.ts';
import { Roster } from './administrators/roster.ts';
import type { AuthCommand } from './auth-command.ts';
import { Claims } from './claims/claims.ts';
import { type Command, type CommandGate, createCommandGate } from './command.ts';
import type { CommandEnvironment } from './command-environment.ts';
import { createAuthenticate } from './commands/authenticate.ts';
import { createRegisterUser } from './commands/register-user.ts';
import { RehashPassword } from './commands/rehash-password.ts';
import { createVerifyCredentials } from './commands/verify-credentials.ts';
import type { AuthCommandDependencies } from './dependencies.ts';
import { createInMemoryTallies } from './limits/in-memory-tallies.ts';
import { SignInLimits } from './limits/sign-in-limits.ts';
import { NewPasswords } from './passwords/new-passwords.ts';
import { createPasswordSeal } from './passwords/password-seal.ts';
import { authCommandKeyring, openServiceKeys } from './service-keys.ts';
import { createFindCandidate } from './sign-in/find-candidate.ts';
import { PasswordProofs } from './sign-in/password-proofs.ts';
import { SignIn } from './sign-in/sign-in.ts';
import { SignInJournal } from './sign-in/sign-in-journal.ts';
import { Turns } from './turns.ts';

/** Accounts, callers and addresses of which attempts are remembered; some 300 bytes each. */
const tallyCapacity = 50_000;
/** Proofs of repeated passwords: some 200 bytes each, for ten minutes from the hash. */
const memoOptions = { capacity: 10_000, ttlMs: 10 * 60_000 };

/** Opens the keyring and puts the service together. Throws `StartupProblem`. */
export async function createAuthCommand(deps: AuthCommandDependencies): Promise<AuthCommand> {
  const { config, log, client, logger, now, masterKey } = deps;
  const keys = openServiceKeys(await openKeyring(log, { ...authCommandKeyring, wrappingKey: masterKey, now }));
  const { memoryKiB: memoryKib, passes, lanes } = config.argon2;
  const hasher = deps.hasher ?? createPasswordHasher({ memoryKib, passes, lanes });
  const seal = createPasswordSeal(keys);
  const newPasswords = new NewPasswords(hasher, seal);
  const accounts = createAccounts(log);
  const claims = new Claims({ log, accounts, now });
  const roster = new Roster({ log, accounts, logger, now });
  const env: CommandEnvironment = {
    log,
    accounts,
    claims,
    roster,
    newPasswords,
    keys,
    turns: new Turns(),
    logger,
    now,
  };

  const callers = createCallerCheck({
    log,
    issuer: config.publicUrl,
    audiences: [config.publicUrl, config.tokens.audience],
    now,
  });
  const gate = createCommandGate({ log, callers, keys, now });

  const journal = new SignInJournal({ log, keys, now });
  const limits = config.rateLimit
    ? new SignInLimits({ log, journal, tallies: createInMemoryTallies(tallyCapacity), logger, now })
    : undefined;
  await limits?.recall();
  const rehash = new RehashPassword({ log, newPasswords, logger, now });
  const memo = config.verifyMemo ? createProvenPasswordMemo({ ...memoOptions, now }) : undefined;
  const signIn = new SignIn({
    log,
    accounts,
    proofs: new PasswordProofs(hasher, seal, memo),
    keys,
    find: createFindCandidate(client, now),
    limits,
    journal,
    rehash: (user, password) => rehash.later(user, password),
    now,
  });

  return {
    verifyCredentials: createVerifyCredentials(signIn, log.lookup),
    authenticate: createAuthenticate({
      signIn,
      lookup: log.lookup,
      audiences: [config.tokens.audience, ...config.tokens.allowedAudiences],
    }),
    registerUser: permitted(gate, { name: 'register-user', scope: 'create:sso/user' }, createRegisterUser(env)),
    async close() {
      await limits?.end();
      await rehash.finish();
      await hasher.close();
    },
  };
}

/** Opens the gate before the use case begins: who may not do it starts nothing, not even a hash. */
function permitted<Request extends JsonObject, Value>(
  gate: CommandGate,
  { name, scope, target }: { name: string; scope: string; target?: (request: Request) => readonly number[] },
  useCase: (request: Request, command: Command) => Promise<Reply<Value>>,
) {
  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    const opened = await gate.open({ name, scope, target: target?.(request) ?? [], payload: request }, context);
    return opened.ok ? useCase(request, opened.command) : opened;
  };
}
