import { agentAggregate, agentKeyAggregate, assertionAggregate } from './agent.ts';
import { type FoldedAggregate, folded } from './aggregate.ts';
import { apiKeyAggregate } from './api-key.ts';
import { appAggregate } from './app.ts';
import {
  erasuresAggregate,
  keyringAggregate,
  numbersAggregate,
  operationAggregate,
  reservationAggregate,
  retentionAggregate,
  rosterAggregate,
  sealsAggregate,
  signingKeysAggregate,
} from './internal-streams.ts';
import { roleAggregate } from './role.ts';
import { sessionAggregate } from './session.ts';
import { signInAggregate } from './sign-in.ts';
import { userAggregate } from './user.ts';
import { webhookAggregate } from './webhook.ts';
import { workspaceAggregate } from './workspace.ts';

export type { FoldedAggregate } from './aggregate.ts';

const aggregates: readonly FoldedAggregate[] = [
  folded(userAggregate),
  folded(appAggregate),
  folded(roleAggregate),
  folded(workspaceAggregate),
  folded(agentAggregate),
  folded(agentKeyAggregate),
  folded(assertionAggregate),
  folded(apiKeyAggregate),
  folded(webhookAggregate),
  folded(sessionAggregate),
  folded(signInAggregate),
  folded(rosterAggregate),
  folded(reservationAggregate),
  folded(numbersAggregate),
  folded(signingKeysAggregate),
  folded(keyringAggregate),
  folded(sealsAggregate),
  folded(retentionAggregate),
  folded(erasuresAggregate),
  folded(operationAggregate),
];

const byCategory: ReadonlyMap<string, FoldedAggregate> = new Map(
  aggregates.map((aggregate) => [aggregate.category, aggregate]),
);

/** How the streams of a category are folded and shown; undefined where there is no such aggregate. */
export function aggregateOf(category: string): FoldedAggregate | undefined {
  return byCategory.get(category);
}
