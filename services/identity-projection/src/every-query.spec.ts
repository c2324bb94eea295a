import { identityProjectionContracts, type MessageContract, type Reply, type RequestContext } from '@evident/contracts';
import { requestContext, sampleOf } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from './running-projection.fixture.ts';

let running: RunningProjection;
beforeAll(async () => {
  running = await runProjection();
});
afterAll(() => running.end());

/** Questions of services among themselves, and of whoever shows a key: they tell nothing of anybody. */
const open = new Set([
  'find-sign-in',
  'list-open-claims',
  'find-roles',
  'get-revocations',
  'get-status',
  'verify-api-key',
]);
/** About oneself, or of one's own: who lacks a scope is told less, or that there is nothing. */
const ownOnes = new Set([
  'get-person',
  'list-identifiers',
  'list-credentials',
  'get-profile',
  'list-sessions',
  'get-session',
  'get-api-key',
  'list-api-keys',
]);

const guarded = (identityProjectionContracts as readonly MessageContract[]).filter(({ name }) => !open.has(name));
const ask = ({ name, request }: MessageContract, context: RequestContext): Promise<Reply<unknown>> => {
  const handler = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const handlers = { ...running.queries, ...running.sessionQueries } as unknown as Record<
    string,
    (payload: unknown, by: RequestContext) => Promise<Reply<unknown>>
  >;
  const handle = handlers[handler];
  if (handle === undefined) throw new Error(`nobody handles ${name}`);
  return handle(sampleOf(request), context);
};
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);

describe('every query', () => {
  it.each(guarded.map((contract) => [contract.name, contract] as const))(
    '%s asks who is calling before it tells anything',
    async (_name, contract) => {
      expect(codeOf(await ask(contract, requestContext()))).toBe('caller.not-authenticated');
      expect(codeOf(await ask(contract, requestContext({ credential: 'a.b.c' })))).toBe('caller.bad-credential');
    },
  );

  it.each(guarded.filter(({ name }) => !ownOnes.has(name)).map((contract) => [contract.name, contract] as const))(
    '%s names the scope that is missing to whoever holds none',
    async (_name, contract) => {
      const { uid } = await running.people.addUser();
      const reply = await ask(contract, requestContext({ credential: await running.tokens.issue(uid) }));
      expect(reply).toMatchObject({ error: { code: 'caller.not-permitted' } });
      expect(!reply.ok && reply.error.details?.missing).toMatch(/^(read|manage):(sso|evident)\/[a-z]+$/);
    },
  );
});
