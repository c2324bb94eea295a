import { type AuthCommand, createAuthCommand } from '@evident/auth-command';
import { type ErrorCodeName, isErrorCode, kindOf, type Reply } from '@evident/contracts';
import { openLog } from '@evident/log';
import { type Clock, type Config, StartupProblem, silentLogger } from '@evident/runtime';
import { InProcessTransport } from '@evident/transport/in-process';
import { existingFiles } from '../stores/embedded-stores.ts';
import { readKey } from '../stores/wrapping-keys.ts';

export interface AdministratorOutcome {
  readonly user: {
    readonly id: number;
    readonly uid: string;
    readonly username: string;
    readonly email: string;
    readonly is_admin: boolean;
  };
  /** Where it was generated: to be shown once. */
  readonly password?: string;
}

/** What the operator may do straight on the log, by the rules of auth-command itself. */
export interface AdministratorsAtHand {
  create(wanted: { username: string; email: string; password?: string }): Promise<AdministratorOutcome>;
  resetPassword(login: string, password?: string): Promise<AdministratorOutcome>;
  close(): Promise<void>;
}

type Changed = Awaited<ReturnType<AuthCommand['administrators']['create']>>;

/** Opens the log beside a server that may be running. Throws `StartupProblem`. */
export async function openAdministrators(config: Config, now: Clock): Promise<AdministratorsAtHand> {
  existingFiles(config);
  const masterKey = readKey(config.keys.master, 'MASTER_KEY');
  const log = await openLog({ config, createKeyring: false, logger: silentLogger, now, patienceMs: 1_000 });
  try {
    const authCommand = await createAuthCommand({
      // Nobody signs in here: what limits and remembers sign-ins need not be filled.
      config: { ...config, rateLimit: false, verifyMemo: false },
      // And no view is asked: these commands read the ends of streams.
      client: new InProcessTransport(),
      ...{ log, logger: silentLogger, now, masterKey },
    });
    const { administrators } = authCommand;
    return {
      create: async (wanted) => outcomeOf(await administrators.create(wanted)),
      resetPassword: async (login, password) => outcomeOf(await administrators.resetPassword(login, password)),
      async close() {
        await authCommand.close();
        await log.close();
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

function outcomeOf(reply: Changed): AdministratorOutcome {
  if (!reply.ok) throw refusal(reply);
  const { user, password } = reply.value;
  const { number: id, uid, username, email, isAdmin } = user;
  return { user: { id, uid, username, email, is_admin: isAdmin }, ...(password === undefined ? {} : { password }) };
}

const remedies: Partial<Record<ErrorCodeName, string>> = {
  'user.unknown': 'Give the name or the address that the user signs in with.',
  'user.username-taken': 'Choose another name, or give that user a new password: evident admin reset-password.',
  'user.email-taken': 'Choose another address, or give that user a new password: evident admin reset-password.',
  'user.username-invalid': 'Choose another --username.',
  'user.email-invalid': 'Correct --email.',
  'user.password-unacceptable': 'Choose another password, or let one be made with --generate.',
};

function refusal({ error }: Extract<Reply<unknown>, { ok: false }>): StartupProblem {
  const { code, details } = error;
  const { meaning } = kindOf(error);
  const reason = typeof details?.reason === 'string' ? ` It ${details.reason}.` : '';
  return new StartupProblem(
    `${meaning}${reason}`,
    (isErrorCode(code) ? remedies[code] : undefined) ?? 'Nothing was changed; run the command again.',
  );
}
