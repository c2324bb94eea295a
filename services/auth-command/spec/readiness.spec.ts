import type { Readiness } from '@evident/runtime';
import { openTemporaryLog, requestContext, silentLogger } from '@evident/testing';
import { expect, it } from 'vitest';
import { createAuthCommand } from '../src/create-auth-command.ts';
import { createGatedHasher } from './gated-hasher.ts';
import { createRowsDouble } from './rows-double.ts';

it('tells whoever asks whether it can write, as its log has found', async () => {
  const temporary = await openTemporaryLog();
  const { config, masterKey, log } = temporary;
  let readiness: Readiness = 'ok';
  const service = await createAuthCommand({
    ...{ config, masterKey, logger: silentLogger, now: Date.now },
    log: { ...log, readiness: () => readiness },
    client: createRowsDouble(log),
    hasher: createGatedHasher(),
  });
  const asked = () => service.operations.getReadiness({}, requestContext());
  expect(await asked()).toEqual({ ok: true, value: { down: null } });
  readiness = { down: 'its disk is full' };
  expect(await asked()).toEqual({ ok: true, value: { down: 'its disk is full' } });
  await service.close();
  await temporary.remove();
});
