import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventRegistry, parseStreamName } from '@evident/domain';
import type { JsonObject, NewEvent } from '@evident/event-store';
import type { AnyProjection, DecodeEvent } from '@evident/read-model';
import { projectionCases, projectionContract } from '@evident/read-model/contract';
import { openTemporaryLog, silentLogger } from '@evident/testing';
import { afterAll, expect, it } from 'vitest';
import { openReadModel } from '../open-read-model.ts';
import { rowsSettings } from '../rows-server.fixture.ts';
import { projectionGroups } from './groups.ts';
import { type Happened, happened } from './happened.fixture.ts';
import { totalsProjection } from './totals.projection.ts';
import { wholeHistory } from './whole-history.fixture.ts';

const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
const all: readonly AnyProjection[] = Object.values(projectionGroups).flat();

const decode: DecodeEvent = (stored) => {
  const stream = parseStreamName(stored.stream);
  if (stream === undefined) throw new TypeError(`${stored.stream} is not the name of a stream`);
  return { stored, type: stored.type, data: stored.data, stream };
};

const runs = Number(process.env.REPLAY_RUNS ?? 2);
const golden = join(import.meta.dirname, '../../../../libs/domain/golden');

/** One event of each type that the history lacks, for projections that take in every type whatever its content. */
const others: readonly Happened[] = eventRegistry.definitions
  .filter(({ type }) => !wholeHistory.some((event) => event.type === type))
  .map(({ type, schema }) => {
    const file = readdirSync(golden).find((name) => name === `${type}.v${schema}.json`) ?? type;
    const { data } = JSON.parse(readFileSync(join(golden, file), 'utf8')) as { data: JsonObject };
    return happened(`other-main.${randomUUID()}`, type, data);
  });

/** Whatever this run of the suites keeps its rows in. On a server, replays alone: a batch costs it a hundred times as much. */
const temporary = await openTemporaryLog({ env: rowsSettings() });
const store = await openReadModel(temporary.config.readModel, silentLogger);
afterAll(async () => {
  await store.close();
  await temporary.remove();
});

function subject(projection: AnyProjection) {
  const applied = new Set(wholeHistory.map(({ type }) => type));
  const isComplete = [...projection.types].every((type) => applied.has(type));
  const history = [...wholeHistory, ...(isComplete ? [] : others)]
    .filter(({ type }) => projection.types.has(type))
    .map(({ stream, type, data }) => {
      const event: NewEvent = { id: randomUUID(), type, schema: 1, data, metadata };
      return { stream, event };
    });
  return { projection, decode: () => decode, history };
}

const subjects = all.map((projection) => ({ ...subject(projection), store, runs }));
const isServer = temporary.config.readModel.kind === 'mongodb';
projectionContract(
  subjects,
  isServer ? projectionCases.filter(({ name }) => /any prefix/.test(name)) : projectionCases,
);

it('the contract refuses totals that forget what was counted before', async () => {
  const forgetful: AnyProjection = { ...totalsProjection, evolve: () => ({ count: Math.random() }) };
  const failed: string[] = [];
  for (const one of projectionCases) await one.run(subject(forgetful)).catch(() => failed.push(one.name));
  expect(failed).not.toEqual([]);
});
