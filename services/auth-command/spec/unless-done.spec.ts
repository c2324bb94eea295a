import { randomUUID } from 'node:crypto';
import { fail } from '@evident/contracts';
import { streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import { openTemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Command } from '../src/command.ts';
import { unlessDone } from '../src/own-work.ts';

let temporary: Awaited<ReturnType<typeof openTemporaryLog>>;
beforeAll(async () => {
  temporary = await openTemporaryLog();
});
afterAll(async () => {
  await temporary.close();
  await temporary.remove();
});

const refusal = fail('role.unknown').error;
const step = 'retire';

/** A command, and how an attempt of it in another process does the step. */
function someCommand(fingerprint: string) {
  const { log, now } = temporary;
  const [id, stream] = [randomUUID(), streams.role(log.tenant, randomUUID())];
  const metadata = { tenant: log.tenant, actor: 'system', commandId: id, correlationId: id, occurredAt: now() };
  const doIt = async () => {
    const event = { id: eventId(id, stream, step, 0), type: 'role.retired', data: { claimId: randomUUID() } } as const;
    const encoded = await log.codec.encode([event], { stream, metadata: { ...metadata, fingerprint } });
    await log.store.append(stream, encoded, 'any');
  };
  const command = { id, metadata: { ...metadata, fingerprint: 'asked' } } as Command;
  const attempt = (act: Parameters<typeof unlessDone>[3]) => unlessDone(log, { stream, step }, command, act);
  return { doIt, attempt };
}

it('is done once: a repeat asks nothing again', async () => {
  const { doIt, attempt } = someCommand('asked');
  expect(await attempt(async () => refusal)).toBe(refusal);
  await doIt();
  expect(await attempt(async () => refusal)).toBeUndefined();
});

it('is done where another attempt of the command did it while this one looked', async () => {
  const { doIt, attempt } = someCommand('asked');
  const overtaken = attempt(async () => {
    await doIt();
    return refusal;
  });
  expect(await overtaken).toBeUndefined();
});

it('is refused where another request has done it under the same id', async () => {
  const { doIt, attempt } = someCommand('another');
  await doIt();
  expect((await attempt(async () => undefined))?.code).toBe('request.idempotency-mismatch');
});
