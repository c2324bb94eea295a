import { isLivingWorkspace, streams } from '@evident/domain';
import type { Log } from '@evident/log';

/** Whether there is such a workspace now, by the end of its stream. */
export async function isWorkspace({ states, tenant }: Pick<Log, 'states' | 'tenant'>, id: string): Promise<boolean> {
  return isLivingWorkspace((await states.workspace.load(streams.workspace(tenant, id))).state);
}
