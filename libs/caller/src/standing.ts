import { type AgentState, type Principal, streams, type UserState } from '@evident/domain';
import type { Log } from '@evident/log';
import { activeWorkspaces, everything, type Granted, type Grants, grantsOf } from './grants.ts';

/** A person or an agent who may act now, with what they hold. */
export interface Standing extends Pick<Grants, 'isAdmin' | 'isOwner' | 'scopes' | 'workspaceIds'> {
  /** Security generation: what was made for another one has ended. */
  readonly generation: number;
}

type Readable = Pick<Log, 'states' | 'tenant'>;

/** Read from the ends of the holder's streams; undefined where nobody like that may act. */
export function standingOf(log: Readable, { kind, id }: Principal): Promise<Standing | undefined> {
  return kind === 'user' ? standingOfUser(log, id) : standingOfAgent(log, id);
}

/** Whether somebody like that may act now, whatever they hold: `standingOf` would find them. */
export async function mayAct({ states, tenant }: Readable, { kind, id }: Principal): Promise<boolean> {
  return kind === 'user'
    ? isActing((await states.user.load(streams.user(tenant, id))).state)
    : isActingAgent((await states.agent.load(streams.agent(tenant, id))).state);
}

const isActing = ({ registered, isActive }: UserState) => registered && isActive;
const isActingAgent = ({ created, isActive }: AgentState) => created && isActive;

/** Who has everything, and who was given nothing, costs no look at a role. */
async function standingOfUser({ states, tenant }: Readable, userId: string): Promise<Standing | undefined> {
  const { state: user } = await states.user.load(streams.user(tenant, userId));
  if (!isActing(user)) return undefined;
  const { generation } = user;
  const granted: Granted = user;
  const { isAdmin, isOwner = false, workspaces } = granted;
  if (isAdmin || isOwner) {
    return { isAdmin, isOwner, scopes: everything, workspaceIds: [...(workspaces?.keys() ?? [])], generation };
  }
  const { scopes, workspaceIds } = await grantsOf(states, tenant, granted);
  return { isAdmin, isOwner, scopes, workspaceIds, generation };
}

async function standingOfAgent({ states, tenant }: Readable, agentId: string): Promise<Standing | undefined> {
  const { state: agent } = await states.agent.load(streams.agent(tenant, agentId));
  if (!isActingAgent(agent)) return undefined;
  const { scopes, workspaceId, generation } = agent;
  const workspaceIds = await activeWorkspaces(states, tenant, workspaceId === null ? [] : [workspaceId]);
  return { isAdmin: false, isOwner: false, scopes, workspaceIds, generation };
}
