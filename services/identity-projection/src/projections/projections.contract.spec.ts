import { randomUUID } from 'node:crypto';
import { parseStreamName } from '@evident/domain';
import type { NewEvent } from '@evident/event-store';
import type { AnyProjection, DecodeEvent } from '@evident/read-model';
import { projectionCases, projectionContract } from '@evident/read-model/contract';
import { expect, it } from 'vitest';
import { projectionGroups } from './groups.ts';
import { totalsProjection } from './totals.projection.ts';
import { wholeHistory } from './whole-history.fixture.ts';

const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
const all: readonly AnyProjection[] = Object.values(projectionGroups).flat();

const decode: DecodeEvent = (stored) => {
  const stream = parseStreamName(stored.stream);
  if (stream === undefined) throw new TypeError(`${stored.stream} is not the name of a stream`);
  return { stored, type: stored.type, data: stored.data, stream };
};

function subject(projection: AnyProjection) {
  const history = wholeHistory
    .filter(({ type }) => projection.types.has(type))
    .map(({ stream, type, data }) => {
      const event: NewEvent = { id: randomUUID(), type, schema: 1, data, metadata };
      return { stream, event };
    });
  return { projection, decode: () => decode, history };
}

projectionContract(all.map(subject));

it('the contract refuses totals that forget what was counted before', async () => {
  const forgetful: AnyProjection = { ...totalsProjection, evolve: () => ({ count: Math.random() }) };
  const failed: string[] = [];
  for (const one of projectionCases) await one.run(subject(forgetful)).catch(() => failed.push(one.name));
  expect(failed).not.toEqual([]);
});
