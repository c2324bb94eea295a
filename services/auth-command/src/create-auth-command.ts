import { createCallerCheck } from '@evident/caller';
import { createPasswordHasher } from '@evident/crypto';
import { openKeyring } from '@evident/log';
import { createAccounts } from './accounts.ts';
import { Administrators } from './administrators/administrators.ts';
import { Roster } from './administrators/roster.ts';
import type { AuthCommand } from './auth-command.ts';
import { ClaimSweeper } from './claims/claim-sweeper.ts';
import { Claims } from './claims/claims.ts';
import { createCommandGate } from './command.ts';
import type { CommandEnvironment } from './command-environment.ts';
import { createAssignApp } from './commands/assign-app.ts';
import { createAuthenticate } from './commands/authenticate.ts';
import { createChangeApp } from './commands/change-app.ts';
import { createChangeUser } from './commands/change-user.ts';
import { createRegisterApp } from './commands/register-app.ts';
import { createRegisterUser } from './commands/register-user.ts';
import { createRemoveApp } from './commands/remove-app.ts';
import { createRemoveUser } from './commands/remove-user.ts';
import { createRotateAppKey } from './commands/rotate-app-key.ts';
import { createVerifyCredentials } from './commands/verify-credentials.ts';
import type { AuthCommandDependencies } from './dependencies.ts';
import { NewPasswords } from './passwords/new-passwords.ts';
import { createPasswordSeal } from './passwords/password-seal.ts';
import { permitted } from './permitted.ts';
import { authCommandKeyring, openServiceKeys } from './service-keys.ts';
import { createSignIn } from './sign-in/create-sign-in.ts';
import { Turns } from './turns.ts';

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

  const { audience, allowedAudiences } = config.tokens;
  const audiences = [config.publicUrl, audience];
  const gate = createCommandGate({
    log,
    callers: createCallerCheck({ log, issuer: config.publicUrl, audiences, now }),
    keys,
    now,
  });
  const { signIn, end: endSignIn } = await createSignIn(deps, { accounts, hasher, seal, newPasswords, keys });
  const sweeper = new ClaimSweeper({ log, accounts, claims, client, logger, now });

  const byId = { target: ({ id }: { id: number }) => [id] };
  const byBoth = { target: ({ userId, appId }: { userId: number; appId: number }) => [userId, appId] };
  const user = (name: string, verb: string) => ({ name, scope: `${verb}:sso/user` });
  const app = (name: string, verb: string) => ({ name, scope: `${verb}:sso/app` });
  return {
    verifyCredentials: createVerifyCredentials(signIn, log.lookup),
    authenticate: createAuthenticate({ signIn, lookup: log.lookup, audiences: [audience, ...allowedAudiences] }),
    registerUser: permitted(gate, user('register-user', 'create'), createRegisterUser(env)),
    changeUser: permitted(gate, { ...user('change-user', 'update'), ...byId }, createChangeUser(env)),
    removeUser: permitted(gate, { ...user('remove-user', 'delete'), ...byId }, createRemoveUser(env)),
    assignApp: permitted(gate, { ...user('assign-app', 'update'), ...byBoth }, createAssignApp(env, 'assign-app')),
    unassignApp: permitted(
      gate,
      { ...user('unassign-app', 'update'), ...byBoth },
      createAssignApp(env, 'unassign-app'),
    ),
    registerApp: permitted(gate, app('register-app', 'create'), createRegisterApp(env)),
    changeApp: permitted(gate, { ...app('change-app', 'update'), ...byId }, createChangeApp(env)),
    removeApp: permitted(gate, { ...app('remove-app', 'delete'), ...byId }, createRemoveApp(env)),
    rotateAppKey: permitted(gate, { ...app('rotate-app-key', 'update'), ...byId }, createRotateAppKey(env)),
    administrators: new Administrators({ env, gate, hasher, seal }),
    sweepClaims: () => sweeper.sweep(),
    start: () => sweeper.start(),
    async close() {
      await sweeper.end();
      await endSignIn();
      await hasher.close();
    },
  };
}
