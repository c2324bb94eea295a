import { personAttributes, reachOf } from '@evident/caller';
import type { createPerson, PersonObject, Reply, ReplyError, RequestOf } from '@evident/contracts';
import { initialUser } from '@evident/domain';
import type { AskedCommand, Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { findGrants } from '../grants/find-grants.ts';
import { checkIdentifier, setBy } from '../identity/identifiers.ts';
import { mayDo } from '../may-do.ts';
import { checkDetails } from './details.ts';
import { personAfterCommand, replyWithPerson } from './person-reply.ts';
import { placeAccount, registeredUserId } from './place-account.ts';
import { refuseGrants } from './refuse-grants.ts';

type Request = RequestOf<typeof createPerson>;

const scope = 'create:sso/user';

/** Registers somebody for them; what is set by who may make any user counts as verified. Nobody gives more than they have. */
export function createCreatePerson(env: CommandEnvironment) {
  const { log, newPasswords } = env;

  return async (request: Request, command: Command): Promise<Reply<PersonObject>> => {
    const userId = registeredUserId(command);
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier;
    if (earlier.own.length === 0) {
      const refused = await register(request, userId, command);
      if (refused !== undefined) return { ok: false, error: refused };
    }
    return replyWithPerson(env, userId, command);
  };

  async function register(request: Request, userId: string, command: Command): Promise<ReplyError | undefined> {
    const { roles, scopes, workspaceRoles, workspaceIds } = request;
    const nowhere = mayCreateNowhere(command);
    if (nowhere !== undefined) return nowhere;
    const checked = checkIdentifier(log.lookup, request);
    if (!checked.ok) return checked.error;
    const { identifier } = checked;
    const details = checkDetails(request);
    if (!details.ok) return details.error;
    const grants = await findGrants(env, { roles, scopes, workspaceRoles, workspaceIds }, command);
    if (!grants.ok) return grants.error;
    const given = grants.detailsFor(initialUser);
    const workspaces = (given.workspaces ?? []).map(({ workspaceId }) => workspaceId);
    const ask = (asked: AskedCommand) =>
      mayDo(asked, scope, personAttributes(userId, workspaces)) ?? refuseGrants(grants, initialUser, asked, scope);
    const powerless = ask(command);
    if (powerless !== undefined) return powerless;
    const password = await hashed(userId, request.password, identifier.value);
    if (!password.ok) return password.error;
    const refusal = await command.stillPermitted(ask);
    if (refusal !== undefined) return refusal;
    const account = {
      userId,
      identifiers: [setBy(command, scope, identifier)],
      ...(password.sealed === undefined ? {} : { passwordHash: password.sealed }),
      isAdmin: false,
      details: { ...details.details, ...given },
    };
    return (await placeAccount(env, account, command))?.error;
  }

  async function hashed(
    userId: string,
    password: string | undefined,
    identifier: string,
  ): Promise<{ ok: true; sealed?: string } | { ok: false; error: ReplyError }> {
    if (password === undefined) return { ok: true };
    const checked = await newPasswords.check(password, { username: identifier, email: identifier });
    return checked.ok ? newPasswords.hash(userId, checked.prepared) : checked;
  }
}

/** Before anything is looked for: who may make nobody at all learns nothing of roles and workspaces either. */
function mayCreateNowhere({ caller }: Command): ReplyError | undefined {
  const reach = caller === undefined ? undefined : reachOf(caller, scope);
  return reach?.ok === false ? reach.error : undefined;
}
