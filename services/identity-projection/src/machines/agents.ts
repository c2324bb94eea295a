import { agentAttributes, type Caller, reachOf } from '@evident/caller';
import { type AgentWithUse, fail, type getAgent, type listAgents } from '@evident/contracts';
import { principalName, streams } from '@evident/domain';
import type { StoredRow } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { agentUsesView } from '../projections/agent-uses.projection.ts';
import { type AgentRow, agentsProjection, agentsView } from '../projections/agents.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { creationBounds } from '../reading/creation-bounds.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { reachedPage } from '../reading/reached-page.ts';
import { readFor } from '../reading/read-for.ts';
import type { Found, Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { wholePage } from '../reading/whole-page.ts';

const scope = 'read:sso/agent';

export function createGetAgent(reading: Reading): MessageHandler<typeof getAgent> {
  const isItself = ({ holder }: Caller, uid: string) => holder.kind === 'agent' && holder.id === uid;
  return ({ uid }, context) =>
    readFor(
      reading,
      context,
      (caller) => (isItself(caller, uid) ? undefined : refusalOf(caller, scope)),
      async (caller) => {
        if (reading.directory.isParked(agentsProjection.name, streams.agent(reading.tenant, uid))) {
          return fail('read.parked');
        }
        const row = await reading.store.get(agentsView, uid);
        const reach = reachOf(caller, scope);
        const shown = row && (isItself(caller, uid) || (reach.ok && reach.shows(agentAttributes(uid, row))));
        if (row && shown)
          return { found: { ...agentObjectOf(uid, row), lastUsedAt: (await usesOf(reading, [uid]))(uid) } };
        // Whoever may see only some is not told which others there are.
        const seesAll = reach.ok && reach.all;
        return seesAll ? fail('agent.unknown') : fail('caller.not-permitted', { details: { missing: scope } });
      },
    );
}

/** In the order they were made unless asked otherwise. */
export function createListAgents(reading: Reading): MessageHandler<typeof listAgents> {
  const index = ['createdAt'] as const;
  return (request, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const reach = reachOf(caller, scope);
        if (!reach.ok) return reach;
        const asked = { ...request, deadline: context.deadline };
        const shows = (uid: string, row: AgentRow) => reach.shows(agentAttributes(uid, row));
        const page = await (reach.all
          ? wholePage(reading, { view: agentsView, index, totals: [totals.agents] }, asked)
          : reachedPage(reading, agentsView, { index, ...creationBounds(request) }, shows, asked));
        return 'error' in page ? page : pageOfAgents(reading, page.found.rows, page.found.total);
      },
    );
}

async function pageOfAgents(
  reading: Reading,
  rows: readonly StoredRow<AgentRow>[],
  total: number,
): Promise<Found<{ agents: AgentWithUse[]; total: number }>> {
  const { directory, tenant } = reading;
  if (rows.some(({ key }) => directory.isParked(agentsProjection.name, streams.agent(tenant, key)))) {
    return fail('read.parked');
  }
  const usedAt = await usesOf(
    reading,
    rows.map(({ key }) => key),
  );
  const agents = rows.flatMap(({ key, row }) =>
    row === undefined ? [] : [{ ...agentObjectOf(key, row), lastUsedAt: usedAt(key) }],
  );
  return { found: { agents: [...fitMessage(agents)], total } };
}

/** When each was last used; by rows that may be a little behind those of the agents. */
async function usesOf({ store }: Pick<Reading, 'store'>, uids: readonly string[]) {
  const uses = await store.getMany(agentUsesView, uids);
  return (uid: string): number | null => uses.get(uid)?.row?.usedAt ?? null;
}

function agentObjectOf(uid: string, row: AgentRow): Omit<AgentWithUse, 'lastUsedAt'> {
  const { name, description, scopes, workspaceId, isActive, verifyKey, keyId, createdAt, updatedAt } = row;
  const createdBy = principalName(row.createdBy);
  const members = { name, description, scopes: [...scopes], workspaceId, isActive, createdBy };
  return { uid, ...members, verifyKey, keyId, createdAt, updatedAt };
}
