import { randomUUID } from 'node:crypto';
import { type OperationCommand, operationDecider, streams } from '@evident/domain';
import { type Position, runCommand } from '@evident/event-store';
import { expect } from 'vitest';
import type { RunningProjection } from '../running-projection.fixture.ts';

/** As auth-command records what an operator decided; the answer names the work and its place. */
export async function decide(
  { temporary }: RunningProjection,
  command: OperationCommand,
): Promise<{ readonly job: string; readonly position: Position }> {
  const { store, codec, tenant } = temporary.log;
  const commandId = randomUUID();
  const metadata = { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: Date.now() };
  const stream = streams.operations(tenant, command.projection);
  const outcome = await runCommand(
    { store, codec, decider: operationDecider },
    { stream, step: 'operate', command, metadata },
  );
  if (outcome.outcome !== 'accepted' || outcome.position === undefined) throw new Error('refused');
  const [stored] = await store.readStreamEnd(stream, 1);
  return { job: stored?.id ?? '', position: outcome.position };
}

/** How far a rebuild is, or why nobody can say. */
export async function job(running: RunningProjection, projection: string, id: string) {
  const reply = await running.operationQueries.getRebuild({ projection, job: id }, running.asAdministrator());
  return reply.ok ? reply.value : reply.error;
}

export function untilDone(running: RunningProjection, projection: string, id: string): Promise<void> {
  return expect.poll(() => job(running, projection, id)).toMatchObject({ job: id, state: 'done', etaSeconds: 0 });
}
