import { authCommandContracts, type MessageContract, type Reply, type RequestContext } from '@evident/contracts';
import { requestContext, sampleOf } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

/** What anybody may ask, since who they are is the question. */
const open = new Set(['verify-credentials', 'authenticate', 'register-person']);
/** About oneself: these need no scope. */
const ownOnes = new Set(['change-own-password', 'change-profile', 'end-sessions', 'revoke-api-key']);

const guarded = (authCommandContracts as readonly MessageContract[]).filter(({ name }) => !open.has(name));
const ask = ({ name, request }: MessageContract, context: RequestContext): Promise<Reply<unknown>> => {
  const handler = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const handlers = fixture.service as unknown as Record<
    string,
    (payload: unknown, by: RequestContext) => Promise<Reply<unknown>>
  >;
  const handle = handlers[handler];
  if (handle === undefined) throw new Error(`nobody handles ${name}`);
  return handle(sampleOf(request), context);
};
const end = async () => fixture.temporary.log.store.lastPosition();

describe('every command', () => {
  it.each(guarded.map((contract) => [contract.name, contract] as const))(
    '%s asks who is calling before anything else, and does nothing for whoever does not say',
    async (_name, contract) => {
      const before = await end();
      expect(codeOf(await ask(contract, requestContext()))).toBe('caller.not-authenticated');
      expect(codeOf(await ask(contract, requestContext({ credential: 'a.b.c' })))).toBe('caller.bad-credential');
      expect(await end()).toBe(before);
    },
  );

  it.each(guarded.filter(({ name }) => !ownOnes.has(name)).map((contract) => [contract.name, contract] as const))(
    '%s names the scope that is missing to whoever holds none, and does nothing',
    async (_name, contract) => {
      const { context } = await fixture.holderOf();
      const before = await end();
      const reply = await ask(contract, context);
      expect(reply).toMatchObject({ error: { code: 'caller.not-permitted' } });
      expect(!reply.ok && reply.error.details?.missing).toMatch(/^(create|update|delete):sso\/[a-z]+$/);
      expect(await end()).toBe(before);
    },
  );
});
