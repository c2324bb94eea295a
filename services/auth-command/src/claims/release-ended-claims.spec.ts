import { randomUUID } from 'node:crypto';
import { silentLogger } from '@evident/testing';
import { expect, it } from 'vitest';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { releaseEndedClaims } from './release-ended-claims.ts';

type Environment = Parameters<typeof releaseEndedClaims>[0];
type Released = Parameters<CommandEnvironment['claims']['release']>[0];

const command = { id: 'command', metadata: { fingerprint: 'f' } } as unknown as Command;

/** A user who took a name and gave it up so many times, and counts how often the id of a claim is looked at. */
function userWith(changes: number) {
  const released: Released[] = [];
  let looks = 0;
  const counting = (claimId: string, more: object) => ({
    ...more,
    kind: 'username',
    get claimId() {
      looks += 1;
      return claimId;
    },
  });
  const history = Array.from({ length: changes }, (_, n) => {
    const claimId = randomUUID();
    const added = { type: 'user.identifier-added', data: counting(claimId, { lookup: `lookup-${n}` }) };
    return [added, { type: 'user.identifier-removed', data: counting(claimId, {}) }];
  }).flat();
  const stored = history.map((event, revision) => ({ id: `event-${revision}`, revision, metadata: {}, event }));
  const env = {
    log: {
      tenant: 'main',
      store: { readStream: async () => stored, readStreamEnd: async () => stored },
      codec: { decode: async (each: (typeof stored)[number]) => ({ ...each.event, stored: each }) },
    },
    claims: { release: async (claim: Released) => released.push(claim) },
    logger: silentLogger,
  };
  return { env: env as unknown as Environment, released, looks: () => looks };
}

it('frees each name that a user ever gave up once, and looks at each change once, however many there were', async () => {
  const changes = 500;
  const { env, released, looks } = userWith(changes);
  await releaseEndedClaims(env, randomUUID(), 'erase', command, { all: true });
  expect(released.map(({ lookup }) => lookup)).toEqual(Array.from({ length: changes }, (_, n) => `lookup-${n}`));
  expect(looks()).toBeLessThanOrEqual(changes * 4);
});
