import { type AuthCommand, createAuthCommand } from '@evident/auth-command';
import { type ErrorCodeName, isErrorCode, kindOf, type Reply } from '@evident/contracts';
import { type Clock, type Config, StartupProblem, silentLogger } from '@evident/runtime';
import { InProcessTransport } from '@evident/transport/in-process';
import { embeddedFiles } from '../stores/embedded-stores.ts';
import { openLogAtHand } from '../stores/log-at-hand.ts';
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
  embeddedFiles(config);
  const log = await openLogAtHand(config, now);
  try {
    const masterKey = readKey(config.keys.master, 'MASTER_KEY');
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

/** What a reason is said of. */
const subjects: Partial<Record<ErrorCodeName, string>> = {
  'user.username-invalid': 'The user name',
  'user.email-invalid': 'What --email says',
  'user.password-unacceptable': 'The password',
};

const remedies: Partial<Record<ErrorCodeName, string>> = {
  'user.unknown': 'Give the name or the address that the user signs in with: --username.',
  'user.username-taken': 'Choose another name, or give that user a new password: evident admin reset-password.',
  'user.email-taken': 'Choose another address, or give that user a new password: evident admin reset-password.',
  'user.username-invalid': 'Choose another --username.',
  'user.email-invalid': 'Write one like rosa@example.com.',
  'user.password-unacceptable': 'Choose another password, or let one be made with --generate.',
};

function refusal({ error }: Extract<Reply<unknown>, { ok: false }>): StartupProblem {
  const code = isErrorCode(error.code) ? error.code : undefined;
  const subject = code && subjects[code];
  const { reason } = error.details ?? {};
  const message = subject !== undefined && typeof reason === 'string' ? `${subject} ${reason}.` : kindOf(error).meaning;
  return new StartupProblem(message, (code && remedies[code]) ?? 'Nothing was changed; run the command again.');
}
