import { personObjectOf } from '@evident/caller';
import type { PersonCredentialObject, PersonObject, UsedCredentialObject } from '@evident/contracts';
import type { RoleState, WorkspaceState } from '@evident/domain';
import { type SignInEvent, streams } from '@evident/domain';
import { readable, type StreamState } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { FoundPerson, PeopleReading } from './people-reading.ts';

/** How many of a user's last attempts are looked at for the last right one. */
const lookedAt = 20;

/** People as others see them; each role and workspace that they share is looked at once. */
export function presentPeople({ log }: PeopleReading, people: readonly FoundPerson[]): Promise<PersonObject[]> {
  const states = lookedAtOnce(log.states);
  return Promise.all(people.map(({ uid, row }) => personObjectOf({ states, tenant: log.tenant }, uid, row)));
}

function lookedAtOnce({ role, workspace }: Log['states']): Pick<Log['states'], 'role' | 'workspace'> {
  const roles = new Map<string, Promise<StreamState<RoleState>>>();
  const workspaces = new Map<string, Promise<StreamState<WorkspaceState>>>();
  const once = <State>(known: Map<string, Promise<State>>, stream: string, load: () => Promise<State>) => {
    const state = known.get(stream) ?? load();
    known.set(stream, state);
    return state;
  };
  return {
    role: { load: (stream) => once(roles, stream, () => role.load(stream)) },
    workspace: { load: (stream) => once(workspaces, stream, () => workspace.load(stream)) },
  } as Pick<Log['states'], 'role' | 'workspace'>;
}

/** The same credentials with when the password was last right, by the end of the user's sign-ins. */
export async function withLastUse(
  { log }: PeopleReading,
  uid: string,
  credentials: readonly PersonCredentialObject[],
): Promise<UsedCredentialObject[]> {
  if (credentials.length === 0) return [];
  const end = await log.store.readStreamEnd(streams.signIn(log.tenant, uid), lookedAt);
  let lastUsedAt: number | null = null;
  for (const stored of end) {
    const event = readable<SignInEvent>(await log.codec.decode(stored));
    if (event.type === 'signin.succeeded') lastUsedAt = event.data.at;
  }
  return credentials.map((credential) => ({ ...credential, lastUsedAt }));
}
