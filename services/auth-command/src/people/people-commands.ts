import type {
  addCredential,
  addIdentifier,
  changeIdentifier,
  changeOwnPassword,
  changePerson,
  changeProfile,
  createPerson,
  endSessions,
  registerPerson,
  removeCredential,
  removeIdentifier,
  removePerson,
} from '@evident/contracts';
import { answering, type CommandHandler } from '../answering.ts';
import type { CommandGate } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { WindowLimit } from '../limits/window-limit.ts';
import { type Guard, permitted } from '../permitted.ts';
import type { SignInUseCases } from '../sign-in/create-sign-in.ts';
import { createAddIdentifier } from './add-identifier.ts';
import { createChangeIdentifier, createRemoveIdentifier } from './change-identifier.ts';
import { createChangeOwnPassword } from './change-own-password.ts';
import { createChangePerson } from './change-person.ts';
import { createChangeProfile } from './change-profile.ts';
import { createCreatePerson } from './create-person.ts';
import { createAddCredential, createRemoveCredential } from './credentials.ts';
import { createEndSessions } from './end-sessions.ts';
import { createRegisterPerson, type RegisterPersonOptions } from './register-person.ts';
import { createRemovePerson } from './remove-person.ts';

/** People: sign-up, their identifiers, credentials, roles, profiles and the end of their sessions. */
export interface PeopleCommands {
  readonly registerPerson: CommandHandler<typeof registerPerson>;
  readonly createPerson: CommandHandler<typeof createPerson>;
  readonly changePerson: CommandHandler<typeof changePerson>;
  readonly removePerson: CommandHandler<typeof removePerson>;
  readonly addIdentifier: CommandHandler<typeof addIdentifier>;
  readonly changeIdentifier: CommandHandler<typeof changeIdentifier>;
  readonly removeIdentifier: CommandHandler<typeof removeIdentifier>;
  readonly addCredential: CommandHandler<typeof addCredential>;
  readonly removeCredential: CommandHandler<typeof removeCredential>;
  readonly changeOwnPassword: CommandHandler<typeof changeOwnPassword>;
  readonly changeProfile: CommandHandler<typeof changeProfile>;
  readonly endSessions: CommandHandler<typeof endSessions>;
}

export interface PeopleWiring {
  readonly env: CommandEnvironment;
  readonly gate: CommandGate;
  readonly guarded: Guard;
  readonly registration: Omit<RegisterPersonOptions, 'env' | 'gate'>;
  readonly proveOneself: SignInUseCases['proveOneself'];
  /** Undefined: anybody may change their own profile as often as they like. */
  readonly ownProfiles: WindowLimit | undefined;
}

/** Each use case asks for its scope itself, since it takes the person in question. */
export function createPeopleCommands({
  env,
  gate,
  guarded,
  registration,
  proveOneself,
  ownProfiles,
}: PeopleWiring): PeopleCommands {
  const byUid = { target: ({ uid }: { uid: string }) => [uid] };
  const byUser = { target: ({ userId }: { userId: string }) => [userId] };
  const changePassword = createChangeOwnPassword(env, proveOneself);
  return {
    registerPerson: answering(env.log, createRegisterPerson({ ...registration, env, gate })),
    createPerson: guarded({ name: 'create-person' }, createCreatePerson(env)),
    changePerson: guarded({ name: 'change-person', ...byUid }, createChangePerson(env)),
    removePerson: guarded({ name: 'remove-person', ...byUid }, createRemovePerson(env)),
    addIdentifier: guarded({ name: 'add-identifier', ...byUser }, createAddIdentifier(env)),
    changeIdentifier: guarded({ name: 'change-identifier', ...byUser }, createChangeIdentifier(env)),
    removeIdentifier: guarded({ name: 'remove-identifier', ...byUser }, createRemoveIdentifier(env)),
    addCredential: guarded({ name: 'add-credential', ...byUser }, createAddCredential(env)),
    removeCredential: guarded({ name: 'remove-credential', ...byUser }, createRemoveCredential(env)),
    changeOwnPassword: answering(env.log, (request, context) =>
      permitted(gate, { name: 'change-own-password' }, (asked: typeof request, command) =>
        changePassword(asked, command, context),
      )(request, context),
    ),
    changeProfile: guarded(
      { name: 'change-profile', target: ({ userId }: { userId?: string | undefined }) => [userId ?? ''] },
      createChangeProfile(env, ownProfiles),
    ),
    endSessions: guarded({ name: 'end-sessions' }, createEndSessions(env)),
  };
}
