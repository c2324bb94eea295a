import { createCallerCheck } from '@evident/caller';
import type { erasePerson, RequestOf } from '@evident/contracts';
import { createPasswordHasher } from '@evident/crypto';
import { openKeyring } from '@evident/log';
import { randomUuid } from '@evident/runtime';
import { createAccessCommands } from './access/access-commands.ts';
import { createAccounts } from './accounts.ts';
import { Administrators } from './administrators/administrators.ts';
import { Roster } from './administrators/roster.ts';
import { answering } from './answering.ts';
import { createAppCommands } from './apps/app-commands.ts';
import type { AuthCommand } from './auth-command.ts';
import { ClaimSweeper } from './claims/claim-sweeper.ts';
import { Claims } from './claims/claims.ts';
import { createCommandGate } from './command.ts';
import type { CommandEnvironment } from './command-environment.ts';
import type { AuthCommandDependencies } from './dependencies.ts';
import { changesOfOwnProfile, registrationsOfAddress, WindowLimit } from './limits/window-limit.ts';
import { createMachineCommands } from './machines/machine-commands.ts';
import { createOperationCommands } from './operations/operation-commands.ts';
import { showHashing } from './passwords/hashing-gauges.ts';
import { NewPasswords } from './passwords/new-passwords.ts';
import { createPasswordSeal } from './passwords/password-seal.ts';
import { FirstOwner } from './people/first-owner.ts';
import { createPeopleCommands } from './people/people-commands.ts';
import { type Guard, permitted } from './permitted.ts';
import { Erasures } from './privacy/erasures.ts';
import { UnknownCallers } from './privacy/unknown-callers.ts';
import { authCommandKeyring, openServiceKeys } from './service-keys.ts';
import { createAuthenticate } from './sign-in/authenticate.ts';
import { createSignIn } from './sign-in/create-sign-in.ts';
import { createVerifyCredentials } from './sign-in/verify-credentials.ts';
import { Turns } from './turns.ts';
import { createUndo } from './undo/undo-handlers.ts';
import { createUserCommands } from './users/user-commands.ts';

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
    client,
    logger,
    now,
  };

  const { audience, allowedAudiences } = config.tokens;
  const audiences = [config.publicUrl, audience];
  const gate = createCommandGate({
    log,
    callers: createCallerCheck({ log, issuer: config.publicUrl, audiences, now }),
    keys,
    now,
  });
  const {
    signIn,
    admit,
    proveOneself,
    end: endSignIn,
  } = await createSignIn(deps, { accounts, hasher, seal, newPasswords, keys });
  const erasures = new Erasures(env, gate);
  const { personKeys } = log;
  const unknownCallers = new UnknownCallers({ personKeys, months: config.unknownCallersMonths, logger, now });
  const sweeper = new ClaimSweeper({ log, claims, client, logger, now });

  const hideHashing = deps.metrics === undefined ? undefined : showHashing(hasher, deps.metrics);

  /** A command for which a scope is needed; `target` is what it is about, where the request names it. */
  const guarded: Guard = (permission, useCase) => answering(log, permitted(gate, permission, useCase));
  const signInAudiences = [audience, ...allowedAudiences];
  const authenticate = createAuthenticate({ signIn, log, audiences: signInAudiences });
  const firstOwner = new FirstOwner(env, config.bootstrapFirstUser === 'owner');
  const ownProfiles = config.rateLimit ? new WindowLimit({ ...changesOfOwnProfile, now }) : undefined;
  const registration = {
    admit,
    authenticate,
    firstOwner,
    limit: config.rateLimit ? new WindowLimit({ ...registrationsOfAddress, now }) : undefined,
    isOpen: config.selfRegistration,
    audiences: signInAudiences,
  };
  const commands: Omit<AuthCommand, 'undoChanges'> = {
    verifyCredentials: answering(log, createVerifyCredentials(signIn, log.lookup)),
    authenticate: answering(log, authenticate),
    ...createUserCommands(env, guarded),
    ...createAppCommands(env, guarded),
    ...createPeopleCommands({ env, gate, guarded, registration, proveOneself, ownProfiles }),
    erasePerson: guarded(
      { name: 'erase-person', scope: 'manage:evident/privacy', target: ({ userId }: { userId: string }) => [userId] },
      ({ userId, identifiers }: RequestOf<typeof erasePerson>, command) => erasures.erase(userId, identifiers, command),
    ),
    erasures: {
      erase: (userId, identifiers) =>
        erasures.erase(userId, identifiers, gate.openForSystem('erase-person', randomUuid(), { userId, identifiers })),
      resume: () => erasures.resume(),
    },
    ...createMachineCommands(env, guarded),
    operations: createOperationCommands(env, guarded, config.webhooks),
    ...createAccessCommands(env, guarded),
    administrators: new Administrators({ env, gate, hasher, seal }),
    sweepClaims: () => sweeper.sweep(),
    forgetUnknownCallers: () => unknownCallers.forget(),
    start() {
      sweeper.start();
      erasures.start();
      unknownCallers.start();
      firstOwner
        .settle()
        .catch((error: unknown) => logger.warn({ error }, 'Who owns the tenant could not be looked at.'));
    },
    async close() {
      hideHashing?.();
      await sweeper.end();
      await erasures.stop();
      await unknownCallers.stop();
      await endSignIn();
      await hasher.close();
    },
  };
  return { ...commands, undoChanges: answering(log, createUndo(env, gate, commands)) };
}
